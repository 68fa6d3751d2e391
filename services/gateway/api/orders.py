"""Reads orders for jobs as the public API takes them: alone, or many in one body."""

import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from google.protobuf.json_format import ParseDict, ParseError
from snapasset.gateway.v1 import batches_pb2, jobs_pb2

from services.common.errors import FieldMistake, InvalidRequest
from services.gateway.access.caller import Caller
from services.gateway.api import requests
from services.gateway.api.bounds import bounds_of
from services.gateway.api.models import Models
from services.gateway.api.pictures import SentPictures
from services.gateway.api.targets import Platforms
from services.gateway.api.webhook_addresses import WebhookAddresses
from services.jobs.values import JobSpec

_MOST = bounds_of(batches_pb2.CreateBatchRequest.DESCRIPTOR.fields_by_name["jobs"]).max_items
_NAMES = sorted(
    {
        name
        for field in jobs_pb2.CreateJobRequest.DESCRIPTOR.fields
        for name in (field.json_name, field.name)
    }
)
_LINES = re.compile(r"application/(x-)?(ndjson|jsonl)[ \t]*(;.*)?", re.IGNORECASE)
_FORMS = 'Send {"jobs": [...]}, or one job a line as application/x-ndjson.'
_BROKEN = (ValueError, TypeError, RecursionError)

Order = jobs_pb2.CreateJobRequest | InvalidRequest
"""A job as it was ordered, or what is wrong with the order itself."""


class Orders:
    """Makes jobs of orders for the `platforms` and `models` that there are.

    `addresses` knows which ones a job may name to be told of its end.
    """

    def __init__(
        self,
        platforms: Platforms,
        models: Models,
        pictures: SentPictures,
        addresses: WebhookAddresses,
    ) -> None:
        self._platforms = platforms
        self._models = models
        self._pictures = pictures
        self._addresses = addresses

    async def spec(self, caller: Caller, order: jobs_pb2.CreateJobRequest) -> JobSpec:
        """Return the job that is ordered.

        Raises InvalidRequest naming every mistake, Forbidden, UploadNotFound.
        """
        wrong = [
            *await self._models.mistakes(order),
            *self._addresses.mistakes("webhookUrl", order.webhook_url),
        ]
        spec = requests.job_spec(order, self._platforms, wrong)
        caller.must_be(spec.user_id)
        return await self._pictures.added_to(spec, order)


def orders_in(request: batches_pb2.CreateBatchRequest) -> Sequence[Order]:
    """Return the orders of a batch in their order. Raises InvalidRequest if it is no batch."""
    if request.HasField("content"):
        orders = _from_body(request.content.data, request.content.content_type)
    else:
        orders = list(request.jobs)
    if not orders:
        _refuse("is required")
    if len(orders) > _MOST:
        _refuse(f"must have at most {_MOST}, got {len(orders)}")
    return orders


def _from_body(body: bytes, content_type: str) -> list[Order]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequest("The body must be UTF-8.") from error
    if _LINES.fullmatch(content_type):
        numbered = enumerate(re.split(r"\r?\n", text), start=1)
        lines = [(number, line) for number, line in numbered if line.strip()]
        return [_from_line(number, line) for number, line in lines[: _MOST + 1]]
    try:
        whole = json.loads(text, parse_constant=_no_number)
    except _BROKEN as error:
        raise InvalidRequest(f"The body is not JSON. {_FORMS}") from error
    if not isinstance(whole, dict) or not isinstance(whole.get("jobs"), list):
        _refuse("must be a list of jobs")
    return [_order(one) for one in whole["jobs"][: _MOST + 1]]


def _from_line(number: int, line: str) -> Order:
    try:
        return _order(json.loads(line, parse_constant=_no_number))
    except _BROKEN:
        return InvalidRequest(f"Line {number} is not JSON: each line must be one whole job.")


def _order(raw: Any) -> Order:
    if not isinstance(raw, dict):
        return InvalidRequest("A job must be an object, as POST /api/jobs takes it.")
    try:
        return ParseDict(raw, jobs_pb2.CreateJobRequest(), ignore_unknown_fields=True)
    except (ParseError, *_BROKEN):
        must = "must have the type that CreateJobRequest in /api-docs says"
        names = [name for name in _NAMES if name in raw and not _fits(name, raw[name])]
        text = f"{', '.join(names) or 'Each field of a job'} {must}."
        return InvalidRequest(text, fields=[FieldMistake(name, must) for name in names])


def _fits(name: str, value: Any) -> bool:
    """Return whether a field of a job may have this value, whatever the other fields have."""
    try:
        ParseDict({name: value}, jobs_pb2.CreateJobRequest(), ignore_unknown_fields=True)
    except (ParseError, *_BROKEN):
        return False
    return True


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _refuse(must: str) -> NoReturn:
    raise InvalidRequest(f"jobs {must}", fields=[FieldMistake("jobs", must)])
