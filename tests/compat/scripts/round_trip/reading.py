"""Reads a run through every door of `wandb.Api()` and compares it with the truth."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from media import TABLE_COLUMNS, TABLE_ROWS
from values import LINE, as_json, differences
from writing import Truth

AXES = ("_step", "_timestamp", "_runtime")
ALL_ROWS = 10_000
_MOST_SAID = 100
_MOST_SAID_OF_ONE = 3


class Checks:
    """What was compared, and what differed."""

    def __init__(self) -> None:
        self.done = 0
        self.differences: list[str] = []

    def same(self, where: str, expected: Any, found: Any) -> None:
        """Both must be the same in every value, type, sign and position."""
        self.done += 1
        said = itertools.islice(differences(expected, found, where), _MOST_SAID_OF_ONE)
        self.differences += list(said)[: _MOST_SAID - len(self.differences)]

    def holds(self, where: str, condition: bool) -> None:
        """Something must be so."""
        self.same(where, True, bool(condition))


def check_run(checks: Checks, run: Any, truth: Truth, folder: Path) -> None:
    """All of one run."""
    read = Files(run, folder)
    for media in truth.media:
        media.read = read.bytes_of
    where = truth.id
    check_record(checks, where, run, truth)
    checks.same(f"{where} config", truth.config, run.config)
    check_summary(checks, where, run, truth)
    check_sampled(checks, where, run, truth)
    check_scanned(checks, where, run, truth)
    check_system(checks, where, run, truth)
    check_files(checks, where, run, truth, read)
    check_console(checks, where, run, truth, read)
    check_tables(checks, where, run, truth)


def check_record(checks: Checks, where: str, run: Any, truth: Truth) -> None:
    checks.same(f"{where} id", truth.id, run.id)
    checks.same(f"{where} name", truth.name, run.name)
    checks.same(f"{where} state", truth.state, run.state)
    checks.same(f"{where} tags", sorted(truth.tags), sorted(run.tags))
    checks.same(f"{where} notes", truth.notes or None, run.notes)
    checks.same(f"{where} group", truth.group, run.group)
    checks.same(f"{where} job type", truth.job_type, run.job_type)
    checks.same(f"{where} last step", truth.last_step, run.lastHistoryStep)
    checks.same(f"{where} user", run.entity, run.user.username)
    checks.holds(f"{where} created", run.created_at.startswith("20"))
    checks.same(f"{where} has metadata", truth.has_metadata, run.metadata is not None)
    if truth.has_metadata:
        checks.holds(f"{where} program", run.metadata["program"].endswith(("main.py", "train.py")))


def check_summary(checks: Checks, where: str, run: Any, truth: Truth) -> None:
    found = {key: value for key, value in run.summary_metrics.items() if key not in AXES}
    found.pop("_wandb", None)
    if truth.state == "crashed":
        # The client had 15 seconds to send its summary, and lived for less.
        checks.same(f"{where} summary", {**truth.summary, **found}, truth.summary)
        return
    checks.same(f"{where} summary", truth.summary, found)
    if truth.rows:
        checks.same(f"{where} summary step", truth.last_step, run.summary["_step"])
    for key in ("loss", "x", "mixed"):
        if key in truth.summary:
            checks.same(f"{where} summary of {key}", truth.summary[key], run.summary[key])


# History


def check_sampled(checks: Checks, where: str, run: Any, truth: Truth) -> None:
    rows = run.history(samples=ALL_ROWS, pandas=False)
    check_axes(checks, f"{where} history", rows)
    checks.same(f"{where} history", expected_rows(truth), without_times(rows))
    for keys in asked_keys(truth):
        found = run.history(samples=ALL_ROWS, keys=keys, pandas=False)
        checks.same(f"{where} history of {keys}", expected_rows(truth, keys), found)
    few = run.history(samples=7, pandas=False)
    checks.holds(f"{where} few samples", len(few) <= max(7, 0))
    for row in without_times(few):
        (expected,) = [one for one in expected_rows(truth) if one["_step"] == row["_step"]]
        checks.same(f"{where} a sample", expected, row)


def check_scanned(checks: Checks, where: str, run: Any, truth: Truth) -> None:
    rows = list(run.scan_history())
    check_axes(checks, f"{where} scan", rows)
    checks.same(f"{where} scan", expected_rows(truth), without_times(rows))
    if not truth.rows:
        return
    for keys in asked_keys(truth):
        found = list(run.scan_history(keys=["_step", *keys]))
        expected = [scanned_with_keys(row) for row in expected_rows(truth, keys)]
        checks.same(f"{where} scan of {keys}", expected, found)
    lo, hi = (
        truth.rows[len(truth.rows) // 3]["_step"],
        truth.rows[2 * len(truth.rows) // 3]["_step"],
    )
    expected = [row for row in expected_rows(truth) if lo <= row["_step"] < hi]
    ranged = run.scan_history(min_step=lo, max_step=hi, page_size=max(7, (hi - lo) // 50))
    checks.same(f"{where} scan from {lo} to {hi}", expected, without_times(list(ranged)))
    keys = asked_keys(truth)[0]
    expected = [scanned_with_keys(r) for r in expected_rows(truth, keys) if lo <= r["_step"] < hi]
    ranged = run.scan_history(
        keys=["_step", *keys], min_step=lo, max_step=hi, page_size=max(7, (hi - lo) // 50)
    )
    checks.same(f"{where} scan of {keys} from {lo} to {hi}", expected, list(ranged))


def expected_rows(truth: Truth, keys: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Rows that have all keys, with these and the step; without keys all rows and all of them.

    Whole rows come as texts, as they were logged; chosen keys stand in the JSON of the answer.
    """
    if not keys:
        return truth.rows
    return [
        as_json({key: row[key] for key in ("_step", *keys)})
        for row in truth.rows
        if all(key in row for key in keys)
    ]


