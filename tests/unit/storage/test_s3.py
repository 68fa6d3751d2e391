"""What a real S3 server does only in a bad hour, done by a server that speaks plain HTTP."""

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import create_server

import pytest

from services.common.errors import InternalError, StorageFull, Unavailable
from services.common.keys import object_key
from services.common.serve import CannotStart
from services.storage.opening import open_store, wait_for_store
from services.storage.settings import StorageSettings
from services.storage.store import ObjectStore
from services.storage.threads import StoreThreads
from services.storage.writing import Writing
from tests.eventually import eventually

KEY = object_key("ada/1/master.png")
EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""

Answers = Answer | list[Answer]
"""A list has one answer for each call; its last one stays."""


class BadHour(BaseHTTPRequestHandler):
    """Answers what the bucket's start needs, then what `answers` says by method."""

    answers: Mapping[str, "Answers"]

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        is_bucket = self.command == "HEAD" and self.path.count("/") == 1
        answer = self.answers["BUCKET" if is_bucket else self.command]
        if isinstance(answer, list):
            answer = answer.pop(0) if answer[1:] else answer[0]
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET = do_PUT = do_POST = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Be quiet."""


def settings_of(endpoint: str) -> StorageSettings:
    return StorageSettings(
        s3_endpoint=endpoint,
        s3_access_key="key",
        s3_secret_key="secret",
        s3_secure=False,
        s3_timeout_seconds=0.2,
    )


@contextmanager
def answering(**answers: Answers) -> Iterator[ObjectStore]:
    with serving({"BUCKET": (200, {}, b""), **answers}) as endpoint:
        yield open_store(settings_of(endpoint))


@contextmanager
def serving(answers: Mapping[str, Answers]) -> Iterator[str]:
    handler = type("Handler", (BadHour,), {"answers": answers})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def xml(code: str) -> bytes:
    return f"<Error><Code>{code}</Code></Error>".encode()


FACTS = {
    "content-type": "image/png",
    "x-amz-meta-sha256": EMPTY_SHA256,
    "x-amz-meta-stored-at": "2026-11-01T00:00:00.000+00:00",
}
XML = {"content-type": "application/xml"}


def test_an_answer_that_breaks_off_is_unavailable() -> None:
    cut = (200, {**FACTS, "content-length": "100", "connection": "close"}, b"short")
    with (
        answering(GET=cut) as store,
        closing(store.open(KEY)) as reading,
        pytest.raises(Unavailable),
    ):
        reading.read_all()


def test_an_object_of_others_is_called_damaged() -> None:
    foreign = (200, {"content-type": "image/png"}, b"")
    with answering(GET=foreign, HEAD=foreign) as store:
        for act in (store.open, store.stat):
            with pytest.raises(InternalError):
                act(KEY)
        assert store.exists(KEY)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (400, "RequestTimeout", "waited too long"),
        (403, "RequestTimeTooSkewed", "clocks .* differ"),
        (429, "TooManyRequests", "fewer requests"),
        (503, "SlowDown", "does not answer"),  # after the tries of the HTTP client
    ],
)
def test_what_passes_with_time_can_be_tried_again(status: int, code: str, words: str) -> None:
    told = (status, {**XML, "retry-after": "600"}, xml(code))
    with (
        answering(PUT=told) as store,
        closing(Writing(store, KEY, "image/png", 0)) as upload,
        pytest.raises(Unavailable, match=words) as error,
    ):
        upload.commit(0, EMPTY_SHA256)
    assert error.value.retryable


@pytest.mark.parametrize(
    "code", ["XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientStorage"]
)
def test_a_server_without_room_is_full(code: str) -> None:
    with (
        answering(PUT=(507, XML, xml(code))) as store,
        closing(Writing(store, KEY, "image/png", 0)) as upload,
        pytest.raises(StorageFull),
    ):
        upload.commit(0, EMPTY_SHA256)


@pytest.mark.parametrize(
    "answer",
    [
        (403, XML, xml("AccessDenied")),
        (404, XML, xml("NoSuchBucket")),
        (400, XML, xml("Whatever")),
        (500, {"content-type": "text/html"}, b"<h1>Oh</h1>"),
        (418, {}, b""),
    ],
)
def test_whatever_else_a_server_says_is_unavailable_soon(
    answer: tuple[int, dict[str, str], bytes],
) -> None:
    began = time.monotonic()
    with answering(GET=answer) as store, pytest.raises(Unavailable, match="does not answer"):
        store.open(KEY)
    assert time.monotonic() - began < 10


def test_objects_that_were_not_deleted_are_told() -> None:
    failed = b"<DeleteResult><Error><Key>k</Key><Code>InternalError</Code></Error></DeleteResult>"
    with answering(POST=(200, XML, failed)) as store, pytest.raises(Unavailable):
        store.delete([KEY])


def test_a_server_that_accepts_and_never_answers_is_given_up() -> None:
    with create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(CannotStart, match=f"S3_ENDPOINT {endpoint} does not answer"):
            open_store(settings_of(endpoint))
        assert time.monotonic() - began < 5


async def test_a_server_that_comes_late_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    answers: dict[str, Answer] = {"BUCKET": (503, {}, b"")}
    with serving(answers) as endpoint:
        opening = asyncio.create_task(wait_for_store(settings_of(endpoint), StoreThreads(1)))
        await eventually(lambda: "Waiting for the store" in caplog.text)
        answers["BUCKET"] = (200, {}, b"")
        assert await opening


async def test_a_server_that_stays_away_stops_the_start() -> None:
    with create_server(("127.0.0.1", 0)) as silent:
        settings = settings_of(f"127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(CannotStart, match="does not answer"):
            await wait_for_store(settings, StoreThreads(1), patience_seconds=0)


@pytest.mark.parametrize("answer", [(404, {}, b""), (404, {"content-type": "text/html"}, b"<p>")])
def test_a_server_that_is_no_s3_server_is_told(answer: tuple[int, dict[str, str], bytes]) -> None:
    with (
        pytest.raises(CannotStart, match="does not speak S3; correct it or S3_SECURE"),
        answering(BUCKET=answer, PUT=answer),
    ):
        raise AssertionError("it cannot be used")


def test_an_answer_that_is_no_xml_is_unavailable() -> None:
    with answering(GET=(200, {}, b"<h1>Hello")) as store, pytest.raises(Unavailable):
        store.list_keys("ada/", "", 10)


@pytest.mark.parametrize("code", ["AccessDenied", "ExistingObjectIsDirectory"])
@pytest.mark.parametrize(("refusals", "stored"), [(3, True), (4, False)])
def test_a_write_that_is_refused_because_its_folder_goes_is_tried_again(
    refusals: int, stored: bool, code: str
) -> None:
    taken: Answer = (200, {"etag": '"1"'}, b"")
    refused: Answer = (403, XML, xml(code))
    with answering(PUT=[*[refused] * refusals, taken]) as store:
        upload = Writing(store, KEY, "image/png", 100)
        with nullcontext() if stored else pytest.raises(Unavailable):
            upload.commit(0, EMPTY_SHA256)
        upload.close()
