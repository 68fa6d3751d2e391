"""What a kubelet changes in the kernel is put back, even if a test fails."""

import contextlib
from pathlib import Path

from tests.cluster.nodes.kernel import SETTINGS, settings_kept


def test_changed_settings_are_put_back(tmp_path: Path) -> None:
    for name in SETTINGS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("as it was\n")
    with contextlib.suppress(ZeroDivisionError), settings_kept(tmp_path):
        (tmp_path / SETTINGS[0]).write_text("changed\n")
        raise ZeroDivisionError
    assert {(tmp_path / name).read_text() for name in SETTINGS} == {"as it was\n"}
