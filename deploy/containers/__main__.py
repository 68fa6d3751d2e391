"""Runs SnapAsset in containers: `python -m deploy.containers up` and `down`."""

import os
import sys

from deploy.containers.compose import Compose, open_compose
from deploy.local.run import TRY_IT
from deploy.local.settings import TokenSettings
from deploy.local.token import token_for
from services.common.serve import CannotStart
from services.common.settings import SettingsError, load

_PAINTED = "No key of an image API: the stand-in paints the images, no image model does.\n"
_STOP = "`make down` stops it and keeps the data.\n"


def main() -> None:
    """Run the command named by the only argument."""
    try:
        settings = load(TokenSettings)
        compose = open_compose(settings, os.environ)
        if sys.argv[1:] == ["up"]:
            compose.up()
            show_ready(compose, token_for(settings))
        elif sys.argv[1:] == ["down"]:
            compose.down()
        else:
            raise SystemExit("Say `up` or `down`.")
    except (CannotStart, SettingsError, OSError) as error:
        raise SystemExit(f"SnapAsset: {error}.") from None


def show_ready(compose: Compose, token: str) -> None:
    """Print where the stack is and how to use it."""
    painted = _PAINTED if compose.paints else ""
    sys.stdout.write(TRY_IT.format(port=compose.port, token=token) + painted + _STOP)


if __name__ == "__main__":
    main()
