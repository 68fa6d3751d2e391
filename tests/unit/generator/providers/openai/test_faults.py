from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import openai
import pytest

from services.common.errors import (
    AppError,
    ModelUnavailable,
    ModerationBlocked,
    ProviderBadAnswer,
    ProviderKeyRejected,
    ProviderQuotaExceeded,
    ProviderRateLimited,
    ProviderRejectedRequest,
    ProviderUnavailable,
)
from services.generator.providers.openai.faults import (
    MESSAGES,
    RULES,
    error_in,
    error_of,
    failure,
    retry_after_seconds,
)

REQUEST = httpx2.Request("POST", "http://test/v1/images/generations")

# status, code, type, param -> error
TABLE = [
    (400, "moderation_blocked", "image_generation_user_error", None, ModerationBlocked),
    (400, "content_policy_violation", "invalid_request_error", None, ModerationBlocked),
    (400, "content_filter", None, None, ModerationBlocked),
    (429, "insufficient_quota", "insufficient_quota", None, ProviderQuotaExceeded),
    (429, None, "insufficient_quota", None, ProviderQuotaExceeded),
    (400, "billing_hard_limit_reached", "invalid_request_error", None, ProviderQuotaExceeded),
    (402, None, None, None, ProviderQuotaExceeded),
    (404, "model_not_found", "invalid_request_error", None, ModelUnavailable),
    (403, "model_not_found", "invalid_request_error", None, ModelUnavailable),
    (400, "invalid_value", "invalid_request_error", "model", ModelUnavailable),
    (401, "invalid_api_key", "invalid_request_error", None, ProviderKeyRejected),
    (401, None, None, None, ProviderKeyRejected),
    (403, None, "invalid_request_error", None, ProviderKeyRejected),
    (429, "rate_limit_exceeded", "requests", None, ProviderRateLimited),
    (429, None, None, None, ProviderRateLimited),
    (408, None, None, None, ProviderUnavailable),
    (409, None, "invalid_request_error", None, ProviderUnavailable),
    (500, "server_error", "server_error", None, ProviderUnavailable),
    (503, None, None, None, ProviderUnavailable),
    (529, None, None, None, ProviderUnavailable),
    (400, "invalid_value", "invalid_request_error", "size", ProviderRejectedRequest),
    (404, None, None, None, ProviderRejectedRequest),
    (413, None, None, None, ProviderRejectedRequest),
    (422, None, None, None, ProviderRejectedRequest),
    (307, None, None, None, ProviderRejectedRequest),
    # errors in a stream that had begun
    (None, "moderation_blocked", "image_generation_user_error", None, ModerationBlocked),
    (None, "rate_limit_exceeded", "requests", None, ProviderRateLimited),
    (None, "server_error", "server_error", None, ProviderUnavailable),
    (None, "anything", "invalid_request_error", None, ProviderRejectedRequest),
    (None, "", None, None, ProviderUnavailable),
]


def raised_by_sdk(status: int, said: dict[str, str | None], **headers: str) -> Exception:
    response = httpx2.Response(status, request=REQUEST, headers=headers)
    return openai.APIStatusError("PROVIDER TEXT", response=response, body=said)


@pytest.mark.parametrize(("status", "code", "kind", "param", "expected"), TABLE)
def test_every_fault_becomes_its_error(
    status: int | None,
    code: str | None,
    kind: str | None,
    param: str | None,
    expected: type[AppError],
) -> None:
    said = {"message": "PROVIDER TEXT", "code": code, "type": kind, "param": param}
    error = error_in(said) if status is None else error_of(raised_by_sdk(status, said))
    assert type(error) is expected
    assert "PROVIDER" not in error.message


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (openai.APIConnectionError(request=REQUEST), ProviderUnavailable),
        (openai.APITimeoutError(request=REQUEST), ProviderUnavailable),
        (openai.APIError("x", REQUEST, body={"code": "moderation_blocked"}), ModerationBlocked),
        (openai.APIError("x", REQUEST, body="Oh no"), ProviderUnavailable),
        (httpx2.ReadError("x"), ProviderUnavailable),
        (ValueError("no JSON"), ProviderBadAnswer),
    ],
)
def test_every_exception_becomes_its_error(fault: Exception, expected: type[AppError]) -> None:
    assert type(error_of(fault)) is expected


def test_an_error_of_strange_types_is_a_passing_fault() -> None:
    assert type(error_in({"code": {"a": 1}, "type": [2], "message": 3})) is ProviderUnavailable


def test_every_rule_has_words_for_people() -> None:
    assert {rule.error for rule in RULES} | {ProviderBadAnswer} == set(MESSAGES)
    for kind in MESSAGES:
        assert failure(kind).message.endswith(".")


def test_what_the_provider_said_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    error_in({"message": "x" * 9000, "code": "strange"})
    (record,) = caplog.records
    assert record.__dict__["provider_code"] == "strange"
    assert record.__dict__["provider_message"] == "x" * 500


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("86400", 900.0),
        ("inf", 900.0),
        ("-1", None),
        ("nan", None),
        ("soon", None),
        ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_read_and_capped(text: str, seconds: float | None) -> None:
    assert retry_after_seconds({"retry-after": text}) == seconds


def test_retry_after_may_be_a_date() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert retry_after_seconds({"retry-after": at}) == pytest.approx(60, abs=5)


@pytest.mark.parametrize(("status", "seconds"), [(429, 7.0), (503, 7.0), (400, None)])
def test_only_an_error_that_may_heal_carries_retry_after(
    status: int, seconds: float | None
) -> None:
    error = error_of(raised_by_sdk(status, {}, **{"retry-after": "7"}))
    assert error.retry_after_seconds == seconds
