"""Which runs logged and used which versions, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from runstone.domain.artifact import ArtifactState
from runstone.domain.ids import ArtifactId, ProjectId, RunId
from runstone.domain.lineage import RunPlace, VersionPlace
from runstone.domain.run import Project
from runstone.ports.artifacts import ArtifactsReader
from runstone.ports.lineage import LineageReader
from runstone.storage.memory.tables import Tables

T = TypeVar("T")


class MemoryLineage(LineageReader):
    """Lineage among some `Tables`."""

    def __init__(self, tables: Tables, artifacts: ArtifactsReader) -> None:
        self._tables = tables
        self._artifacts = artifacts

    def inputs_of(self, runs: Sequence[RunId]) -> Sequence[tuple[RunId, ArtifactId]]:
        pairs = self._committed(self._tables.artifact_inputs)
        return [pair for run in _once(runs) for pair in pairs if pair[0] == run]

    def outputs_of(self, runs: Sequence[RunId]) -> Sequence[tuple[RunId, ArtifactId]]:
        pairs = self._committed(self._tables.artifact_outputs)
        return [pair for run in _once(runs) for pair in pairs if pair[0] == run]

    def users_of(self, artifacts: Sequence[ArtifactId]) -> Sequence[tuple[ArtifactId, RunId]]:
        pairs = self._committed(self._tables.artifact_inputs)
        return [(one, run) for one in _once(artifacts) for run, other in pairs if other == one]

    def makers_of(self, artifacts: Sequence[ArtifactId]) -> Sequence[tuple[ArtifactId, RunId]]:
        pairs = self._committed(self._tables.artifact_outputs)
        return [(one, run) for one in _once(artifacts) for run, other in pairs if other == one]

    def versions(self, artifacts: Sequence[ArtifactId]) -> Sequence[VersionPlace]:
        return [place for one in _once(artifacts) for place in self._places(one)]

    def runs(self, runs: Sequence[RunId]) -> Sequence[RunPlace]:
        found = []
        for one in _once(runs):
            run = self._tables.runs.get(one)
            project = None if run is None else self._project(run.project_id)
            if run is None or project is None or run.deleted_at is not None:
                continue
            found.append(
                RunPlace(
                    run.id,
                    project.entity,
                    project.name,
                    run.name,
                    run.display_name,
                    run.job_type,
                    run.state,
                    run.created_at,
                )
            )
        return found

    def _places(self, artifact: ArtifactId) -> list[VersionPlace]:
        version = self._tables.artifacts.get(artifact)
        if version is None or version.state is not ArtifactState.COMMITTED:
            return []
        found = []
        for member in self._artifacts.memberships_of(artifact):
            collection = self._tables.collections[member.collection_id]
            project = self._project(collection.project_id)
            if project is None:
                continue
            found.append(
                VersionPlace(
                    artifact,
                    project.entity,
                    project.name,
                    collection.name,
                    collection.type,
                    member.index,
                    member.aliases,
                    version.num_files,
                    version.size_bytes,
                    version.created_at,
                )
            )
        return found

    def _project(self, project: ProjectId) -> Project | None:
        found = self._tables.projects.get(project)
        return None if found is None or found.deleted_at is not None else found

    def _committed(
        self, noted: dict[tuple[RunId, ArtifactId], str]
    ) -> list[tuple[RunId, ArtifactId]]:
        versions = self._tables.artifacts
        return [pair for pair in noted if versions[pair[1]].state is ArtifactState.COMMITTED]


def _once(ids: Sequence[T]) -> list[T]:
    return list(dict.fromkeys(ids))
