"""The OpenAPI 3.1 document, written from the routes' annotations.

`python -m runstone.wire.rest.openapi openapi/openapi.json` (`make openapi`) writes the committed
copy, from which the web app's types are generated; without a name it prints it.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import msgspec

from runstone.wire.common.auth import SESSION_COOKIE
from runstone.wire.rest.app import PREFIX
from runstone.wire.rest.problems import PROBLEM_TYPE, Problem
from runstone.wire.rest.routes import ROUTES
from runstone.wire.rest.routes.events import MEDIA_TYPE as EVENTS_TYPE
from runstone.wire.rest.routing import Route
from runstone.wire.rest.structs.events import HelloEvent, RunsEvent
from runstone.wire.rest.structs.series import SeriesHeader

Document = dict[str, Any]

_REF: Final = "#/components/schemas/{name}"
_IN_PATH: Final = re.compile(r"\{(\w+)\}")
_UNREFERRED: Final = (Problem, SeriesHeader, HelloEvent, RunsEvent)
"""Structs that travel inside of something that is not JSON, or under an extended schema."""

_NAMES: Final = {
    "entity": "User or team that owns the project.",
    "project": "Name of the project.",
    "collection": "Name of an artifact.",
    "rule": "Number of the retention rule.",
    "version": "A version of the artifact: one of its aliases, `v` and its number, or its digest.",
    "run": "Id of the run.",
    "registry": "Name of the registry.",
    "member": "Name of the user or team.",
    "alias": "Name of the alias.",
    "username": "Name of the user.",
    "team": "Name of the team.",
    "organization": "Name of the organization.",
    "id": "Number of the key.",
    "view": "Number of the view.",
    "chart": "Name of the custom chart.",
    "upload": "What the client calls its upload: 16 to 128 letters, digits, `-` and `_`, random.",
    "md5": "MD5 of the bytes, 32 hexadecimal digits.",
    "file": "Name of the file; its slashes may be percent-encoded or not.",
}

_DESCRIPTION: Final = """\
The API of a Runstone server: what its own web app, its command line and your scripts use.

**Credentials.** An API key, as the password of basic authentication (any user name) or as a
Bearer token; or the cookie of a browser session. With the cookie, every request but GET needs the
header `X-Runstone-CSRF: 1`.

**Errors** are problem documents (RFC 9457). `code` is a stable slug, `detail` says what happened
and what to do; further members are the facts behind it.

**Names** in paths are percent-encoded once.
"""


def build() -> Document:
    """The document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Runstone",
            "version": "1",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX}],
        "security": [{"session": []}, {"basic": []}, {"bearer": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in ROUTES)],
        "paths": _paths(ROUTES),
        "components": {
            "schemas": _schemas(ROUTES),
            "responses": {
                "Problem": {
                    "description": "Why it failed.",
                    "content": {PROBLEM_TYPE: {"schema": _reference(Problem)}},
                }
            },
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
                "basic": {"type": "http", "scheme": "basic"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }


@cache
def document_bytes() -> bytes:
    """The document as the server gives it out."""
    return json.dumps(build(), ensure_ascii=False, separators=(",", ":")).encode()


def committed_text() -> str:
    """The document as it is committed: one line per member, ends in a newline."""
    return json.dumps(build(), ensure_ascii=False, indent=2) + "\n"


def _paths(routes: Iterable[Route]) -> Document:
    paths: Document = {}
    for route in routes:
        paths.setdefault(route.template, {})[route.method.lower()] = _operation(route)
    return paths


def _operation(route: Route) -> Document:
    summary, _, rest = inspect.cleandoc(route.handler.__doc__ or "").partition("\n\n")
    operation: Document = {
        "operationId": route.name,
        "tags": [route.tag],
        "summary": " ".join(summary.split()).removesuffix("."),
    }
    if rest:
        operation["description"] = rest
    if parameters := [*_path_parameters(route), *_query_parameters(route)]:
        operation["parameters"] = parameters
    if route.body is not None:
        operation["requestBody"] = {
            "required": _needs_something(route.body),
            "content": {"application/json": {"schema": _reference(route.body)}},
        }
    if route.consumes is not None:
        content = {route.consumes: {"schema": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": content}
    problem = {"$ref": "#/components/responses/Problem"}
    operation["responses"] = {
        str(route.status.value): _success(route),
        "4XX": problem,
        "5XX": problem,
    }
    if route.is_public:
        operation["security"] = []
    return operation


def _success(route: Route) -> Document:
    response: Document = {"description": HTTPStatus(route.status).phrase}
    if route.answer is not None:
        response["content"] = {"application/json": {"schema": _reference(route.answer)}}
    elif route.produces == EVENTS_TYPE:
        response["content"] = {EVENTS_TYPE: {"schema": {"type": "string"}}}
    elif route.produces is not None:
        response["content"] = {route.produces: {"schema": {"type": "string", "format": "binary"}}}
    return response


def _path_parameters(route: Route) -> list[Document]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _NAMES[name],
            "schema": {"type": "string"},
        }
        for name in _IN_PATH.findall(route.template)
    ]


def _query_parameters(route: Route) -> list[Document]:
    if route.query is None:
        return []
    _, components = msgspec.json.schema_components([route.query], ref_template=_REF)
    struct = components[route.query.__name__]
    parameters = []
    for name, schema in struct["properties"].items():
        parameter = {"name": name, "in": "query", "required": name in struct.get("required", ())}
        if description := schema.pop("description", None):
            parameter["description"] = description
        parameters.append({**parameter, "schema": _without_null(schema)})
    return parameters


def _without_null(schema: Document) -> Document:
    # A parameter that is left out is null inside; none can be sent as null.
    kept = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return kept[0] if len(kept) == 1 else schema


def _schemas(routes: Iterable[Route]) -> Document:
    travelling = [s for route in routes for s in (route.body, route.answer) if s is not None]
    queries = [route.query for route in routes if route.query is not None]
    _, schemas = msgspec.json.schema_components(
        [*travelling, *queries, *_UNREFERRED], ref_template=_REF
    )
    for query in queries:  # told field by field, as parameters; their enumerations stay
        schemas.pop(query.__name__, None)
    # Facts behind the detail: other members for other codes.
    schemas[Problem.__name__]["additionalProperties"] = True
    return {name: _without_title(schemas[name]) for name in sorted(schemas)}


def _without_title(schema: Document) -> Document:
    return {key: value for key, value in schema.items() if key != "title"}


def _needs_something(struct: type) -> bool:
    return any(field.required for field in msgspec.structs.fields(struct))


def _reference(struct: type) -> Document:
    return {"$ref": _REF.format(name=struct.__name__)}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(committed_text(), encoding="utf-8")
    else:
        sys.stdout.write(committed_text())
