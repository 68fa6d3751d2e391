"""Prints Envoy's configuration: envoy.yaml with its placeholders filled from the environment."""

import json
import string
import sys
from dataclasses import asdict

from deploy.envoy import local_replies, wrong_methods
from deploy.envoy.settings import HERE, EnvoySettings
from services.common.settings import SettingsError, load

_INDENT = "\n" + 24 * " "
"""Where the items of `routes` begin in envoy.yaml."""


def render(settings: EnvoySettings) -> str:
    """Return the configuration for `settings`; every value is written as JSON, which is YAML."""
    values = {name: _json(value) for name, value in asdict(settings).items()}
    values["local_replies"] = _json(local_replies.mappers())
    routes = wrong_methods.routes(settings.descriptor_file)
    values["wrong_methods"] = _INDENT.join(f"- {_json(route)}" for route in routes)
    return string.Template((HERE / "envoy.yaml").read_text()).substitute(values)


def _json(value: object) -> str:
    return json.dumps(value, default=str)


if __name__ == "__main__":
    try:
        sys.stdout.write(render(load(EnvoySettings)))
    except (SettingsError, OSError) as error:
        raise SystemExit(f"Envoy's configuration cannot be made: {error}") from None
