"""Where a picture comes from is read back by the tool that everybody uses, if it is there."""

import json
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from services.resizer.attention import look_at
from services.resizer.encode import ENCODINGS
from services.resizer.origin import Origin, packet
from services.resizer.render import Master, render
from tests.unit.resizer.pictures import opened, order, quadrants, target

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
COMPOSITE = SOURCE.replace("trained", "compositeWithTrained")
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
MODEL = """gpt-image-2 "R&D" <é>"""


def rendition(format: str, origin: Origin) -> bytes:  # noqa: A002
    (wanted,) = order(target("a", 40, 20), format=format).targets
    pixels = quadrants(64, 48)
    return render(Master(pixels=pixels, attention=look_at(pixels), origin=origin), wanted).data


def described(data: bytes) -> dict[str, str]:
    """The properties of the file by their names, without their namespaces."""
    packet = opened(data).info["xmp"].decode()
    [description] = ElementTree.fromstring(packet).iter(f"{RDF}Description")  # noqa: S314 - ours
    return {name.rpartition("}")[2]: value for name, value in description.attrib.items()}


@pytest.mark.parametrize("format", ENCODINGS)
def test_every_format_names_the_source_and_the_model(format: str) -> None:  # noqa: A002
    found = described(rendition(format, Origin(model=MODEL)))
    assert found["DigitalSourceType"] == SOURCE
    assert found["AISystemUsed"] == MODEL
    assert found["CreatorTool"] == "SnapAsset"


@pytest.mark.parametrize("format", ENCODINGS)
def test_without_a_model_nothing_is_said(format: str) -> None:  # noqa: A002
    assert packet(Origin(composite=True)) == b""
    assert "xmp" not in opened(rendition(format, Origin())).info


def test_a_picture_that_others_took_part_in_is_called_a_composite() -> None:
    found = described(rendition("jpeg", Origin(model=MODEL, composite=True)))
    assert found["DigitalSourceType"] == COMPOSITE


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
@pytest.mark.parametrize("format", ENCODINGS)
def test_exiftool_reads_the_same(format: str, tmp_path: Path) -> None:  # noqa: A002
    file = tmp_path / f"image.{format}"
    file.write_bytes(rendition(format, Origin(model=MODEL)))
    command = ["exiftool", "-json", "-n", "-XMP:all", "-G1", str(file)]
    [found] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert found["XMP-iptcExt:DigitalSourceType"] == SOURCE
    assert found["XMP-iptcExt:AISystemUsed"] == MODEL
    assert found["XMP-xmp:CreatorTool"] == "SnapAsset"
