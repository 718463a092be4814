"""`POST /graphql`: one document, one unit of work.

Parsing and validating is done before the unit and remembered by text, since clients send the same
few documents. A query runs on a snapshot, a mutation in a transaction, which any error of any of
its fields takes back as a whole.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from runstone.domain.access import Actor
from runstone.domain.errors import CorruptData, InvalidInput, RunstoneError, Unavailable
from runstone.ports.store import Snapshot, Transaction
from runstone.services.artifacts.arrivals import Arrivals
from runstone.services.run_index import RunIndex, read_current
from runstone.wire.common.asgi import (
    Receive,
    Scope,
    Send,
    header,
    read_body,
    request_url,
    respond,
)
from runstone.wire.common.context import ServerContext
from runstone.wire.wandb.errors import graphql_entry, headers_of, status_of
from runstone.wire.wandb.graphql.apart import Apart, find_apart
from runstone.wire.wandb.graphql.artifact_uploads import APART
from runstone.wire.wandb.graphql.history_keys import HistoryKeys
from runstone.wire.wandb.graphql.limits import TooMuch, check_size
from runstone.wire.wandb.graphql.request import Request
from runstone.wire.wandb.graphql.schema import load_schema, resolve_plain
from runstone.wire.wandb.jsontext import JsonText, parse_body

_REMEMBERED: Final = 512
_LONG_CHARS: Final = 8 * 1024
"""Documents above this are parsed off the event loop, and not remembered."""
_SHARED_MODE: Final = b"x-wandb-use-async-filestream"
_MAX_TOKENS: Final = 20_000
_MAX_ERRORS: Final = 20


class GraphQLRequest(msgspec.Struct, rename="camel"):
    """The body. Clients always name the operation; people with curl need not."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


@dataclass(frozen=True, slots=True)
class _Operation:
    document: DocumentNode
    node: OperationDefinitionNode
    is_mutation: bool

    def apart(self, variables: dict[str, Any] | None) -> tuple[Apart, dict[str, Any], str] | None:
        """What is to be done in units of its own before the document is executed."""
        return find_apart(load_schema(), self.node, variables, APART)


class _TakenBack(Exception):
    """A mutation had errors: its unit is to leave nothing behind, and this is what to answer."""

    def __init__(self, result: ExecutionResult) -> None:
        super().__init__("a GraphQL mutation failed")
        self.result = result


class GraphQLEndpoint:
    """Answers GraphQL requests; remembers the documents it has seen."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context
        self._history_keys = HistoryKeys()
        self._documents: OrderedDict[str, DocumentNode] = OrderedDict()
        self._arrivals = Arrivals(context.store, context.blobs)

    async def post(self, actor: Actor, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; errors of the whole request are the caller's to answer."""
        context = self._context
        body = await read_body(scope, receive, max_bytes=context.limits.max_body_bytes)
        asked = _decode(body)
        operation = await self._operation(asked)
        base_url = request_url(scope, context.public_url)
        is_one_of_several = header(scope, _SHARED_MODE) == "true"
        unneeded_blobs: list[str] = []
        changes_accounts = False
        done: Any = None

        def execute(snapshot: Snapshot) -> ExecutionResult:
            nonlocal changes_accounts
            run_index = RunIndex() if operation.is_mutation else context.run_index
            request = Request(
                actor,
                snapshot,
                base_url,
                context.signer,
                run_index,
                context.blobs,
                history_keys=HistoryKeys() if operation.is_mutation else self._history_keys,
                gives_history_files=context.gives_history_files,
                is_one_of_several=is_one_of_several,
                unneeded_blobs=unneeded_blobs,
                done=done,
            )
            try:
                result = execute_sync(
                    load_schema(),
                    operation.document,
                    context_value=request,
                    variable_values=asked.variables,
                    operation_name=asked.operation_name,
                    field_resolver=resolve_plain,
                )
            except TooMuch as error:
                raise InvalidInput(
                    "The GraphQL document comes to too many entries of lists within lists; ask "
                    "for smaller pages, or in parts.",
                    code="query-too-large",
                ) from error
            _raise_what_is_not_ours(result)
            changes_accounts = request.changes_accounts
            return result

        def change(tx: Transaction) -> ExecutionResult:
            result = execute(tx)
            if result.errors:
                raise _TakenBack(result)
            return result

        apart = operation.apart(asked.variables) if operation.is_mutation else None
        if apart is not None:
            act, arguments, name = apart
            try:
                done = await act(self._arrivals, actor, arguments)
            except (Unavailable, CorruptData):
                raise
            except RunstoneError as error:
                failure = GraphQLError(error.message, path=[name], original_error=error)
                result = ExecutionResult(None, [failure])
            else:
                result = await asyncio.wrap_future(context.store.read(execute))
        elif operation.is_mutation:
            try:
                result = await asyncio.wrap_future(context.store.write(change))
            except _TakenBack as taken_back:
                result = ExecutionResult(None, taken_back.result.errors)
            else:
                if changes_accounts:
                    context.authenticator.forget()
                for blob in unneeded_blobs:
                    await context.blobs.delete(blob)
        else:
            result = await asyncio.wrap_future(read_current(context.store, execute))
        await _respond(send, result)

    async def _operation(self, asked: GraphQLRequest) -> _Operation:
        text = asked.query
        document = self._documents.get(text)
        if document is not None:
            self._documents.move_to_end(text)
        elif len(text) > _LONG_CHARS:
            document = await asyncio.to_thread(_parsed, text)
        else:
            document = _parsed(text)
            self._documents[text] = document
            if len(self._documents) > _REMEMBERED:
                self._documents.popitem(last=False)
        operation = get_operation_ast(document, asked.operation_name)
        if operation is None:
            raise InvalidInput(
                f"The document has no operation {asked.operation_name!r}, or several and none "
                "was named.",
                code="unknown-operation",
            )
        return _Operation(document, operation, _is_mutation(operation))


