"""HTTP/2 by hand: a client that may break every good habit that a library keeps."""

import socket
import struct
import time
from collections.abc import Iterable

DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 8, 9
_END_STREAM, _ACK, _END_HEADERS = 1, 1, 4
_MAX_STREAMS, _INITIAL_WINDOW = 3, 4
_DEFAULT_WINDOW = 65_535
_FRAME_BYTES = 16_384

Pairs = Iterable[tuple[str, str]]


def request(method: str, path: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the fields of a request."""
    return [
        (":method", method),
        (":scheme", "http"),
        (":path", path),
        (":authority", "x"),
        *more,
    ]


class Http2:
    """One connection. `window` is how much of each answer we say that we take unread."""

    def __init__(self, port: int, *, window: int = _DEFAULT_WINDOW) -> None:
        self.max_streams = 1000
        self.refused: set[int] = set()
        self.answered: set[int] = set()
        self.closed = False
        self.received_bytes = 0
        self._stream_window = self._window = _DEFAULT_WINDOW
        self._windows: dict[int, int] = {}
        self._unread = b""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        first = frame(SETTINGS, 0, 0, struct.pack(">HI", _INITIAL_WINDOW, window))
        wide = frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1 << 30))
        self._socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + first + wide)
        self.read(0.3)

    def __enter__(self) -> "Http2":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave without a word."""
        self._socket.close()

    def begin(self, stream: int, fields: Pairs, *, end: bool = False) -> None:
        """Send the fields of a request, in as many frames as they need."""
        self._windows[stream] = self._stream_window
        sent, kind, flags = block(fields), HEADERS, _END_STREAM if end else 0
        while len(sent) > _FRAME_BYTES:
            self.send(frame(kind, flags, stream, sent[:_FRAME_BYTES]))
            sent, kind, flags = sent[_FRAME_BYTES:], CONTINUATION, 0
        self.send(frame(kind, flags | _END_HEADERS, stream, sent))

    def send(self, raw: bytes) -> None:
        """Send whatever it is; a connection that is gone is noted."""
        try:
            self._socket.sendall(raw)
        except OSError:
            self.closed = True

    def data(self, stream: int, body: bytes) -> int:
        """Send as much of `body` as the windows allow; return how much that was."""
        size = min(len(body), _FRAME_BYTES, self._window, self._windows[stream])
        if size > 0:
            self.send(frame(DATA, 0, stream, body[:size]))
            self._window -= size
            self._windows[stream] -= size
        return max(size, 0)

    def read(self, seconds: float) -> None:
        """Take in what arrives for so long."""
        ends = time.monotonic() + seconds
        while not self.closed and (left := ends - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                part = self._socket.recv(1 << 16)
            except TimeoutError:
                return
            except OSError:
                part = b""
            self.closed = not part
            self._unread += part
            self._take_frames()

    def _take_frames(self) -> None:
        while len(self._unread) >= 9:
            size, kind, flags = int.from_bytes(self._unread[:3]), self._unread[3], self._unread[4]
            if len(self._unread) < 9 + size:
                return
            stream = int.from_bytes(self._unread[5:9]) & 0x7FFF_FFFF
            self._take(kind, flags, stream, self._unread[9 : 9 + size])
            self._unread = self._unread[9 + size :]

    def _take(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == SETTINGS and not flags & _ACK:
            self._settle(payload)
        elif kind == PING and not flags & _ACK:
            self.send(frame(PING, _ACK, 0, payload))
        elif kind == WINDOW_UPDATE and stream == 0:
            self._window += int.from_bytes(payload)
        elif kind == WINDOW_UPDATE and stream in self._windows:
            self._windows[stream] += int.from_bytes(payload)
        elif kind == HEADERS:
            self.answered.add(stream)
        elif kind == RST_STREAM:
            self.refused.add(stream)
        elif kind == DATA:
            self.received_bytes += len(payload)

    def _settle(self, payload: bytes) -> None:
        for at in range(0, len(payload), 6):
            key, value = struct.unpack(">HI", payload[at : at + 6])
            if key == _MAX_STREAMS:
                self.max_streams = min(value, 1000)
            if key == _INITIAL_WINDOW:
                for stream in self._windows:
                    self._windows[stream] += value - self._stream_window
                self._stream_window = value
        self.send(frame(SETTINGS, _ACK, 0))


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """Return one frame."""
    head = struct.pack(">I", len(payload))[1:] + bytes([kind, flags])
    return head + struct.pack(">I", stream) + payload


def block(fields: Pairs) -> bytes:
    """Return fields in HPACK's plainest form: never indexed, never compressed."""
    return b"".join(b"\x10" + _text(name) + _text(value) for name, value in fields)


def _text(text: str) -> bytes:
    raw = text.encode("latin-1")
    size, head = len(raw), b""
    if size < 127:
        return bytes([size]) + raw
    head, size = bytes([127]), size - 127
    while size >= 128:
        head, size = head + bytes([size % 128 + 128]), size // 128
    return head + bytes([size]) + raw
