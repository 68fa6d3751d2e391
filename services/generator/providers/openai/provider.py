"""Buys images from OpenAI, or from any server that speaks its image API."""

import base64
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2
import openai

from services.common.errors import ProviderBadAnswer
from services.generator.orders import Order
from services.generator.providers.openai.faults import error_in, error_of, failure
from services.generator.providers.openai.sizes import sizes_of
from services.generator.providers.openai.words import prompt_of, quality_of
from services.generator.providers.port import (
    Answered,
    Commission,
    Painted,
    PaintEvent,
    Partial,
    StreamRefused,
    Usage,
)
from services.generator.settings import GeneratorSettings
from services.generator.sizes import SQUARE
from services.generator.web.client import bounded_client
from services.generator.web.downloads import Downloads

STAND_IN_HEADER = "x-snapasset-standin"
"""Our stand-in image API sends `1`: its pictures cost nothing and are no product of a model."""

_STREAM_PARAMS = ("stream", "partial_images")
_MAX_INT32 = 2**31 - 1


class OpenAIProvider:
    """The ImageProvider over the openai SDK. `client` must not retry: each try may be charged."""

    def __init__(self, client: openai.AsyncOpenAI, downloads: Downloads, pixel_budget: int) -> None:
        self._client = client
        self._downloads = downloads
        self._pixel_budget = pixel_budget

    def commission(self, order: Order, model: str) -> Commission:
        """See ImageProvider. An order without targets is painted as a square."""
        sizes = sizes_of(model)
        return Commission(
            model=model,
            prompt=prompt_of(order.prompt, order.style),
            size=sizes.best(order.targets, self._pixel_budget) if order.targets else SQUARE,
            quality=quality_of(order.quality),
            end_user=order.end_user,
            previews=order.previews,
        )

    async def paint(self, commission: Commission) -> AsyncGenerator[PaintEvent, None]:
        """Make one call, as ImageProvider says."""
        generate: Any = self._client.images.with_streaming_response.generate
        try:
            async with generate(**_parameters(commission)) as response:
                yield _answered(response.headers)
                if response.headers.get("content-type", "").startswith("text/event-stream"):
                    # As plain objects: the SDK's models are neither checked nor complete.
                    async for event in await response.parse(to=openai.AsyncStream[object]):
                        if told := await self._told(event):
                            yield told
                        if isinstance(told, Painted):
                            return
                else:  # not asked for a stream, or the server does not know of streams
                    yield await self._painted_in(await response.json())
        except openai.APIStatusError as fault:
            yield _answered(fault.response.headers)
            error = error_of(fault)
            if commission.streamed and fault.status_code == 400 and fault.param in _STREAM_PARAMS:
                raise StreamRefused(error) from fault
            raise error from fault
        except (openai.APIError, httpx2.HTTPError, OSError, ValueError) as fault:
            raise error_of(fault) from fault

    async def _told(self, event: Any) -> Partial | Painted | None:
        match event:
            case {"type": "image_generation.partial_image", "b64_json": str(text)}:
                with suppress(ValueError):
                    return Partial(image=_decoded(text))
            case {"type": "image_generation.completed"}:
                return await self._painted(event, event.get("usage"))
            case {"type": "error"}:
                raise error_in(event)
        return None

    async def _painted_in(self, body: Any) -> Painted:
        match body:
            case {"data": [{} as image, *_]}:
                return await self._painted(image, body.get("usage"))
            case {"error": {} as said}:
                raise error_in(said)
        raise failure(ProviderBadAnswer)

    async def _painted(self, image: Mapping[str, Any], usage: object) -> Painted:
        """Return the image that an object with `b64_json` or `url` holds."""
        if text := image.get("b64_json"):
            data = _decoded(str(text))
        elif url := image.get("url"):
            data = await self._downloads.fetch(str(url))
        else:
            raise failure(ProviderBadAnswer)
        revised = str(image.get("revised_prompt") or "")
        return Painted(image=data, usage=_usage(usage), revised_prompt=revised)


@asynccontextmanager
async def open_provider(settings: GeneratorSettings) -> AsyncIterator[OpenAIProvider]:
    """Build the provider that `settings` describe; its connections close with the block."""
    # Base64 takes 4/3 of the image; a streamed answer carries up to three partial images too.
    http = bounded_client(
        max_answer_bytes=6 * settings.max_image_bytes,
        timeout=httpx2.Timeout(settings.timeout_seconds, connect=settings.connect_timeout_seconds),
    )
    async with http:
        client = openai.AsyncOpenAI(
            api_key=settings.api_key,
            base_url=settings.base_url,
            http_client=http,
            timeout=http.timeout,
            max_retries=0,
        )
        yield OpenAIProvider(client, Downloads(http, settings.base_url), settings.pixel_budget)


def _parameters(commission: Commission) -> dict[str, Any]:
    """Return the arguments of the SDK's `images.generate`; what is not needed is not sent."""
    parameters: dict[str, Any] = {
        "model": commission.model,
        "prompt": commission.prompt,
        "size": f"{commission.size.width}x{commission.size.height}",
        "quality": commission.quality,
    }
    if commission.streamed:
        parameters |= {"stream": True, "partial_images": commission.previews}
    if commission.end_user:
        # A digest, as OpenAI asks for: it fits into 64 characters and names nobody.
        digest = hashlib.sha256(commission.end_user.encode()).hexdigest()
        parameters["safety_identifier"] = digest
    return parameters


def _answered(headers: Mapping[str, str]) -> Answered:
    return Answered(
        request_id=headers.get("x-request-id", ""),
        stand_in=headers.get(STAND_IN_HEADER) == "1",
    )


def _decoded(text: str) -> bytes:
    """Return the bytes of base64 text. Raises ValueError if it is none."""
    return base64.b64decode(text, validate=True)


def _usage(counted: object) -> Usage | None:
    if not isinstance(counted, Mapping):
        return None
    return Usage(
        input_tokens=_tokens(counted.get("input_tokens")),
        output_tokens=_tokens(counted.get("output_tokens")),
        total_tokens=_tokens(counted.get("total_tokens")),
    )


def _tokens(count: object) -> int:
    """Return a count that the contract can carry; a paid image is not lost to a strange one."""
    return min(max(count, 0), _MAX_INT32) if isinstance(count, int) else 0
