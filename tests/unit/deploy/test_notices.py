"""Every package that an image contains tells its licence."""

import pytest

from deploy.notices import IMAGES, locked, notices, swagger_ui

FOUND = {one.name: one for one in notices()}


def test_every_package_of_every_image_has_a_licence() -> None:
    assert [one.name for one in FOUND.values() if not one.licence] == []
    assert {image for one in FOUND.values() for image in one.images} == {*IMAGES}


@pytest.mark.parametrize("image", IMAGES)
def test_every_row_of_a_lock_is_told(image: str) -> None:
    names = locked(image)
    assert names
    assert [name for name in names if image not in FOUND[name].images] == []


def test_what_is_not_installed_but_shown_is_told_with_all_its_texts() -> None:
    notice = swagger_ui()
    assert notice.version
    assert {text.split()[0] for text in notice.texts} >= {"Apache", "swagger-ui"}
    assert len(notice.texts) == 3


def test_no_licence_asks_to_publish_what_uses_it() -> None:
    strict = [one.name for one in FOUND.values() if "AGPL" in one.licence or one.licence == "GPL"]
    assert strict == []
