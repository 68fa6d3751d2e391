"""Says what the contracts' comments say in the words of REST: they are written for gRPC as well."""

import re
from collections.abc import Mapping
from dataclasses import replace

from services.common.contracts import VARIABLE, Binding, Contracts, Message
from services.common.errors import all_errors
from services.gateway.openapi.faults import HTTP_STATUS, status_of

_SENTENCE = re.compile(r"(?<=\.) (?=[A-Z`])")
_GRPC_ALONE = re.compile(
    r"; over gRPC\b[^.;]*| or gRPC metadata|,? (?:with|and)(?: an?)? google\.rpc\.\w+"
    r"|; \d{3} over HTTP| over HTTP"
)
"""What a sentence says to callers of gRPC alone, and the words that tell REST from it."""
_OVER_HTTP = re.compile(r"Over HTTP (\w)")
_STATUSES = {code.name: status for code, status in HTTP_STATUS.items()}
_CODE = re.compile(rf"(?<!\()\b({'|'.join(_STATUSES)})\b(?= \(([A-Z_]+))?")
_NAME = re.compile(r"\b([A-Z][A-Za-z]+?)(?:Request|Response(?:\.(\w+))?)?\b")
_FIELD = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


def shown_path(request: Message, binding: Binding) -> str:
    """Return a path as OpenAPI writes it: `/api/jobs/{jobId}`."""
    names = {field.name: field.json_name for field in request.fields}
    return VARIABLE.sub(lambda match: f"{{{names[match[1]]}}}", binding.template)


def in_rest_words(contracts: Contracts) -> Contracts:
    """Return `contracts` with comments that name paths, HTTP statuses and fields as JSON does."""
    words = _Words(contracts)
    return Contracts(
        services=[replace(one, comment=words.of(one.comment)) for one in contracts.services],
        rpcs=[replace(one, comment=words.of(one.comment)) for one in contracts.rpcs],
        messages={
            name: replace(
                one,
                comment=words.of(one.comment),
                fields=[replace(each, comment=words.of(each.comment)) for each in one.fields],
            )
            for name, one in contracts.messages.items()
        },
    )


class _Words:
    """Translates one comment at a time."""

    def __init__(self, contracts: Contracts) -> None:
        messages = contracts.messages
        operations = {
            rpc.name: f"`{binding.method.upper()} {shown_path(messages[rpc.request], binding)}`"
            for rpc in contracts.rpcs
            for binding in rpc.bindings[:1]
        }
        sections = {each.name: f"the section {each.title}" for each in contracts.services}
        self._names: Mapping[str, str] = {**operations, **sections}
        self._fields: Mapping[str, str] = {
            field.name: field.json_name for one in messages.values() for field in one.fields
        }
        self._statuses: Mapping[str, int] = {kind.code: status_of(kind) for kind in all_errors()}

    def of(self, comment: str) -> str:
        """Return the comment for readers of REST."""
        text = _OVER_HTTP.sub(lambda found: found[1].upper(), _GRPC_ALONE.sub("", comment))
        text = " ".join(one for one in _SENTENCE.split(text) if "google.rpc" not in one)
        text = _CODE.sub(self._status, text)
        text = _NAME.sub(self._name, text)
        return _FIELD.sub(lambda found: self._fields.get(found[0], found[0]), text)

    def _status(self, found: re.Match[str]) -> str:
        """Return the status of the error that follows in brackets, else that of the gRPC code."""
        return str(self._statuses.get(found[2] or "", _STATUSES[found[1]]))

    def _name(self, found: re.Match[str]) -> str:
        name = self._names.get(found[1])
        if name is None:
            return found[0]
        return f"`{found[2]}` from {name}" if found[2] else name
