"""HTTP/1.1 to one server, over sockets of our own: all that a run needs to be sent.

What speaks HTTP of every kind (`sdk.transport`) takes longer to import than a short run takes to be
sent. This one knows requests that may come twice without harm, which are made again where nobody
answers, and answers that are read whole; where the way leads through a proxy, it leaves them to the
other.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from binascii import b2a_base64
from urllib.parse import quote, urlencode, urlsplit

from runstone.domain.errors import RunstoneError
from runstone.sdk.errors import no_answer, not_understood, refusal, untrusted
from runstone.sdk.promised import Promised
from runstone.sdk.settings import API, Server, proxy_of
from runstone.tracking.background import importing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from ssl import SSLContext
    from typing import BinaryIO, Final, TypeAlias, TypeVar

    from runstone.sdk.transport import Transport

    T = TypeVar("T")
    Body: TypeAlias = bytes | Promised

_CONNECT_TIMEOUT_S: Final = 10.0
_AHEAD_TIMEOUT_S: Final = 1.0
"""The end of a script may wait for it."""
_READ_TIMEOUT_S: Final = 120.0
"""Between two pieces of an answer, not for the whole of it."""
_PAUSES_S: Final = (0.0, 0.4, 0.8, 1.6)
"""Before a request is made again."""
_MAX_PAUSE_S: Final = 30.0
"""That a server may ask for."""
_BUSY: Final = (429, 502, 503, 504)
_MAX_LINE_BYTES: Final = 64 << 10
_MAX_HEADERS: Final = 256
_PIECE_BYTES: Final = 1 << 20
_BYTES: Final = "application/octet-stream"
_JSON: Final = "application/json"


class HttpClient:
    """Asks one server; may be shared by threads.

    Attributes:
        server: Whom it asks.
        has_reconnected: The server had closed a connection: it may have been started anew.
    """

    def __init__(self, server: Server, *, user_agent: str) -> None:
        self.server = server
        self.has_reconnected = False
        self._user_agent = user_agent
        parts = urlsplit(server.url)
        self._is_secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._is_secure else 80)
        self._root = f"{parts.path}{API}"
        key = b2a_base64(f"api:{server.api_key}".encode(), newline=False).decode()
        self._head = (
            f" HTTP/1.1\r\nhost: {parts.netloc.rpartition('@')[2]}\r\n"
            f"authorization: Basic {key}\r\nuser-agent: {user_agent}\r\n"
        )
        self._has_proxy = proxy_of(parts.scheme, self._host) is not None
        self._idle: list[_Connection] = []
        self._ahead: tuple[tuple[bytes, Body], _Connection] | None = None
        self._tls: SSLContext | None = None
        self._transport: Transport | None = None
        self._lock = threading.Lock()

    @property
    def transport(self) -> Transport:
        """For all else that may be asked."""
        with self._lock:
            if self._transport is None:
                with importing():
                    from runstone.sdk.transport import Transport
                self._transport = Transport(self.server, user_agent=self._user_agent)
            return self._transport

    def put(
        self, into: type[T], method: str, path: Sequence[str], data: bytes | Mapping[str, object]
    ) -> T:
        """The answer to a request that may be made again without harm.

        Args:
            into: What the answer is read as.
            path: Segments below `/api/v1`, as they are: they are quoted here.
            data: Bytes as they are, or a JSON object.

        Raises:
            RunstoneError: The server says no, or nothing.
        """
        if self._has_proxy:
            return self.transport.put(into, method, path, data)
        body = self._answered(*self._request(method, path, data))
        # Imported here: the first request is on its way before.
        import msgspec

        try:
            return msgspec.json.decode(body or b"null", type=into)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise not_understood(self.server.url, error) from error

    def put_ahead(self, method: str, path: Sequence[str], data: Mapping[str, object]) -> None:
        """Makes a request whose answer `put` of the same fetches: there is other work meanwhile."""
        if self._has_proxy:
            return
        head, body = self._request(method, path, data)
        try:
            connection = self._connect(_AHEAD_TIMEOUT_S)
            connection.send(head, body)
        except (OSError, RunstoneError):
            return  # when it is made again, it is said
        self._ahead = (head, body), connection

    def put_file(
        self,
        path: Sequence[str],
        file: BinaryIO,
        *,
        size_bytes: int,
        query: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Sends so many bytes of a file, from where it stands, to where they may come again.

        Raises:
            InvalidInput: The file has become shorter (code `digest-mismatch`, as if it had come).
            RunstoneError: The server says no, or nothing.
        """
        if self._has_proxy:
            self.transport.put_file(path, file, size_bytes=size_bytes, query=query)
            return
        head = self._request_head("PUT", path, _BYTES, size_bytes, query)
        self._answered(head, Promised(file, size_bytes))

    def close(self) -> None:
        """Ends the connections; a later request opens new ones."""
        while (connection := self._kept()) is not None:
            connection.close()
        if self._ahead is not None:
            self._ahead[1].close()
            self._ahead = None
        if self._transport is not None:
            self._transport.close()

    def _request(
        self, method: str, path: Sequence[str], data: bytes | Mapping[str, object]
    ) -> tuple[bytes, bytes]:
        if isinstance(data, bytes):
            return self._request_head(method, path, _BYTES, len(data)), data
        body = json.dumps(data, separators=(",", ":")).encode()
        return self._request_head(method, path, _JSON, len(body)), body

    def _request_head(
        self,
        method: str,
        path: Sequence[str],
        kind: str,
        size_bytes: int,
        query: Sequence[tuple[str, str]] = (),
    ) -> bytes:
        target = "/".join([self._root, *(quote(segment, safe="") for segment in path)])
        if query:
            target += f"?{urlencode(query)}"
        return (
            f"{method} {target}{self._head}content-type: {kind}\r\n"
            f"content-length: {size_bytes}\r\n\r\n"
        ).encode()

    def _answered(self, head: bytes, body: Body) -> bytes:
        """The body of an answer that is no refusal."""
        tries = len(_PAUSES_S)
        start = 0 if isinstance(body, bytes) else body.tell()
        for pause_s in (*_PAUSES_S, 0.0):
            try:
                answer = self._exchanged(head, body)
            except OSError as error:
                if not tries:
                    raise no_answer(self.server.url, error.strerror or error) from error
            else:
                if answer.status not in _BUSY or not tries:
                    break
                pause_s = max(pause_s, min(answer.retry_after_s, _MAX_PAUSE_S))
            tries -= 1
            time.sleep(pause_s)
            if not isinstance(body, bytes):
                body.seek(start)
        if answer.status >= 300:
            raise refusal(
                self.server.url,
                answer.status,
                answer.body,
                retry_after=answer.headers.get("retry-after"),
                location=answer.headers.get("location"),
            )
        return answer.body

    def _exchanged(self, head: bytes, body: Body) -> _Answer:
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            sent, connection = ahead
            if sent == (head, body):
                return self._received(connection)
            connection.close()
        start = 0 if isinstance(body, bytes) else body.tell()
        while (kept := self._kept()) is not None:
            try:
                kept.send(head, body)
                return self._received(kept)
            except TimeoutError:
                raise
            except OSError:
                # The server had closed it meanwhile: that is no trouble.
                self.has_reconnected = True
                if not isinstance(body, bytes):
                    body.seek(start)
        connection = self._connect()
        connection.send(head, body)
        return self._received(connection)

    def _received(self, connection: _Connection) -> _Answer:
        answer = connection.receive()
        if answer.is_last:
            connection.close()
        else:
            self._idle.append(connection)
        return answer

    def _kept(self) -> _Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _connect(self, timeout_s: float = _CONNECT_TIMEOUT_S) -> _Connection:
        # As bytes: Python takes milliseconds to look whether a text is of other alphabets.
        host: bytes | str = self._host
        if self._host.isascii():
            host = self._host.encode()
        plain = socket.create_connection((host, self._port), timeout_s)  # type: ignore[arg-type]
        try:
            # A request in two pieces would have the second wait for the first's acknowledgement.
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            secured = self._secured(plain) if self._is_secure else plain
            secured.settimeout(_READ_TIMEOUT_S)
        except BaseException:
            plain.close()
            raise
        return _Connection(secured)

    def _secured(self, plain: socket.socket) -> socket.socket:
        with importing():
            import ssl
        try:
            if self._tls is None:
                self._tls = ssl.create_default_context()
                self._tls.set_alpn_protocols(["http/1.1"])
            return self._tls.wrap_socket(plain, server_hostname=self._host)
        except ssl.SSLError as error:
            raise untrusted(self.server.url, error) from error


