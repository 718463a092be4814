"""Query strings and JSON bodies into structs."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, get_origin, get_type_hints
from urllib.parse import parse_qsl

import msgspec

from runstone import __version__
from runstone.domain.errors import InvalidInput
from runstone.wire.common.asgi import Receive, Scope, header, read_body
from runstone.wire.rest.complaints import in_words
from runstone.wire.rest.problems import malformed_json
from runstone.wire.rest.routing import Route

# What an HTML form can send across sites without asking; nothing of ours does.
_FORM_TYPES: Final = (
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
)
_MAX_PARAMETERS: Final = 10_000


def decode_query(route: Route, query_string: bytes) -> Any:
    """The route's query struct; None where it takes no query.

    Raises:
        InvalidInput: An unknown parameter, or a value that does not fit.
    """
    if route.query is None:
        return None
    values: dict[str, Any] = {}
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_PARAMETERS,
        )
        repeated = _repeated_fields(route.query)
        for name, value in pairs:
            if name in repeated:
                values.setdefault(name, []).append(value)
            else:
                values[name] = value
        return msgspec.convert(values, route.query, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInput(_sentence("query", in_words(error, route.query, values))) from error
    except ValueError as error:
        raise InvalidInput(f"The query is not understood: {error}.") from error


async def decode_body(route: Route, scope: Scope, receive: Receive, *, max_bytes: int) -> Any:
    """The route's body struct; None where it takes no body.

    Raises:
        InvalidInput: Not JSON (code `malformed-json`, with its position), or not what is asked
            for (the message says where and why).
        QuotaExceeded: Too large.
    """
    if route.body is None:
        return None
    content_type = (header(scope, b"content-type") or "").partition(";")[0].strip().lower()
    if content_type in _FORM_TYPES:
        raise InvalidInput(
            f"Send the body as JSON, with Content-Type: application/json (not {content_type}).",
            code="unsupported-media-type",
        )
    body = await read_body(scope, receive, max_bytes=min(max_bytes, route.max_body_bytes))
    try:
        return _decoder(route.body).decode(body or b"{}")
    except msgspec.ValidationError as error:
        said = _sentence("body", in_words(error, route.body))
        if "unknown field" in str(error):
            # As a newer client's: it is to see why.
            said += f" (This server is Runstone {__version__}.)"
        raise InvalidInput(said) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise malformed_json(error) from error


def _sentence(of: str, complaint: str) -> str:
    said = f"The {of} is not understood: {complaint}"
    return said if said.endswith("?") else f"{said}."


@cache
def _decoder(struct: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(struct)


@cache
def _repeated_fields(struct: type) -> frozenset[str]:
    hints = get_type_hints(struct)
    return frozenset(name for name, hint in hints.items() if get_origin(hint) is list)