def _is_mutation(operation: OperationDefinitionNode) -> bool:
    if operation.operation is OperationType.SUBSCRIPTION:
        raise InvalidInput("Subscriptions are no part of this protocol.")
    return operation.operation is OperationType.MUTATION


def _decode(body: bytes) -> GraphQLRequest:
    try:
        asked = msgspec.convert(parse_body(body), GraphQLRequest)
    except msgspec.ValidationError as error:
        raise InvalidInput(
            f"The body is not a GraphQL request: {error}.", code="malformed-request"
        ) from error
    # The public API of 0.31 sends an empty name where its document has none.
    asked.operation_name = asked.operation_name or None
    return asked


def _parsed(text: str) -> DocumentNode:
    try:
        document = parse(text, no_location=True, max_tokens=_MAX_TOKENS)
        problems = validate(load_schema(), document)
        if not problems:
            check_size(document)
    except GraphQLError as error:
        raise InvalidInput(
            f"Malformed GraphQL: {error.message}", code="malformed-graphql"
        ) from error
    except RecursionError as error:
        raise InvalidInput(
            "The GraphQL document is nested too deeply; ask in parts.", code="query-too-large"
        ) from error
    if problems:
        said = " ".join(problem.message for problem in problems[:_MAX_ERRORS])
        raise InvalidInput(said, code="invalid-graphql")
    return document


def _raise_what_is_not_ours(result: ExecutionResult) -> None:
    """Passes on what a resolver raised and the whole request fails by: the executor caught it."""
    for error in result.errors or ():
        original = error.original_error
        if original is None or isinstance(original, GraphQLError):
            continue
        if not isinstance(original, RunstoneError) or isinstance(
            original, (Unavailable, CorruptData)
        ):
            raise original


async def _respond(send: Send, result: ExecutionResult) -> None:
    answer: dict[str, Any] = {"data": result.data}
    status = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if result.errors:
        answer["errors"] = _entries(result.errors)
        if not any(value is not None for value in (result.data or {}).values()):
            # Nothing could be answered: a status tells clients whether to ask again, and the
            # text that they then show is the plain message.
            status, headers = _status(result.errors[0])
    try:
        body = orjson.dumps(answer, default=JsonText.fragment)
    except TypeError:  # a lone surrogate in a text
        body = json.dumps(answer, default=JsonText.value).encode()
    await respond(send, status, body, headers=headers)


def _status(error: GraphQLError) -> tuple[int, tuple[tuple[bytes, bytes], ...]]:
    original = error.original_error
    if isinstance(original, RunstoneError):
        return status_of(original), headers_of(original)
    return 400, ()


def _entries(errors: Sequence[GraphQLError]) -> list[dict[str, Any]]:
    """One entry for each thing that went wrong.

    A filter goes to the list of runs and to their count: clients would show its fault twice.
    """
    entries: dict[str, dict[str, Any]] = {}
    for error in errors:
        entries.setdefault(error.message, _entry(error))
    return list(entries.values())


def _entry(error: GraphQLError) -> dict[str, Any]:
    original = error.original_error
    if not isinstance(original, RunstoneError):
        original = InvalidInput(error.message, code="invalid-graphql")
    entry = graphql_entry(original)
    if error.path:
        entry["path"] = list(error.path)
    return entry
