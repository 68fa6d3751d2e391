import json

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
from services.generator.providers.openai.complaints import complaint_in, complaint_of
from services.generator.providers.openai.faults import (
    KINDS,
    RULES,
    STATUSES,
    error_of,
    failure,
)

QUOTA = ProviderQuotaExceeded

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


@pytest.mark.parametrize(("status", "code", "kind", "param", "expected"), TABLE)
def test_every_fault_becomes_its_error(
    status: int | None,
    code: str | None,
    kind: str | None,
    param: str | None,
    expected: type[AppError],
) -> None:
    said = {"message": "PROVIDER TEXT", "code": code, "type": kind, "param": param}
    error = error_of(complaint_in({"error": said}), status)
    assert type(error) is expected
    assert "PROVIDER" not in error.message


def throttled(words: str) -> dict[str, object]:
    """Return how LiteLLM passes on a 429."""
    message = f"litellm.RateLimitError: RateLimitError: OpenAIException - {words}"
    return {"error": {"type": "throttling_error", "code": "429", "message": message}}


# What servers that are not OpenAI's answer: status, body -> error
ELSEWHERE = [
    # Azure OpenAI
    (400, {"error": {"code": "contentFilter", "message": "Your task failed."}}, ModerationBlocked),
    (
        400,
        {
            "error": {
                "code": "400",
                "message": "The prompt was refused.",
                "innererror": {"code": "ResponsibleAIPolicyViolation"},
            }
        },
        ModerationBlocked,
    ),
    (
        400,
        {"error": {"code": "BadRequest", "inner_error": {"code": "content_policy_violation"}}},
        ModerationBlocked,
    ),
    (404, {"error": {"code": "DeploymentNotFound", "message": "?"}}, ModelUnavailable),
    (
        404,
        {"error": {"code": "404", "message": "The API deployment for this does not exist."}},
        ModelUnavailable,
    ),
    (401, {"statusCode": 401, "message": "Access denied due to missing key."}, ProviderKeyRejected),
    # LiteLLM
    (
        400,
        {"error": {"type": "image_generation_user_error", "code": "400", "message": "?"}},
        ModerationBlocked,
    ),
    (429, throttled("You exceeded your current quota, please check your plan."), QUOTA),
    (429, throttled("Rate limit reached for gpt-image-2."), ProviderRateLimited),
    (
        429,
        {
            "error": {
                "type": "all_deployments_in_cooldown",
                "message": "No deployments available for selected model, Try again in 5 seconds.",
            }
        },
        ProviderRateLimited,
    ),
    (
        400,
        {"error": {"type": "no_db_connection", "code": "400", "message": "No connected db."}},
        ProviderKeyRejected,
    ),
    (400, {"error": {"code": "400", "message": "Budget has been exceeded! Current: 1"}}, QUOTA),
    (
        400,
        {"error": {"code": "400", "message": "/images: Invalid model name passed in model=x"}},
        ModelUnavailable,
    ),
    (
        400,
        {"error": {"code": "400", "message": "litellm.ContentPolicyViolationError: refused"}},
        ModerationBlocked,
    ),
    (
        400,
        {"error": {"type": "None", "code": "400", "message": "does not support: ['quality']"}},
        ProviderRejectedRequest,
    ),
    # FastAPI, as vLLM-Omni and SGLang answer
    (404, {"detail": "Model flux-9 not found"}, ModelUnavailable),
    (404, {"detail": "Not Found"}, ProviderRejectedRequest),
    (422, {"detail": [{"loc": ["body", "size"], "msg": "bad"}]}, ProviderRejectedRequest),
    (422, {"detail": [{"loc": ["body", "model"], "msg": "unknown"}]}, ModelUnavailable),
    (400, {"detail": {"code": "content_filter"}}, ModerationBlocked),
    (
        400,
        {"object": "error", "message": "The model `x` does not exist.", "type": "NotFoundError"},
        ModelUnavailable,
    ),
    # others
    (404, {"error": "model 'flux' not found"}, ModelUnavailable),
    (403, {"error": {"message": "Insufficient credits: top up"}}, QUOTA),
    (400, {"errors": [{"message": "NSFW content detected"}]}, ModerationBlocked),
    (429, "Too many requests", ProviderRateLimited),
    (400, None, ProviderRejectedRequest),
    (502, "<html>Bad gateway</html>", ProviderUnavailable),
]


@pytest.mark.parametrize(("status", "body", "expected"), ELSEWHERE)
def test_other_servers_are_understood(status: int, body: object, expected: type[AppError]) -> None:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    assert type(error_of(complaint_of(data), status)) is expected


@pytest.mark.parametrize(
    "body",
    [
        {"code": {"a": 1}, "type": [2], "message": 3, "param": 4, "loc": 5},
        {"error": [[[[[[[[{"code": "moderation_blocked"}]]]]]]]]},
        {"detail": [None, 1, True]},
        [],
        7,
    ],
)
def test_an_error_of_strange_types_is_a_passing_fault(body: object) -> None:
    assert type(error_of(complaint_in(body))) is ProviderUnavailable


def test_every_error_of_the_tables_has_words_for_people() -> None:
    errors = {rule.error for rule in RULES} | {error for _, error in STATUSES}
    for kind in errors | set(KINDS.values()) | {ProviderBadAnswer}:
        assert failure(kind).message.endswith(".")


def test_what_is_said_is_bounded_and_printable() -> None:
    said = complaint_in({"error": {"message": "boom\x1b[2J\ud83e" + "x" * 9000}})
    assert said.text.startswith("boom[2Jxxx")
    assert len(said.text) == 2000
