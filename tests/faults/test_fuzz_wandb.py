"""Random bodies for file_stream and GraphQL: whatever comes, never a 5xx, never a dead server."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.faults.victim import EVENTS, GIVES_UP, HISTORY, SUMMARY, Victim

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["wandb", HISTORY, "\ud800", "\0", 10**30, -1, 2**63, "../../x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner,
                                                                max_size=4),
    max_leaves=12,
)  # fmt: skip
LINES = st.lists(
    st.dictionaries(
        st.sampled_from(
            ["_step", "_timestamp", "_runtime", "loss", "a.b", "a", "", "\ud800", "$x"]
        ),
        JSON,
        max_size=5,
    ).map(json.dumps)
    | st.text(max_size=12),
    max_size=4,
)
CHUNKS = st.fixed_dictionaries(
    {}, optional={"offset": st.integers(-1, 4) | JSON, "content": LINES | JSON}
)
FILES = st.dictionaries(
    st.sampled_from([HISTORY, EVENTS, SUMMARY, "output.log", "output_a.log", "x"]), CHUNKS | JSON,
    max_size=4,
)  # fmt: skip
STREAMS = st.fixed_dictionaries(
    {},
    optional={
        "files": FILES | JSON,
        "complete": JSON,
        "exitcode": JSON,
        "uploaded": JSON,
        "preempting": JSON,
    },
)
FUZZ = settings(
    max_examples=120,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_no_file_stream_body_breaks_it(victim: Victim) -> None:
    run = victim.new_run("fuzz")
    num_accepted = 0

    @FUZZ
    @given(STREAMS)
    def post(body: Any) -> None:
        nonlocal num_accepted
        answer = victim.ask("POST", victim.stream_path(run), json.dumps(body).encode())
        num_accepted += answer.status == 200
        assert answer.status in (200, *GIVES_UP), answer

    post()
    assert num_accepted
    read = victim.read_run(run)
    assert len(read["history"]) == read["historyLineCount"]
    assert victim.ask("GET", f"/api/v1/projects/{victim.entity}/p/runs/{run}").status == 200


def test_no_graphql_request_breaks_it(victim: Victim) -> None:
    words = st.sampled_from(
        ["{", "}", "(", ")", "[", "]", ":", "$i", "...", "on", "Run", "query", "mutation", "Q",
         "fragment", "viewer", "project", "run", "name", "input", "upsertBucket", "history", '"p"',
         "-1", "1e999", "@include", "if", "true", "null", "!", "=", "#", '"\\ud800"', "\ud800",
         "id", "files", "edges", "node", "__typename", "String", "first", "samples"]
    )  # fmt: skip
    queries = st.lists(words, max_size=25).map(" ".join) | st.sampled_from(
        [
            "query Q($i:String){project(name:$i){name run(name:$i){name config}}}",
            "query Q($i:Int){models(first:$i){totalCount}}",
            "query Q($i:JSONString!){project(name:\"p\"){runs(filters:$i,order:$i){totalCount}}}",
            "mutation Q($i:UpsertBucketInput!){upsertBucket(input:$i){bucket{id}}}",
            "mutation Q($i:CreateRunFilesInput!){createRunFiles(input:$i){runID}}",
        ]
    )  # fmt: skip
    given_input = st.dictionaries(
        st.sampled_from(["name", "modelName", "entityName", "config", "tags", "displayName", "id"]),
        JSON,
    )

    @FUZZ
    @given(queries | JSON, st.fixed_dictionaries({"i": JSON | given_input}) | JSON)
    def post(query: Any, variables: Any) -> None:
        answer = victim.graphql(query, variables)
        assert answer.status in (200, *GIVES_UP), answer
        assert answer.json().keys() <= {"data", "errors"}

    post()
