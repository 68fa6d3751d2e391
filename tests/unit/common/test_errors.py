"""Errors: a tree whose codes are unique and survive the way through gRPC."""

import re
from collections import Counter
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from services.common import errors
from services.common.errors import (
    AppError,
    FieldMistake,
    InternalError,
    InvalidRequest,
    ProviderRateLimited,
    Unavailable,
    all_errors,
)
from services.common.process_settings import ServerSettings
from services.common.rpc_errors import from_rpc
from services.common.serve import running
from services.common.settings import load

KINDS = list(all_errors())
PATH = "/test.v1.TestService/Fail"


def test_codes_are_unique() -> None:
    assert [code for code, n in Counter(kind.code for kind in KINDS).items() if n > 1] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_says_what_it_is_in_words_of_its_own(kind: type[AppError]) -> None:
    assert kind.__doc__
    assert kind.title
    assert kind.code == kind.code.upper()


async def raised(error: Exception) -> grpc.aio.AioRpcError:
    """Let a real server raise `error` and return what the client sees."""

    async def fail(request: Empty, ctx: Any) -> Empty:
        raise error

    def add(servicer: Any, server: grpc.aio.Server) -> None:
        handler = grpc.unary_unary_rpc_method_handler(
            servicer, Empty.FromString, Empty.SerializeToString
        )
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("test.v1.TestService", {"Fail": handler}),)
        )

    settings = load(ServerSettings, {"DRAIN_SECONDS": "0", "GRACE_SECONDS": "1"})
    async with (
        running(settings, 0, [(add, fail)]) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        call = channel.unary_unary(PATH, Empty.SerializeToString, Empty.FromString)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(Empty(), timeout=5)
        return caught.value


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
async def sent(request: pytest.FixtureRequest) -> tuple[AppError, AppError]:
    """An error, and the same after its way through a server."""
    error: AppError = request.param("It went wrong.", facts={"model": "m"})
    return error, from_rpc(await raised(error), "peer")


async def test_an_error_comes_back_as_the_same_class(sent: tuple[AppError, AppError]) -> None:
    before, after = sent
    assert type(after) is type(before)
    assert (after.message, after.facts) == (before.message, before.facts)


async def test_the_time_to_wait_comes_back() -> None:
    failure = await raised(ProviderRateLimited("Slow down.", retry_after_seconds=2.5))
    assert from_rpc(failure, "peer").retry_after_seconds == 2.5


async def test_field_mistakes_are_told_as_bad_request() -> None:
    failure = await raised(InvalidRequest("No.", fields=[FieldMistake("prompt", "is required")]))
    status = rpc_status.from_call(failure)  # type: ignore[no-untyped-call]
    bad = error_details_pb2.BadRequest()
    assert any(detail.Unpack(bad) for detail in status.details)
    assert [(v.field, v.description) for v in bad.field_violations] == [("prompt", "is required")]


async def test_an_unexpected_error_shows_nothing_of_itself() -> None:
    failure = await raised(ValueError("the secret is 42"))
    assert isinstance(from_rpc(failure, "peer"), InternalError)
    assert "42" not in repr(failure)


async def test_a_peer_that_does_not_answer_is_unavailable() -> None:
    async with grpc.aio.insecure_channel("127.0.0.1:1") as channel:
        call = channel.unary_unary(PATH, Empty.SerializeToString, Empty.FromString)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(Empty(), timeout=5)
    error = from_rpc(caught.value, "resizer")
    assert isinstance(error, Unavailable)
    assert error.message == "The resizer does not answer."


def test_the_tree_that_is_drawn_shows_every_error() -> None:
    assert errors.__doc__
    drawn = set(re.findall(r"\b[A-Z]\w+", errors.__doc__.split("Raise one of these")[0]))
    assert {kind.__name__ for kind in all_errors()} <= drawn
