"""The OpenAPI 3.1 document of the REST surface.

The gateway makes it when it is first asked for, from the contracts and the checks of the running
code: a file made earlier could be of a different version.
"""

from collections.abc import Iterable
from typing import Any

from services.common.contracts import Contracts
from services.common.version import VERSION
from services.gateway.openapi.faults import ERROR_SCHEMA
from services.gateway.openapi.operations import Operations
from services.gateway.openapi.responses import header_components
from services.gateway.openapi.schemas import Schemas
from services.gateway.openapi.webhooks import webhooks
from services.gateway.openapi.wording import in_rest_words

_ABOUT = """\
One prompt in, one image per social platform out.

Send a token (`Authorization: Bearer ...`) or an API key (`X-API-Key: ...`); what is open to
everybody says so. Beyond the errors of each operation, any of them may answer 403 (an upgrade to
another protocol), 405 (a method that the path does not take), 408 (the request came too slowly),
426, 431 (headers too large) and 501 (an unknown transfer encoding), in the same shape. Fields and
query parameters that are not known are ignored, and so are those that the path names. The same
operations are gRPC and gRPC-Web on the same port.

Each operation shows a command for a shell. On a stack of your own, `TOKEN=$(make --silent token)`
sets the token that it sends.
"""

_SECURITY_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token of the identity provider. Its `sub` is the owner's id.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "A key for services, which may act for any user id.",
    },
}


def build_document(contracts: Contracts, platforms: Iterable[str]) -> dict[str, Any]:
    """Return the document as JSON types. `platforms` are the ids that a job may name."""
    contracts = in_rest_words(contracts)
    schemas = Schemas(contracts, platforms)
    operations = Operations(contracts, schemas)
    paths: dict[str, Any] = {}
    for rpc in contracts.rpcs:
        for binding in rpc.bindings:
            path = paths.setdefault(operations.path(rpc, binding), {})
            path[binding.method] = operations.operation(rpc, binding)
    return {
        "openapi": "3.1.0",
        "info": {"title": "SnapAsset", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": "/", "description": "Where this page came from."}],
        "tags": [
            {"name": service.title, "description": service.comment}
            for service in sorted(contracts.services, key=lambda each: each.place)
        ],
        "paths": dict(sorted(paths.items())),
        "webhooks": webhooks(),
        "components": {
            "schemas": {**schemas.components(), "Error": ERROR_SCHEMA},
            "headers": header_components(),
            "securitySchemes": _SECURITY_SCHEMES,
        },
    }
