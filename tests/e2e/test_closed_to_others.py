"""What other users, programs and web pages of the machine get from the local stack: nothing."""

from pathlib import Path

import httpx2
import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from deploy.local.environment import SETTINGS
from deploy.local.stack import Stack

SECRETS = ("JWT_SECRET", "REDIS_PASSWORD")


@pytest.mark.parametrize(
    ("host", "given"),
    [("localhost", True), ("127.0.0.1", True), ("[::1]", True), ("evil.example", False)],
)
async def test_a_token_without_a_credential_is_for_names_of_this_machine(
    stack: Stack, host: str, given: bool
) -> None:
    headers = {"host": f"{host}:{stack.port}", "sec-fetch-site": "same-origin"}
    async with httpx2.AsyncClient(base_url=stack.base_url, headers=headers) as page:
        assert bool((await page.get("/api/local-token")).json()["token"]) == given


async def test_a_client_cannot_say_by_which_name_it_came(stack: Stack) -> None:
    headers = {"host": "evil.example", "sec-fetch-site": "same-origin"}
    async with httpx2.AsyncClient(base_url=stack.base_url, headers=headers) as page:
        answer = await page.get("/api/local-token", headers={"x-client-host": "localhost"})
    assert answer.json()["token"] == ""


def test_redis_wants_a_password(stack: Stack) -> None:
    path = stack.environ["REDIS_SOCKET"]
    with Redis(unix_socket_path=path) as stranger, pytest.raises(AuthenticationError):
        stranger.ping()


@pytest.mark.parametrize("kind", SETTINGS)
def test_the_list_of_processes_shows_no_secret(stack: Stack, kind: str) -> None:
    shown = Path(f"/proc/{stack.processes[kind].pid}")
    known = (shown / "environ").read_bytes() + (shown / "cmdline").read_bytes()
    assert not [name for name in SECRETS if stack.environ[name].encode() in known]


def test_no_file_is_open_to_others(stack: Stack) -> None:
    folder = Path(stack.environ["STORAGE_DIRECTORY"]).parent
    assert [file for file in folder.rglob("*") if file.lstat().st_mode & 0o077] == []


def test_envoy_steers_by_no_port(stack: Stack) -> None:
    admin = Path(stack.environ["ENVOY_ADMIN_SOCKET"])
    assert admin.is_socket()
    with httpx2.Client(base_url=f"http://127.0.0.1:{stack.environ['ENVOY_METRICS_PORT']}") as http:
        assert http.get("/metrics").status_code == 200
        for path in ("/", "/config_dump", "/quitquitquit", "/logging", "/metrics"):
            assert http.post(path).status_code == 404
