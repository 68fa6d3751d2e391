"""TLS on both sides of Envoy: the public certificate for clients, mutual TLS for the gateway.

Envoy is told of certificates in separate files (SDS), because only then does it notice renewed
ones: it watches the folder that holds a certificate, and connections stay up.
"""

import ipaddress
import json
from pathlib import Path
from typing import Any

from deploy.envoy.settings import EnvoySettings

_V3 = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3"

Json = dict[str, Any]


def public_socket(settings: EnvoySettings) -> Json | None:
    """Return the transport socket of the public listener, or None for plain HTTP."""
    if settings.public_cert_file is None:
        return None
    common = {
        "alpn_protocols": ["h2", "http/1.1"],
        "tls_certificate_sds_secret_configs": [_secret(settings, "public-certificate")],
    }
    return _socket("DownstreamTlsContext", {"common_tls_context": common})


def public_headers(settings: EnvoySettings) -> list[Json]:
    """Return what every answer carries if TLS ends here: it tells browsers to stay with TLS."""
    if settings.public_cert_file is None:
        return []
    header = {"key": "strict-transport-security", "value": "max-age=31536000"}
    return [{"header": header, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}]


def gateway_socket(settings: EnvoySettings) -> Json | None:
    """Return the transport socket towards the gateway, or None for plain gRPC."""
    if settings.tls_ca_file is None:
        return None
    name = settings.gateway_tls_name or settings.gateway_host
    kind = "IP_ADDRESS" if _is_address(name) else "DNS"
    common: Json = {
        "alpn_protocols": ["h2"],
        "combined_validation_context": {
            "default_validation_context": {
                "match_typed_subject_alt_names": [{"san_type": kind, "matcher": {"exact": name}}]
            },
            "validation_context_sds_secret_config": _secret(settings, "authority"),
        },
    }
    if settings.tls_cert_file:
        common["tls_certificate_sds_secret_configs"] = [_secret(settings, "own-certificate")]
    context: Json = {"common_tls_context": common}
    if kind == "DNS":
        context["sni"] = name
    return _socket("UpstreamTlsContext", context)


def write_secrets(settings: EnvoySettings) -> None:
    """Write the files that tell Envoy which certificates to load and watch. Raises OSError."""
    found = {}
    for name, cert, key in (
        ("public-certificate", settings.public_cert_file, settings.public_key_file),
        ("own-certificate", settings.tls_cert_file, settings.tls_key_file),
    ):
        if cert and key:
            chain = _watched("certificate_chain", cert)
            found[name] = {"tls_certificate": {**chain, "private_key": {"filename": str(key)}}}
    if settings.tls_ca_file:
        found["authority"] = {"validation_context": _watched("trusted_ca", settings.tls_ca_file)}
    for name, secret in found.items():
        resource = {"@type": f"{_V3}.Secret", "name": name, **secret}
        _file(settings, name).parent.mkdir(parents=True, exist_ok=True)
        _file(settings, name).write_text(json.dumps({"resources": [resource]}))


def _watched(name: str, file: Path) -> Json:
    folder = {"path": str(file.parent)}
    return {name: {"filename": str(file)}, "watched_directory": folder}


def _socket(kind: str, context: Json) -> Json:
    config = {"@type": f"{_V3}.{kind}", **context}
    return {"name": "envoy.transport_sockets.tls", "typed_config": config}


def _secret(settings: EnvoySettings, name: str) -> Json:
    path = {"path": str(_file(settings, name))}
    return {"name": name, "sds_config": {"path_config_source": path, "resource_api_version": "V3"}}


def _file(settings: EnvoySettings, name: str) -> Path:
    return (settings.secrets_folder or Path()) / f"{name}.json"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
