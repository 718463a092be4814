"""A server that does what its script says, byte by byte: what real ones do on bad days."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

HANG_UP = b""


class Scripted:
    """Answers request after request with the bytes of its script, one connection each.

    Attributes:
        requests: The heads of what came.
    """

    def __init__(self, answers: Sequence[bytes]) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._answers = list(answers)
        self.requests: list[str] = []
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answers nothing any more."""
        self._socket.close()

    def _serve(self) -> None:
        for answer in self._answers:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                head = b""
                while b"\r\n\r\n" not in head and (part := connection.recv(65536)):
                    head += part
                self.requests.append(head.decode())
                connection.sendall(answer)


@contextmanager
def scripted(*answers: bytes) -> Iterator[Scripted]:
    """A server for as long as it lasts."""
    server = Scripted(answers)
    try:
        yield server
    finally:
        server.close()


def answer(
    status: int = 200, body: bytes = b"{}", *headers: str, length: int | None = None
) -> bytes:
    """One answer; `length` may promise more than there is."""
    size = len(body) if length is None else length
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {size}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body
