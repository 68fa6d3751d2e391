"""Prints an API key of the local stack: `python -m deploy.local.api_key`."""

import sys

from deploy.local.keys import local_key
from deploy.local.settings import ApiKeySettings
from services.common.settings import SettingsError, load

KNOWN_FROM = """`make run` knows the key from its next start. Any other gateway is told of it by
GATEWAY_API_KEYS={line}
"""


def main() -> None:
    """Print the key, and nothing else, to stdout; to stderr, who knows it."""
    try:
        settings = load(ApiKeySettings)
        key = local_key(settings.folder, settings.name, settings.scopes)
    except (SettingsError, ValueError) as error:
        raise SystemExit(f"There is no key: {error}.") from None
    sys.stderr.write(KNOWN_FROM.format(line=key.line))
    sys.stdout.write(f"{key.secret}\n")


if __name__ == "__main__":
    main()
