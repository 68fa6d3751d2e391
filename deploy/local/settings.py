"""The settings of the local stack's commands."""

from dataclasses import dataclass
from pathlib import Path

from deploy.local.secret import ISSUER
from services.common.setting_checks import positive
from services.common.settings import setting

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalSettings:
    """Where the stack is."""

    folder: Path = setting(
        "STACK_DIRECTORY", "folder that holds everything of the local stack", default=ROOT / "var"
    )
    port: int = setting("PORT", "public port; 0 takes free ports for everything", default=3001)
    gateways: int = setting(
        "GATEWAYS", "gateway processes; under load each fills one core", default=1, check=positive
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenSettings(LocalSettings):
    """Whose token to make."""

    user_id: str = setting("USER_ID", "owner of what is done with it", default="user-123")
    role: str = setting("ROLE", "`authenticated` or `admin`", default="authenticated")
    issuer: str = setting("JWT_ISSUER", "who issues it", default=ISSUER)


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKeySettings(LocalSettings):
    """Which key to make."""

    name: str = setting("KEY_NAME", "whose key it is, such as importer", default="local")
    scopes: tuple[str, ...] = setting(
        "SCOPES", "`jobs`, `admin` or both, comma separated", default=("jobs",)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoSettings(TokenSettings):
    """What to paint."""

    prompt: str = setting("PROMPT", "what to paint", default="A lighthouse in a storm")
    platforms: tuple[str, ...] = setting(
        "PLATFORMS",
        "platform ids, comma separated",
        default=("instagram-post", "instagram-story", "twitter-post", "facebook-post"),
    )
