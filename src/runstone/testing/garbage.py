"""What every store must do with what was removed, and with sums of what is stored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from runstone.domain.errors import NotFound
from runstone.domain.history import HistoryBatch, Numbers, StreamKind
from runstone.domain.ids import RunId
from runstone.domain.run import ConsoleLine, Run
from runstone.domain.storage import Erased, ProjectUsage, Removed, RunUsage, Usage
from runstone.ports.store import Transaction
from runstone.ports.uploads import UploadCursor
from runstone.testing.subject import LOST, StoreFixtures, Subject, World, make_world

ALL = 10**12


def _fill(subject: Subject, run: Run, *, key: str = "loss", rows: int = 200) -> list[str]:
    """Everything that a run can hold; returns its blobs."""
    blobs = [f"runs/{run.id}/{name}" for name in ("a", "b")]

    def fill(tx: Transaction) -> None:
        steps = np.arange(rows)
        times = steps.astype(np.float64)
        for kind in (StreamKind.HISTORY, StreamKind.SYSTEM):
            for writer in ("", "w"):
                stream = tx.history.open_stream(run.id, kind, writer)
                batch = HistoryBatch(0, steps, times, times, {key: Numbers(times)})
                tx.history.append(stream.id, batch)
                tx.uploads.set_cursor(stream.id, UploadCursor(3, True))
        tx.console.put_lines(run.id, [ConsoleLine("", i, "héllo") for i in range(30)])
        tx.console.put_lines(run.id, [ConsoleLine("w", 0, "x")])
        for blob, name in zip(blobs, ("model.bin", "media/a.png"), strict=True):
            tx.files.arrived(run.id, name, blob=blob, size_bytes=1_000, md5="m", mime_type="t")
        tx.files.announce(run.id, ["never came"])

    subject.write(fill)
    return blobs


def _erase(subject: Subject, run: RunId, *, max_bytes: int) -> list[Erased]:
    steps: list[Erased] = []
    while not steps or not steps[-1].is_done:
        steps.append(subject.write(lambda tx: tx.garbage.erase_some(run, max_bytes=max_bytes)))
    return steps


class GarbageConformance(StoreFixtures):
    """The docstrings of `runstone.ports.garbage` as tests."""

    @pytest.fixture
    def world(self, subject: Subject) -> World:
        """One user with one project with one run."""
        return make_world(subject)

    @pytest.mark.parametrize("max_bytes", [1, 1_000, ALL])
    @pytest.mark.parametrize("is_sealed", [False, True])
    def test_a_removed_run_is_erased_in_steps(
        self, subject: Subject, world: World, max_bytes: int, is_sealed: bool
    ) -> None:
        run, other = world.run, subject.run(world.project.id, world.user.id, "r2")
        blobs = _fill(subject, run)
        kept = _fill(subject, other)
        if is_sealed:
            subject.store.seal_run(run.id)
        subject.write(lambda tx: tx.runs.delete_run(run.id))
        assert subject.read(lambda s: s.garbage.removed_runs(limit=9)) == [run.id]
        assert subject.read(lambda s: s.garbage.blobs_of(run.id)) == frozenset(blobs)

        steps = _erase(subject, run.id, max_bytes=max_bytes)

        assert sorted(blob for step in steps for blob in step.blobs) == blobs
        gone = sum((step.usage for step in steps), Usage())
        assert (gone.console, gone.files, gone.media) == (30 * 6 + 1, 1_000, 1_000)
        found = subject.read(
            lambda s: (
                list(s.garbage.removed_runs(limit=9)),
                s.garbage.blobs_of(run.id),
                s.history.streams([run.id]),
                list(s.console.lines(run.id)),
                s.files.file(run.id, "never came"),
                s.files.count_files(run.id),
                s.usage.removed(),
            )
        )
        assert found == ([], frozenset(), [], [], None, 0, Removed(0, Usage()))
        assert subject.read(lambda s: s.garbage.blobs_of(other.id)) == frozenset(kept)
        streams = subject.read(lambda s: s.history.streams([other.id]))
        assert [stream.next_row for stream in streams] == [200] * 4
        assert len(subject.read(lambda s: s.console.lines(other.id))) == 31

    def test_runs_that_were_not_removed_are_left_alone(
        self, subject: Subject, world: World
    ) -> None:
        _fill(subject, world.run)
        before = subject.read(lambda s: s.usage.runs(world.project.id))
        for run in (world.run.id, LOST):
            assert subject.write(lambda tx, r=run: tx.garbage.erase_some(r, max_bytes=ALL)) == (  # type: ignore[misc]
                Erased()
            )
        assert subject.read(lambda s: s.usage.runs(world.project.id)) == before
        assert subject.read(lambda s: s.garbage.removed_runs(limit=0)) == []

    def test_nothing_is_recorded_of_a_removed_run(self, subject: Subject, world: World) -> None:
        run = world.run.id
        subject.write(lambda tx: tx.runs.delete_run(run))
        for unit in (
            lambda tx: tx.console.put_lines(run, [ConsoleLine("", 0, "late")]),
            lambda tx: tx.files.announce(run, ["late"]),
            lambda tx: tx.files.arrived(
                run, "late", blob="b", size_bytes=1, md5="m", mime_type="t"
            ),
        ):
            with pytest.raises(NotFound):
                subject.write(unit)

    def test_names_without_values_are_forgotten_and_come_again(
        self, subject: Subject, world: World
    ) -> None:
        second, third = (subject.run(world.project.id, world.user.id, n) for n in ("r2", "r3"))
        _fill(subject, world.run, key="kept")
        _fill(subject, second, key="secret/name")
        for run in (world.run, second):
            subject.store.seal_run(run.id)
        subject.write(lambda tx: tx.runs.delete_run(second.id))
        _erase(subject, second.id, max_bytes=ALL)
        unused = subject.read(lambda s: s.garbage.unused_keys())
        # Written after the look, with a name that was unused then.
        _fill(subject, third, key="secret/name")
        subject.store.seal_run(third.id)
        assert subject.write(lambda tx: tx.garbage.forget_keys(unused)) == 0
        subject.write(lambda tx: tx.runs.delete_run(third.id))
        _erase(subject, third.id, max_bytes=ALL)
        unused = subject.read(lambda s: s.garbage.unused_keys())
        assert subject.write(lambda tx: tx.garbage.forget_keys(unused)) == len(unused.ids)
        assert not subject.read(lambda s: s.garbage.unused_keys()).ids
        fourth = subject.run(world.project.id, world.user.id, "r4")
        _fill(subject, fourth, key="secret/name")
        subject.store.seal_run(fourth.id)
        keys = subject.read(lambda s: s.history.keys([world.run.id, fourth.id]))
        assert [(key.name, key.num_numbers) for key in keys] == [
            ("kept", 400), ("secret/name", 400),
        ]  # fmt: skip

    def test_giving_back_and_trimming_change_nothing_that_is_read(
        self, subject: Subject, world: World
    ) -> None:
        other = subject.run(world.project.id, world.user.id, "r2")
        _fill(subject, world.run, rows=20_000)
        _fill(subject, other)
        subject.write(lambda tx: tx.runs.delete_run(world.run.id))
        _erase(subject, world.run.id, max_bytes=ALL)
        before = subject.read(lambda s: s.usage.runs(world.project.id))
        start = subject.store.footprint()
        returned = 0
        while step := subject.store.give_back(10_000):
            returned += step
        subject.store.trim_log()
        end = subject.store.footprint()
        assert returned == start.free_bytes
        assert (end.free_bytes, end.can_shrink) == (0, True)
        assert end.log_bytes <= start.log_bytes
        assert subject.read(lambda s: s.usage.runs(world.project.id)) == before
        assert len(subject.read(lambda s: s.console.lines(other.id))) == 31


class UsageConformance(StoreFixtures):
    """The docstrings of `runstone.ports.usage` as tests."""

    @pytest.fixture
    def world(self, subject: Subject) -> World:
        """One user with one project with one run."""
        return make_world(subject)

    def test_output_and_files_are_counted_to_the_byte(self, subject: Subject, world: World) -> None:
        run = world.run.id

        def sizes() -> tuple[int, int, int]:
            (found,) = subject.read(lambda s: s.usage.runs(world.project.id))
            return found.usage.console, found.usage.files, found.usage.media

        def say(*lines: ConsoleLine) -> None:
            subject.write(lambda tx: tx.console.put_lines(run, lines))

        def store(name: str, size: int) -> None:
            subject.write(
                lambda tx: tx.files.arrived(
                    run, name, blob=f"b{size}", size_bytes=size, md5="m", mime_type="t"
                )
            )

        assert sizes() == (0, 0, 0)
        say(ConsoleLine("", 0, "abc"), ConsoleLine("", 2, "é"))
        assert sizes() == (5, 0, 0)
        # One replaced twice in a batch, one that fills a gap, one of another writer.
        say(ConsoleLine("", 0, "x"), ConsoleLine("", 0, "wxyz"), ConsoleLine("", 1, "12"))
        say(ConsoleLine("w", 0, "other"))
        assert sizes() == (4 + 2 + 2 + 5, 0, 0)
        subject.write(lambda tx: tx.files.announce(run, ["a", "media/b"]))
        store("a", 10)
        store("media/b", 100)
        assert sizes() == (13, 10, 100)
        store("a", 3)
        store("media/b", 100)
        assert sizes() == (13, 3, 100)
        for name in ("media/b", "media/b", "never"):
            subject.write(lambda tx, n=name: tx.files.delete_file(run, n))  # type: ignore[misc]
        assert sizes() == (13, 3, 0)

    def test_sums_of_projects_keep_the_trash_apart(self, subject: Subject, world: World) -> None:
        second = subject.run(world.project.id, world.user.id, "r2")
        empty = subject.project(world.user.id, "empty")
        for run in (world.run, second):
            _fill(subject, run)
        subject.write(lambda tx: tx.runs.trash_run(second.id))
        runs = {run.name: run for run in subject.read(lambda s: s.usage.runs(world.project.id))}
        assert [(r.in_trash, r.usage.files) for r in (runs["r1"], runs["r2"])] == [
            (False, 1_000), (True, 1_000),
        ]  # fmt: skip

        def projects(entities: Sequence[int] | None) -> Sequence[ProjectUsage]:
            return subject.read(lambda s: s.usage.projects(entities))  # type: ignore[arg-type]

        expected = [
            ProjectUsage(
                world.project.id, "anna", "digits", 1, runs["r1"].usage, 1, runs["r2"].usage
            ),
            ProjectUsage(empty.id, "anna", "empty", 0, Usage(), 0, Usage()),
        ]
        assert list(projects([world.user.id])) == list(projects(None)) == expected
        assert list(projects([LOST])) == list(projects([])) == []
        assert subject.read(lambda s: s.usage.runs(LOST)) == []

    def test_removed_runs_are_counted_until_they_are_erased(
        self, subject: Subject, world: World
    ) -> None:
        _fill(subject, world.run)
        (before,) = subject.read(lambda s: s.usage.runs(world.project.id))
        assert isinstance(before, RunUsage)
        subject.write(lambda tx: tx.runs.delete_run(world.run.id))
        removed = subject.read(lambda s: s.usage.removed())
        assert removed.num_runs == 1
        assert (removed.usage.history, removed.usage.console, removed.usage.media) == (
            before.usage.history, before.usage.console, before.usage.media,
        )  # fmt: skip
        _erase(subject, world.run.id, max_bytes=ALL)
        assert subject.read(lambda s: s.usage.removed()) == Removed(0, Usage())
