"""A wire between client and server that can be cut after so many bytes."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class Wire:
    """Forwards connections, counts bytes, and ends where it is to be cut: for good, or heals.

    Attributes:
        up: Bytes from clients so far.
        down: Bytes to them.
    """

    def __init__(
        self,
        url: str,
        *,
        cut_up: int | None = None,
        cut_down: int | None = None,
        heals: bool = False,
    ) -> None:
        self._heals = heals
        self._server = (urlsplit(url).hostname, urlsplit(url).port)
        self._cut_up, self._cut_down = cut_up, cut_down
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._is_cut = False
        self.up = self.down = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        with self._lock:
            self._is_cut = not self._heals
            self._cut_up = self._cut_down = None
            ends = list(self._open)
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        if self._heals:
            return
        # The thread that accepts holds the port until it is woken.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._heals = False
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server:
            with self._lock:
                if self._is_cut:
                    return
                self._open |= {client, server}
            with contextlib.suppress(OSError):
                self._pump(client, server)
            with self._lock:
                self._open -= {client, server}

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        while True:
            for source in select.select([client, server], [], [])[0]:
                data = source.recv(1 << 16)
                if not data:
                    return
                (server if source is client else client).sendall(data)
                if self._count(len(data), is_up=source is client):
                    self.cut()
                    return

    def _count(self, size: int, *, is_up: bool) -> bool:
        with self._lock:
            if is_up:
                self.up += size
            else:
                self.down += size
            return (self._cut_up is not None and self.up >= self._cut_up) or (
                self._cut_down is not None and self.down >= self._cut_down
            )


@contextlib.contextmanager
def wire(
    url: str, *, cut_up: int | None = None, cut_down: int | None = None, heals: bool = False
) -> Iterator[Wire]:
    made = Wire(url, cut_up=cut_up, cut_down=cut_down, heals=heals)
    try:
        yield made
    finally:
        made.close()
