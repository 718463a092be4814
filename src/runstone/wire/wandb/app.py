"""Which path is whose: the dialect as one ASGI application."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

from runstone.domain.errors import InvalidInput, NotBuilt, NotFound, RunstoneError
from runstone.wire.common.asgi import AsgiApp, ClientGone, Receive, Scope, Send, header, respond
from runstone.wire.common.context import ServerContext
from runstone.wire.wandb import artifact_transfer, files, filestream, history_files
from runstone.wire.wandb.errors import answer, unexpected
from runstone.wire.wandb.graphql.execute import GraphQLEndpoint

PREFIXES: Final = (
    "/graphql",
    "/files/",
    "/uploads/",
    "/files-of-histories/",
    "/artifactsV2/",
    "/artifacts/",
    "/oidc/",
    "/sdk/otel/",
)
"""The paths that this application answers: exact, or everything below where they end in `/`."""


def create_app(context: ServerContext) -> AsgiApp:
    """The dialect for a running server. Paths outside `PREFIXES` are answered with 404."""
    return _App(context)


class _App:
    def __init__(self, context: ServerContext) -> None:
        self._context = context
        self._graphql = GraphQLEndpoint(context)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def watched(message: dict[str, object]) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._route(scope, receive, watched)  # type: ignore[arg-type]  # a dict is one
        except ClientGone:
            return
        except Exception as error:  # the edge: everyone gets an answer
            known = error if isinstance(error, RunstoneError) else unexpected(error)
            if has_begun:
                raise  # the server breaks the connection off, so that nobody takes it for whole
            await answer(send, known, is_graphql=scope["path"] == "/graphql")

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = _segments(scope), scope["method"]
        match path:
            case ["graphql"]:
                _expect(method, "POST")
                actor = await self._context.authenticator.by_authorization(
                    header(scope, b"authorization")
                )
                await self._graphql.post(actor, scope, receive, send)
            case ["files", entity, project, run, "file_stream"] if method == "POST":
                actor = await self._context.authenticator.by_authorization(
                    header(scope, b"authorization")
                )
                await filestream.post(
                    self._context, actor, (entity, project, run), scope, receive, send
                )
            case ["files", entity, project, run, *name] if name:
                if method == "OPTIONS":
                    await files.options(scope, send)
                    return
                _expect(method, "GET", "HEAD")
                address = (entity, project, run, "/".join(name))
                await files.get(self._context, address, scope, send)
            case ["uploads", token, *_name]:
                _expect(method, "PUT", "POST")
                await files.put(self._context, token, scope, receive, send)
            case ["files-of-histories", token, _name]:
                _expect(method, "GET", "HEAD")
                await history_files.get(self._context, token, scope, send)
            case ["artifactsV2", "uploads", token, *_name]:
                _expect(method, "PUT", "POST")
                await artifact_transfer.put(self._context, token, scope, receive, send)
            case ["artifactsV2", "parts", token, *_name]:
                _expect(method, "PUT", "POST")
                await artifact_transfer.put_part(self._context, token, scope, receive, send)
            case ["artifactsV2", "downloads", token, name]:
                _expect(method, "GET", "HEAD")
                await artifact_transfer.get_signed(self._context, token, name, scope, send)
            case ["artifactsV2", "manifests", token, *_name]:
                _expect(method, "GET", "HEAD")
                await artifact_transfer.get_manifest(self._context, token, scope, send)
            case ["artifactsV2", _, entity, *rest] if rest:
                _expect(method, "GET", "HEAD")
                await artifact_transfer.get(self._context, entity, rest, scope, send)
            case ["artifacts", entity, *rest] if rest:  # of the oldest storage layout
                _expect(method, "GET", "HEAD")
                await artifact_transfer.get(self._context, entity, rest, scope, send)
            case ["oidc", *_]:
                raise NotBuilt("Identity tokens are not built yet in Runstone 0.1; use an API key.")
            case ["sdk", "otel", *_]:
                # Telemetry of the client about itself: after a 404 it goes quiet.
                await respond(send, 404, b"{}")
            case _:
                raise NotFound(f"There is nothing at {scope['path'][:200]}.")


def _segments(scope: Scope) -> list[str]:
    """The path's parts, each decoded once, so that names may hold `/` and `%`."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.partition(b"?")[0].decode("latin-1") if raw else scope["path"]
    parts = [unquote(part) if raw else part for part in path.split("/")]
    return [part for part in parts[1:] if part or len(parts) == 2]


def _expect(method: str, *allowed: str) -> None:
    if method not in allowed:
        raise InvalidInput(f"{method} makes no sense here; use {' or '.join(allowed)}.")
