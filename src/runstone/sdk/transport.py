"""HTTP to one server: connections kept open, reads tried again, errors in the words of the tree.

Reads are tried again, with growing pauses, and so is what does no harm when it is done twice
(`put`): all else that changes something is sent once, and the caller hears when it is not known
whether it came through.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, Final, TypeAlias, TypeVar, cast
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, SSLError

from runstone.domain.errors import Unavailable
from runstone.sdk.errors import no_answer, not_understood, refusal, untrusted
from runstone.sdk.promised import Promised
from runstone.sdk.settings import API, Server, proxy_of

T = TypeVar("T")
Query: TypeAlias = Sequence[tuple[str, str]]

CONNECT_TIMEOUT_S: Final = 10.0
READ_TIMEOUT_S: Final = 120.0
"""Between two pieces of an answer, not for the whole of it."""
_CHUNK_BYTES: Final = 1 << 20
_READS: Final = urllib3.Retry(
    total=4,
    allowed_methods=("GET",),
    status_forcelist=(429, 502, 503, 504),
    backoff_factor=0.2,
    backoff_max=5.0,
    backoff_jitter=0.2,
    retry_after_max=30,
    raise_on_status=False,
)
_HARMLESS: Final = _READS.new(allowed_methods=("PUT", "POST"))
_ERRNO: Final = re.compile(r"Failed to [a-z ]+[:(] ?|\[Errno -?\d+\] ?")
"""Of urllib3 and the system, before what people understand."""
_NOT_AGAIN: Final = urllib3.Retry(total=0, raise_on_status=False)


class Transport:
    """Asks one server; may be shared by threads.

    Attributes:
        server: Whom it asks.
    """

    def __init__(self, server: Server, *, user_agent: str) -> None:
        self.server = server
        headers = {
            **urllib3.make_headers(basic_auth=f"api:{server.api_key}", accept_encoding=True),
            "user-agent": user_agent,
        }
        timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S)
        parts = urlsplit(server.url)
        proxy = proxy_of(parts.scheme, parts.hostname or "")
        self._pool: urllib3.PoolManager
        if proxy:
            self._pool = urllib3.ProxyManager(proxy, headers=headers, timeout=timeout, maxsize=8)
        else:
            self._pool = urllib3.PoolManager(headers=headers, timeout=timeout, maxsize=8)

    def get(self, into: type[T], path: Sequence[str], query: Query = ()) -> T:
        """A JSON answer, read as `into`.

        Args:
            path: Segments below `/api/v1`, as they are: they are quoted here.
        """
        with self._asked("GET", path, query, is_short=True) as response:
            return self._understood(into, response.data)

    def send(
        self,
        into: type[T],
        method: str,
        path: Sequence[str],
        *,
        query: Query = (),
        body: Mapping[str, Any] | None = None,
    ) -> T:
        """The answer to a request that changes something; it is made once.

        Args:
            into: `NoneType` for an answer without a body.
        """
        data = None if body is None else msgspec.json.encode(body)
        with self._asked(
            method, path, query, data=data, retries=_NOT_AGAIN, is_short=True
        ) as response:
            return self._understood(into, response.data or b"null")

    def put(
        self,
        into: type[T],
        method: str,
        path: Sequence[str],
        data: bytes | Mapping[str, Any],
        *,
        timeout_s: float = READ_TIMEOUT_S,
        again: bool = True,
    ) -> T:
        """The answer to a request that may be made again without harm, and is where it must be.

        Args:
            data: Bytes as they are, or a JSON object.
            timeout_s: To wait for the answer.
            again: Here; else whoever asks sees to it.
        """
        is_json = not isinstance(data, bytes)
        with self._asked(
            method,
            path,
            (),
            data=data if isinstance(data, bytes) else msgspec.json.encode(data),
            headers=None if is_json else {"content-type": "application/octet-stream"},
            retries=_HARMLESS if again else _NOT_AGAIN,
            timeout_s=timeout_s,
            is_short=True,
        ) as response:
            return self._understood(into, response.data or b"null")

    def put_file(
        self, path: Sequence[str], file: BinaryIO, *, size_bytes: int, query: Query = ()
    ) -> None:
        """Sends so many bytes of a file, from where it stands, to where they may come again.

        Raises:
            InvalidInput: The file has become shorter (code `digest-mismatch`, as if it had come).
        """
        with self._asked(
            "PUT",
            path,
            query,
            data=Promised(file, size_bytes),
            headers={"content-type": "application/octet-stream", "content-length": f"{size_bytes}"},
            retries=_HARMLESS,
            is_short=True,
        ):
            pass

    @contextmanager
    def stream(
        self,
        path: Sequence[str],
        query: Query = (),
        *,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Iterator[Body]:
        """An answer of any length, read as it comes.

        Args:
            body: What is asked for, where that is too much for a query.
        """
        method = "GET" if body is None else "POST"
        data = None if body is None else msgspec.json.encode(body)
        with self._asked(
            method, path, query, data=data, headers=headers, retries=_HARMLESS if data else _READS
        ) as response:
            yield Body(response, self.server.url)

    def url(self, path: Sequence[str], query: Query = ()) -> str:
        """The address of something in the API."""
        below = "/".join(quote(segment, safe="") for segment in path)
        return f"{self.server.url}{API}/{below}" + (f"?{urlencode(query)}" if query else "")

    def close(self) -> None:
        """Ends the connections; a later request opens new ones."""
        self._pool.clear()

    @contextmanager
    def _asked(
        self,
        method: str,
        path: Sequence[str],
        query: Query,
        *,
        data: bytes | Promised | None = None,
        headers: Mapping[str, str] | None = None,
        retries: urllib3.Retry = _READS,
        timeout_s: float = READ_TIMEOUT_S,
        is_short: bool = False,
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        """An answer that is no refusal.

        Args:
            is_short: Read it whole at once: then a read that is cut is tried again, too.
        """
        sent = {**self._pool.headers}
        if data is not None:
            sent["content-type"] = "application/json"
        sent |= headers or {}
        try:
            response = self._pool.request(
                method,
                self.url(path, query),
                body=cast("IO[bytes] | bytes | None", data),
                headers=sent,
                retries=retries,
                timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=timeout_s),
                preload_content=is_short,
                # It would lose the key on its way, or show it to someone else.
                redirect=False,
            )
        except HTTPError as error:
            raise _unanswered(self.server.url, error) from error
        try:
            if response.status >= 300:
                raise refusal(
                    self.server.url,
                    response.status,
                    self._data(response),
                    retry_after=response.headers.get("retry-after"),
                    location=response.headers.get("location"),
                )
            yield response
        finally:
            # What was read to its end has left its connection to the next request by now.
            response.close()

    def _data(self, response: urllib3.BaseHTTPResponse) -> bytes:
        try:
            return response.data
        except HTTPError as error:
            raise _unanswered(self.server.url, error) from error

    def _understood(self, into: type[T], body: bytes) -> T:
        try:
            return msgspec.json.decode(body, type=into)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise not_understood(self.server.url, error) from error


class Body(io.RawIOBase):
    """An answer as a file; a connection that is cut is an error, never an end.

    Attributes:
        status: Of the answer: 200, or 206 for a part.
        headers: Of the answer, by lower-case name.
        num_bytes: How many have been read.
    """

    def __init__(self, response: urllib3.BaseHTTPResponse, url: str) -> None:
        super().__init__()
        self._response = response
        self._url = url
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        self.num_bytes = 0
        self._is_encoded = "content-encoding" in self.headers

    @property
    def num_rows(self) -> int | None:
        """Of the table that comes, where the server knows it."""
        said = self.headers.get("runstone-rows", "")
        return int(said) if said.isdecimal() else None

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """See `io.RawIOBase`."""
        piece = self._piece(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def chunks(self) -> Iterator[bytes]:
        """All that is left, in pieces of up to 1 MiB."""
        while piece := self._piece(_CHUNK_BYTES):
            yield piece

    def _piece(self, size: int) -> bytes:
        try:
            piece = self._response.read(size, decode_content=self._is_encoded)
        except HTTPError as error:
            raise Unavailable(
                f"The connection to {self._url} was cut after {self.num_bytes:,} bytes: what came "
                "is not whole. Try again.",
                code="cut",
            ) from error
        self.num_bytes += len(piece)
        return piece


def _unanswered(url: str, error: HTTPError) -> Unavailable:
    """What a request that nobody answered is told as."""
    reason = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(reason, SSLError):
        return untrusted(url, reason)
    said = str(reason)
    # urllib3 begins with the object that failed.
    _, _, after = said.partition("): ")
    return no_answer(url, _ERRNO.sub("", after or said))
