"""`define_metric` on the wire: numbered fields of wandb's MetricRecord, in the config's `_wandb.m`.

Source: wandb/proto/wandb_internal.proto, `MetricRecord`; the keys of each object are the message's
field numbers as text, and enumerations are lists of field numbers that are set.
"""

from __future__ import annotations

from typing import Final

from runstone.domain.documents import JsonValue

_NAME, _GLOB, _STEP_NAME, _STEP_INDEX, _OPTIONS, _SUMMARY, _GOAL = "1", "2", "4", "5", "6", "7", "8"
_HIDDEN: Final = 2
_SUMMARIES: Final = {
    1: "min", 2: "max", 3: "mean", 4: "best", 5: "last", 6: "none", 7: "copy", 8: "first"
}  # fmt: skip
_GOALS: Final = {1: "minimize", 2: "maximize"}


def metric_documents(records: JsonValue) -> list[JsonValue]:
    """The definitions in the form that the domain reads; what is not understood is left out."""
    if not isinstance(records, list):
        return []
    documents: list[JsonValue] = []
    for record in records:
        if not isinstance(record, dict):
            continue
        document: dict[str, JsonValue] = {}
        if record.get(_NAME):
            document["name"] = record[_NAME]
        elif record.get(_GLOB):
            document["glob"] = record[_GLOB]
        else:
            continue
        if x := _step_metric(record, records):
            document["x"] = x
        if _HIDDEN in _numbers(record.get(_OPTIONS)):
            document["hidden"] = True
        summary = [_SUMMARIES[n] for n in _numbers(record.get(_SUMMARY)) if n in _SUMMARIES]
        if summary:
            document["summary"] = summary
        goal = record.get(_GOAL)
        if isinstance(goal, int) and goal in _GOALS:
            document["goal"] = _GOALS[goal]
        documents.append(document)
    return documents


def _step_metric(record: dict[str, JsonValue], records: list[JsonValue]) -> str | None:
    name = record.get(_STEP_NAME)
    if isinstance(name, str) and name:
        return name
    index = record.get(_STEP_INDEX)
    if isinstance(index, int) and 1 <= index <= len(records):
        other = records[index - 1]
        if isinstance(other, dict) and isinstance(other.get(_NAME), str):
            return str(other[_NAME])
    return None


def _numbers(value: JsonValue) -> list[int]:
    return [n for n in value if isinstance(n, int)] if isinstance(value, list) else []