def scanned_with_keys(value: Any) -> Any:
    """0.31 reads rows of chosen keys into Go's float64, and writes these out with %g (`values`)."""
    if isinstance(value, dict):
        return {
            key: inner if key == "_step" else scanned_with_keys(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [scanned_with_keys(inner) for inner in value]
    if LINE >= (0, 31) and type(value) is int and abs(value) >= 1e6:
        return float(value)
    return value


def asked_keys(truth: Truth) -> list[list[str]]:
    """Some keys of the run, alone and together."""
    keys = sorted({key for row in truth.rows for key in row if key not in AXES})
    few = keys if len(keys) <= 60 else keys[::40]
    return [[key] for key in few] + ([few[:2]] if len(few) > 1 else [])


def check_axes(checks: Checks, where: str, rows: list[dict[str, Any]]) -> None:
    """Times are floats that never go back, and the rows come by step."""
    times = [row["_timestamp"] for row in rows]
    checks.holds(f"{where} times", all(type(time) is float for time in times))
    checks.holds(f"{where} times in order", times == sorted(times))
    checks.holds(f"{where} runtimes", all(row["_runtime"] >= 0 for row in rows))
    steps = [row["_step"] for row in rows]
    checks.same(f"{where} steps", sorted(set(steps)), steps)


def without_times(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in row.items() if key not in ("_timestamp", "_runtime")}
        for row in rows
    ]


def check_system(checks: Checks, where: str, run: Any, truth: Truth) -> None:
    rows = run.history(stream="system", pandas=False)
    checks.same(f"{where} system metrics", truth.has_system, bool(rows))
    if rows:
        times = [row["_timestamp"] for row in rows]
        checks.same(f"{where} system times", sorted(set(times)), times)
        checks.holds(f"{where} memory", all(row["system.memory_percent"] > 0 for row in rows))


# Files and output


class Files:
    """The run's files, each downloaded once."""

    def __init__(self, run: Any, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, bytes] = {}
        self.found = {file.name: file for file in run.files()}

    def bytes_of(self, name: str) -> bytes:
        if name not in self._read:
            file = self.found[name]
            with file.download(root=str(self._folder), replace=True):
                pass
            data = (self._folder / name).read_bytes()
            assert len(data) == file.size, (name, len(data), file.size)
            self._read[name] = data
        return self._read[name]


def check_files(checks: Checks, where: str, run: Any, truth: Truth, read: Files) -> None:
    expected = {"config.yaml", "wandb-summary.json"} if truth.state != "crashed" else set()
    missing = sorted((expected | truth.files.keys()) - read.found.keys())
    checks.same(f"{where} missing files", [], missing)
    for name, data in truth.files.items():
        if name in read.found:
            checks.same(f"{where} file {name}", data, read.bytes_of(name))
            checks.same(f"{where} file {name} alone", len(data), run.file(name).size)
    if truth.has_metadata:
        checks.holds(f"{where} requirements", b"wandb==" in read.bytes_of("requirements.txt"))


def check_console(checks: Checks, where: str, run: Any, truth: Truth, read: Files) -> None:
    if truth.printed is None:
        return
    # Core's terminal is 4,096 characters wide.
    printed = [line[:4_096] for line in truth.printed]
    lines = read.bytes_of("output.log").decode().split("\n")
    checks.same(f"{where} output.log", [*printed, ""], lines)
    if LINE >= (0, 31):
        found = [line.content for line in run.console_logs(per_page=100)]
        checks.same(f"{where} console", printed, found)
        tail = [line.content for line in run.console_logs(last=5)]
        checks.same(f"{where} console's end", printed[-5:], tail)


def check_tables(checks: Checks, where: str, run: Any, truth: Truth) -> None:
    names = [artifact.name for artifact in run.logged_artifacts()]
    checks.same(f"{where} artifacts", [f"run-{run.id}-{key}:v0" for key in truth.tables], names)
    for key, artifact in zip(truth.tables, run.logged_artifacts(), strict=False):
        found = artifact.get(key)
        checks.same(f"{where} table {key}: columns", TABLE_COLUMNS, found.columns)
        checks.same(f"{where} table {key}", TABLE_ROWS, found.data)
