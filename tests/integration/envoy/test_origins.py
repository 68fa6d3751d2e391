"""Pages of other origins may read answers, and a cache never mixes two origins up."""

import pytest

from services.common.contracts import Binding, Rpc
from services.common.descriptor_set import descriptor_file, read_contracts
from tests.integration.envoy.conftest import Door, Front

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORIGIN = {"origin": "https://app.example"}
CONTRACTS = read_contracts(descriptor_file().read_bytes())


def bindings(*, cacheable: bool) -> list[object]:
    return [
        pytest.param(rpc, binding, id=f"{binding.method.upper()} {binding.template}")
        for rpc in CONTRACTS.rpcs
        for binding in rpc.bindings
        if rpc.endpoint.cacheable == cacheable
    ]


def path(binding: Binding) -> str:
    return binding.template.replace("{", "").replace("=**", "").replace("}", "")


@pytest.mark.parametrize(("rpc", "binding"), bindings(cacheable=True))
async def test_what_caches_keep_is_the_same_for_every_origin(
    door: Door, rpc: Rpc, binding: Binding
) -> None:
    for headers in ({}, ORIGIN, {"origin": "null"}):
        answer = await door.http.get(path(binding), headers=headers)
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]
        assert "etag" in answer.headers["access-control-expose-headers"]
        assert "origin" not in answer.headers.get("vary", "")
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(("rpc", "binding"), bindings(cacheable=False))
async def test_what_differs_by_origin_says_so(door: Door, rpc: Rpc, binding: Binding) -> None:
    for headers in ({}, ORIGIN):
        answer = await door.http.request(binding.method.upper(), path(binding), headers=headers)
        assert answer.headers["vary"] == "origin"
        allowed = answer.headers.get("access-control-allow-origin")
        assert allowed == headers.get("origin")


@pytest.mark.parametrize(
    ("image", "status"), [("a.png", 200), ("known", 304), ("part", 206), ("missing", 404)]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_an_image_that_a_page_shows_can_be_fetched_afterwards(
    front: Front, method: str, image: str, status: int
) -> None:
    shown = await front.http.request(method, f"/images/{image}")
    fetched = await front.http.request(method, f"/images/{image}", headers=ORIGIN)
    for answer in (shown, fetched):
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == "*"
