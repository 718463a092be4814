"""What a legal entity, project, run or file name is; and names invented for runs.

Names travel in URLs and are shown everywhere. They never become paths: storage keys are our own.
The characters refused are those that the wandb client refuses too, so nobody who comes with
existing projects is turned away.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from runstone.domain.errors import InvalidInput

MAX_NAME_CHARS: Final = 128
MAX_ENTITY_NAME_CHARS: Final = 64
MAX_DISPLAY_NAME_CHARS: Final = 1_024
MAX_FILE_NAME_CHARS: Final = 1_024

_FORBIDDEN_IN_NAMES: Final = frozenset("/\\#?%:")
_ENTITY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def clean_text(text: str) -> str:
    """`text` as any database can hold it: lone surrogates and NUL become U+FFFD.

    For what programs print and people write; names are refused instead.
    """
    if text.isascii() and "\0" not in text:
        return text
    return (
        text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )


def check_entity_name(name: str) -> str:
    """Returns `name` if a user, team or organization may be called so.

    Raises:
        InvalidInput: Not 1–64 ASCII letters, digits, `.`, `_` or `-`, starting with a letter
            or digit.
    """
    if not _ENTITY.fullmatch(name):
        raise InvalidInput(
            f"{_quoted(name)} cannot be the name of a user, team or organization: use 1 to 64 "
            "letters, digits, '.', '_' or '-', beginning with a letter or digit.",
            code="invalid-name",
        )
    return name


def check_project_name(name: str) -> str:
    r"""Returns `name` if a project may be called so.

    Raises:
        InvalidInput: Empty, longer than 128 characters, `.` or `..`, or with one of `/\\#?%:`
            or a control character.
    """
    return _check_url_name(name, "project")


def check_run_name(name: str) -> str:
    """Returns `name` if it may be the id of a run; the same rules as for projects.

    Raises:
        InvalidInput: As for `check_project_name`.
    """
    return _check_url_name(name, "run id")


def check_view_name(name: str) -> str:
    """Returns `name` if it may be the address of a view; the same rules as for projects.

    Raises:
        InvalidInput: As for `check_project_name`.
    """
    return _check_url_name(name, "view's name")


def check_collection_name(name: str) -> str:
    """Returns `name` if a collection of artifacts may be called so; the same rules as for projects.

    Raises:
        InvalidInput: As for `check_project_name`.
    """
    return _check_url_name(name, "artifact's name")


def check_chart_name(name: str) -> str:
    """Returns `name` if a custom chart may be called so; the same rules as for projects.

    Raises:
        InvalidInput: As for `check_project_name`.
    """
    return _check_url_name(name, "custom chart")


def check_display_name(name: str) -> str:
    """Returns `name` if a run may be shown so: any text of at most 1,024 characters.

    Raises:
        InvalidInput: Too long, or with a NUL character or a lone surrogate.
    """
    if len(name) > MAX_DISPLAY_NAME_CHARS:
        raise InvalidInput(
            f"The run's display name has {len(name):,} characters; at most "
            f"{MAX_DISPLAY_NAME_CHARS:,} are allowed. Put the rest into its notes.",
            code="invalid-name",
        )
    if clean_text(name) != name:
        raise InvalidInput(
            "The run's display name holds a NUL character or half a character; remove it.",
            code="invalid-name",
        )
    return name


def normalize_file_name(name: str) -> str:
    """The one spelling of a run file's name: `./a//b.txt` is `a/b.txt`.

    Raises:
        InvalidInput: Empty, absolute, climbing out with `..`, too long, or holding NUL or a lone
            surrogate.
    """
    if len(name) > MAX_FILE_NAME_CHARS:
        raise InvalidInput(
            f"The file name has {len(name):,} characters; at most {MAX_FILE_NAME_CHARS:,} are "
            "allowed.",
            code="invalid-name",
        )
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    is_outside = name.startswith(("/", "\\")) or ".." in parts
    if is_outside or not parts or clean_text(name) != name:
        raise InvalidInput(
            f"{_quoted(name)} is not a legal file name: use a relative path without '..'.",
            code="invalid-name",
        )
    return "/".join(parts)


def _check_url_name(name: str, what: str) -> str:
    problem = None
    if not name.strip():
        problem = "it is empty"
    elif len(name) > MAX_NAME_CHARS:
        problem = f"it has {len(name):,} characters, at most {MAX_NAME_CHARS} are allowed"
    elif name in (".", ".."):
        problem = "'.' and '..' mean folders"
    elif bad := sorted({c for c in name if c in _FORBIDDEN_IN_NAMES}):
        problem = f"it holds {' '.join(bad)}, and / \\ # ? % : are not allowed"
    elif any(unicodedata.category(c) in ("Cc", "Cs") for c in name):
        problem = "it holds a control character"
    if problem:
        raise InvalidInput(f"{_quoted(name)} cannot be a {what}: {problem}.", code="invalid-name")
    return name


def _quoted(name: str) -> str:
    shown = name if len(name) <= 80 else name[:77] + "…"
    return repr(shown)


_ADJECTIVES: Final = (
    "amber", "bold", "brisk", "bright", "calm", "clear", "cool", "crisp", "deep", "eager",
    "early", "fair", "fine", "firm", "fleet", "fresh", "gentle", "glad", "golden", "grand",
    "happy", "hidden", "keen", "kind", "lively", "lucky", "mellow", "mild", "neat", "noble",
    "old", "polar", "proud", "quick", "quiet", "rapid", "rare", "rich", "royal", "sage",
    "sharp", "silent", "smooth", "soft", "solid", "steady", "still", "sunny", "swift", "tidy",
    "true", "vivid", "warm", "wild", "wise", "young",
)  # fmt: skip
_NOUNS: Final = (
    "ash", "bay", "birch", "brook", "cedar", "cliff", "cloud", "coast", "coral", "creek",
    "dawn", "dew", "dune", "dusk", "elm", "ember", "fern", "field", "fjord", "flint",
    "fog", "forest", "frost", "glade", "grove", "gust", "harbor", "hill", "ice", "island",
    "lake", "leaf", "marsh", "meadow", "mist", "moon", "moss", "oak", "ocean", "peak",
    "pine", "pond", "rain", "reef", "ridge", "river", "sand", "sea", "sky", "snow",
    "spring", "star", "stone", "storm", "sun", "tide", "valley", "wave", "willow", "wind",
)  # fmt: skip


def invent_display_name(number: int) -> str:
    """A name such as `brisk-sun-12` for the `number`-th run of a project."""
    import secrets

    return f"{secrets.choice(_ADJECTIVES)}-{secrets.choice(_NOUNS)}-{number}"
