"""Lineage: the graph against a naive walk, what is hidden, what is beyond."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runstone.domain.access import Role
from runstone.domain.artifact import ArtifactState, ArtifactUpdate, CollectionKind, NewArtifact
from runstone.domain.errors import InvalidInput
from runstone.domain.ids import ArtifactId
from runstone.domain.lineage import Direction, RunPlace, VersionPlace
from runstone.domain.run import RunUpdate
from runstone.ports.store import Transaction
from runstone.services.artifacts import Address
from runstone.services.artifacts.lineage import Graph, run_lineage, version_lineage
from runstone.services.projects import ensure_project
from runstone.services.runs import begin_run
from runstone.testing.office import Office, make_office

NUM_RUNS, NUM_VERSIONS = 5, 5
EDGES = st.sets(
    st.tuples(
        st.sampled_from(["in", "out"]),
        st.integers(0, NUM_RUNS - 1),
        st.integers(0, NUM_VERSIONS - 1),
    )
)


def _versions(tx: Transaction, office: Office, name: str, number: int) -> list[ArtifactId]:
    project = ensure_project(tx, office.actor("anna"), None, "digits")
    its_type = tx.artifacts.create_type(project.id, name)
    place = tx.artifacts.create_collection(project.id, its_type.id, name, CollectionKind.SEQUENCE)
    made = []
    for n in range(number):
        new = tx.artifacts.create_artifact(place.id, NewArtifact(f"{name}{n}"))
        tx.artifacts.add_member(place.id, new.id)
        tx.artifacts.update_artifact(new.id, ArtifactUpdate(state=ArtifactState.COMMITTED))
        made.append(new.id)
    return made


def _office(edges: Iterable[tuple[str, int, int]]) -> Office:
    """Runs r0, r1, … and versions data:v0, data:v1, …, joined by these edges."""
    office = make_office()
    runs = [office.begin(f"r{n}") for n in range(NUM_RUNS)]

    def note(tx: Transaction) -> None:
        versions = _versions(tx, office, "data", NUM_VERSIONS)
        for way, run, version in sorted(edges):
            add = tx.artifacts.add_input if way == "in" else tx.artifacts.add_output
            add(runs[run].id, versions[version])

    office.write(note)
    return office


def _name(place: VersionPlace | RunPlace | None) -> str:
    if place is None:
        return "?"
    return f"v{place.index}" if isinstance(place, VersionPlace) else place.name


def _read(
    office: Office,
    start: str,
    *,
    depth: int = 10,
    direction: Direction = Direction.BOTH,
    limit: int = 100,
    who: str = "anna",
) -> Graph:
    actor = office.actor(who)
    if start.startswith("v"):
        address = Address("anna", "digits", "data", start)
        return office.read(
            lambda s: version_lineage(
                s, actor, address, depth=depth, direction=direction, limit=limit
            )
        )
    return office.read(
        lambda s: run_lineage(
            s, actor, "anna", "digits", start, depth=depth, direction=direction, limit=limit
        )
    )


def _named(graph: Graph) -> set[tuple[str, str]]:
    names = [_name(node.place) for node in graph.nodes]
    return {(names[source], names[target]) for source, target in graph.edges}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    EDGES,
    st.sampled_from(["r0", "v0"]),
    st.integers(1, 4),
    st.sampled_from(list(Direction)),
)
def test_the_graph_is_that_of_a_naive_walk(
    edges: set[tuple[str, int, int]], start: str, depth: int, direction: Direction
) -> None:
    office = _office(edges)
    everything = {
        (f"v{version}", f"r{run}") if way == "in" else (f"r{run}", f"v{version}")
        for way, run, version in edges
    }
    reached = {start: 0}
    more: dict[str, set[str]] = {}
    for is_upstream, other in ((True, Direction.DOWNSTREAM), (False, Direction.UPSTREAM)):
        if direction is other:
            continue
        levels = {start: 0}
        for level in range(1, depth + 2):
            for here in [name for name, at in levels.items() if at == level - 1]:
                for source, target in everything:
                    near, far = (target, source) if is_upstream else (source, target)
                    if near != here or far in levels:
                        continue
                    if level > depth:
                        more.setdefault(here, set()).add(far)
                    else:
                        levels[far] = level
        for name, level in levels.items():
            if name not in reached or level < abs(reached[name]):
                reached[name] = -level if is_upstream else level
    graph = _read(office, start, depth=depth, direction=direction)
    office.store.close()
    found = {_name(node.place): node for node in graph.nodes}
    assert {name: abs(node.level) for name, node in found.items()} == {
        name: abs(level) for name, level in reached.items()
    }
    assert _name(graph.nodes[0].place) == start
    assert _named(graph) == {
        (source, target) for source, target in everything if source in reached and target in reached
    }
    left = {name: len(beyond - set(reached)) for name, beyond in more.items()}
    assert {name: node.num_more for name, node in found.items()} == {
        name: left.get(name, 0) for name in reached
    }
    assert graph.is_whole is not any(left.values())


def test_a_limit_keeps_the_near_ones_and_counts_the_others() -> None:
    office = _office([("in", n, 0) for n in range(NUM_RUNS)])
    graph = _read(office, "v0", limit=3)
    assert [_name(node.place) for node in graph.nodes] == ["v0", "r0", "r1"]
    assert [node.num_more for node in graph.nodes] == [3, 0, 0]
    assert not graph.is_whole
    for wrong in (0, 5_001):
        with pytest.raises(InvalidInput, match="5,000 nodes"):
            _read(office, "v0", limit=wrong)
    with pytest.raises(InvalidInput, match="100 steps"):
        _read(office, "v0", depth=0)
    office.store.close()


def _two_projects() -> Office:
    """`data:v0` of Anna's is used by two runs of Bert's, one of which logs `data:v1`."""
    office = make_office()
    office.begin("mine")
    bert = office.actor("bert")

    def note(tx: Transaction) -> None:
        first, second = _versions(tx, office, "data", 2)
        for name in ("secret", "private"):
            run, _ = begin_run(tx, bert, None, "own", name, RunUpdate())
            tx.artifacts.add_input(run.id, first)
        tx.artifacts.add_output(run.id, second)

    office.write(note)
    return office


def test_what_one_may_not_see_is_one_nameless_node() -> None:
    office = _two_projects()
    graph = _read(office, "v0")
    assert [(_name(node.place), node.level) for node in graph.nodes] == [("v0", 0), ("?", 1)]
    assert graph.edges == [(0, 1)]
    # How many they are is not told either.
    assert [node.num_more for node in graph.nodes] == [0, 0]
    assert [node.num_more for node in _read(office, "v0", limit=1).nodes] == [1]
    # Nor can one look through it from the other end.
    assert _named(_read(office, "v1")) == {("?", "v1")}
    office.join("bert", Role.MEMBER)
    everything = _read(office, "v0", who="root")
    assert _named(everything) == {("v0", "secret"), ("v0", "private"), ("private", "v1")}
    office.store.close()


def test_what_is_in_the_trash_is_hidden() -> None:
    office = _office([("out", 0, 0), ("in", 1, 0), ("out", 1, 1)])
    run = office.read(lambda s: s.runs.list_runs(office.begin("r1").project_id, limit=9)).runs
    wanted = next(one for one in run if one.name == "r1")
    office.write(lambda tx: tx.runs.trash_run(wanted.id))
    graph = _read(office, "v0")
    assert _named(graph) == {("r0", "v0"), ("v0", "?")}
    assert graph.is_whole
    office.store.close()


def test_a_linked_version_is_shown_where_it_was_found() -> None:
    office = _office([("out", 0, 0)])
    anna = office.actor("anna")

    def link(tx: Transaction) -> None:
        project = ensure_project(tx, anna, None, "digits")
        data = tx.artifacts.collection_by_name(project.id, "data")
        assert data is not None
        chosen = tx.artifacts.create_collection(
            project.id, data.type_id, "chosen", CollectionKind.PORTFOLIO
        )
        version = tx.artifacts.member(data.id, 0)
        assert version is not None
        tx.artifacts.add_member(chosen.id, version.artifact_id)

    office.write(link)
    graph = office.read(
        lambda s: version_lineage(s, anna, Address("anna", "digits", "chosen", "v0"), depth=3)
    )
    place = graph.nodes[0].place
    assert isinstance(place, VersionPlace)
    assert place.collection == "chosen"
    assert _named(graph) == {("r0", "v0")}
    office.store.close()
