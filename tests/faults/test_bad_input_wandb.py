"""What can be said wrongly to GraphQL.

Every refusal must have a status that ends what the client was doing: anything else is sent again
for up to a week (protocol/wandb.md section 3).
"""

from __future__ import annotations

import base64
import time

import pytest
from tests.faults.victim import KEEPSAKE, Victim, refused

DIGITS = "9" * 5_000
"""More than Python reads as one number."""
VIEWER = "{viewer{id}}"


# GraphQL: the body


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b"\xff\xfe", b"\x00",
        b'{"query":', b'{"query":1}', b'{"query":null}', b'{"query":["{viewer{id}}"]}',
        b'[{"query":"{viewer{id}}"}]',
        b'{"query":"{viewer{id}}","variables":[]}', b'{"query":"{viewer{id}}","variables":"x"}',
        b'{"query":"{viewer{id}}","operationName":5}',
        b'{"query":"query A{viewer{id}}","operationName":"B"}',
        b'{"query":"query A{viewer{id}}","operationName":"\\ud800"}',
        b'{"query":"{viewer{id}}","variables":{"a":' + DIGITS.encode() + b"}}",
        b'{"query":"{viewer{id}}","variables":{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}}",
        b'{"query":"{viewer{\\ud800}}"}', b"[" * 100_000, b'{"a":' * 10_000,
    ],
    ids=lambda body: repr(body[:40]),
)  # fmt: skip
def test_bodies_that_are_no_graphql_request(victim: Victim, body: bytes) -> None:
    refused(victim.ask("POST", "/graphql", body), 400)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Unexpected <EOF>"),
        ("{viewer{id}", "Expected Name"),
        ("{viewer{nope}}", "Cannot query field 'nope'"),
        ("{nope}", "Cannot query field 'nope'"),
        ("mutation{deleteEverything}", "Cannot query field 'deleteEverything'"),
        ("subscription{x}", "subscription"),
        ("{viewer{id}} {viewer{id}}", "anonymous"),
        ("query A{viewer{id}} query B{viewer{id}}", "several and none was named"),
        ("query A{viewer{id}} query A{viewer{id}}", "only one operation named 'A'"),
        ("query A($x:Nope!){viewer{id}}", "Nope"),
        ("query A($x:Int!){viewer{id}}", "Variable '$x'"),
        ("{viewer{id @nope}}", "Unknown directive"),
        ("{viewer(x:1){id}}", "Unknown argument"),
        ("{viewer}", "must have a selection"),
        ("{viewer{id{x}}}", "must not have a selection"),
        ("{...A} fragment A on Query{...B} fragment B on Query{...A}", "within itself"),
        ("{...Nowhere}", "Unknown fragment"),
        ("mutation{upsertBucket}", "selection of subfields"),
        ("mutation{upsertBucket(input:{name:5}){bucket{id}}}", "String cannot represent"),
        ("mutation{upsertBucket(input:{nope:5}){bucket{id}}}", "unknown field 'nope'"),
    ],
    ids=lambda text: text[:40],
)
def test_documents_that_are_not_of_the_schema(victim: Victim, query: str, said: str) -> None:
    assert said in refused(victim.graphql(query), 400)


def fragments(levels: int, spreads: int) -> str:
    """A few lines that stand for `spreads ** levels` fields."""
    place = 'entity{project(name:"p"){...F%d}}'
    chain = ""
    for level in range(levels):
        places = " ".join(f"a{j}:{place % (level + 1)}" for j in range(spreads))
        chain += f"fragment F{level} on Project {{ {places} }} "
    return f'{{project(name:"p"){{...F0}}}} {chain} fragment F{levels} on Project {{name}}'


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("{" * 10_000, id="open braces"),
        pytest.param("{a" * 10_000, id="10,000 levels"),
        pytest.param('{project(name:"p"){' + 'entity{project(name:"p"){' * 40 + "name" + "}}" * 41,
                     id="80 levels"),
        pytest.param(fragments(30, 2), id="a billion fields"),
        pytest.param(fragments(60, 1), id="deep by fragments"),
        pytest.param(fragments(2_000, 1), id="very deep by fragments"),
        pytest.param("{" + "a" * 1_000_000 + "}", id="name of 1e6 characters"),
        pytest.param("{" + "viewer{id} " * 2_900 + "}", id="one field 2,900 times"),
        pytest.param("{" + " ".join(f"a{i}:viewer{{id}}" for i in range(6_000)) + "}",
                     id="6,000 aliases"),
        pytest.param("{viewer{id} " + "x" * 1_000_000, id="cut after 1e6 characters"),
        pytest.param('{project(name:"' + "p" * 1_000_000 + '"', id="open string"),
        pytest.param("{viewer" + "@include(if:true)" * 15_000 + "{id}}", id="15,000 directives"),
        pytest.param("query(" + "".join(f"$v{i}:Int " for i in range(6_000)) + "){viewer{id}}",
                     id="6,000 variables"),
        pytest.param("{a(x:" + "[" * 10_000 + "]" * 10_000 + ")}", id="nested list literal"),
        pytest.param("{__schema{types{" + "fields{type{" * 8 + "name" + "}}" * 8 + "}}}",
                     id="introspection of introspection"),
    ],
)  # fmt: skip
def test_query_bombs_are_bounded(victim: Victim, query: str) -> None:
    began = time.monotonic()
    refused(victim.graphql(query), 400)
    assert time.monotonic() - began < 10


