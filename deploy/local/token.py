"""Prints one token for the local stack: `python -m deploy.local.token`."""

import os
import sys

from deploy.local.secret import local_secret
from deploy.local.settings import TokenSettings
from services.common.settings import SettingsError, load
from services.gateway.access.issuing import make_token


def main() -> None:
    """Print the token and nothing else."""
    try:
        sys.stdout.write(f"{token_for(load(TokenSettings))}\n")
    except SettingsError as error:
        raise SystemExit(f"There is no token: {error}.") from None


def token_for(settings: TokenSettings) -> str:
    """Return a token that the local stack accepts."""
    secret = local_secret(settings.folder, os.environ)
    return make_token(secret, issuer=settings.issuer, user_id=settings.user_id, role=settings.role)


if __name__ == "__main__":
    main()
