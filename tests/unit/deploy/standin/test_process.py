"""The stand-in as a process: how it starts, says where it is, refuses and stops."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from deploy.local.standin.settings import StandinSettings
from services.common.settings import SettingsError, load

ROOT = Path(__file__).parents[4]
DEADLINE_SECONDS = 20


async def start(**environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "deploy.local.standin",
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_it_prints_its_address_answers_there_and_stops_on_sigterm() -> None:
    process = await start(STANDIN_PORT="0")
    async with asyncio.timeout(DEADLINE_SECONDS):
        assert process.stdout is not None
        ready = (await process.stdout.readline()).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+", ready)
        assert found is not None
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{found[0]}/healthz") as response,
        ):
            assert (await response.json())["standin"] is True
        process.send_signal(signal.SIGTERM)
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")


async def test_it_refuses_to_start_in_production() -> None:
    process = await start(SNAPASSET_ENV="production")
    async with asyncio.timeout(DEADLINE_SECONDS):
        output, errors = await process.communicate()
    assert process.returncode == 1
    assert output == b""
    assert errors.decode().count("\n") == 1
    assert "SNAPASSET_ENV must be one of local, got production" in errors.decode()


def test_all_mistakes_in_the_settings_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load(
            StandinSettings,
            {"STANDIN_PORT": "x", "STANDIN_DELAY_SECONDS": "soon", "STANDIN_SWITCHES": "fail=all"},
        )
    for name in ("STANDIN_PORT", "STANDIN_DELAY_SECONDS", "STANDIN_SWITCHES"):
        assert name in str(caught.value)


def test_the_defaults_are_local() -> None:
    settings = load(StandinSettings, {})
    assert (settings.host, settings.port, settings.ledger_file) == ("127.0.0.1", 4010, None)


def test_switches_win_over_the_delay_setting() -> None:
    settings = load(StandinSettings, {"STANDIN_DELAY_SECONDS": "2", "STANDIN_SWITCHES": "delay=1"})
    assert settings.switches["delay"] == "1"
