"""Every row comes back as it was logged, in each way of reading that a client line has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from tests.compat.conftest import Client, of_line
from tests.compat.live import LiveServer

pytestmark = pytest.mark.compat


def test_rows_come_back_as_they_were_logged(client: Client) -> None:
    facts = client.run("history_rows.py", f"reading-{client.line}").facts
    assert facts["last"] == 2_501
    differences = {key: facts[key] for key in facts if key.startswith(("odd", "many", "beta"))}
    assert differences.pop("odd keys") == [[0, 1], [2, -(2**62)]]
    assert differences.pop("many sampled") == [0, 2_624, 5_249, 7_874, 10_499]
    assert {key: wrong for key, wrong in differences.items() if wrong} == {}
    assert facts["unknown keys"] == []
    # Rows come by pages alone (ADR 0010): the client says so, rather than give an empty folder.
    assert facts.get("exports", "IncompleteRunHistoryError") == "IncompleteRunHistoryError"
    assert facts.get("lenient", [0, True]) == [0, True]


# Histories as files, which the server gives where `wandb_history_files` is on (ADR 0010)


@pytest.fixture(scope="module")
def filing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that gives files."""
    folder = tmp_path_factory.mktemp("filing") / "data"
    live = LiveServer(folder, "--wandb-history-files", "on")
    live.start()
    yield live
    live.stop()
    assert "unexpected error" not in live.log(), live.log()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reader")


@pytest.fixture
def reader(filing: LiveServer, home: Path) -> Reader:
    """A client of the newest line, whose kept files outlive its process."""
    return Reader(of_line("0.31", filing, home), home / "kept")


class Reader:
    def __init__(self, client: Client, cache: Path) -> None:
        self._client = client
        self._cache = cache

    def do(self, *words: str, project: str = "files") -> tuple[list[Any], dict[str, str]]:
        """What the words came to, and the kept files with their digests."""
        env = {"WANDB_CACHE_DIR": str(self._cache)}
        facts = self._client.run("history_files", project, *words, **env).facts
        return facts["facts"], facts["kept"]

    def logged(self, run: str) -> list[dict[str, Any]]:
        """What the server has of a run."""
        return self._client.server.run("files", run).rows


def rows_of(path: Path) -> list[dict[str, Any]]:
    """What a file says that each row has logged."""
    table = pyarrow.parquet.read_table(path)
    is_json = {f.name: (f.metadata or {}).get(b"runstone.type") == b"json" for f in table.schema}
    return [
        {k: read_json(v) if is_json[k] else v for k, v in row.items() if v is not None}
        for row in table.to_pylist()
    ]


def read_json(text: str) -> Any:
    return unquoted(json.loads(text))


def unquoted(value: Any) -> Any:
    if isinstance(value, list):
        return [unquoted(one) for one in value]
    if isinstance(value, dict):
        return {key: unquoted(one) for key, one in value.items()}
    return float(value) if value in ("Infinity", "-Infinity") else value


def check_rows(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    """The same values of the same types, NaN included."""
    without = [{k: v for k, v in row.items() if k != "_runtime"} for row in found]
    wanted = [{k: v for k, v in row.items() if v is not None} for row in expected]
    assert [spelled(row) for row in without] == [spelled(row) for row in wanted]


def spelled(row: dict[str, Any]) -> dict[str, str]:
    return {key: json.dumps(value, sort_keys=True) for key, value in row.items()}


def test_files_hold_every_value_and_go_on_with_a_resumed_run(
    reader: Reader, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    (_, scanned, downloaded), kept = reader.do("log:r:0:{}", "rows:r", f"download:r:{first}")
    assert downloaded == [[str(first / "ada_files_r_0.runhistory.parquet")], False, {}]
    check_rows(rows_of(Path(downloaded[0][0])), reader.logged("r"))
    assert [row["_step"] for row in scanned] == [0, 1, 3, 10, 1_500, 1_501, 1_502]
    assert list(kept) == ["ada_files_r_0.runhistory.parquet"]

    resume = 'log:r:2000:{"resume":"must"}'
    (_, again, downloaded), kept_later = reader.do(resume, "rows:r", f"download:r:{second}")
    assert sorted(kept_later) == [f"ada_files_r_{n}.runhistory.parquet" for n in (0, 1)]
    assert kept_later.items() >= kept.items()
    check_rows([r for path in downloaded[0] for r in rows_of(Path(path))], reader.logged("r"))
    assert [row["_step"] for row in again[7:]] == [2000 + row["_step"] for row in scanned]
    assert [spelled(row) for row in again[:7]] == [spelled(row) for row in scanned]


def test_a_scan_of_files_is_not_one_of_pages(reader: Reader) -> None:
    """Why they are off by default: Nones, texts, and rows that lack the key that was asked for."""
    (_, scanned, by_key), _ = reader.do("log:s:0:{}", "rows:s", "keys:s:x")
    assert [row["x"] for row in scanned[:2]] == [None, 0.5]
    assert scanned[4]["rows"] == '[[1,2],[3.5,"x"]]'
    assert [row["x"] for row in by_key] == [None, 0.5, None, None, 2.5, None, None]


def test_rewound_runs_and_names_used_before_are_read_by_pages(reader: Reader) -> None:
    """The client keeps files by name for ever: their rows must never stand for others."""
    _, kept = reader.do("log:t:0:{}", "rows:t")
    assert "ada_files_t_0.runhistory.parquet" in kept
    rewind = 'log:t:2:{"resume_from":"t?_step=1"}'
    (_, rows, downloaded), _ = reader.do(rewind, "rows:t", "download:t:nowhere")
    assert [row["_step"] for row in rows] == [0, 1, 2, 3, 5, 12, 1_502, 1_503, 1_504]
    assert downloaded == "IncompleteRunHistoryError"
    assert None not in rows[0].values()

    # To the client, run `v` of `files_u` is run `u_v` of `files`.
    (_, _, downloaded), kept = reader.do("log:u_v:0:{}", "rows:u_v", "download:u_v:there")
    assert len(downloaded[0]) == 1
    (_, rows, downloaded), kept_later = reader.do(
        "log:v:7:{}", "rows:v", "download:v:nowhere", project="files_u"
    )
    assert [row["_step"] for row in rows] == [7, 8, 10, 17, 1_507, 1_508, 1_509]
    assert downloaded == "IncompleteRunHistoryError"
    assert kept_later == kept
