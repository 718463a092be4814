"""Routes as functions: their annotations say what they take and give, their docstrings what for.

    @route("GET", "/projects/{entity}/{project}/runs", tag="Runs")
    async def list_runs(call: Call[ListRuns, None]) -> RunList:

Query, body and answer are read from the annotations once, at import; requests are decoded by
them and the OpenAPI document is written from them, so that the two cannot differ.
"""

from __future__ import annotations

import types
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import unquote_to_bytes

from runstone.domain.errors import InvalidInput, NotFound
from runstone.wire.rest.call import Answer, AnyCall

Handler = Callable[[AnyCall], Awaitable[Any]]
H = TypeVar("H", bound=Callable[..., Awaitable[Any]])

MAX_SEGMENT_CHARS: Final = 1_024
"""Longer than any legal name, so that nobody is told so by accident."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the API.

    Attributes:
        query: Struct of the query string; None for none.
        body: Struct of the JSON body; None for none.
        consumes: Media type of a body that is not JSON for a struct: the call's body is its bytes
            as they come, however many.
        answer: Struct of the answer; None for one without a body, or not JSON.
        produces: Media type of an answer that is not JSON.
        is_public: It needs no credentials.
        max_body_bytes: Of the body after decompression.
    """

    method: str
    path: str
    handler: Handler
    tag: str
    status: HTTPStatus
    query: type | None
    body: type | None
    consumes: str | None
    answer: type | None
    produces: str | None
    is_public: bool
    max_body_bytes: int

    @property
    def name(self) -> str:
        """The operation's id."""
        return self.handler.__name__

    @property
    def template(self) -> str:
        """The path as OpenAPI writes it, which has no word for a name with slashes."""
        return self.path.replace(_REST_MARK, "")


_ROUTE_ATTRIBUTE: Final = "__route__"
_REST_MARK: Final = ":rest"
"""`{name:rest}`, at the end of a path: all that is left, slashes included."""


def route(
    method: str,
    path: str,
    *,
    tag: str,
    status: HTTPStatus | None = None,
    consumes: str | None = None,
    produces: str | None = None,
    is_public: bool = False,
    max_body_bytes: int = 4 * 1024 * 1024,
) -> Callable[[H], H]:
    """Declares the operation that a function carries out.

    Args:
        status: Of success; 200, or 204 for a function that returns nothing, where not given.
    """

    def declare(handler: H) -> H:
        hints = get_type_hints(handler)
        query, body = (_none_or(hint) for hint in get_args(hints["call"]))
        answer = hints["return"]
        if get_origin(answer) is Answer:
            (answer,) = get_args(answer)
        has_body = answer is not types.NoneType
        declared = Route(
            method=method,
            path=path,
            handler=handler,
            tag=tag,
            status=status or (HTTPStatus.OK if has_body else HTTPStatus.NO_CONTENT),
            query=query,
            body=body if consumes is None else None,
            consumes=consumes,
            answer=answer if has_body and produces is None else None,
            produces=produces,
            is_public=is_public,
            max_body_bytes=max_body_bytes,
        )
        setattr(handler, _ROUTE_ATTRIBUTE, declared)
        return handler

    return declare


def routes_of(module: types.ModuleType) -> list[Route]:
    """The operations that a module declares, in its order."""
    found = (getattr(value, _ROUTE_ATTRIBUTE, None) for value in vars(module).values())
    return [declared for declared in found if isinstance(declared, Route)]


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    parameter: tuple[str, _Node] | None = None
    rest: tuple[str, _Node] | None = None
    methods: dict[str, Route] = field(default_factory=dict)


class Router:
    """Finds the operations at a path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for declared in routes:
            self._add(declared)

    def find(self, raw_path: str) -> tuple[dict[str, Route], dict[str, str]]:
        """The operations at a path by method, and the names in it.

        A word of ours in a path goes before a name: but a run that is called `bulk` still has its
        own operations there, since only `POST` is ours.

        Args:
            raw_path: Below the API's prefix, still percent-encoded: an encoded slash is part of
                a name.

        Raises:
            NotFound: There is nothing at that path.
            InvalidInput: A name in it is no Unicode, or longer than any legal name.
        """
        methods: dict[str, Route] = {}
        names: dict[str, str] = {}
        for node, found in _matches(self._root, raw_path.removeprefix("/").split("/")):
            methods = {**node.methods, **methods}
            for name, parts in found.items():
                names[name] = "/".join(_decoded(part, name) for part in parts)
        if methods:
            return methods, names
        shown = raw_path if len(raw_path) <= 200 else raw_path[:199] + "…"
        raise NotFound(f"The API has nothing at {shown}; see openapi.json.", code="unknown-route")

    def _add(self, declared: Route) -> None:
        node = self._root
        for segment in declared.path.removeprefix("/").split("/"):
            if segment.endswith(_REST_MARK + "}"):
                node.rest = node.rest or (segment[1:-1].removesuffix(_REST_MARK), _Node())
                node = node.rest[1]
            elif segment.startswith("{"):
                if node.parameter is None:
                    node.parameter = (segment[1:-1], _Node())
                node = node.parameter[1]
            else:
                node = node.literals.setdefault(segment, _Node())
        node.methods[declared.method] = declared


def _matches(node: _Node, segments: list[str]) -> Iterator[tuple[_Node, dict[str, list[str]]]]:
    """The nodes at a path, with the parts that are names, those by words of ours first."""
    if not segments:
        yield node, {}
        return
    if node.rest is not None and any(segments):
        name, below = node.rest
        yield below, {name: segments}
        return
    first, *others = segments
    if first in node.literals:
        yield from _matches(node.literals[first], others)
    if node.parameter is not None and first:
        name, below = node.parameter
        for found, names in _matches(below, others):
            yield found, {name: [first], **names}


def _none_or(hint: Any) -> type | None:
    return None if hint is types.NoneType else hint


def _decoded(segment: str, name: str) -> str:
    try:
        text = unquote_to_bytes(segment).decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"The {name} in the path is not UTF-8 under its percent-encoding.", code="invalid-name"
        ) from error
    if len(text) > MAX_SEGMENT_CHARS:
        raise InvalidInput(
            f"The {name} in the path has {len(text):,} characters; no name has more than "
            f"{MAX_SEGMENT_CHARS:,}.",
            code="invalid-name",
        )
    return text
