"""A server that reads a request and then does with the line whatever a test wants."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Reply = Callable[[socket.socket], None]


@dataclass
class RawServer:
    """`requests` are as they came, head and body."""

    reply: Reply
    url: str = ""
    requests: list[bytes] = field(default_factory=list)

    def serve(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            while request := _whole_request(line):
                self.requests.append(request)
                self.reply(line)


def _whole_request(line: socket.socket) -> bytes:
    text = b""
    while b"\r\n\r\n" not in text:
        part = line.recv(65536)
        if not part:
            return b""
        text += part
    head, _, body = text.partition(b"\r\n\r\n")
    lengths = [each for each in head.lower().split(b"\r\n") if each.startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0].split(b":")[1]):
        body += line.recv(65536)
    return head + body


@contextmanager
def raw_server(reply: Reply) -> Iterator[RawServer]:
    """Serve on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = RawServer(reply, f"http://127.0.0.1:{listening.getsockname()[1]}")

        def accept() -> None:
            # Closing the socket ends it.
            with suppress(OSError):
                while True:
                    line, _ = listening.accept()
                    threading.Thread(target=server.serve, args=(line,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


def http(body: bytes, status: str = "200 OK", *headers: str, length: int | None = None) -> Reply:
    """A whole answer; `length` is what it claims to be."""

    def reply(line: socket.socket) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
        line.sendall("\r\n".join([*lines, *headers, "", ""]).encode() + body)
        if length is not None:
            line.shutdown(socket.SHUT_RDWR)

    return reply
