"""Maps everything that goes wrong at an image API to one of our errors."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from services.common.errors import (
    AppError,
    ModelUnavailable,
    ModerationBlocked,
    ProviderKeyRejected,
    ProviderQuotaExceeded,
    ProviderRateLimited,
    ProviderRejectedRequest,
    ProviderUnavailable,
)
from services.generator.providers.failures import failure_of
from services.generator.providers.openai.complaints import Complaint


class Rule(NamedTuple):
    """A fault of one of these names (`Complaint.names`), or whose words match."""

    error: type[AppError]
    names: Collection[str]
    words: str = r"(?!)"


RULES = (
    Rule(
        ModerationBlocked,
        (
            "moderationblocked",
            "contentpolicyviolation",
            "contentfilter",
            "contentfiltered",
            "contentfiltererror",
            "responsibleaipolicyviolation",
            "contentpolicyviolationerror",
            "contentmoderation",
            "nsfwcontentdetected",
        ),
        r"safety system|content[ _]?(management )?policy|content[ _]filter|responsible ?ai"
        r"|(blocked|flagged|rejected|refused) by .{0,40}(moderation|safety)"
        r"|prompt was (filtered|flagged)|nsfw",
    ),
    Rule(
        ProviderQuotaExceeded,
        (
            "insufficientquota",
            "billinghardlimitreached",
            "billingnotactive",
            "quotaexceeded",
            "insufficientcredits",
            "budgetexceeded",
            "paymentrequired",
        ),
        r"exceeded your current quota|insufficient[ _](quota|credit|balance|funds)"
        r"|billing hard limit|budget has been exceeded|(out of|no|not enough) credits?",
    ),
    Rule(
        ModelUnavailable,
        (
            "modelnotfound",
            "modelnotfounderror",
            "deploymentnotfound",
            "unknownmodel",
            "invalidmodel",
            "modelnotavailable",
        ),
        r"\bmodel [`'\"]?[\w./:@-]+[`'\"]? ?(was|is|does|has)? ?(been )?"
        r"(not (found|exist|supported|available)|unknown|deprecated|retired|shut down)"
        r"|(invalid|unknown|unsupported|no such) model( name)?\b|not a valid model"
        r"|deployment .{0,80}(not exist|not found)|\bmodel (was |is )?not found",
    ),
    Rule(
        ProviderKeyRejected,
        # LiteLLM without a database answers any key but its own by saying that it has no database.
        ("invalidapikey", "authenticationerror", "permissiondenied", "nodbconnection"),
        r"(incorrect|invalid|missing) (api|subscription) key",
    ),
    Rule(
        ProviderRateLimited,
        (
            "ratelimitexceeded",
            "ratelimiterror",
            "toomanyrequests",
            "slowdown",
            "alldeploymentsincooldown",
        ),
    ),
    Rule(
        ProviderRejectedRequest,
        (
            "invalidvalue",
            "unknownparameter",
            "unsupportedparameter",
            "unsupportedparamserror",
            "missingrequiredparameter",
            "extraforbidden",
        ),
    ),
)
"""By what is said. Names decide before words, and the first matching rule wins. The names are
those of OpenAI, Azure and LiteLLM (from their SDKs, and answers that their users have posted)."""

STATUSES: tuple[tuple[Collection[int], type[AppError]], ...] = (
    ((402,), ProviderQuotaExceeded),
    ((401, 403), ProviderKeyRejected),
    ((429,), ProviderRateLimited),
    ((408, 409, 425, 499, *range(500, 600)), ProviderUnavailable),
    (range(300, 500), ProviderRejectedRequest),
)
"""By HTTP status, where nothing in the answer decides."""

KINDS = {
    "imagegenerationusererror": ModerationBlocked,
    "invalidrequesterror": ProviderRejectedRequest,
    "servererror": ProviderUnavailable,
}
"""By the kind of fault, where the fault itself is not named."""

_BEFORE_STATUS = ("imagegenerationusererror",)
"""For a refused prompt, LiteLLM gives only the kind. Its `throttling_error` may mean a used-up
quota or a rate limit: there the words decide."""

failure = failure_of(
    "The image API",
    models="IMAGE_MODELS",
    key="OPENAI_API_KEY",
    own={
        ModelUnavailable: "No configured image model exists any more. "
        "The operator must set IMAGE_MODELS to a current one.",
        ProviderKeyRejected: "The image API did not accept our key, or not for this model. "
        "The operator must check OPENAI_API_KEY and what its organization may use.",
        ProviderRejectedRequest: "The image API refused the request as invalid. Please change the "
        "prompt or the options; if that does not help, the operator must check OPENAI_BASE_URL.",
    },
)


def error_of(said: Complaint, status: int | None = None) -> AppError:
    """Return the error that a fault means; `status` is None for one in a successful answer."""
    return failure(_kind(said, status))


def _kind(said: Complaint, status: int | None) -> type[AppError]:
    return next(_fitting(said, status), ProviderUnavailable)


def _fitting(said: Complaint, status: int | None) -> Iterator[type[AppError]]:
    """Yield what the fault may mean, most certain first."""
    if "model" in said.params:  # how the image API answers a name that it has never heard of
        yield ModelUnavailable
    for name in said.names:
        yield from (rule.error for rule in RULES if name in rule.names)
    yield from (rule.error for rule in RULES if re.search(rule.words, said.text, re.IGNORECASE))
    yield from (KINDS[name] for name in _BEFORE_STATUS if name in said.names)
    yield from (error for statuses, error in STATUSES if status in statuses)
    yield from (KINDS[name] for name in said.names if name in KINDS)
