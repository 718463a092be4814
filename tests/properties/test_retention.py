"""Rules, previews and sums against a naive model: every version judged alone, in plain Python."""

from __future__ import annotations

import asyncio
import json
import math
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from runstone.domain.access import Actor
from runstone.domain.artifact import ArtifactState, ArtifactUpdate, CollectionKind, NewArtifact
from runstone.domain.ids import ArtifactId, CollectionId
from runstone.domain.run import RunState, RunUpdate
from runstone.ports.store import Store, Transaction
from runstone.services.accounts import create_first_user
from runstone.services.artifacts import find_collection
from runstone.services.retention import Keeper, place_of_collection, preview, set_rule
from runstone.services.runs import begin_run
from runstone.services.signin import actor_for_user
from runstone.storage.memory.store import MemoryStore
from runstone.storage.sqlite.store import SqliteStore
from runstone.testing.subject import ManualClock

HOUR_S = 3_600
SIZES = [10, 200, 3_000, 40_000]
NUMBERS = st.sampled_from([0.0, 1.0, 1.0, 2.5, -3.0, math.inf, math.nan])
VALUES = st.one_of(st.none(), NUMBERS, st.just("text"), st.booleans())


@dataclass(frozen=True)
class Version:
    """A version as the model knows it; its number is its place in the list."""

    acc: Any
    run: str | None
    aliases: frozenset[str]
    tags: frozenset[str]
    contents: frozenset[int]
    is_linked: bool
    used_by: str | None


VERSIONS = st.builds(
    Version,
    acc=VALUES,
    run=st.sampled_from([None, "done", "live"]),
    aliases=st.frozensets(st.sampled_from(["best", "prod-eu"]), max_size=1),
    tags=st.frozensets(st.sampled_from(["gold", "silver"])),
    contents=st.frozensets(st.integers(0, len(SIZES) - 1)),
    is_linked=st.booleans() | st.just(False),
    used_by=st.sampled_from([None, None, "done", "live"]),
)
PARTS = st.lists(
    st.sampled_from(
        [
            "keep newest 1",
            "keep newest 3",
            "keep best 1 by min(metadata.acc)",
            "keep best 2 by max(metadata.acc)",
            "keep younger than 150m",
            "keep with alias",
            'keep with alias ~ "^prod"',
            'keep with tag "gold"',
            "keep where metadata.acc >= 1",
            "keep where version == 2 or not exists(metadata.acc)",
            'keep where run.id == "done"',
        ]
    ),
    min_size=1,
    max_size=3,
)


def numbers(versions: list[Version]) -> dict[int, float]:
    return {
        place: float(one.acc)
        for place, one in enumerate(versions)
        if isinstance(one.acc, float) and not math.isnan(one.acc)
    }


def kept_by(part: str, versions: list[Version], aliases: dict[str, int]) -> set[int]:
    """What the docs say of each part, the slow way."""
    every = range(len(versions))
    names = {place: {alias for alias, at in aliases.items() if at == place} for place in every}
    match part.split()[1:]:
        case ["newest", count]:
            return set(list(every)[-int(count) :])
        case ["best", count, "by", how]:
            found = numbers(versions)
            if not found:
                return set(every)
            sign = 1 if how.startswith("min") else -1
            return set(sorted(found, key=lambda at: (sign * found[at], -at))[: int(count)])
        case ["younger", *_]:
            # One an hour: the newest is new, the one before it an hour old.
            return {at for at in every if len(versions) - 1 - at < 2.5}
        case ["with", "alias"]:
            return {at for at in every if names[at]}
        case ["with", "alias", *_]:
            return {at for at in every if any(name.startswith("prod") for name in names[at])}
        case ["with", "tag", _]:
            return {at for at in every if "gold" in versions[at].tags}
        case ["where", "run.id", *_]:
            return {at for at in every if versions[at].run == "done"}
        case ["where", "metadata.acc", *_]:
            return {at for at, value in numbers(versions).items() if value >= 1}
        case _:
            return {at for at in every if at == 2 or versions[at].acc is None}


def staying(text: list[str], versions: list[Version], aliases: dict[str, int]) -> set[int]:
    stay = {at for at, one in enumerate(versions) if one.is_linked or one.used_by == "live"}
    for part in text:
        stay |= kept_by(part, versions, aliases)
    if any("run.id" in part for part in text):
        stay |= {at for at, one in enumerate(versions) if one.run == "live"}
    return stay or ({len(versions) - 1} if versions else set())


def freed(versions: list[Version], stay: set[int], elsewhere: frozenset[int]) -> int:
    needed = set(elsewhere).union(*(versions[at].contents for at in stay))
    gone = set[int]().union(*(one.contents for at, one in enumerate(versions) if at not in stay))
    return sum(SIZES[content] for content in gone - needed)


