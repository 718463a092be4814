"""Bodies that are too large, badly compressed, or whose rows nobody would log on purpose."""

from __future__ import annotations

import gzip
import json
import math
import re
import time
import zlib
from typing import Any

import pytest
from tests.faults.victim import HISTORY, KEEPSAKE, MAX_BODY_MB, PROJECT, Victim, refused

MIB = 1024 * 1024
OK = b'{"files":{}}'
TOO_MUCH = MAX_BODY_MB * MIB + 1_000


def doors(victim: Victim) -> list[str]:
    return ["/graphql", victim.stream_path(KEEPSAKE), "/api/v1/series"]


# Size and compression


def test_too_large_as_announced(victim: Victim) -> None:
    """Refused by its head: the body is not waited for."""
    for path in doors(victim):
        for length in (TOO_MUCH, 10**12, 2**63 - 1):
            head = request_head(victim, path, f"Content-Length: {length}", "Connection: close")
            with victim.socket() as connection:
                connection.sendall(head + b"{")
                assert connection.recv(10_000).startswith(b"HTTP/1.1 413")


def test_too_large_in_fact(victim: Victim) -> None:
    for path in doors(victim):
        # Without a length, and with one that is the truth; all of it is sent.
        said = victim.ask("POST", path, b'{"x":"' + b"x" * TOO_MUCH + b'"}')
        assert "bytes" in refused(said, 413)
        head = request_head(victim, path, "Transfer-Encoding: chunked", "Connection: close")
        with victim.socket() as connection:
            connection.sendall(head)
            chunk = b"%x\r\n%b\r\n" % (MIB, b" " * MIB)
            try:
                for _ in range(MAX_BODY_MB + 1):
                    connection.sendall(chunk)
                connection.sendall(b"0\r\n\r\n")
            except ConnectionError:
                pass  # it has heard enough, and said so
            assert connection.recv(10_000).startswith(b"HTTP/1.1 413")


def request_head(victim: Victim, path: str, *headers: str) -> bytes:
    given = [f"{name}: {value}" for name, value in victim.headers.items()]
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", *given, *headers, "", ""]).encode()


def memory_kib(victim: Victim) -> int:
    with open(f"/proc/{victim.server.pid}/status") as file:
        found = re.search(r"VmHWM:\s+(\d+) kB", file.read())
    assert found
    return int(found[1])


@pytest.mark.parametrize(("name", "wbits"), [("gzip", 31), ("deflate", 15)])
def test_compressed_bombs(victim: Victim, name: str, wbits: int) -> None:
    packer = zlib.compressobj(9, wbits=wbits)
    bomb = b"".join(packer.compress(b" " * MIB) for _ in range(200)) + packer.flush()
    assert len(bomb) < MIB
    before = memory_kib(victim)
    began = time.monotonic()
    for path in doors(victim):
        refused(victim.ask("POST", path, bomb, {"Content-Encoding": name}), 413)
    assert time.monotonic() - began < 10
    assert memory_kib(victim) - before < 4 * MAX_BODY_MB * 1024


PACKED = gzip.compress(OK, mtime=0)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", OK),
        ("gzip", b""),
        ("gzip", PACKED[:-5]),
        ("gzip", PACKED[:12]),
        ("gzip", PACKED[:-8] + b"\0" * 8),
        ("gzip", PACKED + PACKED),
        ("gzip", PACKED + b"more"),
        ("gzip", PACKED[:12] + b"\xff" * 20),
        ("gzip", zlib.compress(OK)),
        ("deflate", OK),
        ("deflate", zlib.compress(OK)[2:-4]),
        ("deflate", PACKED),
        ("br", OK),
        ("zstd", OK),
        ("gzip, gzip", gzip.compress(PACKED, mtime=0)),
        ("x" * 5_000, OK),
        ("ü", OK),
    ],
)
def test_compression_that_is_none(victim: Victim, encoding: str, body: bytes) -> None:
    for path in doors(victim):
        answer = victim.ask("POST", path, body, {"Content-Encoding": encoding})
        refused(answer, 400, 415)


# Rows


