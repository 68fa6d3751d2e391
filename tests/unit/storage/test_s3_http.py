from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from minio.time import from_http_header

from services.storage.s3_http import TolerantPool


@contextmanager
def server_that_says(date: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Last-Modified", date)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    "date",
    [
        "Wed, 04 Nov 2026 20:00:00 GMT",
        "Wed, 04 Nov 2026 20:00:00 UTC",
        "Wed, 04 Nov 2026 20:00:00 +0000",
        "Wed, 04 Nov 2026 21:00:00 +0100",
        "Wednesday, 04-Nov-26 20:00:00 GMT",
    ],
)
def test_dates_in_other_spellings_become_those_that_the_sdk_reads(date: str) -> None:
    with server_that_says(date) as url, TolerantPool() as pool:
        told = pool.urlopen("GET", url).headers["last-modified"]
    assert from_http_header(told).isoformat() == "2026-11-04T20:00:00+00:00"


@pytest.mark.parametrize("date", ["", "yesterday", "Wed, 99 Nov 2026 20:00:00 GMT", "0"])
def test_what_is_no_date_is_left_out(date: str) -> None:
    with server_that_says(date) as url, TolerantPool() as pool:
        assert not pool.urlopen("GET", url).headers.get("last-modified")
