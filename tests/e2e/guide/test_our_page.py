"""The program of docs/api.md that is for a browser's console works there."""

import pytest

from deploy.local.settings import ROOT
from tests.e2e.guide.engine import Engine
from tests.e2e.reader import blocks


@pytest.mark.parametrize("engine", ["chromium"], indirect=True)
def test_the_program_for_the_console_shows_progress_and_images(engine: Engine) -> None:
    [program] = [one.text for one in blocks(ROOT / "docs/api.md") if one.language == "javascript"]
    script = f"{program}; await until(() => source.readyState === 2); return seen.logs;"
    logs = engine.run(script)
    assert logs[-1][0] == "log"
    assert logs[-1][1][0]["platform"] == "Twitter Post"
