"""Lists of keys are remembered under a limit, and no longer than their histories stay the same."""

from __future__ import annotations

from runstone.services import ingest
from runstone.services.ingest import Report
from runstone.services.logged_keys import LoggedKeys
from runstone.testing.office import Office, make_rows


def _log(office: Office, run: str, row0: int, rows: int) -> None:
    report, actor = Report(history=make_rows(row0, rows)), office.actor("anna")
    office.write(lambda tx: ingest.record(tx, actor, "anna", "digits", run, report))


def test_the_same_list_comes_while_nothing_is_logged(office: Office) -> None:
    run = office.begin("r1")
    _log(office, "r1", 0, 5)
    logged = LoggedKeys()
    first = office.read(lambda s: logged.read(s, [run.id]))
    assert office.read(lambda s: logged.read(s, [run.id])) is first
    _log(office, "r1", 5, 1)
    later = office.read(lambda s: logged.read(s, [run.id]))
    assert [(key.num_numbers) for key in (*first, *later)] == [5, 6]


def test_what_was_asked_for_last_stays(office: Office) -> None:
    runs = [office.begin(name).id for name in ("r1", "r2", "r3")]
    for name in ("r1", "r2", "r3"):
        _log(office, name, 0, 2)
    logged = LoggedKeys(max_items=4)  # a list is its one key and its one history
    a, b, _ = (office.read(lambda s, r=run: logged.read(s, [r])) for run in (*runs[:2], runs[0]))
    c = office.read(lambda s: logged.read(s, [runs[2]]))
    assert office.read(lambda s: logged.read(s, [runs[0]])) is a
    assert office.read(lambda s: logged.read(s, [runs[2]])) is c
    assert office.read(lambda s: logged.read(s, [runs[1]])) is not b
    tiny = LoggedKeys(max_items=1)
    assert office.read(lambda s: tiny.read(s, runs[:1])) == a
    assert office.read(lambda s: tiny.read(s, runs[:1])) is not office.read(
        lambda s: tiny.read(s, runs[:1])
    )
