"""A server that does what its script says, byte by byte: what real ones do on bad days."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

HANG_UP = b""


class Scripted:
    """Answers request after request with the bytes of its script, one connection each.

    Attributes:
        requests: The heads of what came.
    """

    def __init__(
        self, answers: Sequence[bytes], lasts_s: float, secured: ssl.SSLContext | None
    ) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._answers = list(answers)
        self._lasts_s = lasts_s
        self._closed = threading.Event()
        self.requests: list[str] = []
        self._secured = secured
        scheme = "http" if secured is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answers nothing any more."""
        self._closed.set()
        self._socket.close()

    def _serve(self) -> None:
        for answer in self._answers:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            connection.settimeout(10)
            if self._secured is not None:
                try:
                    connection = self._secured.wrap_socket(connection, server_side=True)
                except OSError:
                    continue  # who does not trust it says so, and goes
            with connection:
                head = b""
                while b"\r\n\r\n" not in head and (part := connection.recv(65536)):
                    head += part
                self.requests.append(head.decode())
                connection.sendall(answer)
                if answer is self._answers[-1]:
                    self._closed.wait(self._lasts_s)


@contextmanager
def scripted(
    *answers: bytes, lasts_s: float = 0.0, secured: ssl.SSLContext | None = None
) -> Iterator[Scripted]:
    """A server for as long as the block lasts.

    Args:
        lasts_s: The last connection stays open so long, unless the block ends.
        secured: Speaks TLS.
    """
    server = Scripted(answers, lasts_s, secured)
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
