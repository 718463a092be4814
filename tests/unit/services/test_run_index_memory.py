"""The runs index and the catalog of keys give memory back: beyond a limit, and when idle."""

from __future__ import annotations

from runstone.domain.filter_text import parse_keys
from runstone.domain.run import RunUpdate
from runstone.ports.store import Transaction
from runstone.services.run_index import KeyCatalog, RunIndex
from runstone.storage.memory.store import MemoryStore

KEYS = parse_keys("config.a, config.b, name")


class World:
    """Two projects of some runs, and seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.now = 0.0

        def fill(tx: Transaction) -> None:
            user = tx.accounts.create_user("ann", full_name="", email=None, is_admin=False)
            for name in ("p", "q"):
                project = tx.projects.create_project(user.id, name)
                for number in range(50):
                    run = tx.runs.create_run(
                        project.id, f"r{number}", user=user.id, display_name=str(number)
                    )
                    tx.runs.update_run(run.id, RunUpdate(config={"a": number, "b": str(number)}))
            self.owner = user.id

        self.store.write(fill).result()
        projects = self.store.read(
            lambda s: [s.projects.project(self.owner, name) for name in ("p", "q")]
        ).result()
        self.projects = [project.id for project in projects if project is not None]

    def clock(self) -> float:
        return self.now

    def look(self, index: RunIndex, which: int) -> int:
        """Reads all columns of a project; returns what the index holds then."""
        view = self.store.read(
            lambda s: index.view(s.run_columns, self.projects[which], KEYS)
        ).result()
        assert set(view.columns) == set(KEYS)
        return index.num_bytes

    def list(self, catalog: KeyCatalog, which: int) -> int:
        groups = self.store.read(
            lambda s: catalog.columns(s.run_columns, self.projects[which])
        ).result()
        assert "a" in {column.key.path for group in groups for column in group.columns}
        return catalog.num_bytes


def test_columns_beyond_the_limit_go() -> None:
    world = World()
    one = world.look(RunIndex(), 0)
    index = RunIndex(max_bytes=one)
    for which in (0, 1, 0, 1):
        assert 0 < world.look(index, which) <= one
    assert world.look(RunIndex(max_bytes=1), 0) == 0


def test_columns_that_nobody_asks_for_go() -> None:
    """So do those of a project that was deleted."""
    world = World()
    index = RunIndex(idle_s=60.0, clock=world.clock)
    one = world.look(index, 0)
    world.now = 59.0
    assert world.look(index, 1) == 2 * one
    world.store.write(lambda tx: tx.runs.trash_all_runs(world.projects[0])).result()
    world.now = 61.0
    assert world.look(index, 1) == one
    world.now = 1_000.0
    assert world.look(index, 1) == one, "what is asked for now stays"


def test_shapes_go_likewise() -> None:
    world = World()
    one = world.list(KeyCatalog(), 0)
    small = KeyCatalog(max_bytes=one)
    assert [world.list(small, which) for which in (0, 1, 0)] == [one] * 3
    catalog = KeyCatalog(idle_s=60.0, clock=world.clock)
    world.list(catalog, 0)
    world.now = 59.0
    assert world.list(catalog, 1) == 2 * one
    world.now = 61.0
    assert world.list(catalog, 1) == one
