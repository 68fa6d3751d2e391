"""What `snapasset verify` says of files that the resizer has signed."""

import io
import json
import sys
from pathlib import Path

import pytest
from PIL import Image

from clients.python.snapasset_client import SnapAssetError
from clients.python.snapasset_client.cli.main import read, run
from clients.python.snapasset_client.cli.screen import Screen
from clients.python.snapasset_client.credentials import read_credentials
from services.resizer.crop import Box, Size
from services.resizer.origin import Origin
from services.resizer.signing.identity import TEST_ORGANISATION
from services.resizer.signing.notary import open_notary
from services.resizer.signing.statement import Cutting, MasterFacts
from tests.unit.resizer.pictures import saved
from tests.unit.resizer.signing.identities import settings

MODEL = "gpt-image-2 \x1b[2J"
SIZE = Size(width=40, height=30)
BOX = Box(x=5, y=0, width=30, height=30)
JPEG = "image/jpeg"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a signed, a changed and an unsigned file, and a certificate."""
    found: Path = tmp_path_factory.mktemp("files")
    plain = saved(Image.new("RGB", (40, 30), "red"), "JPEG", comment=b"a comment")
    source = MasterFacts(origin=Origin(model=MODEL), content_type=JPEG, size=SIZE)
    cutting = Cutting(title="post", box=BOX, scaled=SIZE, content_type=JPEG)
    with open_notary(settings(found), 1) as notary:
        assert notary
        seal = notary.open(plain, source)
        assert seal
        signed = seal.sign(plain, cutting)
    assert signed
    (found / "signed.jpg").write_bytes(signed)
    (found / "changed.jpg").write_bytes(signed.replace(b"a comment", b"z comment"))
    (found / "unsigned.jpg").write_bytes(plain)
    (found / "text.jpg").write_text("no picture")
    with (found / "huge.jpg").open("wb") as huge:
        huge.truncate(2**40)  # which takes no room on the disk
    (found / "endless.jpg").symlink_to("/dev/zero")
    return found


def shown(*words: str | Path, as_json: bool = False) -> tuple[int, str]:
    out = io.StringIO()
    asked = read(["verify", *map(str, words)], {})
    return run(asked, Screen(out, as_json=as_json)), out.getvalue()


def test_a_signed_file_is_shown_with_all_that_it_says(folder: Path) -> None:
    code, text = shown(folder / "signed.jpg")
    assert code == 0
    assert "the signature is valid" in text
    for word in (TEST_ORGANISATION, "SnapAsset", "made by a trained model", "cropped", "resized"):
        assert word in text
    assert "\x1b" not in text


def test_a_changed_file_is_not_valid(folder: Path) -> None:
    code, text = shown(folder / "signed.jpg", folder / "changed.jpg")
    assert code == 1
    assert "NOT valid" in text
    assert "assertion.dataHash.mismatch" in text


def test_a_signer_is_trusted_if_an_authority_that_was_named_vouches_for_it(folder: Path) -> None:
    assert read_credentials(folder / "signed.jpg", folder / "chain.pem").trusted
    assert shown(folder / "signed.jpg", "--trust", folder / "chain.pem")[0] == 0


def test_a_signer_that_no_named_authority_knows_does_not_pass(folder: Path, tmp_path: Path) -> None:
    settings(tmp_path)
    assert shown(folder / "signed.jpg", "--trust", tmp_path / "chain.pem")[0] == 1


def test_machines_get_one_object_a_line(folder: Path) -> None:
    _, text = shown(folder / "signed.jpg", as_json=True)
    facts = json.loads(text)
    assert (facts["valid"], facts["model"], facts["parent"]["valid"]) == (True, MODEL, None)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unsigned.jpg", "has no content credentials"),
        ("text.jpg", "cannot be read, or its kind is not known"),
        ("missing.jpg", "No such file"),
        ("huge.jpg", "is not an image"),
        ("endless.jpg", "is not an image"),
        (".", "Is a directory"),
    ],
)
def test_what_cannot_be_verified_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, words: str
) -> None:
    assert shown(folder / name)[0] == 1
    line = capsys.readouterr().err
    assert words in line
    assert line.count("\n") == 1


def test_without_the_sdk_it_says_how_to_install_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)
    with pytest.raises(SnapAssetError, match="pip install 'snapasset-client\\[verify\\]'"):
        read_credentials(folder / "signed.jpg")
