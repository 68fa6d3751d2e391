"""An image of one program is what container engines read: names, layers and digests agree."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

from tests.cluster.nodes.single_program import write_images


def test_each_program_becomes_an_image_that_starts_it(tmp_path: Path) -> None:
    program = tmp_path / "greeter"
    program.write_bytes(b"a program")
    write_images(tmp_path / "images.tar", {"greeter": program, "other": program})
    with tarfile.open(tmp_path / "images.tar") as archive:
        files = {member.name: _content(archive, member) for member in archive}
    first, second = json.loads(files["manifest.json"])
    assert first["RepoTags"] == ["snapasset.test/greeter:1"]
    assert second["RepoTags"] == ["snapasset.test/other:1"]
    config = json.loads(files[first["Config"]])
    (layer,) = (files[name] for name in first["Layers"])
    assert config["config"]["Entrypoint"] == ["/greeter"]
    assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(layer).hexdigest()}"]
    with tarfile.open(fileobj=io.BytesIO(layer)) as inner:
        (member,) = inner
        assert (member.name, member.mode) == ("greeter", 0o755)
        assert _content(inner, member) == b"a program"


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file
    return file.read()
