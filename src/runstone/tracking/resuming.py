"""How a run goes on: `resume=`, `resume_from=` and `fork_from=`, and the id that a crash leaves."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

from runstone.domain.errors import InvalidInput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

RELATIVE: Final = -(1 << 62)
"""Steps from here on count from the first one of this life, which the server knows."""
_LAST_RUN: Final = "resume-auto.json"
_WORDS: Final = ("allow", "must", "never", "auto")
_POINT: Final = re.compile(r"(?P<run>[^?]+)\?_step=(?P<step>\d{1,18})")


class Wishes:
    """How the run is to begin.

    Attributes:
        run: Its id; None for a new one.
        resume: `allow`, `must` or `never`; None where nothing was asked for.
        rewind_to: The last step that stays.
        fork: Of which run it is a fork, and the last step that it takes over.
        keeps_id: Its id is left behind until it has ended without an error (`auto`).
    """

    def __init__(
        self,
        run: str | None,
        resume: str | None,
        *,
        rewind_to: int | None = None,
        fork: tuple[str, int] | None = None,
        keeps_id: bool = False,
    ) -> None:
        self.run = run
        self.resume = resume
        self.rewind_to = rewind_to
        self.fork = fork
        self.keeps_id = keeps_id

    @property
    def asks_the_server(self) -> bool:
        """Whether only the server knows how it begins."""
        if self.rewind_to is not None or self.fork is not None:
            return True
        return self.resume is not None and self.run is not None

    def as_identity(self) -> dict[str, Any]:
        """What the run's folder says of it."""
        return {"resume": self.resume, "rewind_to": self.rewind_to, "fork_of": self.fork}


def read_wishes(
    run: str | None,
    resume: bool | str | None,
    resume_from: str | None,
    fork_from: str | None,
    root: Path,
) -> Wishes:
    """What was asked for.

    Args:
        root: Where folders of runs lie.

    Raises:
        InvalidInput: It makes no sense, or not together.
    """
    if sum(wish is not None for wish in (resume or None, resume_from, fork_from)) > 1:
        raise InvalidInput("resume, resume_from and fork_from exclude each other: give one.")
    if resume_from is not None:
        name, step = _point(resume_from, "resume_from")
        if run is not None and run != name:
            raise InvalidInput(f"resume_from rewinds the run {name}, but the id is {run}.")
        return Wishes(name, "must", rewind_to=step)
    if fork_from is not None:
        fork = _point(fork_from, "fork_from")
        if run == fork[0]:
            raise InvalidInput("A fork is a new run: give it an id of its own, or none.")
        return Wishes(run, None, fork=fork)
    word = read_word(resume)
    if word == "must" and run is None:
        raise InvalidInput('resume="must" needs the id of a run: init(id=…) or RUNSTONE_RUN_ID.')
    if word != "auto":
        return Wishes(run, word)
    return Wishes(run or _left_behind(root), "allow", keeps_id=True)


def keep_id(root: Path, run: str) -> None:
    """Leaves the id of a run for the next `resume="auto"` here."""
    with suppress(OSError):
        (root / _LAST_RUN).write_text(json.dumps({"run_id": run}) + "\n", encoding="utf-8")


def drop_id(root: Path, run: str) -> None:
    """The run has ended well: nobody goes on with it."""
    if _left_behind(root) == run:
        with suppress(OSError):
            (root / _LAST_RUN).unlink()


def _left_behind(root: Path) -> str | None:
    try:
        said = json.loads((root / _LAST_RUN).read_bytes())
    except (OSError, ValueError):
        return None
    run = said.get("run_id") if isinstance(said, dict) else None
    return run if isinstance(run, str) and run else None


def read_word(resume: bool | str | None) -> str | None:
    """`allow`, `must`, `never`, `auto`, or None for nothing.

    Raises:
        InvalidInput: Another word.
    """
    if resume is None or resume is False or resume == "":
        return None
    if resume is True:
        return "auto"
    word = str(resume).strip().lower()
    if word in ("true", "1"):
        return "auto"
    if word in ("false", "0"):
        return None
    if word not in _WORDS:
        raise InvalidInput(f"resume is {resume!r}; it may be {', '.join(_WORDS)}, True or False.")
    return word


def _point(text: str, what: str) -> tuple[str, int]:
    found = _POINT.fullmatch(str(text))
    if found is None:
        raise InvalidInput(f'{what} is {text!r}; write the run\'s id and a step: "4k2x?_step=100".')
    return found["run"], int(found["step"])
