"""A server, and whatever may happen to it; for bench/soak.py."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from harness import Server, server

_DISK_MB: Final = 512
_READ_BYTES: Final = 1 << 16
_ERROR: Final = (
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class Proxy:
    """Stands before the server: passes everything on, slowly, or answers 500 itself.

    Attributes:
        delay_s: Before each piece that is passed on.
        drop_share: Of the pieces at which the connection is cut instead.
        is_failing: Answers 500 to whatever comes.
    """

    def __init__(self, target: tuple[str, int], rng: random.Random) -> None:
        self.delay_s = 0.0
        self.drop_share = 0.0
        self.is_failing = False
        self._target = target
        self._rng = rng
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._open, daemon=True).start()

    def close(self) -> None:
        """Takes nobody any more."""
        self._door.close()

    def _open(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                behind = socket.create_connection(self._target, timeout=30)
            except OSError:
                return
            behind.settimeout(None)
            with behind:
                back = threading.Thread(target=self._pump, args=(behind, client), daemon=True)
                back.start()
                self._pump(client, behind, is_question=True)
                back.join()

    def _pump(
        self, source: socket.socket, sink: socket.socket, *, is_question: bool = False
    ) -> None:
        with suppress(OSError):
            while piece := source.recv(_READ_BYTES):
                if is_question and self.is_failing:
                    source.sendall(_ERROR)
                    break
                if self.delay_s:
                    time.sleep(self.delay_s)
                if self._rng.random() < self.drop_share:
                    break
                sink.sendall(piece)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Trouble:
    """A server, and what may happen to it."""

    def __init__(self, data: Path, rng: random.Random, *, has_own_disk: bool) -> None:
        self._data = data
        self._rng = rng
        self._stack = ExitStack()
        self.server: Server = self._stack.enter_context(server(data))
        self.proxy = Proxy(self.server.address, rng)
        self.happened: Counter[str] = Counter()
        self._faults = [self.killed, self.frozen, self.slowed, self.failing]
        if has_own_disk:
            self._faults.append(self.full)

    def make(self, is_over: threading.Event) -> None:
        """One fault after the other, each once before any comes again."""
        while not is_over.wait(self._rng.uniform(2, 8)):
            faults = self._rng.sample(self._faults, len(self._faults))
            for fault in faults:
                fault()
                self.happened[fault.__name__] += 1
                if is_over.wait(self._rng.uniform(2, 8)):
                    return

    def killed(self) -> None:
        """Without a word, and started again some seconds later."""
        os.kill(self.server.pid, signal.SIGKILL)
        time.sleep(self._rng.uniform(0, 5))
        self._stack.close()
        port = self.server.address[1]
        self.server = self._stack.enter_context(server(self._data, "--port", str(port)))

    def frozen(self) -> None:
        """Alive, and silent."""
        os.kill(self.server.pid, signal.SIGSTOP)
        time.sleep(self._rng.uniform(2, 12))
        os.kill(self.server.pid, signal.SIGCONT)

    def slowed(self) -> None:
        """Behind a bad line."""
        self.proxy.delay_s, self.proxy.drop_share = self._rng.uniform(0.1, 1.0), 0.1
        time.sleep(self._rng.uniform(4, 12))
        self.proxy.delay_s = self.proxy.drop_share = 0.0

    def failing(self) -> None:
        """500, whatever is asked."""
        self.proxy.is_failing = True
        time.sleep(self._rng.uniform(2, 12))
        self.proxy.is_failing = False

    def full(self) -> None:
        """Not a byte left on the server's disk."""
        ballast = self._data / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(bytes(1 << 20)):
                pass
        time.sleep(self._rng.uniform(4, 12))
        ballast.unlink()

    def close(self) -> None:
        """The end of it."""
        self.proxy.close()
        self._stack.close()


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mounts a file system of its own there; whether that was allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_MB}m", "tmpfs", str(folder)]
    is_mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
