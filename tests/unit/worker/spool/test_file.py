from pathlib import Path

from services.worker.spool.file import SpooledFile


async def content(file: SpooledFile) -> bytes:
    return b"".join([chunk async for chunk in file.read()])


async def test_a_disk_that_fills_up_costs_no_bytes() -> None:
    file = SpooledFile.create(Path("/dev/full"))
    for chunk in (b"an ", b"image"):
        await file.write(chunk)
    assert not file.settle()
    assert file.size_bytes == 8
    assert [await content(file), await content(file)] == [b"an image"] * 2
    file.close()


async def test_what_was_on_disk_before_it_filled_up_comes_first(tmp_path: Path) -> None:
    class Filling(SpooledFile):
        room = 3

        def _append(self, chunk: bytes) -> None:
            self.room -= len(chunk)
            if self.room < 0:
                raise OSError("no room")
            super()._append(chunk)

    file = Filling.create(tmp_path / "parcel")
    for chunk in (b"an ", b"ima", b"ge"):
        await file.write(chunk)
    assert not file.settle()
    assert (tmp_path / "parcel").read_bytes() == b"an "
    assert await content(file) == b"an image"
    file.close()


async def test_the_last_bytes_reach_the_disk_when_it_is_settled(tmp_path: Path) -> None:
    file = SpooledFile.create(tmp_path / "parcel")
    for chunk in (b"an ", b"image"):
        await file.write(chunk)
    assert file.settle()
    assert (tmp_path / "parcel").read_bytes() == await content(file) == b"an image"
    file.close()


async def test_much_is_read_in_parts(tmp_path: Path) -> None:
    file = SpooledFile.create(tmp_path / "parcel")
    data = bytes(range(256)) * 4096
    await file.write(data)
    parts = [chunk async for chunk in file.read()]
    assert len(parts) == 4
    assert b"".join(parts) == data
    file.close()