def test_lists_within_lists_are_bounded(victim: Victim) -> None:
    for i in range(40):
        victim.upsert(f"many{i}", modelName="many")
    inner = "name"
    for _ in range(5):  # 40 to the power of 5
        inner = f"project{{runs(first:10000){{edges{{node{{{inner}}}}}}}}}"
    # In a mutation, for which all writing waits; and nothing of it is kept.
    given = '{modelName:"many",name:"many1",notes:"bomb"}'
    began = time.monotonic()
    bomb = f"mutation{{upsertBucket(input:{given}){{bucket{{{inner}}}}}}}"
    assert "in parts" in refused(victim.graphql(bomb), 400)
    assert time.monotonic() - began < 30
    assert victim.read_run("many1", "many")["notes"] is None


@pytest.mark.parametrize(
    "query",
    [
        "#" + "a" * 1_000_000 + "\n" + VIEWER,
        "{" + " ".join(f"a{i}:viewer{{id}}" for i in range(1_000)) + "}",
        "{__schema{types{name kind fields{name args{name type{name}} type{name ofType{name}}}}}}",
        'query($unused:String){__type(name:"Run"){name}}',
        fragments(8, 2),
    ],
    ids=["long comment", "1,000 aliases", "introspection", "unused variable", "some fragments"],
)
def test_unusual_documents_are_answered(victim: Victim, query: str) -> None:
    if "unused" in query:
        refused(victim.graphql(query), 400)  # a rule of GraphQL, not ours
        return
    answer = victim.graphql(query)
    assert answer.status == 200
    assert "errors" not in answer.json()


# GraphQL: the arguments


@pytest.mark.parametrize(
    "field",
    [
        "history(samples:-1)", "history(samples:99999999999)", "history(minStep:1.5)",
        'history(minStep:"99999999999999999999")', 'history(minStep:"x")',
        f'history(minStep:"{DIGITS}")', "history(minStep:9223372036854775808)", "events(samples:0)",
        "logLines(first:-1){edges{node{line}}}", "logLines(last:-1){edges{node{line}}}",
        'logLines(after:":x"){edges{node{line}}}',
        'logLines(after:":99999999999999999999999"){edges{node{line}}}',
        f'logLines(after:":{DIGITS}"){{edges{{node{{line}}}}}}', "files(first:-1){totalCount}",
        r'sampledHistory(specs:["[]"])', r'sampledHistory(specs:["null"])',
        r'sampledHistory(specs:["{"])', r'sampledHistory(specs:["{\"keys\":[5]}"])',
        r'sampledHistory(specs:["{\"keys\":[\"loss\"],\"samples\":-1}"])',
        r'sampledHistory(specs:["{\"keys\":[\"loss\"],\"minStep\":1e999}"])',
        r'sampledHistory(specs:["{\"keys\":[\"loss\"],\"samples\":' + DIGITS + r'}"])',
        "sampledHistory(specs:[" + r'"{\"keys\":[\"loss\"]}",' * 1_100 + "])",
    ],
    ids=lambda text: text[:60],
)  # fmt: skip
def test_arguments_of_a_run_that_make_no_sense(victim: Victim, field: str) -> None:
    answer = victim.graphql(f'{{project(name:"p"){{run(name:"{KEEPSAKE}"){{name {field}}}}}}}')
    assert answer.status in (200, 400)
    said = answer.json()
    assert 10 < len(said["errors"][0]["message"]) < 5_000
    if answer.status == 200:  # the rest of the answer is there
        assert said["data"]["project"]["run"]["name"] == KEEPSAKE


