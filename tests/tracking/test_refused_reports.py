"""A report that the server refuses: what is to blame is set aside, and all else arrives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard
from tests.tracking.conftest import Desk

from runstone.domain.errors import InvalidInput, NotBuilt, QuotaExceeded, RunstoneError
from runstone.sdk import Api
from runstone.sdk.settings import Server
from runstone.tracking.folder import RunFolder
from runstone.tracking.http import HttpClient
from runstone.tracking.sending import Sender

SCRIPT = """
import runstone
with runstone.init("refused-reports", id=ID, mode="offline") as run:
    for i in range(200):
        run.log({"i": i, "text": "poison" if i in (0, 123) else "good"})
"""


class Picky(HttpClient):
    """The way to a real server, but for reports with a poisoned row."""

    def __init__(self, server: Server, error: RunstoneError) -> None:
        super().__init__(server, user_agent="test")
        self.error = error
        self.num_refused = 0

    def put(
        self,
        into: type[Any],
        method: str,
        path: Sequence[str],
        data: bytes | Mapping[str, Any],
    ) -> Any:
        """Sends it, or says no."""
        if path[-1] == "report" and isinstance(data, bytes):
            report = msgspec.msgpack.decode(zstandard.decompress(data))
            if b"poison" in msgspec.msgpack.encode(report.get("history")):
                self.num_refused += 1
                raise self.error
        return super().put(into, method, path, data)


@pytest.mark.parametrize(
    "error",
    [
        InvalidInput("a row that is not understood"),
        QuotaExceeded("too much", code="report-too-large"),
    ],
    ids=["400", "413"],
)
def test_what_is_behind_a_refused_row_arrives(
    desk: Desk, api: Api, error: RunstoneError, capsys: pytest.CaptureFixture[str]
) -> None:
    """The row keeps its number and its place; its values stay in the folder alone."""
    name = f"r-{type(error).__name__.lower()}"
    desk.run(f"ID = {name!r}" + SCRIPT)
    (identity,) = Path(desk.folder).glob(f"**/run-*-{name}/run.json")
    transport = Picky(Server(api.url, desk.environ["RUNSTONE_API_KEY"]), error)
    try:
        sender = Sender(RunFolder(identity.parent), transport)
        assert sender.finish()
        assert sender.has_left_out
    finally:
        transport.close()
    run = api.run(f"ada/refused-reports/{name}")
    assert run.state == "finished"
    found = run.history(keys=["i"]).to_arrow().column("i").to_pylist()
    assert [i for i in found if i is not None] == [i for i in range(200) if i not in (0, 123)]
    assert run.summary["i"] == 199
    assert 2 < transport.num_refused < 60, "rows are halved, not tried one by one"
    assert "is refused, and stays in" in capsys.readouterr().err


def test_what_an_older_server_does_not_know_waits_for_a_newer_one(desk: Desk, api: Api) -> None:
    """It is no fault of the report: nothing of it is given up."""
    desk.run("ID = 'r-newer'" + SCRIPT)
    (identity,) = Path(desk.folder).glob("**/run-*-r-newer/run.json")
    folder = RunFolder(identity.parent)
    server = Server(api.url, desk.environ["RUNSTONE_API_KEY"])
    older = Picky(server, NotBuilt("unknown words", code="newer-client"))
    with pytest.raises(NotBuilt):
        Sender(folder, older).finish()
    older.close()
    assert not folder.is_sent()
    newer = HttpClient(server, user_agent="test")
    sender = Sender(folder, newer)
    assert sender.finish()
    newer.close()
    assert not sender.has_left_out
    assert len(list(api.run("ada/refused-reports/r-newer").history(keys=["i"]))) == 200


def test_the_end_says_that_something_stays_here(desk: Desk) -> None:
    _, err = desk.run(
        """
import runstone
with runstone.init("refused-reports", id="r-cut") as run:
    run.log({"long": "x" * 17_000_000, "i": 1})
"""
    )
    assert "keeps 'long'" in err
    assert "all but what was left out is at" in err
    assert "all of it" not in err
    said = desk.runstone("sync", "--clean", "--older-than", "0", "--yes")
    assert "does not have all of it" in said
    assert len(list((desk.folder / "runstone").glob("*-r-cut"))) == 1, "it lies here alone"
