"""A load generator that costs little: raw sockets on asyncio, one request at a time each."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, field


@dataclass(slots=True)
class Connection:
    """One keep-alive HTTP/1.1 connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    host: str
    authorization: str
    latencies: list[float] = field(default_factory=list)

    @classmethod
    async def open(cls, address: tuple[str, int], api_key: str) -> Connection:
        """Connects."""
        reader, writer = await asyncio.open_connection(*address, limit=2**22)
        token = base64.b64encode(f"api:{api_key}".encode()).decode()
        return cls(reader, writer, f"{address[0]}:{address[1]}", f"Basic {token}")

    async def post(self, path: str, *parts: bytes) -> tuple[int, bytes]:
        """Sends a JSON body in parts; returns status and body of the answer, timing it."""
        loop = asyncio.get_running_loop()
        size = sum(map(len, parts))
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: {self.authorization}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n"
        ).encode()
        begin = loop.time()
        self.writer.write(b"".join((head, *parts)))
        await self.writer.drain()
        answer = await self.reader.readuntil(b"\r\n\r\n")
        status = int(answer[9:12])
        length = 0
        for line in answer.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        body = await self.reader.readexactly(length)
        self.latencies.append(loop.time() - begin)
        return status, body

    def close(self) -> None:
        """Lets go of the socket."""
        self.writer.close()
