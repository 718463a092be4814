"""The journal of a run: what was appended is read, whatever became of the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.tracking.journal import Journal, JournalReader, file_of, writers_in

VICTIM = """
import sys
from pathlib import Path
from runstone.tracking.journal import Journal

journal = Journal(Path(sys.argv[1]), "")
number = 0
while True:
    journal.append(b"%d " % number * 20)
    sys.stdout.buffer.raw.write(b"%d\\n" % number)
    number += 1
"""


def read_all(folder: Path, writer: str = "") -> list[bytes]:
    return list(JournalReader(folder, writer).records())


@given(st.lists(st.binary(max_size=400_000), max_size=12), st.integers(0, 12))
def test_what_was_appended_is_read(
    tmp_path_factory: pytest.TempPathFactory, payloads: list[bytes], read_after: int
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    wanted = [payload for payload in payloads if payload]
    journal = Journal(folder, "")
    reader = JournalReader(folder, "")
    found: list[bytes] = []
    for number, payload in enumerate(wanted):
        if number == read_after:
            found += reader.records()
        journal.append(payload)
    found += reader.records()
    journal.close()
    found += reader.records()
    assert found == wanted
    assert read_all(folder) == wanted


def test_it_goes_on_in_further_files(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "w")
    payloads = [bytes([number]) * 700_000 for number in range(40)]
    payloads[20] = b"x" * 30_000_000
    for payload in payloads:
        journal.append(payload)
    journal.close()
    reader = JournalReader(tmp_path, "w")
    found: list[bytes] = []
    while more := list(reader.records(max_bytes=1_000_000)):
        found += more
    assert found == payloads
    assert file_of(tmp_path, "w", 2).exists()
    assert writers_in(tmp_path) == ["w"]
    taken = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert taken < sum(map(len, payloads)) + 1_000, "unused space was given back"


def test_a_torn_tail_is_left_out(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "")
    journal.append(b"whole")
    journal.append(b"torn by a loss of power")
    journal.close()
    path = file_of(tmp_path, "", 0)
    data = bytearray(path.read_bytes())
    data[-3] ^= 0xFF
    path.write_bytes(data)
    assert read_all(tmp_path) == [b"whole"]


def test_a_second_journal_does_not_write_over_the_first(tmp_path: Path) -> None:
    Journal(tmp_path, "").close()
    with pytest.raises(FileExistsError):
        Journal(tmp_path, "")


@pytest.mark.parametrize("after", [1, 500, 5_000])
def test_kill_9_loses_nothing_that_was_appended(tmp_path: Path, after: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(tmp_path)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    last = -1
    for line in process.stdout:
        last = int(line)
        if last >= after:
            os.kill(process.pid, signal.SIGKILL)
            break
    for line in process.stdout.read().splitlines():
        last = int(line)
    process.wait()
    process.stdout.close()
    found = read_all(tmp_path)
    assert found[: last + 1] == [b"%d " % number * 20 for number in range(last + 1)]
    assert len(found) <= last + 2, "one may have been appended and not been said"


class _Stopped(BaseException):
    """What a signal's handler raises, as Ctrl-C does."""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="timers that send signals")
def test_an_interrupted_record_takes_no_other_with_it(tmp_path: Path) -> None:
    journal, reader = Journal(tmp_path, ""), JournalReader(tmp_path, "")
    is_armed, number, num_stops = False, 0, 0
    kept: list[bytes] = []
    found: list[bytes] = []

    def stop(*_: object) -> None:
        if is_armed:
            raise _Stopped

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 1e-4, 1e-4)
    try:
        while num_stops < 150:
            try:
                is_armed = True
                while True:
                    number += 1
                    payload = b"%d " % number * (1 + number % 30)
                    journal.append(payload)
                    kept.append(payload)
            except _Stopped:
                is_armed, num_stops = False, num_stops + 1
            found += reader.records()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)
    while more := list(reader.records()):
        found += more
    numbers = [int(payload.split()[0]) for payload in found]
    assert numbers == sorted(set(numbers)), "each once, in order"
    assert not set(kept) - set(found), "whoever follows it sees all that was appended"
    assert read_all(tmp_path)[:1_000] == found[:1_000]


@pytest.mark.parametrize("lost", ["the first", "the next", "an end"])
def test_a_copy_that_lacks_a_part_is_told_from_a_whole_one(tmp_path: Path, lost: str) -> None:
    journal = Journal(tmp_path, "")
    for _ in range(2_000):
        journal.append(b"x" * 100)
    journal.close()
    reader = JournalReader(tmp_path, "")
    assert len(list(reader.records())) == 2_000
    assert not reader.lacks_files()
    first, following = sorted(tmp_path.iterdir())
    if lost == "an end":
        os.truncate(first, 16 + 10 * 108)
    else:
        (first if lost == "the first" else following).unlink()
    reader = JournalReader(tmp_path, "")
    assert len(list(reader.records())) < 2_000
    assert reader.lacks_files()


def test_what_a_killed_process_had_begun_lacks_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "")
    journal.append(b"x")
    # As where it was killed before it said that it goes on there.
    file_of(tmp_path, "", 1).write_bytes(b"RSTJRNL1".ljust(1_024, b"\0"))
    reader = JournalReader(tmp_path, "")
    assert list(reader.records()) == [b"x"]
    assert not reader.lacks_files()
