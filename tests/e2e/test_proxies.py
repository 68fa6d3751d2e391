"""Proxies of the environment serve calls to the image API, and no call between our processes."""

import os
import subprocess
import sys
from pathlib import Path

from deploy.local.forks import ForkServer
from deploy.local.stack import running_stack
from tests.e2e.client import create, finish, open_client
from tests.servers.openai_api import base64_of, openai_api, picture, whole

DEAD = "127.0.0.1:9"
ALL = {
    **dict.fromkeys(("https_proxy", "HTTPS_PROXY", "grpc_proxy"), f"http://{DEAD}"),
    **dict.fromkeys(("all_proxy", "ALL_PROXY"), f"socks5://{DEAD}"),
}


async def test_the_image_api_is_reached_by_the_proxy_and_our_processes_without(
    tmp_path: Path,
    forks: ForkServer,
) -> None:
    image = whole({"b64_json": base64_of(picture(1024, 1024))})
    async with openai_api(image) as proxy:
        environ = {
            **ALL,
            "http_proxy": proxy.origin,
            "OPENAI_BASE_URL": "http://images.example/v1",
            "OPENAI_API_KEY": "sk-test",
        }
        with running_stack(tmp_path, environ=environ, forks=forks) as stack:
            async with open_client(stack) as client:
                job = await create(client, "A lighthouse in a storm", "instagram-post")
                done = await finish(client, job["jobId"])
    assert done["status"] == "completed", done
    assert [headers["host"] for headers in proxy.headers] == ["images.example"]


def test_what_is_no_proxy_stops_the_start_by_name() -> None:
    environ = {**os.environ, "ALL_PROXY": f"socks4://{DEAD}", "OPENAI_API_KEY": "sk-test"}
    environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    command = [sys.executable, "-m", "services.generator"]
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "ALL_PROXY is not the address of a proxy" in done.stderr
