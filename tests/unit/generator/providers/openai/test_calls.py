"""OpenAI's package is imported for the first call, for it is large."""

import subprocess
import sys

OPENED = """
import asyncio, sys
from tests.unit.generator.providers.openai.calling import COMMISSION, opened, settings_for
from tests.servers.openai_api import completed_event, openai_api, streamed

async def main():
    async with openai_api(streamed(completed_event(b"done"))) as api:
        async with opened(settings_for(api)) as provider:
            print("openai" in sys.modules)
            painted = [event async for event in provider.paint(COMMISSION)]
            print("openai" in sys.modules, len(painted))

asyncio.run(main())
"""


def test_a_generator_that_has_bought_nothing_has_not_imported_the_package() -> None:
    done = subprocess.run(
        [sys.executable, "-c", OPENED], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["False", "True", "2"]
