"""Where versions come from and where they went: a graph of runs and versions around one of them.

Breadth first, a handful of statements for each level, however wide it is. What the actor may not
see, or what is in the trash, is one nameless node beside each node that it touches: that a chain
goes on is said, not how, nor how often, and nothing beyond it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.ids import ArtifactId, RunId
from runstone.domain.lineage import Direction, RunPlace, VersionPlace
from runstone.ports.store import Snapshot
from runstone.services.artifacts.reading import Address, find_version
from runstone.services.projects import find_project
from runstone.services.runs import find_run

MAX_DEPTH: Final = 100
MAX_NODES: Final = 5_000

NodePlace: TypeAlias = VersionPlace | RunPlace


@dataclass(slots=True)
class Node:
    """A run or a version in the graph.

    Attributes:
        place: None for what is hidden: in the trash, or not for the actor to see.
        level: Steps from the start; upstream below zero.
        num_more: Neighbours in the asked directions that are beyond depth or limit.
    """

    place: NodePlace | None
    level: int
    num_more: int = 0


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes, the start first, and edges between them by their places in `nodes`.

    Attributes:
        edges: From where something comes to where it goes: a run to what it logged, a version to
            a run that used it.
    """

    nodes: Sequence[Node]
    edges: Sequence[tuple[int, int]]

    @property
    def is_whole(self) -> bool:
        """Nothing is beyond it, in the asked directions."""
        return all(node.num_more == 0 for node in self.nodes)


def version_lineage(
    snapshot: Snapshot,
    actor: Actor,
    address: Address,
    *,
    depth: int,
    direction: Direction = Direction.BOTH,
    limit: int = MAX_NODES,
) -> Graph:
    """The graph around a version, shown where it was found.

    Args:
        depth: Steps from the start; from a version to a version of the next generation are two.
        limit: Nodes, the nearest ones first.

    Raises:
        NotFound: No such version, or the actor may not see it.
        InvalidInput: `depth` is not 1 to 100, or `limit` not 1 to 5,000.
    """
    found = find_version(snapshot, actor, address)
    here = (found.project.entity, found.project.name, found.place.collection.name)
    walk = _Walk(snapshot, actor, depth=depth, limit=limit, here=here)
    return walk.around(_Key(is_run=False, id=found.place.artifact.id), direction)


def run_lineage(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    run: str,
    *,
    depth: int,
    direction: Direction = Direction.BOTH,
    limit: int = MAX_NODES,
) -> Graph:
    """The graph around a run; see `version_lineage`.

    Raises:
        NotFound: No such run, or the actor may not see it.
        InvalidInput: `depth` is not 1 to 100, or `limit` not 1 to 5,000.
    """
    found = find_run(snapshot, actor, entity, project, run)
    walk = _Walk(snapshot, actor, depth=depth, limit=limit)
    return walk.around(_Key(is_run=True, id=found.id), direction)


class _Key(NamedTuple):
    """A node, while the graph is made."""

    is_run: bool
    id: int


@dataclass(slots=True)
class _Side:
    """The walk in one direction: what it has seen, and where it goes on from.

    Runs and versions alternate, so what it goes on from are all runs or all versions.
    """

    is_upstream: bool
    seen: set[_Key]
    frontier: list[_Key]