class _NotHttp(ConnectionError):
    """What came is no answer, or not all of it."""


class _Answer:
    """What came back.

    Attributes:
        headers: By lower-case name.
        is_last: Of its connection.
    """

    def __init__(self, status: int, headers: dict[str, str], body: bytes, *, is_last: bool) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.is_last = is_last

    @property
    def retry_after_s(self) -> float:
        """How long the server wants to be left alone."""
        said = self.headers.get("retry-after", "")
        return float(said) if said.isdecimal() else 0.0


class _Connection:
    """One after the other: a request, its answer. What fails ends it."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened
        self._file = opened.makefile("rb")

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def send(self, head: bytes, body: Body) -> None:
        try:
            if isinstance(body, bytes):
                self._socket.sendall(head + body)
            else:
                self._socket.sendall(head)
                while piece := body.read(_PIECE_BYTES):
                    self._socket.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass  # a server that has heard enough may have answered before it closed
        except BaseException:
            self.close()
            raise

    def receive(self) -> _Answer:
        try:
            return self._answer()
        except BaseException:
            self.close()
            raise

    def _answer(self) -> _Answer:
        status = 100
        while 100 <= status < 200:
            version, status = self._status()
            headers = self._headers()
        is_last = version != b"HTTP/1.1" or "close" in headers.get("connection", "").lower()
        body = b""
        if status not in (204, 304):
            if headers.get("transfer-encoding", "").lower().endswith("chunked"):
                body = self._chunks()
            elif (length := headers.get("content-length")) is not None:
                if not length.isdecimal():
                    raise _NotHttp("the length of the answer is no number")
                body = self._exactly(int(length))
            else:
                is_last, body = True, self._file.read()
        return _Answer(status, headers, body, is_last=is_last)

    def _status(self) -> tuple[bytes, int]:
        version, _, rest = self._line().partition(b" ")
        code = rest[:3]
        if not version.startswith(b"HTTP/1.") or not code.isdigit():
            raise _NotHttp("what answers there does not speak HTTP")
        return version, int(code)

    def _headers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for _ in range(_MAX_HEADERS):
            line = self._line()
            if not line:
                return found
            name, _, value = line.partition(b":")
            found[name.decode("latin-1").lower()] = value.decode("latin-1").strip()
        raise _NotHttp("the answer's head has no end")

    def _chunks(self) -> bytes:
        found = bytearray()
        while True:
            said = self._line().partition(b";")[0].strip()
            try:
                size = int(said, 16)
            except ValueError:
                raise _NotHttp("the pieces of the answer do not fit together") from None
            if size <= 0:
                self._headers()  # what may follow a body
                return bytes(found)
            found += self._exactly(size)
            self._line()

    def _exactly(self, size: int) -> bytes:
        found = self._file.read(size)
        if len(found) < size:
            raise _NotHttp("the connection was cut in the midst of the answer")
        return found

    def _line(self) -> bytes:
        line = self._file.readline(_MAX_LINE_BYTES)
        if not line.endswith(b"\n"):
            raise _NotHttp(
                "the answer's head has no end" if line else "the connection was closed unanswered"
            )
        return line.rstrip(b"\r\n")
