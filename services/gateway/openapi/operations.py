"""One rpc on one of its paths as an OpenAPI operation."""

import re
from collections.abc import Mapping
from typing import Any

from snapasset.options.v1.methods_pb2 import Access

from services.common.contracts import (
    LONGEST_WAIT_SECONDS,
    Binding,
    Contracts,
    Field,
    Message,
    Rpc,
)
from services.gateway.api.idempotency import HEADER, KEY_FORM
from services.gateway.api.preferences import PREFER
from services.gateway.openapi.examples import Examples
from services.gateway.openapi.links import LinkObjects, operation_id
from services.gateway.openapi.responses import responses
from services.gateway.openapi.samples import samples
from services.gateway.openapi.schemas import Schemas, reference
from services.gateway.openapi.wording import shown_path
from services.jobs.once import KEPT_SECONDS

_FIRST_CLAUSE = re.compile(r"[.:;](?: |$)")

_CREDENTIALS: list[dict[str, list[str]]] = [{"bearer": []}, {"apiKey": []}]
_SECURITY: Mapping[Access.ValueType, list[dict[str, list[str]]]] = {
    Access.ACCESS_EVERYBODY: [],
    Access.ACCESS_WATCHER: [*_CREDENTIALS, {}],
    Access.ACCESS_CALLER: _CREDENTIALS,
    Access.ACCESS_JOBS: _CREDENTIALS,
    Access.ACCESS_ADMIN: _CREDENTIALS,
}

_IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "description": "Makes a repeat harmless: the same key with the same body within "
    f"{KEPT_SECONDS // 3600} hours gives the same job again, with another body 409. An empty one "
    "counts as absent.",
    "schema": {"type": "string", "pattern": f"^({KEY_FORM.pattern})?$"},
}

_PREFER: dict[str, Any] = {
    "name": PREFER,
    "in": "header",
    "description": "`wait=20` answers when the job has ended, or after so many seconds, "
    f"{LONGEST_WAIT_SECONDS} at most (RFC 7240). Other preferences are ignored.",
    "schema": {"type": "string", "examples": ["wait=20"]},
}


class Operations:
    """Makes operations of the rpcs of `contracts`."""

    def __init__(self, contracts: Contracts, schemas: Schemas) -> None:
        self._messages = contracts.messages
        self._schemas = schemas
        self._examples = Examples(schemas.components())
        self._tags = {service.name: service.title for service in contracts.services}
        self._links = LinkObjects(contracts)

    def path(self, rpc: Rpc, binding: Binding) -> str:
        """Return the path as OpenAPI writes it: `/api/jobs/{jobId}`."""
        return shown_path(self._messages[rpc.request], binding)

    def operation(self, rpc: Rpc, binding: Binding) -> dict[str, Any]:
        """Return the Operation Object of `rpc` at `binding`."""
        first = binding is rpc.bindings[0]
        number = "" if first else str(rpc.bindings.index(binding) + 1)
        parameters = self._parameters(rpc, binding)
        made: dict[str, Any] = {
            "operationId": operation_id(rpc) + number,
            "tags": [self._tags[rpc.service]],
            "summary": _FIRST_CLAUSE.split(rpc.comment)[0],
            "description": rpc.comment,
            "security": _SECURITY[rpc.endpoint.access],
        }
        if parameters:
            made["parameters"] = parameters
        if binding.body:
            made["requestBody"] = self._body(rpc, binding)
        made["responses"] = responses(rpc, self._links.of(rpc))
        made["x-codeSamples"] = samples(rpc, binding.method, self.path(rpc, binding), made)
        return made

    def _body(self, rpc: Rpc, binding: Binding) -> dict[str, Any]:
        if files := rpc.endpoint.body_media_types:
            return {"required": True, "content": {kind: {} for kind in files}}
        schema = reference(rpc.request)
        content: dict[str, Any] = {
            "application/json": {"schema": schema, "example": self._examples.of(schema)}
        }
        if binding.body != "*":
            content["application/x-ndjson"] = {"schema": {"type": "string"}}
        needed = any(one.bounds.required for one in self._messages[rpc.request].fields)
        return {"required": needed, "content": content}

    def _parameters(self, rpc: Rpc, binding: Binding) -> list[dict[str, Any]]:
        message = self._messages[rpc.request]
        is_file = bool(rpc.endpoint.body_media_types)
        somewhere = [name for each in rpc.bindings for name in each.variables]
        found = []
        for field in message.fields:
            if field.name in binding.variables:
                found.append(self._parameter(message, field, "path"))
            elif field.name not in (*somewhere, binding.body) and (is_file or not binding.body):
                found.append(self._parameter(message, field, "query"))
        if rpc.endpoint.takes_idempotency_key:
            found.append(_IDEMPOTENCY_KEY)
        if rpc.endpoint.takes_wait:
            found.append(_PREFER)
        return found

    def _parameter(self, message: Message, field: Field, place: str) -> dict[str, Any]:
        schema = self._schemas.field(message, field)
        text = schema.pop("description")
        in_path = {"required": True, "example": self._examples.of(schema)}
        return {
            "name": field.json_name,
            "in": place,
            "description": text,
            **(in_path if place == "path" else {}),
            "schema": schema,
        }
