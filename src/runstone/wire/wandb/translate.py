"""Wire to domain and back, pure: the protocol's words (bucket, modelName, `_wandb`) die here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from runstone.domain.documents import JsonValue, decode, is_marked, loads
from runstone.domain.errors import InvalidInput
from runstone.domain.metrics import METRICS_KEY
from runstone.domain.run import (
    UNSET,
    Run,
    RunDocuments,
    RunState,
    RunTexts,
    RunUpdate,
    Unset,
)
from runstone.domain.system_metrics import HOSTS_KEY
from runstone.services.lives import OURS
from runstone.services.runs import BranchPoint
from runstone.wire.wandb.jsontext import bare, strict
from runstone.wire.wandb.metrics import metric_documents

CLIENT_INFO: Final = "_wandb"
"""The config key under which the client speaks of itself."""
_MAX_TAGS: Final = 1_000
_split: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def run_update(given: Mapping[str, Any]) -> RunUpdate:
    """The update that an `UpsertBucketInput` asks for; null and absent leave things as they are.

    Raises:
        InvalidInput: A document that is no JSON object, or an unknown state.
    """
    config: dict[str, JsonValue] | Unset = UNSET
    client_info: dict[str, JsonValue] | Unset = UNSET
    if given.get("config") is not None:
        config, client_info = split_config(given["config"])
    summary = given.get("summaryMetrics")
    return RunUpdate(
        display_name=_given(given, "displayName"),
        state=run_state(given["state"]) if given.get("state") else UNSET,
        group=_clearable(given, "groupName"),
        job_type=_clearable(given, "jobType"),
        tags=_tags(given.get("tags")),
        notes=_given(given, "notes"),
        host=_given(given, "host"),
        program=_given(given, "jobProgram"),
        commit=_given(given, "commit"),
        remote=_given(given, "jobRepo"),
        sweep=_given(given, "sweep"),
        config=config,
        client_info=client_info,
        summary=UNSET if summary is None else _object(summary, "summaryMetrics"),
    )


def split_config(text: str) -> tuple[dict[str, JsonValue], dict[str, JsonValue] | Unset]:
    """Config and what the client says of itself, from `{"lr": {"value": 0.1}, "_wandb": …}`.

    Entries without the wrapping are taken as values: older clients and scripts send both. The
    public API's `Run.update()` leaves `_wandb` out, and means no harm to it by that.

    Raises:
        InvalidInput: Not a JSON object.
    """
    entries = {key: _unwrapped(entry) for key, entry in _object(text, "config").items()}
    client_info = entries.pop(CLIENT_INFO, None)
    if not isinstance(client_info, dict):
        return entries, UNSET
    if metrics := metric_documents(client_info.get("m")):
        client_info[METRICS_KEY] = metrics
    if hosts := _hosts(client_info.get("e")):
        client_info[HOSTS_KEY] = hosts
    return entries, client_info


def beside_others(update: RunUpdate, known: RunDocuments) -> RunUpdate:
    """The update of one of several writers of a run, each of which says the config that it knows.

    What the others have said stays; of what several say, the last word counts.
    """
    if not isinstance(update.config, Unset):
        update = replace(update, config={**known.config, **update.config})
    if not isinstance(update.client_info, Unset):
        info = {**known.client_info, **update.client_info}
        for key in ("e", HOSTS_KEY):
            parts = [documents.get(key) for documents in (known.client_info, update.client_info)]
            info[key] = {k: v for part in parts if isinstance(part, dict) for k, v in part.items()}
        info["m"] = update.client_info.get("m") or known.client_info.get("m") or []
        update = replace(update, client_info=info)
    return update


def _hosts(environments: JsonValue) -> dict[str, JsonValue]:
    """Names of machines by writer, from what each of them (0.20 and later) says of its own."""
    if not isinstance(environments, dict):
        return {}
    return {
        writer: said["host"]
        for writer, said in environments.items()
        if isinstance(said, dict) and isinstance(said.get("host"), str)
    }


def join_config(texts: RunTexts) -> str:
    """The config as clients expect it, each value wrapped, the client's own part included.

    Values go from text to text: lists of runs ask for thousands of configs.
    """
    client_info = _parts(texts.client_info)
    for ours in (METRICS_KEY, HOSTS_KEY, *OURS):
        client_info.pop(ours, None)
    entries = _parts(texts.config)
    if client_info:
        entries[CLIENT_INFO] = "{" + ",".join(_members(client_info)) + "}"
    return "{" + ",".join(_members({k: f'{{"value":{v}}}' for k, v in entries.items()})) + "}"


def _parts(text: str) -> dict[str, str]:
    """The texts of an object's values."""
    if not is_marked(text):
        try:
            return {k: str(v, "utf-8") for k, v in _split(text).items()}
        except msgspec.DecodeError:  # half of a surrogate pair, which only Python's JSON reads
            pass
    return {key: bare(value) for key, value in decode(text).items()}


