"""The two calls that buy an image: a generation, or an edit of given images."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx2

from services.generator.providers.openai.dialect import Dialect
from services.generator.providers.openai.request import files, prompt_for
from services.generator.providers.port import Commission

FAULTS = (httpx2.HTTPError, httpx2.InvalidURL, OSError, RuntimeError, ValueError)
"""What a call raises that got no answer; the last two are for what cannot be sent."""


class Calls:
    """Each call is made once, whatever its answer is: it may have been charged."""

    def __init__(self, http: httpx2.AsyncClient, base_url: str, key: str, dialect: Dialect) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._dialect = dialect
        again = {dialect.key_header: key} if dialect.key_header else {}
        self.key_headers: Mapping[str, str] = {"Authorization": f"Bearer {key}", **again}

    def buy(
        self, commission: Commission, parameters: Mapping[str, Any]
    ) -> AbstractAsyncContextManager[httpx2.Response]:
        """Give the answer as it arrives, whatever its status. Raises FAULTS."""
        named = {"Idempotency-Key": commission.purchase_key} if commission.purchase_key else {}
        headers = {"Accept": "application/json", **self.key_headers, **named}
        prompt = prompt_for(commission, self._dialect)
        sent = {"model": commission.model, "prompt": prompt, **parameters}
        if pictures := files(commission):
            url = f"{self._base_url}/images/edits"
            return self._http.stream("POST", url, headers=headers, data=sent, files=pictures)
        url = f"{self._base_url}/images/generations"
        return self._http.stream("POST", url, headers=headers, json=sent)