class _Walk:
    """Gathers the nodes of one graph, level by level and side by side."""

    def __init__(
        self,
        snapshot: Snapshot,
        actor: Actor,
        *,
        depth: int,
        limit: int,
        here: tuple[str, str, str] | None = None,
    ) -> None:
        """Begins with an empty graph.

        Args:
            here: Entity, project and collection to show a version at that has a place there.
        """
        _check(depth, MAX_DEPTH, "A graph goes 1 to {:,} steps far")
        _check(limit, MAX_NODES, "A graph has 1 to {:,} nodes")
        self._snapshot = snapshot
        self._lineage = snapshot.lineage
        self._actor = actor
        self._may_see: dict[tuple[str, str], bool] = {}
        self._depth = depth
        self._limit = limit
        self._here = here
        self._nodes: list[Node] = []
        self._places: dict[_Key, int] = {}
        self._hidden: set[tuple[_Key, bool]] = set()
        self._beyond: dict[_Key, set[_Key | bool]] = {}
        self._edges: list[tuple[int, int]] = []

    def around(self, start: _Key, direction: Direction) -> Graph:
        """The graph around a node that the actor may see."""
        self._take(start, self._visible([start])[start], 0)
        sides = [
            _Side(is_upstream, {start}, [start])
            for is_upstream, other in ((True, Direction.DOWNSTREAM), (False, Direction.UPSTREAM))
            if direction is not other
        ]
        # The level beyond the last one is looked at, not taken: to tell what goes on.
        for level in range(1, self._depth + 2):
            for side in sides:
                self._step(side, level)
        # A neighbour in both directions is one.
        for source, left in self._beyond.items():
            shown = {way for way in (True, False) if (source, way) in self._hidden}
            self._nodes[self._places[source]].num_more = len(left - shown)
        self._join()
        return Graph(self._nodes, self._edges)

    def _step(self, side: _Side, level: int) -> None:
        """Takes the neighbours of where the side goes on from."""
        pairs = self._neighbours(side)
        visible = self._visible([found for _, found in pairs if found not in self._places])
        side.frontier = []
        for source, found in pairs:
            is_full = level > self._depth or len(self._nodes) >= self._limit
            if found in side.seen:
                continue
            if found in self._places:
                self._go_on(side, found)
            elif found not in visible:
                if is_full:
                    # Once in each direction, however many they are.
                    self._beyond.setdefault(source, set()).add(side.is_upstream)
                else:
                    self._hide(source, side, level)
            elif is_full:
                self._beyond.setdefault(source, set()).add(found)
            else:
                self._take(found, visible[found], -level if side.is_upstream else level)
                self._go_on(side, found)

    def _neighbours(self, side: _Side) -> list[tuple[_Key, _Key]]:
        if not side.frontier:
            return []
        of_runs = side.frontier[0].is_run
        ids: Any = [key.id for key in side.frontier]
        read: Callable[[Any], Sequence[tuple[int, int]]]
        if of_runs:
            read = self._lineage.inputs_of if side.is_upstream else self._lineage.outputs_of
        else:
            read = self._lineage.makers_of if side.is_upstream else self._lineage.users_of
        return [(_Key(of_runs, source), _Key(not of_runs, found)) for source, found in read(ids)]

    def _visible(self, keys: Iterable[_Key]) -> dict[_Key, NodePlace]:
        """Those that the actor may see, each where it is shown."""
        found: dict[_Key, NodePlace] = {}
        wanted = list(keys)
        runs = [RunId(key.id) for key in wanted if key.is_run]
        versions = [ArtifactId(key.id) for key in wanted if not key.is_run]
        for run in self._lineage.runs(runs) if runs else ():
            if self._sees(run):
                found[_Key(True, run.run_id)] = run
        for place in self._lineage.versions(versions) if versions else ():
            key = _Key(False, place.artifact_id)
            is_here = (place.entity, place.project, place.collection) == self._here
            if (key not in found or is_here) and self._sees(place):
                found[key] = place
        return found

    def _sees(self, place: NodePlace) -> bool:
        """Whether the actor may see the project; each is asked for once."""
        project = place.entity, place.project
        if project not in self._may_see:
            try:
                find_project(self._snapshot, self._actor, *project)
                self._may_see[project] = True
            except NotFound:
                self._may_see[project] = False
        return self._may_see[project]

    def _take(self, key: _Key, place: NodePlace, level: int) -> None:
        self._places[key] = len(self._nodes)
        self._nodes.append(Node(place, level))

    @staticmethod
    def _go_on(side: _Side, key: _Key) -> None:
        side.seen.add(key)
        side.frontier.append(key)

    def _hide(self, source: _Key, side: _Side, level: int) -> None:
        if (source, side.is_upstream) in self._hidden:
            return
        self._hidden.add((source, side.is_upstream))
        at, hidden = self._places[source], len(self._nodes)
        self._nodes.append(Node(None, -level if side.is_upstream else level))
        self._edges.append((hidden, at) if side.is_upstream else (at, hidden))

    def _join(self) -> None:
        """Draws every edge between nodes of the graph, on whichever way they were found."""
        places = self._places
        runs = [RunId(key.id) for key in places if key.is_run]
        for run, artifact in self._lineage.inputs_of(runs):
            used = places.get(_Key(False, artifact))
            if used is not None:
                self._edges.append((used, places[_Key(True, run)]))
        for run, artifact in self._lineage.outputs_of(runs):
            logged = places.get(_Key(False, artifact))
            if logged is not None:
                self._edges.append((places[_Key(True, run)], logged))


def _check(given: int, most: int, rule: str) -> None:
    if not 1 <= given <= most:
        raise InvalidInput(f"{rule.format(most)}; not {given:,}.")