def _members(texts: dict[str, str]) -> Iterator[str]:
    return (f"{json.dumps(key)}:{text}" for key, text in texts.items())


def branch_point(update: RunUpdate) -> BranchPoint | None:
    """Where a new run says that it was forked from (`fork_from=`), if it does.

    Raises:
        InvalidInput: It says so in a way that is not understood.
    """
    if isinstance(update.client_info, Unset):
        return None
    point = update.client_info.get("branch_point")
    if point is None:
        return None
    if isinstance(point, dict):
        parent, step = point.get("run_id"), point.get("step")
        if isinstance(parent, str) and isinstance(step, int):
            return BranchPoint(parent=parent, step=step)
        if isinstance(parent, str) and isinstance(step, float) and step.is_integer():
            return BranchPoint(parent=parent, step=int(step))
    raise InvalidInput(
        f"The run's branch point {bare(point)[:200]} is not understood; it should hold run_id "
        "and a whole number as step.",
        code="malformed-branch-point",
    )


def telemetry(texts: RunTexts) -> str:
    """What `wandbConfig(keys: ["t"])` answers: a resumed run is one that has telemetry."""
    info = decode(texts.client_info)
    return strict({"t": info["t"]} if "t" in info else {})


def run_state(text: str) -> RunState:
    """The state of that name.

    Raises:
        InvalidInput: No such state.
    """
    try:
        return RunState(text.lower())
    except ValueError as error:
        states = ", ".join(RunState)
        raise InvalidInput(f"{text[:80]!r} is no state of a run; there are {states}.") from error


def instant(at: datetime) -> str:
    """A UTC instant as clients read it, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def runtime_s(run: Run) -> float:
    """Seconds from the run's beginning to its last sign of life."""
    return max(0.0, run.duration_s)


def _given(given: Mapping[str, Any], key: str) -> str | Unset:
    value = given.get(key)
    if value is None:
        return UNSET
    return str(value)


def _clearable(given: Mapping[str, Any], key: str) -> str | Unset | None:
    """As `_given`; empty text, the only way to say so, clears the field."""
    value = _given(given, key)
    return None if value == "" else value


def _tags(tags: list[str] | None) -> tuple[str, ...] | Unset:
    if tags is None:
        return UNSET
    if len(tags) > _MAX_TAGS:
        raise InvalidInput(f"{len(tags):,} tags are too many; at most {_MAX_TAGS:,} are allowed.")
    return tuple(dict.fromkeys(tags))


def _is_whole(number: float) -> bool:
    return isinstance(number, int) or number.is_integer()  # NaN and infinities are not


def _unwrapped(entry: JsonValue) -> JsonValue:
    if isinstance(entry, dict) and "value" in entry and entry.keys() <= {"value", "desc"}:
        return entry["value"]
    return entry


def _object(text: str, what: str) -> dict[str, JsonValue]:
    value = loads(text)
    if not isinstance(value, dict):
        raise InvalidInput(f"{what} is not a JSON object.", code="malformed-document")
    return value
