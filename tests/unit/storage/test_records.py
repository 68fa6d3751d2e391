"""Records when the store fails half-way."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from services.common.errors import GenerationNotFound, Unavailable
from services.common.keys import ObjectKey, generation_folder, object_key
from services.storage.directory import DirectoryObjectStore
from services.storage.records import GenerationRecords
from services.storage.threads import StoreThreads
from services.storage.writing import Writing

ID = "0192f0c1-2b3c-7def-8abc-0123456789ab"
EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class FailingStore(DirectoryObjectStore):
    """A directory that fails after so many deletes."""

    deletes_left = 0

    def delete(self, keys: Sequence[ObjectKey]) -> None:
        """Delete one by one, as long as it lasts."""
        for key in keys:
            if not self.deletes_left:
                raise Unavailable("The store does not answer.")
            self.deletes_left -= 1
            super().delete([key])


@pytest.mark.parametrize("lasting", range(5))
async def test_a_delete_that_failed_half_way_can_be_repeated(tmp_path: Path, lasting: int) -> None:
    store = FailingStore(tmp_path)
    records = GenerationRecords(store, StoreThreads(2))
    await records.save("ada", ID, b"{}")
    folder = generation_folder("ada", ID)
    for name in ("a", "b", "c"):
        with closing(Writing(store, object_key(folder + name), "image/png", 0)) as upload:
            upload.commit(0, EMPTY_SHA256)
    store.deletes_left = lasting
    if lasting < 4:
        with pytest.raises(Unavailable):
            await records.delete("ada", ID)
        assert (await records.get("ada", ID)).record == b"{}"
        store.deletes_left = 100
    await records.delete("ada", ID)
    assert store.list_keys(folder, "", 10) == []
    with pytest.raises(GenerationNotFound):
        await records.get("ada", ID)
