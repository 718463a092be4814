"""What in a new OpenAPI document would break clients of an older one.

    git show origin/main:openapi/openapi.json | python tests/wire/rest/breaking_changes.py \\
        - openapi/openapi.json

prints one line for each and exits with 1 where there are any. It knows our own documents, flat
schemas under references, and errs towards telling: a type that differs at all is told of.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

Document = dict[str, Any]


def breaking_changes(old: Document, new: Document) -> list[str]:
    """One sentence for each, schemas first."""
    return [*_schema_changes(old, new), *_operation_changes(old, new)]


def _schema_changes(old: Document, new: Document) -> list[str]:
    told: list[str] = []
    asked = _asked_for(old)
    before, after = old["components"]["schemas"], new["components"]["schemas"]
    for name, schema in before.items():
        if name not in after:
            told.append(f"{name} is gone")
        elif "properties" in schema:
            told += _struct_changes(name, schema, after[name], is_asked_for=name in asked)
        elif _type(schema) != _type(after[name]):
            told.append(f"{name} has another type")
    return told


def _struct_changes(name: str, old: Document, new: Document, *, is_asked_for: bool) -> list[str]:
    told = []
    properties = new.get("properties", {})
    for field, schema in old["properties"].items():
        if field not in properties:
            told.append(f"{name}.{field} is gone")
        elif _type(schema) != _type(properties[field]):
            told.append(f"{name}.{field} has another type")
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    if is_asked_for:
        told += [f"{name}.{field} is required now" for field in sorted(after - before)]
    else:
        gone = (before - after) & properties.keys()
        told += [f"{name}.{field} may be missing now" for field in sorted(gone)]
    return told


def _operation_changes(old: Document, new: Document) -> list[str]:
    told: list[str] = []
    for path, methods in old["paths"].items():
        if path not in new["paths"]:
            told.append(f"{path} is gone")
            continue
        for method, operation in methods.items():
            name = f"{method.upper()} {path}"
            if method in new["paths"][path]:
                told += _call_changes(name, operation, new["paths"][path][method])
            else:
                told.append(f"{name} is gone")
    return told


def _call_changes(name: str, old: Document, new: Document) -> list[str]:
    before = {p["name"]: p for p in old.get("parameters", ())}
    after = {p["name"]: p for p in new.get("parameters", ())}
    told = [f"{name} has no parameter {gone} any more" for gone in sorted(before.keys() - after)]
    for parameter, said in after.items():
        if said["required"] and not before.get(parameter, {}).get("required"):
            told.append(f"{name} needs the parameter {parameter} now")
        elif parameter in before and _type(before[parameter]["schema"]) != _type(said["schema"]):
            told.append(f"{name} has another type of parameter {parameter}")
    if new.get("requestBody", {}).get("required") and not old.get("requestBody"):
        told.append(f"{name} needs a body now")
    answers = new["responses"]
    for status, answer in old["responses"].items():
        if status not in answers:
            told.append(f"{name} does not answer {status} any more")
        elif _content(answer) != _content(answers[status]):
            told.append(f"{name} answers something else with {status}")
    return told


def _content(response: Document) -> Any:
    return {kind: body["schema"] for kind, body in response.get("content", {}).items()}


def _asked_for(document: Document) -> set[str]:
    """Schemas that clients send, with those inside of them."""
    schemas = document["components"]["schemas"]
    bodies = [
        operation["requestBody"]
        for methods in document["paths"].values()
        for operation in methods.values()
        if "requestBody" in operation
    ]
    found: set[str] = set()
    pending = _references(bodies)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending |= _references(schemas[name])
    return found


def _references(node: Any) -> set[str]:
    if isinstance(node, dict):
        inside = [_references(value) for value in node.values()]
        own = {node["$ref"].rpartition("/")[2]} if "$ref" in node else set()
        return own.union(*inside)
    if isinstance(node, list):
        return set().union(*map(_references, node))
    return set()


def _type(schema: Document) -> Document:
    return {k: v for k, v in schema.items() if k not in ("description", "title", "default")}


def main(old: str, new: str) -> int:
    """Compares two files; `-` is the standard input."""
    documents = [
        json.loads(sys.stdin.read() if name == "-" else Path(name).read_text())
        for name in (old, new)
    ]
    told = breaking_changes(*documents)
    print("\n".join(told) or "Nothing breaks.")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
