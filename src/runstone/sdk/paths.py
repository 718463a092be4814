"""Addresses of projects and runs, as people write them: `entity/project/run`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from runstone.domain.errors import InvalidInput
from runstone.domain.names import check_entity_name, check_project_name, check_run_name


@dataclass(frozen=True, slots=True)
class ProjectPath:
    """A project's address."""

    entity: str
    project: str

    def __str__(self) -> str:
        return f"{self.entity}/{self.project}"

    @property
    def segments(self) -> tuple[str, ...]:
        """Its path in the API."""
        return ("projects", self.entity, self.project)


@dataclass(frozen=True, slots=True)
class RunPath:
    """A run's address."""

    entity: str
    project: str
    run: str

    def __str__(self) -> str:
        return f"{self.entity}/{self.project}/{self.run}"

    @property
    def of_project(self) -> ProjectPath:
        """The address of its project."""
        return ProjectPath(self.entity, self.project)

    @property
    def segments(self) -> tuple[str, ...]:
        """Its path in the API."""
        return (*self.of_project.segments, "runs", self.run)


def read_path(path: str) -> ProjectPath | RunPath:
    """The address of a project or a run; a page's URL counts as well.

    Raises:
        InvalidInput: It has not two or three parts, or one that nothing can be called.
    """
    parts = _parts(path)
    match parts:
        case [entity, project]:
            return ProjectPath(check_entity_name(entity), check_project_name(project))
        case [entity, project, run]:
            return RunPath(
                check_entity_name(entity), check_project_name(project), check_run_name(run)
            )
    raise InvalidInput(
        f"{path!r} names no project and no run: write entity/project or entity/project/run."
    )


def read_project_path(path: str) -> ProjectPath:
    """The address of a project.

    Raises:
        InvalidInput: It is none.
    """
    found = read_path(path)
    if isinstance(found, RunPath):
        raise InvalidInput(f"{path!r} names a run: write entity/project for its project.")
    return found


def read_run_path(path: str) -> RunPath:
    """The address of a run.

    Raises:
        InvalidInput: It is none.
    """
    found = read_path(path)
    if isinstance(found, ProjectPath):
        raise InvalidInput(f"{path!r} names a project: write entity/project/run for one run.")
    return found


def _parts(path: str) -> list[str]:
    text = path.strip().rstrip("/")
    is_url = text.startswith(("http://", "https://"))
    if is_url:
        text = unquote(urlsplit(text).path)
    parts = [part for part in text.split("/") if part] if is_url else text.split("/")
    # The address of a run's page has a word more, and so has its path in the wandb client.
    if len(parts) >= 4 and parts[2] == "runs":
        return [parts[0], parts[1], parts[3]] if is_url or len(parts) == 4 else parts
    return parts
