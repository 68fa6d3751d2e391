"""One image call from the body to the last byte: checked, failed if a switch says so, recorded."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web

from deploy.local.standin.errors import ApiError, bad_value
from deploy.local.standin.faults import (
    PAID,
    SILENCE_SECONDS_MAX,
    Faults,
    error_for,
    paid_for_nothing,
)
from deploy.local.standin.forms import Form, decode_images, decode_mask, read_form
from deploy.local.standin.images import ImageOrder, read_order
from deploy.local.standin.ledger import CALL, REQUEST_ID, Call, Ledger
from deploy.local.standin.replies import Reply, image_fields, send_events, send_json
from deploy.local.standin.studio import Studio
from deploy.local.standin.switches import (
    SwitchError,
    Switches,
    pairs_in_headers,
    pairs_in_prompt,
    switches_from,
)

FILES_MAX = 64


class Generations:
    """Serves generations and edits, and the files of answers that gave an address."""

    def __init__(
        self, studio: Studio, ledger: Ledger, faults: Faults, defaults: Mapping[str, str]
    ) -> None:
        self._studio = studio
        self._ledger = ledger
        self._faults = faults
        self._defaults = defaults
        self._files: OrderedDict[str, tuple[str, bytes]] = OrderedDict()

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Answers `POST /v1/images/generations`."""
        return await self._serve(request, Form(body=await _read_json(request)), _generation)

    async def edit(self, request: web.Request) -> web.StreamResponse:
        """Answers `POST /v1/images/edits`."""
        return await self._serve(request, await read_form(request), _edit)

    async def _serve(
        self, request: web.Request, form: Form, read: Callable[[Form], ImageOrder]
    ) -> web.StreamResponse:
        """Answers one call; whatever happens to it ends in the ledger."""
        call = self._ledger.open(
            request[REQUEST_ID],
            form.body,
            references=len(form.images),
            masked=form.mask is not None,
        )
        request[CALL] = call
        outcome = "client_left"
        try:
            order = await asyncio.to_thread(read, form)
            switches = self._switches(request, order.prompt)
            fault = self._faults.choose(switches, order.prompt)
            response = await self._answer(request, order, switches, fault, call)
            outcome = "completed" if fault == "none" else fault
        except ApiError as error:
            outcome = error.code or "error"
            raise
        except OSError:
            outcome = "client_left"
            raise
        finally:
            self._ledger.close(call, outcome)
        return response

    async def file(self, request: web.Request) -> web.Response:
        """One of the latest images that were answered with an address."""
        found = self._files.get(request.match_info["name"])
        if found is None:
            raise ApiError(status=404, message="No such file.", code="not_found")
        content_type, data = found
        return web.Response(body=data, content_type=content_type)

    async def _answer(
        self,
        request: web.Request,
        order: ImageOrder,
        switches: Switches,
        fault: str,
        call: Call,
    ) -> web.StreamResponse:
        if fault == "silent":
            await asyncio.sleep(SILENCE_SECONDS_MAX)
        error = error_for(fault, switches, order.model, request[REQUEST_ID])
        if error is not None and not (switches.late and order.stream):
            await asyncio.sleep(switches.delay)
            raise error
        if not order.stream:
            await asyncio.sleep(switches.delay)
        work = await self._studio.make(replace(order, quality=switches.care or order.quality))
        call.image_made = error is None
        if fault in PAID:
            return await paid_for_nothing(fault, request[REQUEST_ID])
        url = self._keep(request, order, work.picture) if fault == "url" else ""
        reply = Reply(
            order=order,
            work=work,
            fault=fault,
            image=image_fields(fault, work, url),
            pause_seconds=switches.delay / (len(work.previews) + 1),
            late_error=error,
        )
        response = await (send_events if order.stream else send_json)(request, reply)
        call.image_sent = fault in ("none", "url")
        return response

    def _switches(self, request: web.Request, prompt: str) -> Switches:
        try:
            pairs = {**pairs_in_headers(request.headers), **pairs_in_prompt(prompt)}
            return switches_from({**self._defaults, **pairs})
        except SwitchError as error:
            raise bad_value("prompt", f"Stand-in switch: {error}", "invalid_switch") from error

    def _keep(self, request: web.Request, order: ImageOrder, picture: bytes) -> str:
        name = f"{request[REQUEST_ID]}.{order.output_format}"
        self._files[name] = (f"image/{order.output_format}", picture)
        if len(self._files) > FILES_MAX:
            self._files.popitem(last=False)
        return str(request.url.origin() / "v1" / "files" / name)


def _generation(form: Form) -> ImageOrder:
    return read_order(form.body)


def _edit(form: Form) -> ImageOrder:
    order, images = read_order(form.body), decode_images(form)
    return replace(order, references=images, keep=decode_mask(form, images[0]))


async def _read_json(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read())
    except ValueError as error:
        message = "We could not parse the JSON body of your request."
        raise ApiError(status=400, message=message) from error
    if not isinstance(body, dict):
        raise ApiError(status=400, message="The body of the request must be a JSON object.")
    return body
