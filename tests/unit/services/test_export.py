"""Exports: what was logged comes back out of every format, exactly, or nothing does."""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runstone.domain import documents
from runstone.domain.access import Actor
from runstone.domain.documents import JsonValue
from runstone.domain.errors import Conflict, InvalidInput, NotFound
from runstone.domain.filters import Aggregate, Key, Source
from runstone.domain.history import HistoryBatch, Numbers, Objects, StreamKind, ValueKind
from runstone.domain.run import RunUpdate
from runstone.services import export
from runstone.services.accounts import create_first_user
from runstone.services.export import Format, RowChoice, RunChoice
from runstone.services.export.safe_names import DistinctNames, safe_name, safe_path
from runstone.services.ingest import Report, record
from runstone.services.run_index import RunIndex
from runstone.services.runs import begin_run, delete_run
from runstone.services.signin import actor_for_user
from runstone.storage.sqlite.store import SqliteStore

PROJECT = "digits"
_BEGIN = 1_790_000_000.0


class Buffer:
    """A sink that keeps all."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)

    def check(self) -> None:
        """Never stopped."""


class Lab:
    """A store with one user, and runs that log rows."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        store.write(lambda tx: create_first_user(tx, "ada")).result()

    @property
    def actor(self) -> Actor:
        def unit(s: Any) -> Actor:
            return actor_for_user(s, s.accounts.entity("ada").id)

        return self.store.read(unit).result()

    def begin(self, name: str, update: RunUpdate | None = None) -> None:
        actor = self.actor
        self.store.write(
            lambda tx: begin_run(tx, actor, None, PROJECT, name, update or RunUpdate())
        ).result()

    def log(
        self, name: str, rows: Sequence[Mapping[str, JsonValue]], *, row0: int = 0, writer: str = ""
    ) -> None:
        """Logs rows; `_step`, `_timestamp`, `_runtime` are taken from them where they are."""
        actor, batch = self.actor, batch_of(rows, row0)
        self.store.write(
            lambda tx: record(tx, actor, "ada", PROJECT, name, Report(history=batch, writer=writer))
        ).result()

    def seal(self, name: str) -> None:
        def unit(s: Any) -> Any:
            place = s.projects.project(s.accounts.entity("ada").id, PROJECT)
            return s.runs.run(place.id, name)

        self.store.seal_run(self.store.read(unit).result().id)

    def plan(self, name: str, choice: RowChoice | None = None) -> export.HistoryExport:
        actor = self.actor
        return self.store.read(
            lambda s: export.plan_run_history(s, actor, "ada", PROJECT, name, choice or RowChoice())
        ).result()

    def written(self, rows: export.Rows, wanted: Format) -> bytes:
        sink = Buffer()
        export.write(rows, self.store, wanted, sink)
        return bytes(sink.data)

    def table(self, name: str, choice: RowChoice | None = None) -> pyarrow.Table:
        data = self.written(self.plan(name, choice), Format.PARQUET)
        return pyarrow.parquet.read_table(io.BytesIO(data))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    store = SqliteStore(tmp_path, durability="process")
    try:
        yield Lab(store)
    finally:
        store.close()


def batch_of(rows: Sequence[Mapping[str, JsonValue]], row0: int) -> HistoryBatch:
    """Rows as the ingest would make them of JSON."""
    n = len(rows)
    numbers: dict[str, tuple[list[int], list[float], list[int]]] = {}
    objects: dict[str, tuple[list[int], list[str]]] = {}
    kinds = {float: ValueKind.FLOAT, int: ValueKind.INT, bool: ValueKind.BOOL}
    for i, row in enumerate(rows):
        for key, value in row.items():
            if key.startswith("_"):
                continue
            kind = kinds.get(type(value))
            number = None
            if kind is not None and (kind is not ValueKind.INT or abs(value) < 2**1000):
                number = float(value)
                where, values, codes = numbers.setdefault(key, ([], [], []))
                where.append(i)
                values.append(number)
                codes.append(kind)
            is_long = kind is ValueKind.INT and (number != value or abs(value) >= 2**63)
            if kind is None or is_long:
                places, texts = objects.setdefault(key, ([], []))
                places.append(i)
                texts.append(documents.encode(value))
    return HistoryBatch(
        row0=row0,
        step=np.array([row.get("_step", row0 + i) for i, row in enumerate(rows)], np.int64),
        time=np.array([_BEGIN + row0 + i for i in range(n)], np.float64),
        runtime=np.array([row.get("_runtime", math.nan) for row in rows], np.float64),
        numbers={
            key: Numbers(np.array(v, np.float64), np.array(w, np.uint32), np.array(c, np.uint8))
            for key, (w, v, c) in numbers.items()
        },
        objects={
            key: Objects(texts, np.array(w, np.uint32)) for key, (w, texts) in objects.items()
        },
    )


