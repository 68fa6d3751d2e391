"""What the operator can set, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.standin.switches import SwitchError, read_pairs, switches_from


class SettingsError(ValueError):
    """Every mistake in the environment, in one message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StandinSettings:
    """Settings of the stand-in; `switches` holds the defaults for every call."""

    host: str = "127.0.0.1"
    port: int = 4010
    ledger_file: Path | None = None
    switches: Mapping[str, str]


def from_environment(environment: Mapping[str, str]) -> StandinSettings:
    """Reads the settings; raises SettingsError that names all mistakes, or the wrong place."""
    if environment.get("SNAPASSET_ENV", "").strip().lower() == "production":
        raise SettingsError(
            "The stand-in image API does not run where SNAPASSET_ENV is production; "
            "set OPENAI_API_KEY to use the real one."
        )
    mistakes: list[str] = []
    port_text = environment.get("STANDIN_PORT", "") or "4010"
    if not (port_text.isascii() and port_text.isdigit() and int(port_text) <= 65535):
        mistakes.append(f'STANDIN_PORT must be a port number from 0 to 65535, got "{port_text}"')
    try:
        switches = read_pairs(environment.get("STANDIN_SWITCHES", ""))
        switches_from(switches)
    except SwitchError as error:
        switches = {}
        mistakes.append(f"STANDIN_SWITCHES: {error}")
    delay = environment.get("STANDIN_DELAY_SECONDS", "") or "0"
    try:
        switches_from({"delay": delay})
    except SwitchError:
        mistakes.append(f'STANDIN_DELAY_SECONDS must be seconds from 0 to 3600, got "{delay}"')
    if mistakes:
        raise SettingsError("; ".join(mistakes))
    ledger_file = environment.get("STANDIN_LEDGER_FILE", "")
    return StandinSettings(
        host=environment.get("STANDIN_HOST", "") or "127.0.0.1",
        port=int(port_text),
        ledger_file=Path(ledger_file) if ledger_file else None,
        switches={"delay": delay, **switches},
    )
