"""Starts the stand-in: `python -m deploy.local.standin`."""

import asyncio

from deploy.local.standin.app import build_app
from deploy.local.standin.ledger import Ledger
from deploy.local.standin.middleware import log_to_stdout
from deploy.local.standin.serve import serve
from deploy.local.standin.settings import StandinSettings
from services.common.settings import SettingsError, load


def main() -> None:
    """Loads the settings, builds the application and serves it."""
    try:
        settings = load(StandinSettings)
        app = build_app(Ledger(settings.ledger_file), settings.switches, log_to_stdout)
        asyncio.run(serve(app, settings.host, settings.port, reuse_port=settings.reuse_port))
    except (SettingsError, OSError) as error:
        raise SystemExit(f"The stand-in image API cannot start: {error}") from None


if __name__ == "__main__":
    main()
