"""Links of a server are followed to public places, a bounded way."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from clients.python.snapasset_client import SnapAssetError
from clients.python.snapasset_client.addresses import Origin
from clients.python.snapasset_client.links import Follower, is_public
from tests.servers.certificates import Authority, Certificate


class Bucket(BaseHTTPRequestHandler):
    """Answers by path, and keeps what it was asked."""

    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Authorization"]))
        act = {"/redirect": self._redirect, "/endless": self._endless, "/slow": self._slow}
        act.get(self.path.partition("?")[0], self._cat)()

    def _cat(self) -> None:
        self.send_response(404 if self.path == "/gone" else 200)
        self.end_headers()
        self.wfile.write(b"cat")

    def _redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/cat")
        self.end_headers()

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 65_536)

    def _slow(self) -> None:
        """Send another 100 until nobody listens: each byte begins a socket's timeout anew."""
        while True:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Quiet(ThreadingHTTPServer):
    """Does not mind when a client leaves."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def bucket(made: Certificate | None = None) -> Iterator[str]:
    """Serve for the length of the block, over TLS with a certificate; gives the origin."""
    Bucket.asked.clear()
    with Quiet(("127.0.0.1", 0), Bucket) as server:
        if made:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(made.cert, made.key)
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"{'https' if made else 'http'}://localhost:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()


def follower(*trusted: str, timeout_seconds: float = 10) -> Follower:
    return Follower(trusted=frozenset(map(Origin.of, trusted)), timeout_seconds=timeout_seconds)


def refused(follower: Follower, url: str) -> str:
    with pytest.raises(SnapAssetError) as caught:
        follower.read(url, 3)
    return f"{caught.value.code} {caught.value.message}"


def test_a_trusted_place_is_asked_for_exactly_what_the_link_says() -> None:
    with bucket() as at:
        assert follower(at).read(f"{at}/a/b%20c.jpg?X-Amz-Signature=0#x", 3) == b"cat"
        assert Bucket.asked == [("/a/b%20c.jpg?X-Amz-Signature=0", None)]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/redirect", "BAD_ANSWER The link to an image redirects, which is not followed."),
        ("/endless", "BAD_ANSWER The link to an image leads to more than the image."),
        ("/gone", "IMAGE_NOT_FOUND The image cannot be fetched; its link may have expired."),
    ],
)
def test_a_place_that_answers_something_else_is_left(path: str, said: str) -> None:
    with bucket() as at:
        assert said in refused(follower(at), f"{at}{path}")
        assert len(Bucket.asked) == 1


def test_a_place_that_never_gets_to_the_point_is_left_in_time() -> None:
    with bucket() as at:
        assert "IMAGE_NOT_FOUND" in refused(follower(at, timeout_seconds=0.2), f"{at}/slow")


def test_tls_is_verified_for_the_name_in_the_link(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    known = ssl.create_default_context(cafile=str(authority.file))
    with bucket(authority.sign("bucket")) as at:
        other = at.replace("localhost", "127.1")  # the same place under a name of no certificate
        trusted = frozenset(map(Origin.of, (at, other)))
        own = Follower(trusted=trusted, timeout_seconds=10, tls=known)
        assert own.read(f"{at}/cat", 3) == b"cat"
        assert "IMAGE_NOT_FOUND" in refused(own, f"{other}/cat")
        assert "IMAGE_NOT_FOUND" in refused(follower(at), f"{at}/cat")
        assert len(Bucket.asked) == 1


def test_what_only_we_can_reach_is_not_asked() -> None:
    with bucket() as at:
        own = follower("localhost:3001")
        port = at.rpartition(":")[2]
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", "169.254.169.254", "[::1]"):
            assert "not https" in refused(own, f"http://{host}/cat")
            assert "not a public address" in refused(own, f"https://{host}/cat")
        assert Bucket.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://x/y",
        "gopher://x",
        "//x/y",
        "x",
        "",
        "https://u:p@x/y",
        "http://[x",
    ],
)
def test_what_is_no_address_of_the_web_is_not_opened(url: str) -> None:
    assert refused(follower(), url).startswith("BAD_ANSWER")


@pytest.mark.parametrize("target", ["/a b", "/é", "/a\x01b"])
def test_what_no_request_can_carry_is_not_sent(target: str) -> None:
    with bucket() as at:
        assert refused(follower(at), f"{at}{target}").startswith(("BAD_ANSWER", "IMAGE_NOT_FOUND"))
        assert Bucket.asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::5db8:d70e", True),
        ("127.0.0.1", False),
        ("0.0.0.1", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("ff0e::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a9fe:a9fe", False),
    ],
)
def test_public_is_what_the_whole_internet_can_reach(address: str, public: bool) -> None:
    assert is_public(address) is public
