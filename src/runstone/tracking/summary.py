"""The summary of a run as its script sees it: one current value per key."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping

from runstone.tracking.journal import JournalReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from runstone.tracking.link import Begun
    from runstone.tracking.parts.summary import Summary as Part


class Summary(MutableMapping[str, "Any"]):
    """What the run ended with, so far: the last value of each metric, or what was set here.

    Example:
        run.summary["best"] = 0.1
        run.summary["by_class"] = {"cat": 0.9}
        run.summary["by_class"]["dog"] = 0.8
        run.summary["loss"]  # the last that was logged

    Whatever was said last counts: a row that is logged later sets its keys again. What
    `define_metric(summary=…)` asks of a metric is an object: `run.summary["loss"]["min"]`.

    Nothing is summed up while the script logs: who looks here reads the run's own journal.
    """

    def __init__(
        self,
        keep: Callable[[Mapping[str, Any], tuple[str, ...]], dict[str, Any]],
        journal: Path | None,
        writer: Callable[[], str | None],
    ) -> None:
        """Begins empty.

        Args:
            keep: Records values and the keys that go, and returns the values as they are kept.
            journal: Where the run's journals are; None for a disabled run.
            writer: This process's journal there; None as long as it has none.
        """
        object.__setattr__(self, "_keep", keep)
        object.__setattr__(self, "_journal", journal)
        object.__setattr__(self, "_writer", writer)
        object.__setattr__(self, "_values", {})
        object.__setattr__(self, "_begun", None)
        self.after_fork()

    def __getitem__(self, key: str) -> Any:
        value = self._current()[key]
        return Nested(self, (key,), value) if type(value) is dict else value

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __delitem__(self, key: str) -> None:
        del self._current()[key]
        self._record({}, (key,))

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._current()))

    def __len__(self) -> int:
        return len(self._current())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the run's summary has no {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        del self[name]

    def __repr__(self) -> str:
        return repr(self._current())

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, such as one in a checkpoint, is what it is now."""
        return dict, (self.as_dict(),)

    def as_dict(self) -> dict[str, Any]:
        """A copy of it."""
        return dict(self._current())

    def update(self, *others: Any, **values: Any) -> None:
        """Sets several values at once."""
        self._record({str(k): _own(v) for k, v in dict(*others, **values).items()}, ())

    def after_fork(self) -> None:
        """In a child: whoever was reading is not in this process."""
        object.__setattr__(self, "_state", None)
        object.__setattr__(self, "_lock", threading.RLock())
        object.__setattr__(self, "_is_busy", False)

    def go_on_from(self, begun: Begun) -> None:
        """What an earlier life of the run left."""
        own = self.__dict__["_values"]
        object.__setattr__(self, "_values", {**begun.summary, **own})
        object.__setattr__(self, "_begun", begun)

    def note(self, values: Mapping[Any, Any]) -> None:
        """What a disabled run logs: there is no journal in which to look for it later."""
        self.__dict__["_values"].update((k, v) for k, v in values.items() if isinstance(k, str))

    def _record(self, values: Mapping[str, Any], removed: tuple[str, ...]) -> None:
        kept = self.__dict__["_keep"](values, removed)
        if self.__dict__["_journal"] is None:
            self.__dict__["_values"].update(kept)

    def _current(self) -> dict[str, Any]:
        """As the journal has it by now."""
        found: dict[str, Any] = self.__dict__["_values"]
        journal, writer = self.__dict__["_journal"], self.__dict__["_writer"]()
        if journal is None or writer is None:
            return found
        with self.__dict__["_lock"]:
            if self.__dict__["_is_busy"]:
                return found  # a signal's handler that interrupts this very reading
            object.__setattr__(self, "_is_busy", True)
            try:
                state = self.__dict__["_state"]
                if state is None or state.writer != writer:
                    state = _State(journal, writer, self.__dict__["_begun"])
                    object.__setattr__(self, "_state", state)
                state.catch_up(found)
            finally:
                object.__setattr__(self, "_is_busy", False)
        return found


class Nested(MutableMapping[str, "Any"]):
    """A dictionary within a summary: what is set in it is set in the summary."""

    def __init__(self, summary: Summary, path: tuple[str, ...], values: dict[str, Any]) -> None:
        object.__setattr__(self, "_summary", summary)
        object.__setattr__(self, "_path", path)
        object.__setattr__(self, "_values", values)

    def __getitem__(self, key: str) -> Any:
        value = self.__dict__["_values"][key]
        if type(value) is not dict:
            return value
        return Nested(self.__dict__["_summary"], (*self.__dict__["_path"], key), value)

    def __setitem__(self, key: str, value: Any) -> None:
        self.__dict__["_values"][key] = _own(value)
        self._say()

    def __delitem__(self, key: str) -> None:
        del self.__dict__["_values"][key]
        self._say()

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__["_values"])

    def __len__(self) -> int:
        return len(self.__dict__["_values"])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the run's summary has no {name!r} there") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __repr__(self) -> str:
        return repr(self.__dict__["_values"])

    def _say(self) -> None:
        """The whole value of its key in the summary, which is what is sent."""
        summary: Summary = self.__dict__["_summary"]
        top, *path = self.__dict__["_path"]
        value: Any = self.__dict__["_values"]
        whole = summary._current().get(top)
        if path:
            whole = dict(whole) if isinstance(whole, dict) else {}
            level = whole
            for key in path[:-1]:
                level[key] = dict(level.get(key) or {})
                level = level[key]
            level[path[-1]] = value
            value = whole
        summary.update({top: value})


class _State:
    """How far a process's journal was read, and what its rows make."""

    def __init__(self, journal: Path, writer: str, begun: Begun | None) -> None:
        # Imported here: a run begins without what reads journals.
        from runstone.tracking.parts.summary import Summary as Part

        self.writer = writer
        self._reader = JournalReader(journal, writer)
        self._part: Part = Part()
        self._begun = begun
        if begun is not None:
            self._part.go_on_from(begun.metrics)

    def catch_up(self, values: dict[str, Any]) -> None:
        """Applies what came since."""
        from runstone.tracking.columns import flat
        from runstone.tracking.records import Block, Kind, Row, decode_all

        part = self._part
        while payloads := self._reader.batch():
            for kind, record in decode_all(payloads):
                if kind is Kind.ROW and isinstance(record, Block):
                    part.see(record.values)
                elif kind is Kind.ROW and isinstance(record, Row):
                    part.see([flat(record.values)])
                elif kind in (Kind.SUMMARY, Kind.DEFINE):
                    part.take(self.writer, record)
            changed, removed = part.changes(self._begun)
            values.update(changed)
            for key in removed:
                values.pop(key, None)
            part.acknowledge()


def _own(value: Any) -> Any:
    return dict(value) if isinstance(value, (Nested, Mapping)) else value
