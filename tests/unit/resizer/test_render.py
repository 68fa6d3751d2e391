import hashlib
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from services.common.errors import InvalidRequest
from services.common.platforms import PLATFORMS
from services.common.targets import Platform
from services.resizer.attention import Attention
from services.resizer.crop import Box, Focus, Size, choose_box
from services.resizer.decode import decode
from services.resizer.encode import ENCODINGS
from services.resizer.order import Manner
from services.resizer.render import Master, RenderedFile, render
from services.resizer.saliency import Floats
from tests.unit.resizer.pictures import (
    BLUE,
    GREEN,
    P3_PRIMARIES,
    RED,
    SRGB_CURVE,
    YELLOW,
    close,
    opened,
    positions,
    profile,
    quadrants,
    saved,
    target,
)

NO_HEAT = np.zeros((8, 8))


def cut(master: Image.Image, width: int, height: int, format: str = "jpeg") -> RenderedFile:  # noqa: A002
    return mannered(master, width, height, format=format)


def mannered(master: Image.Image, width: int, height: int, **manner: Any) -> RenderedFile:
    wanted = replace(target("one", width, height), manner=Manner(**manner))
    return render(Master(pixels=master, attention=Attention(heat=NO_HEAT)), wanted)


def lit(master: Image.Image, *spots: Box) -> Floats:
    """A map of the master that is warm where the spots are."""
    heat = np.zeros((master.height, master.width))
    for left, upper, right, lower in (spot.edges for spot in spots):
        heat[upper:lower, left:right] = 1
    return np.asarray(heat / heat.sum())


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


def test_a_contained_master_is_shown_whole_in_the_middle_of_its_background() -> None:
    rendition = mannered(quadrants(200, 100), 100, 100, fit="contain", background="#102030")
    shown = opened(rendition.data)
    assert rendition.crop == Box(x=0, y=0, width=200, height=100)
    assert all(close(shown.getpixel(point), (16, 32, 48)) for point in ((50, 5), (50, 94)))
    corners = [shown.getpixel(point) for point in ((5, 30), (94, 30), (5, 70), (94, 70))]
    assert all(map(close, corners, (RED, GREEN, BLUE, YELLOW)))


@pytest.mark.parametrize(("width", "height"), [(120, 40), (40, 120)])
def test_the_background_is_of_the_colour_of_the_edges_that_it_touches(
    width: int, height: int
) -> None:
    master = Image.new("RGB", (60, 60), (200, 40, 90))
    master.paste((0, 0, 0), (20, 20, 40, 40))
    shown = opened(mannered(master, width, height, fit="contain", background="auto").data)
    assert all(close(shown.getpixel(p), (200, 40, 90)) for p in ((1, 1), (width - 2, height - 2)))


def test_a_blurred_background_is_the_master_itself_out_of_focus() -> None:
    shown = opened(mannered(quadrants(300, 300), 300, 100, fit="contain").data)
    left, right = shown.getpixel((20, 20)), shown.getpixel((280, 20))
    assert close(left, RED, most=60)
    assert close(right, GREEN, most=60)


@pytest.mark.parametrize("format", ["png", "webp", "avif"])
def test_what_is_transparent_shows_the_colour_behind_it(format: str) -> None:  # noqa: A002
    drawn = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    drawn.paste((255, 0, 0, 255), (10, 10, 30, 30))
    master = decode(BytesIO(saved(drawn)), 10_000, True)
    manner = {"fit": "contain", "background": "#0000ff", "format": format}
    shown = opened(mannered(master, 80, 40, **manner).data).convert("RGBA")
    assert close(shown.getpixel((25, 5)), (0, 0, 255, 255))
    assert close(shown.getpixel((40, 20)), (255, 0, 0, 255), most=10)


def test_a_jpeg_beside_a_png_shows_white_where_the_master_is_transparent() -> None:
    drawn = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    master = decode(BytesIO(saved(drawn)), 10_000, True)
    assert close(opened(cut(master, 20, 20).data).getpixel((9, 9)), (255, 255, 255))


def test_the_box_of_the_caller_is_what_is_shown() -> None:
    box = Box(x=300, y=0, width=100, height=100)
    rendition = mannered(quadrants(400, 400), 50, 50, box=box, focus=Focus(x=0, y=1))
    assert rendition.crop == box
    assert close(opened(rendition.data).getpixel((25, 25)), GREEN)


@pytest.mark.parametrize(
    ("fit", "shown"), [("cover", (300, 25, 100, 50)), ("contain", (300, 0, 100, 100))]
)
def test_a_box_of_another_shape_is_cut_to_it_in_the_middle_or_contained(
    fit: str, shown: tuple[int, int, int, int]
) -> None:
    box = Box(x=300, y=0, width=100, height=100)
    crop = mannered(quadrants(400, 400), 100, 50, box=box, fit=fit).crop
    assert (crop.x, crop.y, crop.width, crop.height) == shown


@pytest.mark.parametrize("box", [(350, 0, 51, 10), (0, 399, 1, 2), (400, 0, 1, 1)])
def test_a_box_outside_of_the_master_is_refused(box: tuple[int, int, int, int]) -> None:
    x, y, width, height = box
    with pytest.raises(InvalidRequest, match="400 x 400 pixels"):
        mannered(quadrants(400, 400), 5, 5, box=Box(x=x, y=y, width=width, height=height))


def test_a_rendition_tells_how_much_it_keeps_and_how_much_it_could() -> None:
    master = quadrants(400, 100)
    heat = lit(master, Box(x=0, y=20, width=50, height=50), Box(x=350, y=20, width=50, height=50))
    left = replace(target("one", 100, 100), manner=Manner(focus=Focus(x=0, y=0.5)))
    middle = replace(left, manner=Manner(crop="center"))
    whole = replace(left, manner=Manner(fit="contain"))
    seen = Master(pixels=master, attention=Attention(heat=heat))
    found = [render(seen, one) for one in (left, middle, whole)]
    assert [round(one.kept, 3) for one in found] == [0.5, 0, 1]
    assert [round(one.could_keep, 3) for one in found] == [0.5, 0.5, 0.5]
    assert [one.better_focus is None for one in found] == [True, False, True]


def test_the_better_focal_point_keeps_what_it_promises() -> None:
    master = quadrants(400, 300)
    heat = lit(master, Box(x=310, y=40, width=50, height=50))
    middle = replace(target("one", 100, 300), manner=Manner(crop="center"))
    seen = Master(pixels=master, attention=Attention(heat=heat))
    found = render(seen, middle)
    better = replace(middle, manner=Manner(focus=found.better_focus))
    assert (found.kept, round(found.could_keep, 3)) == (0, 1)
    assert render(seen, better).kept == found.could_keep


def test_of_a_master_without_a_subject_everything_is_kept() -> None:
    rendition = cut(quadrants(300, 100), 10, 10)
    assert (rendition.kept, rendition.could_keep) == (1, 1)
    assert rendition.crop == choose_box(Size(width=300, height=100), Size(width=10, height=10))
