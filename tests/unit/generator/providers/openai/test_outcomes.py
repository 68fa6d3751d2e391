"""Each row of the tables that decide about money."""

import httpx2
import pytest

from services.common.charge import Charge
from services.common.errors import AppError, ProviderUnavailable, all_errors
from services.generator.providers.openai.complaints import Complaint
from services.generator.providers.openai.outcomes import (
    NOT_PROCESSED,
    REFUSALS,
    charge_of_answer,
    charge_of_error,
)
from services.generator.web.charges import charge_of_fault

FREE, PAID, UNKNOWN = Charge.NOT_CHARGED, Charge.CHARGED, Charge.UNKNOWN
NOTHING = Complaint()


@pytest.mark.parametrize(
    ("status", "charge"),
    [
        (200, PAID),
        (201, PAID),
        (202, PAID),
        (204, PAID),
        (206, PAID),
        (301, FREE),
        (307, FREE),
        (400, FREE),
        (401, FREE),
        (402, FREE),
        (403, FREE),
        (404, FREE),
        (408, UNKNOWN),
        (409, UNKNOWN),
        (413, FREE),
        (422, FREE),
        (425, FREE),
        (429, FREE),
        (499, UNKNOWN),
        (500, UNKNOWN),
        (502, UNKNOWN),
        (503, UNKNOWN),
        (504, UNKNOWN),
        (529, UNKNOWN),
        (999, UNKNOWN),
    ],
)
def test_the_status_of_a_whole_answer_decides(status: int, charge: Charge) -> None:
    assert charge_of_answer(status, NOTHING) is charge


@pytest.mark.parametrize("name", sorted(NOT_PROCESSED))
@pytest.mark.parametrize("status", [429, 500, 503, 529])
def test_a_server_that_has_not_begun_has_charged_nothing(status: int, name: str) -> None:
    assert charge_of_answer(status, Complaint(names=("other", name))) is FREE


@pytest.mark.parametrize(
    ("fault", "charge"),
    [
        (httpx2.ConnectError("refused"), FREE),
        (httpx2.ConnectTimeout("too slow"), FREE),
        (httpx2.PoolTimeout("no connection"), FREE),
        (httpx2.ProxyError("no way"), FREE),
        (httpx2.UnsupportedProtocol("gopher"), FREE),
        (httpx2.LocalProtocolError("a header that cannot be"), FREE),
        (httpx2.InvalidURL("no address"), FREE),
        (httpx2.ReadTimeout("no answer"), UNKNOWN),
        (httpx2.WriteTimeout("not sent"), UNKNOWN),
        (httpx2.ReadError("reset"), UNKNOWN),
        (httpx2.WriteError("broken pipe"), UNKNOWN),
        (httpx2.RemoteProtocolError("disconnected"), UNKNOWN),
        (OSError("what not"), UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_only_a_request_that_was_never_sent_is_certainly_free(
    fault: Exception | None, charge: Charge
) -> None:
    assert charge_of_fault(fault) is charge


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_in_a_good_answer_is_free_as_long_as_nothing_was_shown(
    kind: type[AppError],
) -> None:
    assert charge_of_error(kind("no"), NOTHING, shown=False) is FREE
    assert charge_of_error(kind("no"), NOTHING, shown=True) is UNKNOWN


OTHERS = [kind for kind in all_errors() if kind not in REFUSALS]


@pytest.mark.parametrize("kind", OTHERS, ids=lambda kind: kind.__name__)
def test_any_other_error_in_a_good_answer_may_have_been_charged(kind: type[AppError]) -> None:
    assert charge_of_error(kind("no"), NOTHING, shown=False) is UNKNOWN


def test_an_overload_in_a_good_answer_is_free() -> None:
    said = Complaint(names=("overloadederror",))
    assert charge_of_error(ProviderUnavailable("no"), said, shown=False) is FREE
