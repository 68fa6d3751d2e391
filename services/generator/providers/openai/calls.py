"""The two calls that buy an image, a generation or an edit of given images, by OpenAI's package.

It is imported for the first of them: that takes half a second, and 30 MB from then on.
"""

import asyncio
import importlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx2

from services.generator.providers.openai.dialect import Dialect
from services.generator.providers.openai.request import files, prompt_for
from services.generator.providers.port import Commission

if TYPE_CHECKING:
    import openai


class NotAnswered(Exception):
    """The call has no answer; its cause says why."""


class Calls:
    """Each call is made once, whatever comes of it: it may have been charged."""

    def __init__(self, http: httpx2.AsyncClient, base_url: str, key: str, dialect: Dialect) -> None:
        self._http = http
        self._base_url = base_url
        self._key = key
        self._dialect = dialect
        again = {dialect.key_header: key} if dialect.key_header else {}
        self.key_headers: Mapping[str, str] = {"Authorization": f"Bearer {key}", **again}
        self._client: openai.AsyncOpenAI | None = None

    @asynccontextmanager
    async def buy(
        self, commission: Commission, parameters: Mapping[str, Any]
    ) -> AsyncIterator[httpx2.Response]:
        """Yield the answer as it arrives, whatever its status. Raises NotAnswered."""
        images: Any = (await self._opened()).images.with_streaming_response
        ask = images.edit if commission.references else images.generate
        named = {"Idempotency-Key": commission.purchase_key} if commission.purchase_key else {}
        call = ask(
            model=commission.model,
            prompt=prompt_for(commission, self._dialect),
            extra_body=parameters,
            extra_headers={**self.key_headers, **named},
            **files(commission),
        )
        async with AsyncExitStack() as stack:
            yield await _answer(stack, call)

    async def _opened(self) -> "openai.AsyncOpenAI":
        if self._client is None:
            await asyncio.to_thread(importlib.import_module, "openai.resources.images")
            from openai import AsyncOpenAI

            self._client = AsyncOpenAI(
                api_key=self._key,
                base_url=self._base_url,
                http_client=self._http,
                timeout=self._http.timeout,
                max_retries=0,
            )
        return self._client


async def _answer(stack: AsyncExitStack, call: Any) -> httpx2.Response:
    from openai import APIConnectionError, APIStatusError, OpenAIError

    try:
        answered = await stack.enter_async_context(call)
    except APIStatusError as refused:
        return refused.response
    except APIConnectionError as fault:
        raise NotAnswered from fault.__cause__ or fault
    except OpenAIError as fault:
        raise NotAnswered from fault
    response: httpx2.Response = answered.http_response
    return response
