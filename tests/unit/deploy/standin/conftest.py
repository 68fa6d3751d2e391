"""The real server on a free port, and the real SDK pointed at it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from openai import AsyncOpenAI

from deploy.local.standin.app import build_app
from deploy.local.standin.ledger import Ledger
from deploy.local.standin.serve import listening

DEADLINE_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Standin:
    """A running stand-in with clients for it; `logged` holds its log lines."""

    address: str
    sdk: AsyncOpenAI
    http: aiohttp.ClientSession
    ledger_file: Path
    logged: list[Mapping[str, Any]] = field(default_factory=list)

    async def ledger(self, prompt_contains: str = "") -> dict[str, Any]:
        """The report of the ledger."""
        url, query = f"{self.address}/standin/ledger", {"prompt_contains": prompt_contains}
        async with self.http.get(url, params=query) as response:
            report: dict[str, Any] = await response.json()
        return report

    async def wait_for(self, prompt_contains: str, outcomes: Mapping[str, int]) -> None:
        """Returns when the ledger shows these outcomes; fails when it does not in time."""
        for _ in range(500):
            report = await self.ledger(prompt_contains)
            if report["counts"]["outcomes"] == outcomes:
                return
            await asyncio.sleep(0.02)
        pytest.fail(f"the ledger still says {report['counts']}")

    async def post(self, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
        """Posts a raw body to the generations and returns the status and the JSON of the answer."""
        url = f"{self.address}/v1/images/generations"
        async with self.http.post(url, json=body, headers={**KEY, **headers}) as response:
            return response.status, await response.json()


KEY = {"authorization": "Bearer local"}


@pytest.fixture
async def standin(tmp_path: Path) -> AsyncIterator[Standin]:
    ledger_file = tmp_path / "ledger.jsonl"
    logged: list[Mapping[str, Any]] = []
    app = build_app(Ledger(ledger_file), {}, logged.append)
    timeout = aiohttp.ClientTimeout(total=DEADLINE_SECONDS)
    async with (
        listening(app, "127.0.0.1", 0) as address,
        aiohttp.ClientSession(timeout=timeout) as http,
        AsyncOpenAI(
            base_url=f"{address}/v1", api_key="local", max_retries=0, timeout=DEADLINE_SECONDS
        ) as sdk,
    ):
        yield Standin(address=address, sdk=sdk, http=http, ledger_file=ledger_file, logged=logged)
