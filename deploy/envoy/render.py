"""Prints Envoy's configuration: envoy.yaml with its placeholders filled from the environment."""

import json
import string
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from deploy.envoy import local_replies, overload, rest_routes, rpc_routes, telemetry, tls
from deploy.envoy.settings import HERE, EnvoySettings
from services.common.descriptor_set import read_contracts
from services.common.refusal import CannotStart
from services.common.settings import SettingsError, load


def render(settings: EnvoySettings) -> str:
    """Return the configuration for `settings`; every value is written as JSON, which is YAML.

    What is not asked for is null, as good as absent, or left out of its list. Raises CannotStart,
    OSError.
    """
    contracts = read_contracts(settings.descriptor_file.read_bytes())
    values = {name: _json(value) for name, value in asdict(settings).items()}
    values["gateways"] = _json(_endpoints(settings))
    values["local_replies"] = _json(local_replies.mappers(tls.public_headers(settings)))
    values["public_headers"] = _items(tls.public_headers(settings), column=20)
    values["services"] = _json(rest_routes.services(contracts))
    values["rpc_routes"] = _items(rpc_routes.routes(contracts, settings), column=24)
    values["rest_routes"] = _items(rest_routes.routes(contracts, settings), column=24)
    values["nowhere"] = _json(rest_routes.nowhere(settings.body_seconds))
    values["exposed_headers"] = _json(rpc_routes.EXPOSED_HEADERS)
    values["socket_options"] = _json(overload.socket_options(settings))
    values["overload_manager"] = _json(overload.manager(settings))
    values["public_tls"] = _json(tls.public_socket(settings))
    values["gateway_tls"] = _json(tls.gateway_socket(settings))
    values["tracing"] = _json(telemetry.tracing(settings))
    values["telemetry_listeners"] = _items(telemetry.listeners(settings), column=4)
    values["telemetry_clusters"] = _items(telemetry.clusters(settings), column=4)
    return string.Template((HERE / "envoy.yaml").read_text()).substitute(values)


def prepare(settings: EnvoySettings) -> str:
    """Return the configuration for `settings`, whose certificates are in place.

    Raises CannotStart, OSError.
    """
    tls.write_secrets(settings)
    return render(settings)


def _items(values: Iterable[object], *, column: int) -> str:
    """Write the items of a YAML list whose dashes are in `column`."""
    return ("\n" + column * " ").join(f"- {_json(value)}" for value in values)


def _endpoints(settings: EnvoySettings) -> list[dict[str, Any]]:
    hosts = [(settings.gateway_host, settings.gateway_port)]
    for address in settings.more_gateways:
        host, _, port = address.rpartition(":")
        hosts.append((host, int(port)))
    return [
        {"endpoint": {"address": {"socket_address": {"address": host, "port_value": port}}}}
        for host, port in hosts
    ]


def _json(value: object) -> str:
    return json.dumps(value, default=str)


if __name__ == "__main__":
    try:
        sys.stdout.write(prepare(load(EnvoySettings)))
    except (SettingsError, CannotStart, OSError) as error:
        raise SystemExit(f"Envoy's configuration cannot be made: {error}") from None
