"""Secrets that stand in a config: the script has them, its run does not.

Judged by the name of a key and by the look of its value, as many innocent names sound like secrets:
`max_tokens`, `tokenizer` and `token_count` are none, and `eos_token` holds no key but `</s>`.

Patterns are compiled when a name or a value gives reason to: most configs give none, and a run
begins with its config.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

REDACTED: Final = "(redacted)"
KEY_OF_A_SERVICE: Final = (
    r"(?:hf_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_-]{20,}|gh[opsu]_[A-Za-z0-9]{20,}"
    r"|github_pat_\w{20,}|glpat-[\w-]{15,}|AKIA[A-Z0-9]{12,}|xox[a-z]-[\w-]{10,}"
    r"|runstone-[0-9a-f]{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+)"
)
"""Keys that say whose they are."""
_THEIR_BEGINNINGS: Final = (
    "hf_", "sk-", "gh", "glpat-", "AKIA", "xox", "runstone-", "eyJ",
)  # fmt: skip
_PASSWORD: Final = r"(?:^|_)(?:password|passwd|passphrase)$"  # noqa: S105 - what one is called
_CONCEALED: Final = (
    r"(?:^|_)(?:password|passwd|passphrase|secrets?|secret_key|(?:api|access|private|auth)_?keys?"
    r"|access_key_id|credentials?|authorization)$"
)
_TOKEN: Final = r"(?:^|_)tokens?$"  # noqa: S105 - what one is called
_LOOKS_RANDOM: Final = r"[\w.=+/~:-]{16,}"
_PARTS: Final = ("pass", "secret", "key", "credential", "authorization", "token")
"""A name without any of them names no secret."""
_MAX_DEPTH: Final = 64
"""Deeper nothing is kept, either: see `encoding.plain`."""


def without_secrets(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values with `(redacted)` in the place of secrets, and the keys of those.

    Keys of nested values are joined with dots. What holds no secret is passed on as it is.
    """
    found: list[str] = []
    return {key: _safe(one, str(key), str(key), found, ()) for key, one in values.items()}, found


def _safe(value: Any, name: str, key: str, found: list[str], outer: tuple[int, ...]) -> Any:
    """`name` is what the value is called, `key` where it is."""
    if id(value) in outer or len(outer) > _MAX_DEPTH:
        return "…"
    inside = (*outer, id(value))
    if isinstance(value, Mapping):
        # All of `credentials`, whatever its keys are called.
        named = name if _is_called(name, _CONCEALED) else None
        inner = {
            k: _safe(one, named or str(k), f"{key}.{k}", found, inside) for k, one in value.items()
        }
        return inner if any(inner[k] is not one for k, one in value.items()) else value
    if type(value) in (list, tuple):
        safe = [_safe(one, name, key, found, inside) for one in value]
        return safe if any(a is not b for a, b in zip(safe, value, strict=True)) else value
    if not _is_secret(name, value):
        return value
    if key not in found:
        found.append(key)
    return REDACTED


def _is_secret(name: str, value: Any) -> bool:
    if type(value) is int:
        return _is_called(name, _PASSWORD)
    if isinstance(value, bytes):
        return _is_called(name, _CONCEALED)
    # What hides a secret of its own (pydantic's `SecretStr`) has stars for its text.
    if not isinstance(value, str) or not value or value == REDACTED:
        return False
    if value.startswith(_THEIR_BEGINNINGS) and re.fullmatch(KEY_OF_A_SERVICE, value):
        return any(letter.isdigit() for letter in value)
    if _is_called(name, _CONCEALED):
        return True
    return _is_called(name, _TOKEN) and re.fullmatch(_LOOKS_RANDOM, value) is not None


def _is_called(name: str, pattern: str) -> bool:
    """Whether a name is one, also as `apiKey`, `api-key` or `API_KEY`."""
    lower = name.lower()
    if not any(part in lower for part in _PARTS):
        return False
    humps = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return re.search(pattern, re.sub(r"[-. /]", "_", humps)) is not None
