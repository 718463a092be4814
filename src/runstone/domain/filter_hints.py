"""What to write in place of what other tools understand: SQL, pandas, W&B and MLflow searches.

web/src/lib/query/hints.ts is the same in TypeScript; tests/vectors/filters.json holds both to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from runstone.domain.filter_printing import print_key, quote
from runstone.domain.filter_tokens import Token, TokenKind
from runstone.domain.filters import RUN_FIELDS, FieldKind, Key, Source
from runstone.domain.patterns import escape
from runstone.domain.suggestions import closest

SHORT: Final = {
    "created": "created_at",
    "started": "created_at",
    "heartbeat": "heartbeat_at",
    "finished": "finished_at",
    "duration": "duration_s",
}
"""What people write for short; it is read as the field itself."""

_ELSEWHERE: Final = {
    "displayname": "name",
    "runname": "name",
    "runid": "id",
    "username": "user",
    "userid": "user",
    "owner": "user",
    "author": "user",
    "runtime": "duration_s",
    "starttime": "created_at",
    "endtime": "finished_at",
    "tag": "tags",
    "labels": "tags",
    "status": "state",
    "hostname": "host",
    "groupname": "group",
    "description": "notes",
    "sweepname": "sweep",
    "sweepid": "sweep",
}
"""What other tools call a field, in small letters without what is between them."""

_DOCUMENTS: Final = {
    "cfg": Source.CONFIG,
    "params": Source.CONFIG,
    "param": Source.CONFIG,
    "parameters": Source.CONFIG,
    "hparams": Source.CONFIG,
    "metrics": Source.SUMMARY,
    "metric": Source.SUMMARY,
    "summary_metrics": Source.SUMMARY,
    "summaryMetrics": Source.SUMMARY,
}
"""What other tools call a document, before a dot."""

_OF_A_RUN: Final = frozenset({"run", "runs", "df", "attributes", "attribute", "attr"})
"""What other tools write before a field, or before a document."""

_FINDS: Final = frozenset(
    {"like", "ilike", "contains", "has", "includes", "startswith", "endswith", "matches", "match",
     "regexp", "rlike"}
)  # fmt: skip
_MISSING: Final = frozenset({"isnull", "isna", "is_null", "isnone"})
_THERE: Final = frozenset({"notnull", "notna", "is_not_null", "exists", "isset", "defined"})
_INNER: Final = (".str", ".lower", ".upper", ".casefold")


def unknown_field(name: str, part: str | None) -> str:
    """What is wrong with a word that is no field.

    Args:
        part: The text in quotes that follows it, as in `df["lr"]` and `params."lr"`.
    """
    if "`" in name:
        return 'nothing is written in backticks here: write config["any key"], summary["any key"]'
    if part is None:
        return f"unknown run field {name}; did you mean `{_meant(name)}`?"
    head = name.removesuffix(".")
    return f"unknown run field {head}; did you mean `{_meant(f'{head}.{part}')}`?"


def _meant(name: str) -> str:
    head, _, path = name.partition(".")
    if head in _OF_A_RUN and path:
        document, _, inner = path.partition(".")
        if document in (Source.CONFIG, Source.SUMMARY) and inner:
            return print_key(Key(Source(document), inner))
        return path if path in RUN_FIELDS else _field(path) or _either(path)
    if head in ("tags", "tag") and path:
        return '"…" in tags'
    if field := _field(name):
        return field
    document = _DOCUMENTS.get(head) or closest(head, [Source.CONFIG, Source.SUMMARY]) or ""
    if not document:
        return _either(name)
    return print_key(Key(Source(document), path)) if path else document


def _field(name: str) -> str | None:
    return _ELSEWHERE.get(name.replace("_", "").lower()) or closest(name, RUN_FIELDS)


def _either(path: str) -> str:
    return "` or `".join(print_key(Key(source, path)) for source in (Source.CONFIG, Source.SUMMARY))


def word_after(shown: str, kind: FieldKind | None, word: str, after: Sequence[Token]) -> str | None:
    """What to write in place of `KEY WORD …`, as in SQL; None for no idea.

    Args:
        shown: The key as it was written.
        after: The three tokens after the word.
    """
    word = word.lower()
    first, second, third = after
    if word == "between":
        are_values = all(t.kind in (TokenKind.VALUE, TokenKind.TIME) for t in (first, third))
        is_pair = are_values and second.kind is TokenKind.WORD and second.text == "and"
        low, high = (first.text, third.text) if is_pair else ("0.1", "0.2")
        return f"there is no `{word}`: write {low} <= {shown} <= {high}"
    found = _instead(shown, kind, word, first)
    return None if found is None else f"there is no `{word}`: write {found}"


def method_of(written: str, argument: Token) -> str | None:
    """What to write in place of `KEY.METHOD(…)`, as in pandas; None for no idea.

    Args:
        argument: The first token after the parenthesis.
    """
    shown, dot, method = written.rpartition(".")
    while shown.endswith(_INNER):
        shown = shown.rpartition(".")[0]
    name = SHORT.get(shown, shown)
    is_document = shown.lower().startswith(("config.", "summary.", "config[", "summary["))
    if not dot or not (is_document or name in RUN_FIELDS):
        return None
    method = method.lower()
    kind = RUN_FIELDS.get(name)
    found = _instead(shown, kind, method, argument)
    if method == "isin":
        found = f'{shown} in ["a", "b"]'
    elif method == "between":
        found = f"0.1 <= {shown} <= 0.2"
    return None if found is None else f"keys have no methods: write {found}"


def function_of(function: str, key: Token, argument: Token) -> str | None:
    """What to write in place of `FUNCTION(KEY, …)`; None for no idea."""
    function = function.lower()
    if key.kind is not TokenKind.KEY:
        return None
    kind = RUN_FIELDS.get(SHORT.get(key.path, key.path)) if key.source is Source.RUN else None
    if function in ("has", "isset", "defined"):
        found: str | None = f"exists({key.text})"
    elif function in ("lower", "upper"):
        found = f'{key.text} ~ "(?i)…"'
    else:
        found = _instead(key.text, kind, function, argument)
    return None if found is None else f"there is no {function}(…): write {found}"


def _instead(shown: str, kind: FieldKind | None, word: str, argument: Token) -> str | None:
    if word in _MISSING:
        return f"{shown} is None"
    if word in _THERE:
        return f"{shown} is not None"
    if word == "isnan":
        return f"{shown} == nan"
    if word not in _FINDS:
        return None
    if not isinstance(argument.value, str):
        is_tags = kind is FieldKind.TAGS
        return f'"…" in {shown}' if is_tags else f'{shown} ~ "…", which is found anywhere'
    text = argument.value
    if kind is FieldKind.TAGS or (kind is FieldKind.TEXT and word in ("contains", "includes")):
        return f"{quote(text)} in {shown}"
    return f"{shown} ~ {quote(_pattern(word, text))}"


def _pattern(word: str, text: str) -> str:
    match word:
        case "like" | "ilike":
            begin = "" if text.startswith("%") else "^"
            end = "" if text.endswith("%") else "$"
            inner = escape(text.strip("%")).replace("%", ".*").replace("_", ".")
            return ("(?i)" if word == "ilike" else "") + begin + inner + end
        case "startswith":
            return "^" + escape(text)
        case "endswith":
            return escape(text) + "$"
        case "contains" | "has" | "includes":
            return escape(text)
        case _:
            return text
