"""The pictures: the same for the same prompt, different for another, never flat."""

from itertools import zip_longest

import pytest
from PIL import ImageChops, ImageStat

from deploy.local.standin.painter.encoding import preview
from deploy.local.standin.painter.painting import paint
from deploy.local.standin.painter.scene import (
    EXTRAS,
    SETTINGS,
    USUAL_SUBJECTS,
    WEATHERS,
    read_scene,
)
from deploy.local.standin.painter.subjects import SUBJECTS


def test_the_same_prompt_and_size_give_the_same_picture() -> None:
    first, second = (paint("A castle at dawn", 640, 1024) for _ in range(2))
    assert ImageChops.difference(first, second).getbbox() is None


def test_another_prompt_gives_another_picture() -> None:
    first, second = (paint(prompt, 640, 640) for prompt in ("A boat", "A boat at night"))
    assert ImageChops.difference(first, second).getbbox() is not None


@pytest.mark.parametrize("size", [(480, 1440), (3840, 2160)])
def test_any_shape_is_filled_with_a_varied_picture(size: tuple[int, int]) -> None:
    picture = paint("A lighthouse in a storm", *size)
    assert (picture.size, picture.mode) == (size, "RGB")
    assert min(ImageStat.Stat(picture).stddev) > 15
    assert len(picture.resize((64, 64)).getcolors(4096) or []) > 200


def test_every_subject_setting_and_weather_can_be_painted() -> None:
    settings = (name for name, _ in SETTINGS)
    weathers = (name for name, _ in WEATHERS)
    extras = " ".join(name for name, _ in EXTRAS)
    for subject, setting, weather in zip_longest(SUBJECTS, settings, weathers, fillvalue=""):
        prompt = f"{subject} {setting} {weather} {extras}"
        assert paint(prompt, 256, 160).size == (256, 160), prompt


def test_every_setting_has_subjects_that_can_be_painted() -> None:
    assert set(USUAL_SUBJECTS) == {name for name, _ in SETTINGS}
    assert {name for names in USUAL_SUBJECTS.values() for name in names} <= set(SUBJECTS)


def test_the_words_of_the_prompt_choose_the_scene() -> None:
    scene = read_scene("A lighthouse in a storm at night")
    found = (scene.setting, scene.subject, scene.weather, scene.time)
    assert found == ("sea", "lighthouse", "storm", "night")
    assert read_scene("Ein Turm im Nebel") == read_scene("Ein Turm im Nebel")


def test_previews_become_clearer() -> None:
    picture = paint("A city at night", 512, 512)
    distances = [
        sum(ImageStat.Stat(ImageChops.difference(picture, preview(picture, remaining))).mean)
        for remaining in (2, 1, 0)
    ]
    assert distances == sorted(distances, reverse=True)
