"""The commands that read: for people on a terminal, for programs in a pipe."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.ipc
import pyarrow.parquet
import pytest
from tests.sdk.lab import Lab
from tests.sdk.scripted import answer, scripted
from tests.server.processes import COMMAND, clean_environment, wait_until

from runstone.cli.reading.common import split_keys
from runstone.cli.root import run


class Shell:
    """Runs commands in this process: a process for each would cost minutes."""

    def __init__(self) -> None:
        self.err = ""

    def bytes(self, *words: str | Path, code: int = 0) -> bytes:
        """What a command prints; what it says on stderr is in `err`."""
        out, err = io.BytesIO(), io.StringIO()
        text = io.TextIOWrapper(out, encoding="utf-8", write_through=True)
        with contextlib.redirect_stdout(text), contextlib.redirect_stderr(err):
            returned = run([str(word) for word in words])
        self.err = err.getvalue()
        assert returned == code, (out.getvalue(), self.err)
        return out.getvalue()

    def __call__(self, *words: str | Path, code: int = 0) -> str:
        return self.bytes(*words, code=code).decode()

    def json(self, *words: str | Path) -> Any:
        return json.loads(self(*words, "--json"))


@pytest.fixture
def shell(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr(os, "umask", lambda mask: mask)  # ours is for the whole process
    for name, value in lab.environ.items():
        monkeypatch.setenv(name, value)
    return Shell()


def test_projects(shell: Shell) -> None:
    (digits,) = [p for p in shell.json("projects")["projects"] if p["name"] == "digits"]
    assert (digits["path"], digits["num_runs"], digits["states"]) == (
        "ada/digits",
        5,
        {"failed": 1, "finished": 4},
    )
    lines = shell("projects", "ada").splitlines()
    assert lines[0].split()[:3] == ["PROJECT", "RUNS", "RUNNING"]
    assert any(line.split()[:3] == ["ada/digits", "5", "0"] for line in lines)


def test_runs(shell: Shell) -> None:
    words = ("runs", "ada/digits", "--filter", "config.lr < 0.5", "--sort", "-config.lr")
    said = shell(*words, "--columns", "config.lr,summary.loss", "--columns", "config.opt")
    lines = [line.split("  ") for line in said.splitlines()]
    assert [line[0] for line in lines] == ["ID", "r1", "r2", "r3", "r4"]
    assert said.splitlines()[0].endswith("CONFIG.LR  SUMMARY.LOSS  CONFIG.OPT")
    assert said.splitlines()[3].split()[-3:] == ["0.001", "nan", '{"name":"adam"}']
    assert shell.err == ""
    assert [line.split()[0] for line in shell(*words, "--limit", "1").splitlines()] == ["ID", "r1"]
    assert shell.err == "… and 3 more: --limit says how many to show.\n"
    assert shell("runs", "ada/digits", "--filter", "config.lr > 9") == "There are no such runs.\n"


def test_runs_for_programs(shell: Shell, tmp_path: Path) -> None:
    words = ("runs", "ada/digits", "--sort", "config.lr", "--columns", "id,summary.loss")
    found = shell.json(*words, "--limit", "2")
    assert found["total"] == 5
    assert [run["id"] for run in found["runs"]] == ["r4", "r3"]
    assert found["runs"][1]["values"] == {"id": "r3", "summary.loss": {"$float": "NaN"}}
    assert found["runs"][0]["path"] == "ada/digits/r4"
    lines = shell(*words, "--jsonl").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["r4", "r3", "r2", "r1", "r0"]
    rows = list(csv.reader(io.StringIO(shell(*words, "--csv", "--limit", "1"))))
    assert rows == [["id", "summary.loss"], ["r4", "0.4"]]
    place = tmp_path / "runs.parquet"
    assert shell(*words, "--parquet", place) == ""
    assert shell.err.startswith(f"Wrote {place} (")
    assert pyarrow.parquet.read_table(place)["id"].to_pylist()[0] == "r4"
    stream = shell.bytes(*words, "--arrow", "-")
    with pyarrow.ipc.open_stream(stream) as reader:
        assert reader.read_all().num_rows == 5


def test_one_run(shell: Shell, lab: Lab) -> None:
    found = shell.json("run", "ada/digits/r3")
    assert found["config"] == {"lr": 0.001, "opt": {"name": "adam"}}
    assert found["summary"]["loss"] == {"$float": "NaN"}
    assert (found["id"], found["name"], found["exit_code"]) == ("r3", "try 3", 0)
    said = shell("run", f"{lab.url}/ada/digits/runs/r3")
    assert '\nconfig\n  lr   0.001\n  opt  {"name":"adam"}\n' in said
    assert "\nstate         finished\n" in said


def test_groups(shell: Shell) -> None:
    figures = "mean(summary.acc),best(summary.acc, max)"
    words = ("groups", "ada/digits", "--by", "group", "--figures", figures, "--sort", "-group")
    odd, even = shell.json(*words)["groups"]
    assert (odd["values"], odd["num_runs"]) == ({"group": "odd"}, 2)
    assert odd["figures"]["mean(summary.acc)"] == pytest.approx(0.8)
    assert even["runs"] == {"best(summary.acc, max)": "r0"}
    lines = [line.split() for line in shell(*words).splitlines()]
    assert lines[0] == ["GROUP", "RUNS", "MEAN(SUMMARY.ACC)", "BEST(SUMMARY.ACC,", "MAX)",
                                "RUN", "OF", "BEST(SUMMARY.ACC,", "MAX)"]  # fmt: skip
    assert lines[1:] == [["odd", "2", "0.8", "0.9", "r1"], ["even", "3", "0.8", "1", "r0"]]
    assert len(shell(*words, "--limit", "1").splitlines()) == 2
    assert "--limit" in shell.err
    assert shell("groups", "ada/digits", "--filter", "false").count("\n") == 1
    (lists,) = shell.json("groups", "ada/digits", "--by", "config.opt")["groups"]
    assert lists["values"] == {"config.opt": {"$other": True}}
    assert "(lists and objects)" in shell("groups", "ada/digits", "--by", "config.opt")
    assert shell.err == ""
    shell("groups", "ada/digits", "--by", "config.opt.nam")
    assert shell.err.startswith("Note: ")


def test_history(shell: Shell, tmp_path: Path) -> None:
    words = ("history", "ada/digits/r1", "--keys", "loss,note")
    lines = shell(*words, "--min-step", "1", "--max-step", "2").splitlines()
    assert [line.split()[0] for line in lines] == ["_STEP", "1", "2"]
    assert lines[2].split()[-3:] == ["1.33333", "at", "2"]
    assert shell(*words, "--limit", "1").count("\n") == 2
    assert shell.err == "… and more: --limit says how many, --csv prints all.\n"
    assert [row["loss"] for row in shell.json(*words)["rows"]] == [2.0, 1.5, 4 / 3, 1.25]
    rows = list(csv.DictReader(io.StringIO(shell(*words, "--csv"))))
    assert [row["note"] for row in rows] == ["", "", "at 2", ""]
    assert [row["system.cpu"] for row in shell.json("history", "ada/digits/r1", "--system")[
        "rows"]] == [0.0, 10.0, 20.0]  # fmt: skip


def test_history_of_a_project(shell: Shell) -> None:
    words = ("history", "ada/digits", "--filter", "config.lr > 0.05", "--sort", "config.lr")
    rows = [json.loads(line) for line in shell(*words, "--keys", "loss", "--jsonl").splitlines()]
    assert [row["run"] for row in rows] == ["r1"] * 4 + ["r0"] * 4
    shell("history", "ada/digits/r1", "--filter", "true", code=2)
    assert "name no run" in shell.err


def test_projects_keys_and_columns_as_tables(shell: Shell, tmp_path: Path) -> None:
    """The same rows and names in every form."""
    for words in (("projects", "ada"), ("keys", "ada/digits"), ("columns", "ada/digits")):
        (rows,) = shell.json(*words).values()
        assert rows, words
        assert [json.loads(line) for line in shell(*words, "--jsonl").splitlines()] == rows
        header, *lines = csv.reader(shell(*words, "--csv").splitlines())
        assert (header, len(lines)) == (list(rows[0]), len(rows))
        file = tmp_path / "rows.parquet"
        shell(*words, "--parquet", file)
        told = pyarrow.parquet.read_table(file)
        assert told.column_names == header
        names = [row["name"] for row in rows]
        assert told.column("name").to_pylist() == names
        with pyarrow.ipc.open_stream(shell.bytes(*words, "--arrow", "-")) as stream:
            assert stream.read_all().column("name").to_pylist() == names


def test_keys_and_columns(shell: Shell) -> None:
    assert [key["name"] for key in shell.json("keys", "ada/digits/r1")["keys"]] == ["loss", "note"]
    assert shell("keys", "ada/digits").splitlines()[1].split() == ["loss", "number", "5", "20"]
    assert "system.cpu" in shell("keys", "ada/digits", "--system")


def test_keys_of_media_are_called_what_they_hold(shell: Shell, lab: Lab) -> None:
    histogram = {"_type": "histogram", "bins": [0, 1, 2], "values": [3, 4]}
    lab.log("one", "drawn", rows=[{"h": histogram, "loss": 1.0, "note": "x"}])
    wanted = {"h": "histogram", "loss": "number", "note": "json"}
    for path in ("ada/drawn", "ada/drawn/one"):
        kinds = {key["name"]: key["kind"] for key in shell.json("keys", path)["keys"]}
        assert kinds == wanted, path
    (column,) = shell.json("columns", "ada/digits", "--search", "config.lr")["columns"]
    assert (column["name"], column["type"], column["num_runs"]) == ("config.lr", "number", 5)
    assert shell("columns", "ada/digits", "--search", "xyz") == "There are no such columns.\n"


def test_console(shell: Shell) -> None:
    assert shell("console", "ada/digits/r1") == "hello from 1\nred\nbye\n"
    assert shell("console", "ada/digits/r1", "--tail", "1") == "bye\n"
    assert shell("console", "ada/digits/r1", "--follow", "--tail", "2") == "red\nbye\n"


def test_export(shell: Shell, tmp_path: Path) -> None:
    assert shell("export", "ada/digits", "--to", tmp_path / "all") == ""
    names = ["history.parquet", "runs.parquet", "system.parquet"]
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == names
    assert pyarrow.parquet.read_table(tmp_path / "all/history.parquet").num_rows == 20
    shell("export", "ada/digits/r1", "--to", tmp_path / "one", "--format", "csv")
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == [
        "history.csv",
        "system.csv",
    ]
    shell("export", "ada/digits", "--to", tmp_path / "loss.csv", "--keys", "loss")
    assert (tmp_path / "loss.csv").read_text().splitlines()[0].split(",")[-1] == "loss"
    words = ("export", "ada/digits", "--filter", "config.lr > 0.5", "--table", "runs")
    shell(*words, "--to", tmp_path / "runs.jsonl")
    assert json.loads((tmp_path / "runs.jsonl").read_text())["id"] == "r0"
    shell("export", "ada/digits/r1", "--to", tmp_path / "run.zip")
    assert zipfile.is_zipfile(tmp_path / "run.zip")
    assert shell.err.startswith(f"Wrote {tmp_path / 'run.zip'} (")
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["runs", "ada/digits", "--filter", "config.lr <"], 2, "Error: Expected a value"),
        (["runs", "ada/none"], 1, "Error: project ada/none was not found"),
        (["run", "ada/digits"], 2, "names a project"),
        (["runs", "ada/digits", "--csv", "--json"], 2, "Choose one of --json"),
        (["runs", "ada/digits", "--limit", "-1"], 2, "is no number of things"),
        (["history", "ada/digits/r1", "--keys", "los"], 2, "no key 'los'"),
        (["export", "ada/digits", "--to", "x.xlsx"], 2, "does not say which format"),
        (["export", "ada/digits", "--to", "x.zip", "--keys", "loss"], 2, "holds everything"),
        (["export", "ada/digits/r1", "--to", "x.csv", "--table", "runs"], 2, "is not there"),
        (
            ["projects", "--url", "http://127.0.0.1:9", "--api-key", "x" * 40],
            1,
            "Is a server running there?",
        ),
        (["projects", "--url", "http://127.0.0.1:9"], 1, "no API key for http://127.0.0.1:9"),
        (["projects", "--api-key", "x" * 40], 1, "API key is not known"),
    ],
)
def test_refusals(
    shell: Shell,
    words: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    assert shell(*words, code=code) == ""
    assert said in shell.err
    assert "Traceback" not in shell.err
    assert list(tmp_path.iterdir()) == []


def test_no_server(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNSTONE_URL")
    shell("projects", code=2)
    assert shell.err.startswith("Error: No server is named: give its URL, or set RUNSTONE_URL")
    assert shell.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["runs"],
        ["runs", "--json"],
        ["runs", "--csv"],
        ["groups", "--by", "state"],
        ["groups", "--by", "state", "--json"],
        ["history"],
        ["history", "--csv"],
    ],
    ids=" ".join,
)
def test_a_key_that_no_run_has_is_told_of(shell: Shell, words: list[str]) -> None:
    shell(words[0], "ada/digits", "--filter", "config.lrr < 1", *words[1:])
    assert shell.err.startswith("Note: ")
    assert "config.lrr" in shell.err
    shell(words[0], "ada/digits", "--filter", "config.lr < 1", *words[1:])
    assert shell.err == ""


def test_a_key_that_no_run_has_logged_is_told_of(shell: Shell) -> None:
    shell("history", "ada/digits", "--keys", "los", code=2)
    assert shell.err == "Error: None of the runs has a key 'los'. Did you mean 'loss'?\n"


def test_a_project_of_ones_own_needs_no_entity(shell: Shell, tmp_path: Path) -> None:
    for words in (["history", "--csv"], ["keys", "--json"], ["columns", "--json"]):
        assert shell(words[0], "digits", *words[1:]) == shell(words[0], "ada/digits", *words[1:])
    shell("export", "digits", "--to", tmp_path / "runs.csv")
    assert (tmp_path / "runs.csv").stat().st_size > 0


def test_numbers_of_things_are_as_large_as_people_write_them(shell: Shell) -> None:
    for command in ("runs", "history"):
        lines = [shell(command, "ada/digits", "--limit", n) for n in ("1000", f"1{'0' * 5_000}")]
        assert lines[0] == lines[1]
    assert shell("runs", "ada/digits", "--limit", "9" * 30, "--json").count('"path"') == 5


def test_the_key_of_the_server_is_called_as_in_its_own_commands(
    shell: Shell, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RUNSTONE_API_KEY")
    assert shell("projects", "--key", lab.key) == shell("projects", "--api-key", lab.key)


def test_lists_of_keys() -> None:
    assert split_keys(["a,b", "c"]) == ["a", "b", "c"]
    assert split_keys(['summary["a,b"], config.x', ""]) == ['summary["a,b"]', "config.x"]
    assert split_keys(['"a, b",loss']) == ["a, b", "loss"]
    assert split_keys(["min(history.loss),x"]) == ["min(history.loss)", "x"]
    assert split_keys(['"a']) == ['"a']


class Terminal:
    """A command on a terminal of so many columns."""

    def __init__(self, lab: Lab, columns: int, *words: str | Path) -> None:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environ = clean_environment(**lab.environ, TERM="xterm")
        environ.pop("COLUMNS", None)
        process = subprocess.Popen(
            [*COMMAND, *map(str, words)], env=environ, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        pieces: list[bytes] = []
        # A terminal whose last writer is gone says so by an error.
        reader = threading.Thread(target=self._read, args=(ours, pieces))
        reader.start()
        self.code = process.wait(60)
        reader.join(10)
        os.close(ours)
        self.said = b"".join(pieces).decode().replace("\r\n", "\n")

    @staticmethod
    def _read(ours: int, pieces: list[bytes]) -> None:
        with contextlib.suppress(OSError):
            while piece := os.read(ours, 65536):
                pieces.append(piece)


def test_a_table_fits_the_terminal(lab: Lab) -> None:
    lab.log(
        "wide",
        "wide",
        displayName="a very long name of a run " * 5,
        config={"note": "x" * 300, "lr": 0.1},
    )
    words = ("runs", "ada/wide", "--columns", "config.note,config.lr")
    wide = Terminal(lab, 100, *words)
    assert wide.code == 0
    assert max(map(len, wide.said.splitlines())) == 100
    assert "a very long nam" in wide.said
    assert wide.said.count("…") == 2
    narrow = Terminal(lab, 40, *words)
    assert "… not shown here: " in narrow.said
    assert "config.note, config.lr.\n" in narrow.said
    assert max(map(len, narrow.said.partition("…")[0].splitlines())) <= 40
    piped = subprocess.run(
        [*COMMAND, *words],
        env=clean_environment(**lab.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "x" * 300 in piped.stdout


def test_progress_on_a_terminal(lab: Lab, tmp_path: Path) -> None:
    done = Terminal(lab, 80, "export", "ada/digits", "--to", tmp_path / "history.jsonl")
    assert done.code == 0
    assert "\rhistory.jsonl  ████████████████████████ 100%" in done.said
    assert done.said.endswith("/s).\n")
    assert "\r\x1b[K" in done.said


def test_binary_forms_are_not_for_terminals(lab: Lab) -> None:
    done = Terminal(lab, 80, "runs", "ada/digits", "--parquet", "-")
    assert done.code == 2
    assert "not for a terminal" in done.said


def test_a_reader_that_goes_away(lab: Lab) -> None:
    lab.log("long", "long", rows=[{"text": "x" * 1000} for _ in range(500)])
    for form in ("--jsonl", "--csv", "--json"):
        command = f"{sys.executable} -m runstone history ada/long/long {form} | head -c 10"
        done = subprocess.run(
            ["sh", "-c", command],
            env=clean_environment(**lab.environ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == "", form


def test_ctrl_c_leaves_nothing_half_done(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n1,2\r\n\r\n"
    page = answer(body=b'{"runs":[],"next_cursor":null,"total":0}')
    with scripted(page, head, lasts_s=30) as stalled:
        process = subprocess.Popen(
            [*COMMAND, "export", "ada/digits", "--to", str(tmp_path / "h.csv")],
            env=clean_environment(RUNSTONE_URL=stalled.url, RUNSTONE_API_KEY="k"),
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: list(tmp_path.iterdir()))
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said.strip()) == (130, "")
    assert list(tmp_path.iterdir()) == []


def test_the_first_rows_of_a_history_in_every_form(shell: Shell, tmp_path: Path) -> None:
    words = ("history", "ada/digits/r3", "--keys", "loss", "--limit", "2")
    rows = list(csv.DictReader(io.StringIO(shell(*words, "--csv"))))
    assert [row["loss"] for row in rows] == ["4.0", "NaN"]
    lines = [json.loads(line) for line in shell(*words, "--jsonl").splitlines()]
    assert [line["loss"] for line in lines] == [4.0, "NaN"]
    place = tmp_path / "loss.parquet"
    shell(*words, "--parquet", place)
    table = pyarrow.parquet.read_table(place)
    assert (table.num_rows, table["loss"].type) == (2, "double")
    with pyarrow.ipc.open_stream(shell.bytes(*words, "--arrow", "-")) as reader:
        assert reader.read_all()["_step"].to_pylist() == [0, 1]


def test_groups_in_every_form(shell: Shell, tmp_path: Path) -> None:
    words = ("groups", "ada/digits", "--by", "config.opt.name", "--figures", "mean(summary.acc)")
    assert shell(*words, "--csv").splitlines() == [
        "config.opt.name,num_runs,mean(summary.acc)",
        "adam,2,0.8",
        "sgd,3,0.8",
    ]
    (line,) = shell(*words, "--limit", "1", "--jsonl").splitlines()
    assert json.loads(line) == {
        "config.opt.name": "adam",
        "num_runs": 2,
        "mean(summary.acc)": 0.8,
    }
    place = tmp_path / "groups.parquet"
    shell(*words, "--parquet", place)
    assert pyarrow.parquet.read_table(place)["num_runs"].to_pylist() == [2, 3]


def test_a_column_that_no_run_fills_is_told_of(shell: Shell) -> None:
    said = "Note: No run here has a value for config.lrr; did you mean config.lr?\n"
    for form in ((), ("--json",), ("--csv",)):
        shell("runs", "ada/digits", "--columns", "config.lr,config.lrr", *form)
        assert shell.err == said


def test_a_text_that_is_compared_with_numbers_is_told_of(shell: Shell) -> None:
    shell("runs", "ada/digits", "--filter", 'config.lr < "0.1"')
    said = "config.lr is a number in all 5 runs that have it; did you mean 0.1?"
    assert shell.err == f"Note: {said}\n"
