"""The settings of the local stack's commands."""

from dataclasses import dataclass
from pathlib import Path

from deploy.local.secret import ISSUER
from services.common.setting_checks import port_number, positive
from services.common.settings import setting

ROOT = Path(__file__).resolve().parents[2]

PYTHON_PATH = f"{ROOT}:{ROOT / 'gen'}"
"""Where Python finds our packages."""


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

    user_id: str = setting("USER_ID", "user whom the token is for", default="user-123")
    role: str = setting("ROLE", "`authenticated` or `admin`", default="authenticated")
    issuer: str = setting("JWT_ISSUER", "issuer that the token names", default=ISSUER)


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKeySettings(LocalSettings):
    """Which key to make."""

    name: str = setting("KEY_NAME", "name of the key, such as importer", default="local")
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


@dataclass(frozen=True, kw_only=True, slots=True)
class RedisSettings:
    """The settings of the local stack's Redis."""

    server: Path = setting("REDIS_SERVER", "the program that is run")
    folder: Path = setting("REDIS_DIRECTORY", "folder of its data")
    socket: Path = setting("REDIS_SOCKET", "Unix socket that it listens on")
    password: str = setting("REDIS_PASSWORD", "password that clients must send", secret=True)
    port: int = setting(
        "REDIS_PORT", "port that it listens on too; 0: none", default=0, check=port_number
    )
