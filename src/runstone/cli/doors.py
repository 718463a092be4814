"""The two ways to administer: through a running server's API, or in a stopped server's folder.

Both speak the same API, so that a command does and prints the same whichever door it took: for a
folder that nobody serves, the API is called in this process, under the folder's lock.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import ssl
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode, urlsplit

from runstone.domain.errors import InvalidInput, NotFound, RunstoneError, Unavailable
from runstone.sdk.errors import no_answer
from runstone.sdk.settings import find_server
from runstone.server.folder import hold, probe, read_secret
from runstone.server.settings import URL_ENV, data_folder, read_settings

API: Final = "/api/v1"
_TIMEOUT_S: Final = 30.0


class Refused(RunstoneError):
    """The API said no; the message is its own."""


class AdminDoor(Protocol):
    """Calls the API with an administrator's rights.

    Attributes:
        is_operator: Nobody's API key is used: there is no user of one's own.
        place: The server or the folder that it leads to, for people.
    """

    is_operator: bool
    place: str

    def call(
        self,
        method: str,
        *path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """The JSON answer; None where there is none.

        Args:
            path: Segments below `/api/v1`, as they are: they are quoted here.

        Raises:
            Refused: The API said no.
            Unavailable: There is no answer.
        """

    def lines(self, method: str, *path: str) -> Iterator[Any]:
        """Lines of JSON as they come, for what takes long.

        Raises:
            Refused: The API said no, before the first line.
            Unavailable: There is no answer, or it broke off.
        """

    def close(self) -> None:
        """Lets go of what was opened."""


def open_door(*, data: str | None, url: str | None, key: str | None) -> AdminDoor:
    """The door that the command line and the environment ask for.

    Args:
        data: The folder; else `RUNSTONE_DATA`, else the default.
        url: A server elsewhere; needs a key.
        key: Else as `runstone.Api` finds one.

    Raises:
        InvalidInput: A key without a server.
        Unauthenticated: A server without a key.
        NotFound: There is no such folder.
        Conflict: The folder is in use by another command.
    """
    if url is not None or (data is None and os.environ.get(URL_ENV)):
        server = find_server(url, key)
        return ServerDoor(server.url, lambda: server.api_key, is_operator=False)
    if key is not None:
        raise InvalidInput("--key is for a server elsewhere: say which with --url.")
    folder = data_folder(data, os.environ)
    holder = probe(folder)
    if holder is None or holder.serving is None:
        # Where someone is about to serve it, this says so.
        return FolderDoor(folder)
    from runstone.wire.common.auth import operator_token
    from runstone.wire.common.signing import Signer

    signer = Signer(read_secret(folder))
    door = ServerDoor(holder.serving.url, lambda: operator_token(signer), is_operator=True)
    door.place = f"{door.place}, which serves the folder {folder.absolute()}"
    return door


class ServerDoor:
    """A running server's API, over HTTP."""

    def __init__(self, url: str, bearer: Callable[[], str], *, is_operator: bool) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInput(f"{url!r} is no address of a server: give http://… or https://….")
        self._url = self.place = url.rstrip("/")
        self._prefix = parts.path.rstrip("/")
        self._bearer = bearer
        self.is_operator = is_operator
        self._connection: http.client.HTTPConnection
        if parts.scheme == "https":
            self._connection = http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=_TIMEOUT_S, context=ssl.create_default_context()
            )
        else:
            self._connection = http.client.HTTPConnection(
                parts.hostname, parts.port, timeout=_TIMEOUT_S
            )

    def call(
        self,
        method: str,
        *path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """See `AdminDoor`."""
        with self._asking():
            answer = self._ask(method, _target(path, query), body)
            return _understood(answer.status, answer.read())

    def lines(self, method: str, *path: str) -> Iterator[Any]:
        """See `AdminDoor`."""
        with self._asking():
            answer = self._ask(method, _target(path, None), None)
            if answer.status >= 400:
                _understood(answer.status, answer.read())
            while line := answer.readline():
                yield json.loads(line)

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _ask(
        self, method: str, target: str, body: Mapping[str, Any] | None
    ) -> http.client.HTTPResponse:
        headers = {"Authorization": f"Bearer {self._bearer()}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        self._connection.request(method, self._prefix + target, body=data, headers=headers)
        return self._connection.getresponse()

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise no_answer(self._url, error) from error


class FolderDoor:
    """The API of a folder that nobody serves, called in this process."""

    is_operator = True

    def __init__(self, folder: Path) -> None:
        """Takes the folder until `close`.

        Raises:
            NotFound: There is no such folder, or nothing of Runstone's in it.
            Conflict: Another process holds it.
        """
        from runstone.server.wiring import assemble
        from runstone.storage.sqlite.database import FILE_NAME
        from runstone.wire.common.auth import operator_token
        from runstone.wire.rest import create_app

        if folder.is_dir() and not (folder / FILE_NAME).exists():
            raise NotFound(
                f"The folder {folder} holds no data of Runstone. Say with --data which one does, "
                "or start a server in it with `runstone up`.",
                code="no-data-folder",
            )
        settings = replace(read_settings({"data": str(folder)}, os.environ), data=folder)
        self.place = f"the folder {folder.absolute()}, which no server has open"
        self._folder = hold(folder, create=False)
        try:
            self._parts = assemble(settings, self._folder)
            self._app = create_app(self._parts.context)
            self._token = operator_token(self._parts.context.signer)
            self._address = (settings.host, settings.port)
            self._runner = asyncio.Runner()
        except BaseException:
            self._folder.close()
            raise

    def call(
        self,
        method: str,
        *path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """See `AdminDoor`."""
        data = b"" if body is None else json.dumps(body).encode()
        return _understood(*self._runner.run(self._call(method, _target(path, query), data)))

    def lines(self, method: str, *path: str) -> Iterator[Any]:
        """See `AdminDoor`; here they come when all is done."""
        status, said = self._runner.run(self._call(method, _target(path, None), b""))
        if status >= 400:
            _understood(status, said)
        yield from map(json.loads, said.splitlines())

    def close(self) -> None:
        """Makes everything durable and lets go of the folder."""
        self._runner.close()
        self._parts.close()
        self._folder.close()

    async def _call(self, method: str, target: str, data: bytes) -> tuple[int, bytes]:
        path, _, query = target.partition("?")
        host, port = self._address
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [
                (b"host", f"{host}:{port}".encode()),
                (b"authorization", f"Bearer {self._token}".encode()),
                (b"content-type", b"application/json"),
                (b"content-length", str(len(data)).encode()),
            ],
            "client": ("127.0.0.1", 0),
            "server": (host, port),
        }
        status = 500
        parts: list[bytes] = []

        messages: list[MutableMapping[str, Any]] = [
            {"type": "http.request", "body": data, "more_body": False}
        ]
        answered: asyncio.Future[MutableMapping[str, Any]] = (
            asyncio.get_running_loop().create_future()
        )

        async def receive() -> MutableMapping[str, Any]:
            if messages:
                return messages.pop()
            # As a server: nothing more comes while the client waits for its answer.
            return await answered

        async def send(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                parts.append(message.get("body", b""))

        await self._app(scope, receive, send)
        return status, b"".join(parts)


def _target(path: tuple[str, ...], query: Mapping[str, str] | None) -> str:
    quoted = "/".join(quote(segment, safe="") for segment in path)
    return f"{API}/{quoted}" + (f"?{urlencode(query)}" if query else "")


def _understood(status: int, body: bytes) -> Any:
    try:
        answer = json.loads(body) if body else None
    except ValueError as error:
        raise Unavailable(
            f"The server's answer (status {status}) is not JSON: is it a Runstone server?"
        ) from error
    if status < 400:
        return answer
    problem = answer if isinstance(answer, dict) else {}
    detail = problem.get("detail") or problem.get("title") or "no reason was given"
    raise Refused(f"{detail}", code=problem.get("code", "refused"), status=status)
