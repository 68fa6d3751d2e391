"""Starts the stand-in: `python -m deploy.local.standin`."""

import asyncio
import os
import sys

from deploy.local.standin.app import build_app
from deploy.local.standin.ledger import Ledger
from deploy.local.standin.middleware import log_to_stdout
from deploy.local.standin.serve import serve
from deploy.local.standin.settings import SettingsError, from_environment


def main() -> None:
    """Loads the settings, builds the application and serves it."""
    try:
        settings = from_environment(os.environ)
        app = build_app(Ledger(settings.ledger_file), settings.switches, log_to_stdout)
        asyncio.run(serve(app, settings.host, settings.port))
    except (SettingsError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