# Every value, in every format

_FLOATS = st.floats(width=64)
_COLUMN_KINDS = st.sampled_from(["float", "int", "long", "bool", "text", "both", "any"])
_DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | _FLOATS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
_VALUES: dict[str, st.SearchStrategy[JsonValue]] = {
    "float": _FLOATS,
    "int": st.integers(-(2**53), 2**53),
    "long": st.integers(-(2**63), 2**63 - 1),
    "bool": st.booleans(),
    "text": st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
    "both": _FLOATS | st.integers(-1_000, 1_000),
    "any": _DOCUMENTS
    | st.integers(-(10**30), 10**30)
    | st.fixed_dictionaries({"_type": st.just("image-file"), "$path": st.text(max_size=3)}),
}


@st.composite
def logged_rows(draw: st.DrawFn) -> tuple[dict[str, str], list[dict[str, JsonValue]]]:
    """Keys with the kind of values that they have, and rows, each with some of the keys."""
    names = st.sampled_from(["loss", "val/a.b", "é", "run", "_x", 'qu"ote', "n"])
    kinds = draw(st.dictionaries(names.filter(lambda n: n != "_x"), _COLUMN_KINDS, max_size=4))
    rows = []
    for i in range(draw(st.integers(0, 12))):
        row: dict[str, JsonValue] = {"_step": i // 2}
        if draw(st.booleans()):
            row["_runtime"] = float(i)
        for name, kind in kinds.items():
            if draw(st.integers(0, 3)):
                row[name] = draw(_VALUES[kind])
        rows.append(row)
    return kinds, rows


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(logged=logged_rows(), seals=st.booleans())
def test_every_format_gives_back_what_was_logged(
    tmp_path_factory: pytest.TempPathFactory,
    logged: tuple[dict[str, str], list[dict[str, JsonValue]]],
    seals: bool,
) -> None:
    kinds, rows = logged
    store = SqliteStore(tmp_path_factory.mktemp("lab"), durability="process")
    try:
        lab = Lab(store)
        lab.begin("r1")
        lab.log("r1", rows[:5])
        lab.log("r1", rows[5:], row0=len(rows[:5]))
        if seals:
            lab.seal("r1")
        plan = lab.plan("r1")
        assert plan.num_rows == len(rows)
        expected = [_as_exported(row, i) for i, row in enumerate(rows)]
        lines = lab.written(plan, Format.JSONL).splitlines()
        assert [json.loads(line) for line in lines] == [_strict(row) for row in expected]
        table = pyarrow.parquet.read_table(io.BytesIO(lab.written(plan, Format.PARQUET)))
        _check_columns(table, kinds, expected)
        arrow = pyarrow.ipc.open_stream(lab.written(plan, Format.ARROW)).read_all()
        assert arrow.schema.equals(table.schema)
        assert _bits(arrow.to_pylist()) == _bits(table.to_pylist())
        frame = polars.read_parquet(io.BytesIO(lab.written(plan, Format.PARQUET)))
        assert _bits(frame.to_dicts()) == _bits(table.to_pylist())
        text = lab.written(plan, Format.CSV).decode()
        _check_csv(list(csv.reader(io.StringIO(text, newline=""))), table)
    finally:
        store.close()


def _as_exported(row: dict[str, JsonValue], i: int) -> dict[str, JsonValue]:
    axes = {"_step": row["_step"], "_timestamp": _BEGIN + i}
    return {**axes, **{key: value for key, value in row.items() if key != "_step"}}


def _strict(value: JsonValue) -> JsonValue:
    """As JSON of ours says it."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _strict(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_strict(inner) for inner in value]
    return value


def _check_columns(
    table: pyarrow.Table, kinds: Mapping[str, str], expected: Sequence[Mapping[str, JsonValue]]
) -> None:
    assert table.num_rows == len(expected)
    assert table.column_names[:3] == ["_step", "_timestamp", "_runtime"]
    for key in table.column_names[3:]:
        field = table.schema.field(key)
        is_json = (field.metadata or {}).get(b"runstone.type") == b"json"
        values = [row.get(key) for row in expected]
        got = table[key].to_pylist()
        if is_json:
            assert all(type(cell) in (str, type(None)) for cell in got)
            got = [None if cell is None else json.loads(cell) for cell in got]
            assert got == [_strict(value) for value in values]
        else:
            plain = {"float": float, "int": int, "long": int, "bool": bool, "text": str}
            if (wanted := plain.get(kinds[key])) is not None:
                assert {type(cell) for cell in got} <= {wanted, type(None)}
            assert _bits(got) == _bits([_as_cell(value, str(field.type)) for value in values])


def _as_cell(value: JsonValue, column: str) -> JsonValue:
    return float(value) if column == "double" and value is not None else value


def _bits(value: Any) -> Any:
    if isinstance(value, float):
        return "nan" if math.isnan(value) else value.hex()
    if isinstance(value, dict):
        return {key: _bits(inner) for key, inner in value.items()}
    return [_bits(inner) for inner in value] if isinstance(value, list) else value


def _check_csv(found: list[list[str]], table: pyarrow.Table) -> None:
    assert found[0] == table.column_names
    assert len(found) - 1 == table.num_rows
    for line, row in zip(found[1:], table.to_pylist(), strict=True):
        for cell, value in zip(line, row.values(), strict=True):
            if value is None:
                assert cell == ""
            elif isinstance(value, bool):
                assert cell == str(value).lower()
            elif isinstance(value, float):
                assert _bits(float(cell)) == _bits(value)
            else:
                # What a line ends with is one line feed to csv, whatever it was.
                assert cell == str(value)


# Which rows and columns


def test_a_run_without_rows_has_the_axes_alone(lab: Lab) -> None:
    lab.begin("r1")
    table = lab.table("r1")
    assert table.column_names == ["_step", "_timestamp", "_runtime"]
    assert table.num_rows == lab.plan("r1").num_rows == 0
    assert lab.written(lab.plan("r1"), Format.CSV) == b"_step,_timestamp,_runtime\n"
    assert lab.written(lab.plan("r1"), Format.JSONL) == b""


def test_keys_come_in_the_order_asked_and_all_rows_with_them(lab: Lab) -> None:
    lab.begin("r1")
    lab.log("r1", [{"b": 1.5}, {"a": 1, "c": "x"}])
    table = lab.table("r1", RowChoice(keys=["c", "b", "c"]))
    assert table.to_pydict() == {
        "_step": [0, 1], "_timestamp": [_BEGIN, _BEGIN + 1], "_runtime": [None, None],
        "c": [None, "x"], "b": [1.5, None],
    }  # fmt: skip


def test_unknown_keys_are_named_with_what_may_be_meant(lab: Lab) -> None:
    lab.begin("r1")
    lab.log("r1", [{"val/loss": 1.5}])
    with pytest.raises(InvalidInput, match=r"Run r1 has no key 'val/los'\. .*'val/loss'") as caught:
        lab.plan("r1", RowChoice(keys=["val/los"]))
    assert caught.value.code == "unknown-key"


def test_a_range_of_steps_that_go_backwards(lab: Lab) -> None:
    lab.begin("r1")
    lab.log("r1", [{"_step": s, "a": float(s)} for s in (0, 1, 5, 2, 3, 9, 2)])
    plan = lab.plan("r1", RowChoice(min_step=2, max_step=5))
    assert plan.num_rows is None
    lines = lab.written(plan, Format.JSONL).splitlines()
    assert [json.loads(line)["_step"] for line in lines] == [2, 3, 2]
    with pytest.raises(InvalidInput, match="beyond"):
        lab.plan("r1", RowChoice(min_step=3, max_step=2))


def test_several_writers_are_told_apart(lab: Lab) -> None:
    lab.begin("r1")
    lab.log("r1", [{"a": 1.0}], writer="w2")
    lab.log("r1", [{"a": 2.0}, {"a": 3.0}], writer="w1")
    table = lab.table("r1")
    assert table.column_names[0] == "_writer"
    assert table["_writer"].to_pylist() == ["w1", "w1", "w2"]
    assert table["a"].to_pylist() == [2.0, 3.0, 1.0]
    line = lab.written(lab.plan("r1"), Format.JSONL).splitlines()[2]
    assert json.loads(line) == {"_writer": "w2", "_step": 0, "_timestamp": _BEGIN, "a": 1.0}


def test_system_metrics_are_a_history_of_their_own(lab: Lab) -> None:
    lab.begin("r1")
    lab.log("r1", [{"loss": 1.0}])
    actor, batch = lab.actor, batch_of([{"system.cpu": 12.5}, {"system.cpu": 13.0}], 0)
    lab.store.write(
        lambda tx: record(tx, actor, "ada", PROJECT, "r1", Report(system=batch))
    ).result()
    table = lab.table("r1", RowChoice(StreamKind.SYSTEM))
    assert table["system.cpu"].to_pylist() == [12.5, 13.0]
    assert "loss" not in table.column_names


def test_many_runs_share_their_columns(lab: Lab) -> None:
    for name, value in (("r1", 1), ("r2", 0.5), ("r3", None)):
        lab.begin(name)
        lab.log(name, [{"a": value, "run": "mine"}] if value else [])
    actor, index = lab.actor, RunIndex()
    runs = export.all_runs(lab.store, actor, index, RunChoice("ada", PROJECT))
    assert [run.name for run in runs] == ["r3", "r2", "r1"]
    plan = lab.store.read(
        lambda s: export.plan_rows(s, actor, runs, RowChoice(), has_run=True)
    ).result()
    table = pyarrow.parquet.read_table(io.BytesIO(lab.written(plan, Format.PARQUET)))
    assert table.column_names == ["run", "_step", "_timestamp", "_runtime", "a", "history.run"]
    assert table.select(["run", "a"]).to_pydict() == {"run": ["r2", "r1"], "a": [0.5, 1.0]}


# What changes meanwhile


def test_rows_that_come_later_are_not_in_it(lab: Lab) -> None:
    lab.begin("r1")
    lab.log("r1", [{"a": float(i)} for i in range(10)])
    plan = lab.plan("r1")
    lab.log("r1", [{"a": "late", "b": 1}], row0=10)
    lab.seal("r1")
    table = pyarrow.parquet.read_table(io.BytesIO(lab.written(plan, Format.PARQUET)))
    assert table["a"].to_pylist() == [float(i) for i in range(10)]


def test_a_run_deleted_or_rewound_meanwhile_ends_it(lab: Lab) -> None:
    for name in ("gone", "back"):
        lab.begin(name)
        lab.log(name, [{"a": float(i)} for i in range(10)])
    gone, back = lab.plan("gone"), lab.plan("back")
    actor = lab.actor

    def change(tx: Any) -> None:
        place = tx.projects.project(tx.accounts.entity("ada").id, PROJECT)
        delete_run(tx, actor, tx.runs.run(place.id, "gone").id)
        stream = tx.history.stream(tx.runs.run(place.id, "back").id, StreamKind.HISTORY)
        tx.history.truncate(stream.id, 5)

    lab.store.write(change).result()
    for wanted in Format:
        with pytest.raises(NotFound):
            lab.written(gone, wanted)
        with pytest.raises(Conflict) as caught:
            lab.written(back, wanted)
        assert caught.value.code == "changed-meanwhile"


def test_whoever_stops_is_not_written_to(lab: Lab) -> None:
    lab.begin("r1")
    lab.log("r1", [{"a": i * 0.1, "b": i * 0.7} for i in range(200_000)])

    class Leaving(Buffer):
        def write(self, data: bytes) -> int:
            if self.data:
                raise export.Stopped
            return super().write(data)

    for wanted in Format:
        sink = Leaving()
        with pytest.raises(export.Stopped):
            export.write(lab.plan("r1"), lab.store, wanted, sink)
        assert sink.data


# Runs as a table


def test_a_table_of_runs(lab: Lab) -> None:
    lab.begin("r1", RunUpdate(config={"lr": 0.1, "net": {"depth": 3}}, tags=("x", "y")))
    lab.begin("r2", RunUpdate(config={"lr": 1, "note": [1, math.nan]}))
    actor, choice = lab.actor, RunChoice("ada", PROJECT)
    read = export.read_table(lab.store, actor, RunIndex(), choice)
    table = pyarrow.parquet.read_table(io.BytesIO(lab.written(read, Format.PARQUET)))
    lines = [json.loads(line) for line in lab.written(read, Format.JSONL).splitlines()]
    read.close()
    assert read.num_rows == table.num_rows == len(lines) == 2
    rows = {row["id"]: row for row in table.to_pylist()}
    assert rows["r1"]["config.lr"] == 0.1
    assert rows["r2"]["config.lr"] == 1.0
    assert rows["r1"]["config.net.depth"] == 3
    assert json.loads(rows["r1"]["tags"]) == ["x", "y"]
    assert json.loads(rows["r2"]["config.note"]) == [1, "NaN"]
    assert str(table.schema.field("created_at").type) == "timestamp[us, tz=UTC]"
    by_id = {line["id"]: line for line in lines}
    assert by_id["r1"]["tags"] == ["x", "y"]
    assert by_id["r2"]["config.lr"] == 1
    assert type(by_id["r2"]["config.lr"]) is int
    assert by_id["r1"]["created_at"].endswith("Z")
    asked = {"name of it": Key(Source.RUN, "id"), "lr": Key(Source.CONFIG, "lr")}
    read = export.read_table(lab.store, actor, RunIndex(), choice, asked)
    assert lab.written(read, Format.CSV).decode() == "name of it,lr\nr2,1.0\nr1,0.1\n"
    read.close()


def test_columns_of_a_table_may_be_aggregates_of_histories(lab: Lab) -> None:
    lab.begin("r1")
    lab.log("r1", [{"loss": 0.5}, {"loss": 0.25}, {"loss": 1.0}])
    lab.begin("r2")
    asked = {"id": Key(Source.RUN, "id"), "best": Key(Source.HISTORY, "loss", Aggregate.MIN)}
    read = export.read_table(lab.store, lab.actor, RunIndex(), RunChoice("ada", PROJECT), asked)
    assert lab.written(read, Format.CSV).decode() == "id,best\nr2,\nr1,0.25\n"
    read.close()


def test_a_limit_of_runs(lab: Lab) -> None:
    for i in range(5):
        lab.begin(f"r{i}")
    for limit, expected in ((1, 1), (4, 4), (9, 5)):
        choice = RunChoice("ada", PROJECT, limit=limit)
        assert len(export.all_runs(lab.store, lab.actor, RunIndex(), choice)) == expected
    with pytest.raises(InvalidInput):
        export.all_runs(lab.store, lab.actor, RunIndex(), RunChoice("ada", PROJECT, limit=0))


# Archives


def test_an_archive_has_everything_that_a_run_has(lab: Lab) -> None:
    lab.begin("r1", RunUpdate(config={"lr": math.nan}))
    lab.log("r1", [{"a": 1.5}])
    actor = lab.actor
    archive = lab.store.read(
        lambda s: export.plan_archive(s, lab.store, actor, RunIndex(), RunChoice("ada", PROJECT))
    ).result()
    sink = Buffer()
    archive.write(sink, lambda _: iter(()))
    with zipfile.ZipFile(io.BytesIO(bytes(sink.data))) as zipped:
        assert zipped.testzip() is None
        names = ["README.md", "project.json", "runs.jsonl", "runs/r1/history.parquet"]
        assert zipped.namelist() == names
        (line,) = zipped.read("runs.jsonl").splitlines()
        assert json.loads(line)["config"] == {"lr": "NaN"}
        rows = pyarrow.parquet.read_table(io.BytesIO(zipped.read("runs/r1/history.parquet")))
        assert rows["a"].to_pylist() == [1.5]


def test_an_archive_that_fails_does_not_look_whole(lab: Lab) -> None:
    lab.begin("r1")
    lab.log("r1", [{"a": 1.5}])
    actor = lab.actor
    archive = lab.store.read(
        lambda s: export.plan_run_archive(s, lab.store, actor, "ada", PROJECT, "r1")
    ).result()

    class Failing(Buffer):
        checks = 0

        def check(self) -> None:
            self.checks += 1
            if self.checks > 3:
                raise export.Stopped

    sink = Failing()
    with pytest.raises(export.Stopped):
        archive.write(sink, lambda _: iter(()))
    assert sink.data
    assert not zipfile.is_zipfile(io.BytesIO(bytes(sink.data)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain.txt", "plain.txt"),
        ("..", "_"),
        ("a/b", "a_b"),
        ("con.txt", "_con.txt"),
        ("ends. ", "ends"),
        ("nul\0l:e", "nul_l_e"),
        ("é", "é"),
        ("x" * 300, "x" * 200),
    ],
)
def test_names_that_no_system_refuses(name: str, expected: str) -> None:
    assert safe_name(name) == expected


def test_names_that_became_alike_are_kept_apart() -> None:
    assert safe_path("../a/./b?.txt") == "_/a/_/b_.txt"
    names = DistinctNames()
    assert [names.take(n) for n in ("a.txt", "A.TXT", "a.txt", "d.x/b")] == [
        "a.txt", "A~2.TXT", "a~3.txt", "d.x/b",
    ]  # fmt: skip
