"""What the operator can set."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.standin.switches import SwitchError, read_pairs, switches_from
from services.common.setting_checks import one_of, port_number
from services.common.settings import setting


def _grammar(text: str) -> str | None:
    try:
        switches_from(read_pairs(text))
    except SwitchError as error:
        return f"must be switches: {error}"
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class StandinSettings:
    """Settings of the stand-in."""

    environment: str = setting(
        "SNAPASSET_ENV",
        "the stand-in runs where this is `local`; set OPENAI_API_KEY to use the real API",
        default="local",
        check=one_of("local"),
    )
    host: str = setting("STANDIN_HOST", "address that it listens on", default="127.0.0.1")
    port: int = setting("STANDIN_PORT", "port of its HTTP", default=4010, check=port_number)
    reuse_port: bool = setting(
        "REUSE_PORT",
        "share the port with other processes of the same user that set this too",
        default=False,
    )
    ledger_file: Path | None = setting(
        "STANDIN_LEDGER_FILE", "file that every call is appended to, as JSON lines", default=None
    )
    delay_seconds: float = setting(
        "STANDIN_DELAY_SECONDS",
        "pause before an answer",
        default=0.0,
        check=lambda seconds: None if 0 <= seconds <= 3600 else "must be 0 to 3600 seconds",
    )
    misbehaviour: str = setting(
        "STANDIN_SWITCHES",
        "switches of every call; see docs/standin.md",
        default="",
        check=_grammar,
    )

    @property
    def switches(self) -> Mapping[str, str]:
        """The defaults for every call."""
        return {"delay": str(self.delay_seconds), **read_pairs(self.misbehaviour)}
