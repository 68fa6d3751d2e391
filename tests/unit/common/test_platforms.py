"""The table of platforms, row by row, and how an operator's own is added to it."""

import json
from pathlib import Path

import pytest

from services.common.platforms import PLATFORMS, read_platforms
from services.common.refusal import CannotStart
from services.common.targets import FORMATS, Platform
from services.resizer.encode import ENCODINGS
from services.resizer.order import MAX_COVERED

FIRST_NINE = {
    "instagram-post": (1080, 1080),
    "instagram-story": (1080, 1920),
    "twitter-post": (1200, 675),
    "twitter-header": (1500, 500),
    "facebook-post": (1200, 630),
    "facebook-cover": (820, 312),
    "linkedin-post": (1200, 627),
    "youtube-thumbnail": (1280, 720),
    "pinterest-pin": (1000, 1500),
}
ROW = {"id": "blog-banner", "name": "Blog Banner", "width": 1600, "height": 400}


def name(platform: Platform) -> str:
    return platform.id


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=name)
def test_every_row_has_all_its_facts_with_their_source(platform: Platform) -> None:
    assert platform.network
    assert platform.source
    assert platform.as_of == "2026-11"
    assert platform.max_bytes
    assert "jpeg" in platform.formats
    assert len(platform.covered) <= MAX_COVERED


def test_the_ids_of_the_first_version_go_on_working() -> None:
    assert {one: (PLATFORMS[one].width, PLATFORMS[one].height) for one in FIRST_NINE} == FIRST_NINE


@pytest.mark.parametrize(
    ("new", "old"), [("x-post", "twitter-post"), ("x-header", "twitter-header")]
)
def test_the_new_names_of_x_mean_what_the_old_ones_mean(new: str, old: str) -> None:
    one, other = PLATFORMS[new], PLATFORMS[old]
    assert (one.width, one.height, one.covered, one.max_bytes, one.formats) == (
        other.width,
        other.height,
        other.covered,
        other.max_bytes,
        other.formats,
    )


def test_the_formats_are_those_that_the_resizer_writes() -> None:
    assert set(FORMATS) == ENCODINGS.keys()


def test_an_operators_rows_are_added_to_ours_or_take_their_place(tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text(json.dumps([ROW, {**ROW, "id": "twitter-post", "formats": ["png"]}]))
    both = read_platforms(file)
    assert [*both] == [*PLATFORMS, "blog-banner"]
    assert (both["twitter-post"].width, both["twitter-post"].formats) == (1600, ("png",))
    assert [*read_platforms(file, instead=True)] == ["blog-banner", "twitter-post"]
    assert read_platforms(None) is PLATFORMS


def test_a_file_that_is_not_there_stops_the_start_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"PLATFORMS_FILE .*none\.json cannot be used"):
        read_platforms(tmp_path / "none.json")


@pytest.mark.parametrize("name", ["/dev/zero", "/"])
def test_what_is_no_file_stops_the_start_instead_of_being_read(name: str) -> None:
    with pytest.raises(CannotStart, match="it must be a file"):
        read_platforms(Path(name))
