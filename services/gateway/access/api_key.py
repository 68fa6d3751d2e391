"""Makes an API key: `python -m services.gateway.access.api_key NAME --scopes jobs`."""

import argparse
import json
import sys

from services.gateway.access.api_keys import new_key
from services.gateway.access.caller import Scope
from services.gateway.access.key_limits import limits_from_text, limits_to_json


def main() -> None:
    """Print a new key, which is shown this once, and what to store of it."""
    parser = argparse.ArgumentParser(
        prog="python -m services.gateway.access.api_key", description=__doc__
    )
    parser.add_argument("name", help="whose key it is, such as batch-importer")
    parser.add_argument("--scopes", nargs="+", choices=list(Scope), default=[Scope.JOBS])
    parser.add_argument(
        "--limits",
        default="",
        metavar="NAME=VALUE+...",
        help="limits of its own, such as requests=1000/hour+jobs=200/hour+inFlight=50+per=user",
    )
    asked = parser.parse_args()
    try:
        limits = limits_from_text(asked.limits) if asked.limits else None
        secret, stored = new_key(asked.name, asked.scopes, limits)
    except ValueError as error:
        parser.error(str(error))
    limited = {"limits": own} if (own := limits_to_json(stored.limits)) else {}
    scopes = {"scopes": sorted(stored.scopes)}
    row = {"name": stored.name, "sha256": stored.sha256, **scopes, **limited}
    sys.stdout.write(
        f"The key, shown only now: {secret}\n"
        f"For GATEWAY_API_KEYS:    {stored.line}\n"
        f"For GATEWAY_API_KEYS_FILE: {json.dumps(row)}\n"
    )


if __name__ == "__main__":
    main()