@dataclass
class World:
    """One store that was told of the versions."""

    store: Store
    clock: ManualClock
    actor: Actor = field(init=False)
    ids: list[ArtifactId] = field(default_factory=list)

    def fill(self, versions: list[Version], elsewhere: frozenset[int]) -> None:
        self.store.write(self._people).result()
        for place, one in enumerate(versions):
            if place:
                self.clock.advance(HOUR_S)
            self.store.write(lambda tx, one=one: self._log(tx, one)).result()  # type: ignore[misc]
        self.store.write(lambda tx: self._other(tx, elsewhere)).result()

    def _people(self, tx: Transaction) -> None:
        user = create_first_user(tx, "ada")
        assert user is not None
        self.actor = actor_for_user(tx, user.id)
        for name in ("done", "live"):
            state = RunState.RUNNING if name == "live" else RunState.FINISHED
            begin_run(tx, self.actor, None, "p", name, RunUpdate(state=state))
        home = tx.projects.project(user.id, "p")
        assert home is not None
        kind = tx.artifacts.create_type(home.id, "model")
        tx.artifacts.create_collection(home.id, kind.id, "model", CollectionKind.SEQUENCE)
        tx.artifacts.create_collection(home.id, kind.id, "other", CollectionKind.SEQUENCE)
        tx.artifacts.create_collection(home.id, kind.id, "links", CollectionKind.PORTFOLIO)
        for number, size in enumerate(SIZES):
            tx.artifacts.put_content(bytes([number]) * 16, size, f"b{number}")

    def _collection(self, tx: Transaction, name: str) -> CollectionId:
        return find_collection(tx, self.actor, "ada", "p", name).id

    def _run(self, tx: Transaction, name: str) -> Any:
        home = tx.projects.project(self.actor.user_id, "p")  # type: ignore[arg-type]
        assert home is not None
        run = tx.runs.run(home.id, name)
        assert run is not None
        return run.id

    def _commit(
        self, tx: Transaction, home: CollectionId, contents: frozenset[int], **said: Any
    ) -> ArtifactId:
        made = tx.artifacts.create_artifact(home, NewArtifact("d", **said))
        tx.artifacts.add_contents(made.id, [bytes([number]) * 16 for number in contents])
        size = sum(SIZES[number] for number in contents)
        update = ArtifactUpdate(state=ArtifactState.COMMITTED, size_bytes=size)
        tx.artifacts.update_artifact(made.id, update)
        tx.artifacts.add_member(home, made.id)
        return made.id

    def _log(self, tx: Transaction, one: Version) -> None:
        home = self._collection(tx, "model")
        metadata = {} if one.acc is None else {"acc": one.acc}
        made = self._commit(
            tx,
            home,
            one.contents,
            metadata=json.dumps(metadata),
            tags=tuple(sorted(one.tags)),
            run_id=None if one.run is None else self._run(tx, one.run),
        )
        self.ids.append(made)
        for alias in (*one.aliases, "latest"):
            tx.artifacts.set_alias(home, alias, made)
        if one.is_linked:
            tx.artifacts.add_member(self._collection(tx, "links"), made)
        if one.used_by is not None:
            tx.artifacts.add_input(self._run(tx, one.used_by), made)

    def _other(self, tx: Transaction, contents: frozenset[int]) -> None:
        self._commit(tx, self._collection(tx, "other"), contents)


def aliases_of(versions: list[Version]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, one in enumerate(versions):
        found |= dict.fromkeys((*one.aliases, "latest"), place)
    return found


@settings(max_examples=40, deadline=None)
@given(
    st.lists(VERSIONS, max_size=8), PARTS, st.frozensets(st.integers(0, len(SIZES) - 1)),
    st.booleans(),
)  # fmt: skip
def test_rules_do_what_the_model_says(
    versions: list[Version], parts: list[str], elsewhere: frozenset[int], in_memory: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = ManualClock()
        store: Store = (
            MemoryStore(clock=clock)
            if in_memory
            else SqliteStore(Path(folder), clock=clock, durability="process")
        )
        try:
            world = World(store, clock)
            world.fill(versions, elsewhere)
            check(world, versions, parts, elsewhere)
        finally:
            store.close()


def check(
    world: World, versions: list[Version], parts: list[str], elsewhere: frozenset[int]
) -> None:
    text = "\n".join(parts)
    stay = staying(parts, versions, aliases_of(versions))
    actor = world.actor
    found = world.store.read(
        lambda s: preview(s, place_of_collection(s, actor, "ada", "p", "model"), text)
    ).result()
    ((judged),) = found.judged
    assert {v.version.index for v in judged.verdicts if v.reason is not None} == stay
    assert found.freed.bytes == freed(versions, stay, elsewhere)
    going = [one for at, one in enumerate(versions) if at not in stay]
    logical = sum(SIZES[content] for one in going for content in one.contents)
    assert (found.num_going, found.freed.logical_bytes) == (len(going), logical)

    if found.unknown:
        return

    def turn_on(tx: Transaction) -> None:
        place = place_of_collection(tx, actor, "ada", "p", "model")
        set_rule(
            tx, actor, place, text, rule=None, is_on=True, seen=found.seen,
            even_if_nothing_is_kept=True,
        )  # fmt: skip

    world.store.write(turn_on).result()
    swept = asyncio.run(Keeper(world.store).sweep())
    assert (swept.num_expired, swept.num_by_rules) == (0, len(going))
    left = world.store.read(
        lambda s: [place for place, one in enumerate(world.ids) if s.artifacts.artifact(one)]
    ).result()
    assert set(left) == stay
    # Another pass finds nothing to do, however often it comes.
    world.clock.advance(timedelta(seconds=1).total_seconds())
    assert asyncio.run(Keeper(world.store).sweep()).num_by_rules == 0
