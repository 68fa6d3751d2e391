"""What can be told of a server that speaks OpenAI's image API and is not OpenAI's."""

from dataclasses import dataclass

from services.common.settings import one_of, setting

PROFILE_NAMES = ("openai", "auto")


@dataclass(frozen=True, kw_only=True)
class CompatibleSettings:
    """How the server that OPENAI_BASE_URL names is spoken to."""

    profile: str = setting(
        "IMAGE_API_PROFILE",
        f"what server OPENAI_BASE_URL names: {', '.join(f'`{name}`' for name in PROFILE_NAMES)}; "
        "guessed from the address unless set",
        default="",
        check=one_of("", *PROFILE_NAMES),
    )
