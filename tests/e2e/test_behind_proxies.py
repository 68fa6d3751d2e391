"""Behind the proxies of docs/proxies.md, configured as it says, jobs and their events pass."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from deploy.local.ports import choose_ports
from deploy.local.settings import ROOT
from deploy.local.stack import Stack
from tests.e2e.client import create, events, open_client
from tests.e2e.reader import blocks
from tests.eventually import eventually

PAGE = ROOT / "docs" / "proxies.md"
NEVER = "[standin: delay=60]"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxy:
    """A proxy's command for a file, what of the page's block is another's here, and what is around
    the block; both may name PORT and FOLDER."""

    command: Callable[[Path], list[str]]
    ours: Mapping[str, str]
    around: str


PROXIES = {
    "nginx": Proxy(
        command=lambda file: ["nginx", "-p", str(file.parent), "-c", str(file), "-e", "stderr"],
        ours={"listen 8080;": "listen 127.0.0.1:PORT;"},
        around="daemon off; master_process off; pid FOLDER/pid; events {}\n"
        "http { access_log off; client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy;\n"
        "fastcgi_temp_path FOLDER/f; uwsgi_temp_path FOLDER/u; scgi_temp_path FOLDER/s;\nBLOCK }\n",
    ),
    "caddy": Proxy(
        command=lambda file: ["caddy", "run", "--adapter", "caddyfile", "--config", str(file)],
        ours={"snapasset.example.com {": "http://127.0.0.1:PORT {"},
        around="{\n\tadmin off\n}\nBLOCK",
    ),
    "haproxy": Proxy(
        command=lambda file: ["haproxy", "-db", "-f", str(file)],
        ours={"bind :8080": "bind 127.0.0.1:PORT"},
        around="BLOCK",
    ),
}


@pytest.fixture(params=PROXIES)
def behind(request: pytest.FixtureRequest, stack: Stack, tmp_path: Path) -> Iterator[str]:
    """Give the address of a proxy before the shared stack."""
    if not shutil.which(request.param):
        pytest.skip(f"not installed: {request.param}")
    with running(request.param, stack.port, tmp_path) as address:
        yield address


@contextmanager
def running(name: str, upstream: int, folder: Path) -> Iterator[str]:
    proxy, port = PROXIES[name], choose_ports(0, {}, {"PROXY": 0})["PROXY"]
    (block,) = (one.text for one in blocks(PAGE) if one.language == name)
    for theirs, ours in {**proxy.ours, "127.0.0.1:3001": f"127.0.0.1:{upstream}"}.items():
        assert theirs in block
        block = block.replace(theirs, ours)
    text = proxy.around.replace("BLOCK", block)
    file = folder / "proxy.conf"
    file.write_text(text.replace("PORT", str(port)).replace("FOLDER", str(folder)))
    environ = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(proxy.command(file), env=environ, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(20)


async def is_well(client: httpx2.AsyncClient) -> bool:
    try:
        return (await client.get("/health")).status_code == 200
    except httpx2.HTTPError:
        return False


async def test_a_job_is_created_and_its_events_arrive_while_it_runs(
    behind: str, stack: Stack
) -> None:
    async with open_client(stack) as client:
        client.base_url = behind
        await eventually(lambda: is_well(client), 30)
        job_id = (await create(client, f"A lighthouse {NEVER}", "twitter-post"))["jobId"]
        stream = events(client, f"/api/sse/jobs/{job_id}")
        assert (await anext(stream))["type"] == "connected"  # or the proxy held it back
        assert (await client.delete(f"/api/jobs/{job_id}/cancel")).status_code == 200
        last = [event async for event in stream][-1]
    assert (last["type"], last["status"]) == ("done", "cancelled")
