"""Histories as files for clients that keep them by name: which rows, when, and when none."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow.parquet
import pytest
from tests.wire.wandb.conftest import Site

from runstone.domain.access import OPERATOR
from runstone.services.runs import rewind_run
from runstone.wire.wandb import create_app

QUERY = """query Q($p: String!, $r: String!) {
  project(name: $p, entityName: "ada") {
    run(name: $r) { parquetHistory(liveKeys: ["_step"]) { parquetUrls liveData } } } }"""


@pytest.fixture
def filing(site: Site) -> Site:
    """A site that gives files."""
    context = replace(site.context, gives_history_files=True)
    return replace(site, context=context, app=create_app(context))


def log(site: Site, steps: Sequence[int], *, name: str = "r1", ends: bool = True) -> None:
    """Logs rows behind those that are there."""
    site.begin(name)
    run = site.run(name)
    offset = site.read(lambda s: sum(st.next_row for st in s.history.streams([run.id])))
    lines = [json.dumps({"_step": step, "_timestamp": 1.0, "x": step / 4}) for step in steps]
    ended: dict[str, Any] = {"complete": True, "exitcode": 0} if ends else {}
    files = {"wandb-history.jsonl": {"offset": offset, "content": lines}}
    assert site.stream(files, name=name, **ended).status_code == 200


def asked(site: Site, run: str = "r1", project: str = "p") -> tuple[list[str], list[Any]]:
    """The URLs, without the host, and the live rows."""
    found = site.data(QUERY, p=project, r=run)["project"]["run"]["parquetHistory"]
    return [u.removeprefix("http://runs.test") for u in found["parquetUrls"]], found["liveData"]


def steps_of(site: Site, url: str) -> list[int]:
    answer = site.ask("GET", url, user=None)
    assert answer.status_code == 200, answer.text
    table = pyarrow.parquet.read_table(io.BytesIO(answer.content))
    assert table["x"].to_pylist() == [step / 4 for step in table["_step"].to_pylist()]
    return list(table["_step"].to_pylist())


def test_no_files_unless_the_setting_says_so(site: Site) -> None:
    log(site, [0, 1])
    assert asked(site) == ([], [{"_step": 0}])


def test_a_run_that_goes_on_is_read_by_pages(filing: Site) -> None:
    log(filing, [0, 1], ends=False)
    assert asked(filing) == ([], [{"_step": 0}])
    log(filing, [2])
    assert [steps_of(filing, url) for url in asked(filing)[0]] == [[0, 1, 2]]


def test_a_run_without_rows_has_no_files_and_no_live_rows(filing: Site) -> None:
    log(filing, [])
    assert asked(filing) == ([], [])


def test_a_file_is_the_same_rows_and_bytes_for_ever(filing: Site) -> None:
    log(filing, [0, 1])
    # Nobody has fetched it yet, so nobody can have kept it.
    log(filing, [2, 3])
    (url,), live = asked(filing)
    assert live == []
    first = filing.ask("GET", url, user=None).content
    log(filing, [7, 8])
    urls, live = asked(filing)
    assert (len(urls), live) == (2, [])
    assert filing.ask("GET", urls[0], user=None).content == first
    assert filing.ask("GET", url, user=None).content == first
    assert [steps_of(filing, url) for url in urls] == [[0, 1, 2, 3], [7, 8]]


def test_a_file_begins_where_steps_go_back(filing: Site) -> None:
    log(filing, [0, 1, 5, 0, 0, 3, 2])
    urls, _ = asked(filing)
    assert [steps_of(filing, url) for url in reversed(urls)] == [[2], [0, 0, 3], [0, 1, 5]]


def test_a_run_of_a_thousand_lives_is_read_by_pages(filing: Site) -> None:
    log(filing, [1, 0] * 101)
    assert asked(filing) == ([], [{"_step": 0}])


def test_ranges_of_a_file_are_sent(filing: Site) -> None:
    log(filing, [0, 1])
    (url,), _ = asked(filing)
    whole = filing.ask("GET", url, user=None).content
    part = filing.ask("GET", url, user=None, headers={"range": "bytes=-8"})
    assert (part.status_code, part.content) == (206, whole[-8:])
    assert part.headers["content-range"] == f"bytes {len(whole) - 8}-{len(whole) - 1}/{len(whole)}"
    head = filing.ask("HEAD", url, user=None)
    assert (head.headers["content-length"], head.content) == (str(len(whole)), b"")


def test_rows_taken_back_end_all_files(filing: Site) -> None:
    log(filing, [0, 1, 2])
    (url,), _ = asked(filing)
    run = filing.run()
    filing.write(lambda tx: rewind_run(tx, OPERATOR, run, to_step=1))
    assert asked(filing) == ([], [{"_step": 0}])
    assert filing.ask("GET", url, user=None).status_code == 409


def test_a_link_to_rows_that_became_another_file_is_refused(filing: Site) -> None:
    log(filing, [0, 1])
    (old,), _ = asked(filing)
    log(filing, [2])
    (new,), _ = asked(filing)
    assert steps_of(filing, new) == [0, 1, 2]
    answer = filing.ask("GET", old, user=None)
    assert answer.status_code == 409
    assert "read it again" in answer.text


def test_names_that_another_run_has_had_get_no_files(filing: Site) -> None:
    """To the client `p_b/c` and `p/b_c` are one name, and so are `R1` and `r1` on some disks."""
    log(filing, [0], name="b_c")
    assert steps_of(filing, asked(filing, "b_c")[0][0]) == [0]
    upsert = "mutation U($i: UpsertBucketInput!) { upsertBucket(input: $i) { bucket { id } } }"
    filing.data(upsert, i={"name": "C", "modelName": "p_b"})
    line = json.dumps({"_step": 9, "_timestamp": 1.0, "x": 1})
    files = {"wandb-history.jsonl": {"offset": 0, "content": [line]}}
    body = {"files": files, "complete": True, "exitcode": 0}
    assert filing.ask("POST", "/files/ada/p_b/C/file_stream", body).status_code == 200
    assert asked(filing, "C", "p_b") == ([], [{"_step": 9}])


@pytest.mark.parametrize("user", ["ada", None])
def test_a_link_that_was_not_signed_here_opens_nothing(filing: Site, user: str | None) -> None:
    log(filing, [0])
    (url,), _ = asked(filing)
    assert filing.ask("GET", url.replace("/0.parquet", "x/0.parquet"), user=user).status_code == 403


def test_files_of_a_deleted_run_are_gone(filing: Site) -> None:
    log(filing, [0])
    (url,), _ = asked(filing)
    assert steps_of(filing, url) == [0]
    assert len(filing.blobs()) == 1
    run = filing.run()
    filing.write(lambda tx: tx.runs.trash_run(run.id))
    assert filing.ask("GET", url, user=None).status_code == 404
