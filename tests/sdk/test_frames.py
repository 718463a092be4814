"""Tables: the same values by rows, as data frames and as files; whole, or not there."""

from __future__ import annotations

import csv
import json
import math
import resource
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import polars
import pyarrow
import pyarrow.ipc
import pyarrow.parquet
import pytest
from tests.sdk.lab import Lab
from tests.server.processes import clean_environment

from runstone.errors import CannotWrite, InvalidInput, NotFound
from runstone.sdk import Api, Format, read_jsonl
from runstone.sdk.saving import told_of, whole_file


def test_rows_of_a_run(api: Api) -> None:
    rows = list(api.run("ada/digits/r3").history())
    assert [row["_step"] for row in rows] == [0, 1, 2, 3]
    assert [row["loss"] for row in rows if row["_step"] != 1] == [4.0, 3 + 1 / 3, 3.25]
    assert math.isnan(rows[1]["loss"])
    assert [row.get("note") for row in rows] == [None, None, "at 2", None]
    assert api.run("ada/digits/r3").history("note").to_dicts()[2]["note"] == "at 2"


def test_frames_of_a_run_agree(api: Api) -> None:
    history = api.run("ada/digits/r3").history(["loss", "note"], min_step=1, max_step=2)
    table = history.to_arrow()
    assert isinstance(table, pyarrow.Table)
    assert table.column_names[-2:] == ["loss", "note"]
    assert table["_step"].to_pylist() == [1, 2]
    assert table["note"].to_pylist() == [None, "at 2"]
    frame = history.to_polars()
    assert frame["_step"].to_list() == [1, 2]
    assert frame["loss"].dtype == polars.Float64
    assert math.isnan(frame["loss"][0])
    assert frame["loss"][1] == 3 + 1 / 3
    pandas_frame = history.to_pandas()
    assert list(pandas_frame.columns) == table.column_names
    assert pandas_frame["loss"].tolist()[1] == 3 + 1 / 3
    assert repr(history) == "<Frame: history of ada/digits/r3>"


def test_history_of_many_runs_in_one_call(api: Api) -> None:
    runs = api.runs("ada/digits", filter="config.lr < 0.5", sort="config.lr")
    frame = runs.history("loss").to_polars()
    assert frame.columns[0] == "run"
    assert frame["run"].unique(maintain_order=True).to_list() == ["r4", "r3", "r2", "r1"]
    assert len(frame) == 16
    assert frame.filter(polars.col("run") == "r1")["loss"].to_list() == [2.0, 1.5, 4 / 3, 1.25]
    assert runs.history("loss", min_step=3, limit=2).to_polars()["run"].to_list() == ["r4", "r3"]
    assert len(runs.system_metrics().to_dicts()) == 12
    assert runs.history().num_rows() == 16


def test_tables_of_runs(api: Api) -> None:
    runs = api.runs("ada/digits", sort="-config.lr")
    frame = runs.to_polars(columns=["id", "config.lr", "summary.loss", "tags"])
    assert frame.columns == ["id", "config.lr", "summary.loss", "tags"]
    assert frame["id"].to_list() == ["r0", "r1", "r2", "r3", "r4"]
    assert frame["config.lr"].to_list() == [1.0, 0.1, 0.01, 0.001, 0.0001]
    assert math.isnan(frame["summary.loss"][3])
    assert {"id", "name", "config.opt.name", "summary.acc"} <= set(runs.to_arrow().column_names)
    assert runs.to_pandas("name")["name"].tolist()[0] == "try 0"
    assert runs.to_dicts(["id", "config.opt.name"])[1] == {"id": "r1", "config.opt.name": "adam"}
    assert len(runs.table(limit=2).to_dicts()) == 2
    with pytest.raises(InvalidInput, match="take a filter, no search"):
        api.runs("ada/digits", search="try").table()


def test_system_metrics(api: Api) -> None:
    rows = list(api.run("ada/digits/r1").system_metrics())
    assert [row["system.cpu"] for row in rows] == [0.0, 10.0, 20.0]


