"""`define_metric`: how a metric wants to be drawn and summed up."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

from runstone.domain.errors import InvalidInput

Goal: TypeAlias = Literal["minimize", "maximize"]

_SUMMARIES: Final = ("min", "max", "mean", "best", "last", "first", "copy", "none")
_GOALS: Final = ("minimize", "maximize")


class Metric:
    """A definition, as it stands after `define_metric`.

    Attributes:
        name: Of the metric; `*` in it stands for any text.
        step_metric: What it is drawn over; None for the step.
        hidden: It is not drawn by itself.
        summary: What of its values the summary keeps; empty for the last one.
        goal: Which values are the better ones.
    """

    def __init__(
        self,
        name: str,
        step_metric: str | None,
        hidden: bool,
        summary: tuple[str, ...],
        goal: str | None,
    ) -> None:
        self.name = name
        self.step_metric = step_metric
        self.hidden = hidden
        self.summary = summary
        self.goal = goal

    def __repr__(self) -> str:
        return f"Metric({self.name!r})"

    def as_document(self) -> dict[str, Any]:
        """As journals and reports hold it."""
        said: dict[str, Any] = {"glob" if "*" in self.name else "name": self.name}
        if self.step_metric:
            said["x"] = self.step_metric
        if self.hidden:
            said["hidden"] = True
        if self.summary:
            said["summary"] = list(self.summary)
        if self.goal:
            said["goal"] = self.goal
        return said


def define(
    before: Metric | None,
    name: str,
    *,
    step_metric: str | Metric | None,
    hidden: bool | None,
    summary: str | None,
    goal: str | None,
    overwrite: bool | None,
) -> Metric:
    """A definition; what is not said stays as `before` said it, unless it is overwritten.

    Raises:
        InvalidInput: Words that are not known, or of a type that makes no sense.
    """
    if isinstance(step_metric, Metric):
        step_metric = step_metric.name
    if not name:
        raise InvalidInput("define_metric: the name is empty.")
    for what, value, kind in (
        ("name", name, str),
        ("step_metric", step_metric, str),
        ("hidden", hidden, bool),
        ("summary", summary, str),
    ):
        if value is not None and not isinstance(value, kind):
            raise InvalidInput(f"define_metric: {what} is {value!r}, no {kind.__name__}.")
    if goal is not None and goal not in _GOALS:
        raise InvalidInput(f"define_metric: goal is {goal!r}; it may be {' or '.join(_GOALS)}.")
    base = Metric(name, None, False, (), None) if before is None or overwrite else before
    return Metric(
        name,
        base.step_metric if step_metric is None else step_metric,
        base.hidden if hidden is None else hidden,
        base.summary if summary is None else _summary(summary),
        goal or base.goal,
    )


def _summary(text: str) -> tuple[str, ...]:
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word not in _SUMMARIES]
    if unknown:
        raise InvalidInput(
            f"define_metric: a summary has no {unknown[0]!r}; it may have {', '.join(_SUMMARIES)}."
        )
    # A copy of the last value is what a summary holds anyway.
    return tuple(dict.fromkeys(word for word in words if word != "copy"))
