"""Rows that hold more than numbers: what `log()` does where the encoder does not know a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from runstone.tracking.encoding import is_large_array
from runstone.tracking.interruptions import pass_on
from runstone.tracking.values import RunValue

if TYPE_CHECKING:
    from runstone.tracking.active import ActiveRun

_FIGURES: Final = frozenset({"matplotlib", "plotly", "PIL", "bokeh"})
_PYPLOT: Final = "matplotlib.pyplot"
_NOTHING: Final = object()


def must_be_bound(value: object) -> bool:
    """Whether a value is one that `bound` turns into a document; imports nothing."""
    kind = type(value)
    if kind.__name__ == "module":
        return getattr(value, "__name__", "") == _PYPLOT
    room = kind.__module__.partition(".")[0]
    if room in _FIGURES or isinstance(value, RunValue) or _is_frame(kind):
        return True
    return is_large_array(value)


def bound(
    run: ActiveRun,
    values: Mapping[Any, Any],
    step: int | str,
    complain: Callable[[str, str], None],
) -> dict[Any, Any]:
    """The values, with a document in the place of each that has bytes of its own.

    Args:
        complain: Told of the key and the reason where one cannot be logged; it is left out.
    """
    binder = _Binder(run, step, complain)
    return binder.mapping(values, "") | binder.elsewhere


class _Binder:
    def __init__(
        self, run: ActiveRun, step: int | str, complain: Callable[[str, str], None]
    ) -> None:
        self._run = run
        self._step = step
        self._complain = complain
        self.elsewhere: dict[str, Any] = {}

    def mapping(self, values: Mapping[Any, Any], prefix: str) -> dict[Any, Any]:
        found = {}
        for name, value in values.items():
            one = self._value(value, f"{prefix}{name}")
            if one is _NOTHING:
                continue
            key = f"{prefix}{name}"
            if isinstance(value, RunValue) and (place := value.key_in_row(key)) != key:
                self.elsewhere[place] = one
            else:
                found[name] = one
        return found

    def _value(self, value: Any, key: str) -> Any:
        if value is None or type(value) in (int, float, str, bool):
            return value
        if isinstance(value, Mapping):
            return self.mapping(value, f"{key}.")
        is_list = isinstance(value, (list, tuple))
        if not is_list and not must_be_bound(value):
            return value
        try:
            return self._list(value, key) if is_list else self._bind(value, key)
        except Exception as error:  # noqa: BLE001 - training goes on with the other keys
            pass_on(error)
            self._complain(key, str(error) or type(error).__name__)
            return _NOTHING

    def _list(self, values: Sequence[Any], key: str) -> Any:
        if not any(must_be_bound(value) for value in values):
            found = [self._value(value, key) for value in values]
            return [one for one in found if one is not _NOTHING]
        items = [wrapped(value, in_list=True) for value in values]
        kind = type(items[0])
        if issubclass(kind, RunValue) and all(type(value) is kind for value in items):
            return kind.bind_together(items, self._run, key, self._step)
        return [
            value.bind(self._run, key, self._step) if isinstance(value, RunValue) else value
            for value in items
        ]

    def _bind(self, value: Any, key: str) -> Any:
        return wrapped(value).bind(self._run, key, self._step)


def wrapped(value: Any, *, in_list: bool = False) -> Any:
    """A value of another library as ours; what is not known as it is."""
    if isinstance(value, RunValue):
        return value
    kind = type(value)
    room = kind.__module__.partition(".")[0]
    is_drawn = room in ("matplotlib", "builtins")
    if room == "PIL" or (is_drawn and in_list and must_be_bound(value)):
        from runstone.tracking.values.image import Image

        return Image(value)
    if room == "plotly" or (is_drawn and must_be_bound(value)):
        from runstone.tracking.values.figures import figure

        return figure(value)
    if room == "bokeh":
        from runstone.tracking.values.figures import Bokeh

        return Bokeh(value)
    if _is_frame(kind):
        from runstone.tracking.values.table import Table

        return Table(dataframe=value)
    if is_large_array(value):
        from runstone.tracking.values.histogram import Histogram

        return Histogram(value)
    return value


def _is_frame(kind: type) -> bool:
    return kind.__name__ == "DataFrame" and kind.__module__.partition(".")[0] in (
        "pandas",
        "polars",
    )