def read_back(victim: Victim, run: str) -> list[Any]:
    """The run's rows; every other door that shows them must open too."""
    place = f"/api/v1/projects/{victim.entity}/{PROJECT}"
    assert victim.ask("GET", f"{place}/runs/{run}").status == 200
    assert victim.ask("GET", f"{place}/keys?run={run}").status == 200
    assert victim.ask("GET", f"{place}/runs?limit=5").status == 200
    one = {"entity": victim.entity, "project": PROJECT, "runs": [run], "keys": ["a", "_step"]}
    axes = [one | {"axis": axis} for axis in ("step", "time", "relative")]
    series = victim.ask("POST", "/api/v1/series", json.dumps({"requests": axes}).encode())
    assert series.status == 200
    assert b'"errors":[]' in series.body
    return [json.loads(row) for row in victim.read_run(run)["history"]]


@pytest.mark.parametrize(
    "row",
    [
        "[1]", "1", "null", '"x"', "true", "NaN", "", " ", '{"a":', '{"a":1}{"a":2}',
        '{"a":1},{"a":2}', '{"a":1}],[{"b":2}', '{"a":1},', "{'a':1}", '{"a":01}', '{"a":1,}',
        "\ufeff{}", '{"a":' + "9" * 5_000 + "}",
        '{"a":"\x01"}', '{"a":' * 2_000 + "1" + "}" * 2_000,
        '{"a":' + "[" * 300 + "1" + "]" * 300 + "}", '{"a":' + "[" * 100_000 + "}",
        '{"a":{"_type":"x","b":' + '{"b":' * 900 + "NaN" + "}" * 900 + "}}",
    ],
    ids=lambda row: repr(row[:30]),
)  # fmt: skip
def test_rows_that_are_none(victim: Victim, row: str) -> None:
    run = victim.new_run("no-rows")
    for rows in ([row], ['{"a":1}', row], ['{"a":1}'] * 100 + [row]):
        refused(victim.rows(run, rows), 400)
    assert read_back(victim, run) == []


DEEP = '{"a":' * 1_000 + "1" + "}" * 1_000
BIG = int("9" * 400)
ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "400 digits": (f'{{"a":{BIG},"b":-{BIG}}}', {"a": BIG, "b": -BIG}),
    "beyond doubles": ('{"a":9007199254740993}', {"a": 9007199254740993}),
    "1e999": ('{"a":1e999,"b":-1e999}', {"a": math.inf, "b": -math.inf}),
    "tiny": ('{"a":1e-999,"b":5e-324}', {"a": 0.0, "b": 5e-324}),
    "bare words": ('{"a":NaN,"b":-Infinity}', {"a": math.nan, "b": -math.inf}),
    "nested 1,000 deep": (DEEP, {"a" + ".a" * 999: 1}),
    "duplicate keys": ('{"a":1,"a":"x","a":2}', {"a": 2}),
    "duplicates by flattening": ('{"a.b":1,"a":{"b":2}}', {"a.b": 2}),
    "no key": ('{"":1,"b":{"":{"":2}}}', {"": 1, "b..": 2}),
    "our own words": ('{"$float":"NaN","m":[{"$float":"x"}]}',
                      {"$float": "NaN", "m": [{"$float": "x"}]}),
    "half characters": ('{"s":"\\ud800","t":"\\udc00x"}', {"s": "\ud800", "t": "\udc00x"}),
    "whole characters": ('{"s":"\\ud83d\\ude00\\u0000"}', {"s": "😀\0"}),
    "10 MB": (json.dumps({"a": "x" * 10_000_000}), {"a": "x" * 10_000_000}),
    "key of 1 MB": (json.dumps({"k" * 1_000_000: 1}), {"k" * 1_000_000: 1}),
    "20,000 keys": (json.dumps({f"k{i}": i for i in range(20_000)}),
                    {f"k{i}": i for i in range(20_000)}),
    "nothing": ("{}", {}),
    "kinds": ('{"a":true,"b":null,"c":[],"d":{},"e":[[1,"x",null]]}',
              {"a": True, "b": None, "c": [], "d": {}, "e": [[1, "x", None]]}),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_odd_rows_are_kept(victim: Victim, case: str) -> None:
    text, expected = ROWS[case]
    run = victim.new_run(f"odd-{list(ROWS).index(case)}")
    assert victim.rows(run, [text]).status == 200
    # Again, as after an acknowledgement that was lost, and among others.
    assert victim.rows(run, [text, '{"plain":1}']).status == 200
    first, second = read_back(victim, run)
    kept = {k: v for k, v in first.items() if k not in ("_step", "_timestamp")}
    # As text: there NaN is itself, and 1 is not 1.0.
    assert json.dumps(kept, sort_keys=True) == json.dumps(expected, sort_keys=True)
    assert second["plain"] == 1