@pytest.mark.parametrize(
    "field",
    [
        "history(samples:2147483647)", "history(minStep:5,maxStep:1)",
        "history(minStep:-9223372036854775808,maxStep:9223372036854775807)",
        "logLines(last:2147483647){edges{node{line}}}", "files(first:2147483647){totalCount}",
        r'files(pattern:"%%%_\\\\"){totalCount}', r'files(after:"\u0000"){totalCount}',
        "sampledHistory(specs:[])", r'sampledHistory(specs:["{\"keys\":[]}"])',
        r'sampledHistory(specs:["{\"keys\":[\"loss\"],\"minStep\":-1e300,\"maxStep\":1e300}"])',
        r'sampledHistory(specs:["{\"keys\":[\"loss\"],\"minStep\":1e300}"])',
    ],
)  # fmt: skip
def test_extreme_arguments_are_answered(victim: Victim, field: str) -> None:
    answer = victim.graphql(f'{{project(name:"p"){{run(name:"{KEEPSAKE}"){{{field}}}}}}}')
    assert answer.status == 200
    assert "errors" not in answer.json()


NO_IDS = (
    "", "RunFile:", "RunFile::x", "RunFile:1", f"RunFile:{DIGITS}:x", f"RunFile:{'9' * 25}:x",
    "RunFile:²:x", "RunFile:999:../../x", "ApiKey:", f"ApiKey:{DIGITS}", f"ApiKey:{'9' * 25}",
    "ApiKey:-1", "Run:v1:a:b", "Run:v1:::", "Run:v1:nope:p:nobody", "Run:v1:\0:\0:\0", "\0",
)  # fmt: skip


@pytest.mark.parametrize(
    "mutation",
    [
        "mutation($i:ID!){deleteFiles(input:{files:[$i]}){success}}",
        "mutation($i:ID!){deleteRun(input:{id:$i}){clientMutationId}}",
        "mutation($i:ID!){stopRun(input:{id:$i}){success}}",
        "mutation($i:String!){deleteApiKey(input:{id:$i}){success}}",
        'mutation($i:ID!){updateRunState(input:{id:$i,state:"killed"}){success}}',
    ],
    ids=lambda text: text.split("{")[1].split("(")[0],
)
def test_ids_that_are_none(victim: Victim, mutation: str) -> None:
    for text in NO_IDS:
        raw = base64.b64encode(text.encode()).decode()
        answer = victim.graphql(mutation, {"i": raw})
        if answer.status != 200:  # deleting what is not there is done already
            refused(answer)
        refused(victim.graphql(mutation, {"i": raw[:-1] + "!"}))
    refused(victim.graphql(mutation, {"i": "ü"}))


@pytest.mark.parametrize(
    "document",
    [
        "[]", "null", "5", '"x"', "{", "", "NaN", "\ufeff{}", '{"a":' + DIGITS + "}",
        '{"a":' * 250 + "1" + "}" * 250, '{"a":' * 2_000 + "1" + "}" * 2_000,
        '{"a":' + "[" * 900 + "NaN" + "]" * 900 + "}",
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
@pytest.mark.parametrize("field", ["config", "summaryMetrics"])
def test_documents_that_are_no_objects(victim: Victim, field: str, document: str) -> None:
    refused(victim.upsert("never", **{field: document}), 400)
    assert victim.read_run("never") is None


@pytest.mark.parametrize(
    "point",
    ["5", "[]", "{}", '{"run_id":5,"step":1}', '{"run_id":"keepsake","step":"1"}',
     '{"run_id":"keepsake","step":NaN}', '{"run_id":"keepsake","step":1e999}',
     '{"run_id":"keepsake","step":1.5}', '{"run_id":"nope","step":1}',
     '{"run_id":"\\ud800","step":1}'],
)  # fmt: skip
def test_forks_from_nowhere(victim: Victim, point: str) -> None:
    config = '{"_wandb":{"value":{"branch_point":' + point + "}}}"
    refused(victim.upsert("never", config=config), 400, 404)
    assert victim.read_run("never") is None
