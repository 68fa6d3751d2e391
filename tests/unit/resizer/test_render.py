import hashlib
from io import BytesIO

import pytest
from PIL import Image

from services.common.platforms import PLATFORMS, Platform
from services.resizer.decode import decode
from services.resizer.encode import ENCODINGS
from services.resizer.render import Master, Rendition, render
from tests.unit.resizer.pictures import (
    BLUE,
    GREEN,
    P3_PRIMARIES,
    RED,
    SRGB_CURVE,
    YELLOW,
    close,
    opened,
    order,
    positions,
    profile,
    quadrants,
    saved,
    target,
)


def cut(master: Image.Image, width: int, height: int, format: str = "jpeg") -> Rendition:  # noqa: A002
    return render(Master(pixels=master), target("one", width, height), order(format=format))


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
@pytest.mark.parametrize("shape", [(301, 199), (1, 1), (97, 640), (2001, 13)])
def test_every_platform_gets_exactly_its_size_from_any_master(
    platform: Platform, shape: tuple[int, int]
) -> None:
    image = opened(cut(quadrants(*shape), platform.width, platform.height).data)
    assert image.size == (platform.width, platform.height)


@pytest.mark.parametrize("format", ENCODINGS)
@pytest.mark.parametrize("size", [(200, 200), (90, 160), (300, 100), (600, 400), (60, 60)])
def test_the_rendition_shows_the_box_that_it_names(format: str, size: tuple[int, int]) -> None:  # noqa: A002
    master = positions(600, 400)
    rendition = cut(master, *size, format)
    shown = opened(rendition.data).convert("RGB")
    box = rendition.crop
    for x in (1, shown.width // 3, shown.width - 2):
        for y in (1, shown.height // 3, shown.height - 2):
            origin = (
                box.x + int((x + 0.5) * box.width / shown.width),
                box.y + int((y + 0.5) * box.height / shown.height),
            )
            assert close(shown.getpixel((x, y)), master.getpixel(origin), most=8)


def test_the_crop_is_centred_on_the_master() -> None:
    shown = opened(cut(quadrants(900, 100), 200, 200).data)
    corners = [shown.getpixel(point) for point in ((5, 5), (195, 5), (5, 195), (195, 195))]
    found = zip(corners, (RED, GREEN, BLUE, YELLOW), strict=True)
    assert all(close(corner, colour) for corner, colour in found)


def test_the_facts_are_those_of_the_bytes() -> None:
    rendition = cut(quadrants(60, 60), 30, 20)
    assert rendition.sha256 == hashlib.sha256(rendition.data).hexdigest()
    assert (rendition.target.id, rendition.content_type) == ("one", "image/jpeg")


@pytest.mark.parametrize("format", ENCODINGS)
@pytest.mark.parametrize("source", ["PNG", "JPEG", "WEBP"])
def test_no_metadata_of_the_master_is_passed_on(source: str, format: str) -> None:  # noqa: A002
    exif = Image.Exif()
    exif[0x010E] = "a secret description"
    notes = {"exif": exif, "icc_profile": profile(P3_PRIMARIES, *SRGB_CURVE), "dpi": (300, 300)}
    words = {"comment": "secret", "xmp": b"<x:xmpmeta>secret</x:xmpmeta>"}
    data = saved(quadrants(64, 64), source, **notes, **(words if source != "PNG" else {}))
    master = decode(BytesIO(data), 10_000, True)
    rendition = cut(master, 32, 32, format)
    assert b"secret" not in rendition.data
    kept = {"exif", "icc_profile", "xmp", "comment", "dpi", "XML:com.adobe.xmp"}
    assert not kept & set(opened(rendition.data).info)


def test_hidden_colours_do_not_bleed_through_transparent_edges() -> None:
    drawn = Image.new("RGBA", (64, 64), (0, 255, 0, 0))
    drawn.paste((255, 0, 0, 255), (0, 0, 32, 64))
    master = decode(BytesIO(saved(drawn)), 10_000, True)
    shown = opened(cut(master, 30, 30, "png").data)
    assert shown.mode == "RGBA"
    for x in range(30):
        red, green, _, alpha = shown.getpixel((x, 15))  # type: ignore[misc]
        assert alpha == 0 or (red > 240 and green < 15)