STEPS: dict[str, int] = {
    '"5"': 0, "1.5": 1, "-3": -3, "-1e300": 0, "1e300": 0, "1e18": 10**18,
    "9007199254740993": 2**53 + 1, "9223372036854775807": 2**63 - 1, "9223372036854775808": 0,
    "-9223372036854775809": 0, "9" * 400: 0, "NaN": 0, "-Infinity": 0, "1e999": 0, "null": 0,
    "true": 1, "[]": 0, '"x"': 0,
}  # fmt: skip


def test_steps_that_are_none(victim: Victim) -> None:
    """A row without a usable step gets its line number, and none is lost."""
    for i, (text, step) in enumerate(STEPS.items()):
        run = victim.new_run(f"step-{i}")
        assert victim.rows(run, [f'{{"_step":{text},"a":1}}']).status == 200
        (row,) = read_back(victim, run)
        assert (row["_step"], row["a"]) == (step, 1), text


def test_times_that_are_none(victim: Victim) -> None:
    for i, text in enumerate(
        ['"5"', "-1", "0", "1e300", "-1e300", "NaN", "Infinity", "null", "true", "[]", "9" * 400,
         "9223372036854775808", '{"x":1}', '"2020-01-01T00:00:00Z"']
    ):  # fmt: skip
        run = victim.new_run(f"time-{i}")
        row = f'{{"_step":0,"_timestamp":{text},"_runtime":{text},"a":1}}'
        assert victim.rows(run, [row]).status == 200
        system = {"wandb-events.jsonl": {"offset": 0, "content": [row]}}
        assert victim.stream(run, system).status == 200
        assert read_back(victim, run)[0]["a"] == 1
        assert victim.graphql(
            f'{{project(name:"p"){{run(name:"{run}"){{systemMetrics eventsTail historyTail}}}}}}'
        ).json()["data"]["project"]["run"]["systemMetrics"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"files":{"wandb-history.jsonl":{"content":["{\\"a\\":\\"\xff\xfe\\"}"]}}}',
        b'{"files":{"wandb-history.jsonl":{"content":["\xed\xa0\x80"]}}}',
        b'{"files":{"wandb-history.jsonl":{"content":["\xc0\xae"]}}}',
        '{"files":{}}x'.encode("utf-16"), b'{"files":{}}\x00',
    ],
    ids=repr,
)  # fmt: skip
def test_bytes_that_are_no_text(victim: Victim, body: bytes) -> None:
    refused(victim.ask("POST", victim.stream_path(KEEPSAKE), body), 400)


def test_byte_order_marks(victim: Victim) -> None:
    """Before a body one is harmless; within it, it is no JSON."""
    path = victim.stream_path(KEEPSAKE)
    assert victim.ask("POST", path, b"\xef\xbb\xbf{}").status == 200
    refused(victim.rows(KEEPSAKE, ["\ufeff{}"], 50), 400)


def test_many_posts_of_nonsense_among_good_ones(victim: Victim) -> None:
    """The rows between come through, each once, in order."""
    run = victim.new_run("among")
    for i in range(15):
        assert victim.rows(run, [json.dumps({"a": i})], i).status == 200
        refused(victim.rows(run, ["nope"], i + 1), 400)
        refused(victim.rows(run, ['{"a":-1}'], i + 5), 409)
        refused(victim.stream(run, {HISTORY: 5}), 400)
        assert victim.rows(run, ['{"a":-1}'], i).status == 200  # a repetition: dropped
    assert [row["a"] for row in read_back(victim, run)] == list(range(15))
