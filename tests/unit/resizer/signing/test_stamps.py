import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from services.resizer.crop import Size
from services.resizer.origin import Origin
from services.resizer.signing.notary import open_notary
from services.resizer.signing.pen import CannotSign
from services.resizer.signing.stamps import PAUSE_SECONDS, Stamps
from services.resizer.signing.statement import Cutting, MasterFacts
from tests.credentials import active, manifests
from tests.servers.timestamps import running_authority
from tests.unit.resizer.pictures import quadrants, saved
from tests.unit.resizer.signing.identities import settings

SIZE = Size(width=20, height=10)
PICTURE = saved(quadrants(20, 10), "JPEG")
NOW = datetime.now(UTC).replace(microsecond=0)
SOURCE = MasterFacts(origin=Origin(), content_type="image/jpeg", size=SIZE)
CUTTING = Cutting(title="a", box=SIZE.whole, scaled=SIZE, content_type="image/jpeg")


def refuse() -> bytes:
    raise CannotSign("no")


@contextmanager
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def test_a_stamp_is_taken_where_there_is_one() -> None:
    with threads() as pool:
        assert Stamps(pool, 10).sign(lambda: b"stamped", lambda: b"plain") == b"stamped"


def test_an_authority_that_fails_costs_the_stamp_alone_and_is_left_alone_for_a_while() -> None:
    now, asked = [0.0], []

    def stamped() -> bytes:
        asked.append(now[0])
        return refuse() if len(asked) == 1 else b"stamped"

    with threads() as pool:
        stamps = Stamps(pool, 10, lambda: now[0])
        assert stamps.sign(stamped, lambda: b"plain") == b"plain"
        now[0] = PAUSE_SECONDS - 1
        assert stamps.sign(stamped, lambda: b"plain") == b"plain"
        now[0] = PAUSE_SECONDS
        assert stamps.sign(stamped, lambda: b"plain") == b"stamped"
    assert asked == [0.0, PAUSE_SECONDS]


def test_an_authority_that_hangs_is_not_waited_for() -> None:
    may_end = threading.Event()

    def hang() -> bytes:
        may_end.wait(10)
        return b"too late"

    with threads() as pool:
        assert Stamps(pool, 0.01).sign(hang, lambda: b"plain") == b"plain"
        may_end.set()


def test_what_cannot_be_signed_at_all_is_an_error() -> None:
    with threads() as pool, pytest.raises(CannotSign):
        Stamps(pool, 10).sign(refuse, refuse)


class _Nonsense(BaseHTTPRequestHandler):
    """An authority that answers 200, and not with a stamp."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/timestamp-reply")
        self.send_header("content-length", "8")
        self.end_headers()
        self.wfile.write(b"nonsense")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Write nothing to stderr."""


@contextmanager
def nobody() -> Iterator[str]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and does not listen
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@contextmanager
def nonsense() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Nonsense) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


@pytest.mark.parametrize("authority", [nobody, nonsense])
def test_without_a_good_stamp_a_rendition_is_signed_all_the_same(
    tmp_path: Path, authority: Callable[[], AbstractContextManager[str]]
) -> None:
    with (
        authority() as address,
        open_notary(settings(tmp_path, timestamp_url=address), 1) as notary,
    ):
        assert notary
        seal = notary.open(PICTURE, SOURCE)
        assert seal
        signed = seal.sign(PICTURE, CUTTING)
    assert signed
    found = manifests(signed, "image/jpeg")
    assert found["validation_state"] == "Valid"
    assert "time" not in active(found)["signature_info"]


def test_a_rendition_carries_the_stamp_of_an_authority_and_fits_the_room_kept_for_it(
    tmp_path: Path,
) -> None:
    stamps = tmp_path / "authority"
    stamps.mkdir()
    with (
        running_authority(stamps) as address,
        open_notary(settings(tmp_path, timestamp_url=address), 1) as notary,
    ):
        assert notary
        seal = notary.open(PICTURE, SOURCE)
        assert seal
        signed = seal.sign(PICTURE, CUTTING)
        room = seal.added_bytes(PICTURE, CUTTING)
    assert signed
    assert len(signed) <= len(PICTURE) + room
    found = manifests(signed, "image/jpeg")
    assert found["validation_state"] == "Valid"
    assert datetime.fromisoformat(active(found)["signature_info"]["time"]) >= NOW