def test_files_of_every_format_say_the_same(api: Api, tmp_path: Path) -> None:
    history = api.run("ada/digits/r1").history(["loss", "note"])
    for name in ("h.parquet", "h.arrow", "h.csv", "h.jsonl"):
        assert history.export(tmp_path / "deep/er" / name) == tmp_path / "deep/er" / name
    folder = tmp_path / "deep/er"
    table = history.to_arrow()
    assert pyarrow.parquet.read_table(folder / "h.parquet").to_pylist() == table.to_pylist()
    with pyarrow.ipc.open_stream(folder / "h.arrow") as reader:
        assert reader.read_all() == table
    with (folder / "h.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [float(line["loss"]) for line in lines] == table["loss"].to_pylist()
    lines = [json.loads(line) for line in (folder / "h.jsonl").read_text().splitlines()]
    assert [line["loss"] for line in lines] == table["loss"].to_pylist()
    assert len(list(folder.iterdir())) == 4


def test_formats_by_name(api: Api, tmp_path: Path) -> None:
    runs = api.runs("ada/digits")
    assert runs.export(tmp_path / "runs", "csv", columns="id").read_text().split()[0] == "id"
    assert runs.export(tmp_path / "runs.csv", Format.JSONL, columns="id").read_bytes()[:1] == b"{"
    with pytest.raises(InvalidInput, match="does not say which format"):
        runs.export(tmp_path / "runs.xlsx")
    with pytest.raises(InvalidInput, match="There is no format 'xlsx': choose from parquet"):
        runs.export(tmp_path / "runs.xlsx", "xlsx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs", "runs.csv"]


def test_progress_is_told(api: Api, tmp_path: Path) -> None:
    told: list[tuple[int, float | None]] = []
    target = tmp_path / "h.jsonl"
    api.run("ada/digits/r1").history().export(target, progress=lambda *now: told.append(now))
    assert told[-1] == (target.stat().st_size, 1.0)
    api.run("ada/digits/r1").history().export(
        tmp_path / "h.parquet", progress=lambda *now: told.append(now)
    )
    assert told[-1] == ((tmp_path / "h.parquet").stat().st_size, None)


def test_archives(api: Api, tmp_path: Path) -> None:
    place = api.run("ada/digits/r1").archive(tmp_path / "run.zip")
    with zipfile.ZipFile(place) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert any(name.endswith("history.parquet") for name in names)
        (model,) = [name for name in names if name.endswith("model.bin")]
        assert archive.read(model) == bytes(range(256)) * 2
    place = api.runs("ada/digits", filter="config.lr < 0.005").archive(tmp_path / "runs.zip")
    with zipfile.ZipFile(place) as archive:
        assert sum(name.endswith("history.parquet") for name in archive.namelist()) == 2


def test_refusals_leave_nothing(api: Api, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        api.run("ada/digits/r1").history("nothing").export(tmp_path / "h.csv")
    with pytest.raises(NotFound):
        api.runs("ada/none").history().export(tmp_path / "h.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_only_when_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    target.write_text("old")
    with suppress(ZeroDivisionError), whole_file(target) as file:
        file.write(b"half")
        _ = 1 / 0
    assert (target.read_text(), list(tmp_path.iterdir())) == ("old", [target])
    with whole_file(target) as file:
        file.write(b"new")
    assert (target.read_text(), list(tmp_path.iterdir())) == ("new", [target])


def test_a_full_disk_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="the disk is full") as caught, told_of(tmp_path / "t"):
        Path("/dev/full").write_bytes(b"x")
    assert caught.value.code == "disk-full"


def test_a_disk_that_takes_no_more(lab: Lab, tmp_path: Path) -> None:
    """Seen from outside: the process may write 1,000 bytes a file."""
    script = f"""
import resource, runstone
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, {resource.RLIM_INFINITY}))
try:
    runstone.Api().runs("ada/digits").export({str(tmp_path / "runs.parquet")!r})
except runstone.errors.CannotWrite as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=clean_environment(**lab.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == f"{tmp_path / 'runs.parquet'} cannot be written: file too large.\n", done
    assert list(tmp_path.iterdir()) == []


def test_folders_that_are_none(api: Api, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="file is not a folder"):
        api.runs("ada/digits").export(tmp_path / "file" / "runs.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(CannotWrite, match="is a directory"):
        api.runs("ada/digits").export(tmp_path / "folder.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.csv"]


def test_an_exported_file_is_read_back(api: Api, tmp_path: Path) -> None:
    frame = api.run("ada/digits/r3").history(keys=["loss"])
    rows = list(read_jsonl(frame.export(tmp_path / "loss.jsonl")))
    assert [type(row["loss"]) for row in rows] == [float] * 4
    assert math.isnan(rows[1]["loss"])
    assert repr(rows) == repr(frame.to_dicts())
    (tmp_path / "bad.jsonl").write_text('{"a": "Infinity"}\n[1]\n')
    bad = read_jsonl(tmp_path / "bad.jsonl")
    assert next(bad) == {"a": math.inf}
    with pytest.raises(InvalidInput, match=r"Line 2 of .*bad.jsonl is no row"):
        next(bad)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"a": "NaN"}', "{'a': nan}"),
        ('{"a": "-Infinity", "b": 1}', "{'a': -inf, 'b': 1}"),
        ('{"a": {"b": ["Infinity", 2.0]}}', "{'a': {'b': [inf, 2.0]}}"),
        ('{"IoU": 0.5, "N": "no NaN", "a": "Infinity War"}', None),
        ('{"IN": "NaN"}', "{'IN': nan}"),
    ],
)
def test_floats_that_json_lacks(tmp_path: Path, line: str, expected: str | None) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(line)
    assert repr(list(read_jsonl(file))) == f"[{expected or json.loads(line)}]"
