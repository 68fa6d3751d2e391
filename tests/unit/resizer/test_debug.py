from pathlib import Path

import pytest

from services.common.platforms import PLATFORMS
from services.resizer.attention import look_at
from services.resizer.debug import boxes, main
from tests.unit.resizer.pictures import opened, quadrants, saved


def test_the_debug_picture_shows_the_master_beside_what_matters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    master, drawn = tmp_path / "master.png", tmp_path / "drawn.png"
    master.write_bytes(saved(quadrants(300, 200)))
    main([str(master), "--targets", "instagram-story", "twitter-header", "-o", str(drawn)])
    assert opened(drawn.read_bytes()).size == (1800, 600)
    assert str(drawn) in capsys.readouterr().out


def test_every_platform_has_a_box_inside_the_master() -> None:
    master = quadrants(640, 360)
    chosen = boxes(master, look_at(master), PLATFORMS.values())
    assert list(chosen) == list(PLATFORMS)
    for box in chosen.values():
        assert 0 <= box.x <= box.x + box.width <= 640
        assert 0 <= box.y <= box.y + box.height <= 360
