"""One run being written: to the real client, and beside it the truth of what must come back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import wandb
from media import Media
from values import flat, logged

PROJECT = "round trip – ✓"


@dataclass
class Truth:
    """What must be found of a run."""

    id: str
    name: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    printed: list[str] | None = None
    tags: list[str] = field(default_factory=list)
    notes: str = ""
    group: str | None = None
    job_type: str | None = None
    state: str = "finished"
    has_system: bool = False
    has_metadata: bool = False
    media: list[Media] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    @property
    def last_step(self) -> int:
        return int(self.rows[-1]["_step"]) if self.rows else -1


class Writer:
    """One run, and the truth of it."""

    def __init__(
        self, truth: Truth, folder: Path, *, settings: dict[str, Any] | None = None, **init: Any
    ) -> None:
        self.truth = truth
        self.folder = folder
        truth.config |= {key.strip("-"): value for key, value in init.get("config", {}).items()}
        truth.tags += init.get("tags", [])
        truth.notes = init.get("notes", truth.notes)
        truth.group = init.get("group", truth.group)
        truth.job_type = init.get("job_type", truth.job_type)
        quiet = {"x_disable_stats": True, "x_disable_meta": True}
        self.run = wandb.init(
            project=PROJECT,
            id=truth.id,
            name=truth.name,
            dir=folder,
            settings=wandb.Settings(**quiet | (settings or {})),
            **init,
        )
        self.step = truth.last_step + 1

    def log(self, row: dict[str, Any], step: int | None = None) -> None:
        """Logs a row, and knows it again."""
        self.run.log(_made(row), step=step)
        self.step = self.step if step is None else step
        sent = logged(row)
        self.truth.rows.append({"_step": self.step, **flat(sent)})
        self.truth.media += [value for value in row.values() if isinstance(value, Media)]
        _summarise(self.truth.summary, sent)
        self.step += 1

    def summarise(self, key: str, value: Any) -> None:
        """Sets a value of the summary by hand."""
        self.run.summary[key] = value
        self.truth.summary[key] = logged(value)

    def configure(self, values: dict[str, Any]) -> None:
        """Adds to the config."""
        self.run.config.update(values)
        self.truth.config |= values

    def save(self, name: str, data: bytes) -> None:
        """Saves a file with the run."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.run.save(str(path), base_path=str(self.folder), policy="now")
        self.truth.files[name] = data

    def finish(self, exit_code: int = 0) -> None:
        """Ends the run."""
        self.run.finish(exit_code)
        self.truth.state = {0: "finished", 255: "killed"}.get(exit_code, "failed")


def _made(row: Any) -> Any:
    if isinstance(row, Media):
        return row.make()
    return {key: _made(value) for key, value in row.items()} if isinstance(row, dict) else row


def _summarise(summary: dict[str, Any], row: dict[str, Any]) -> None:
    """The last value of each key; dicts are merged, None leaves what was there (core)."""
    for key, value in row.items():
        if isinstance(value, dict) and "_type" not in value:
            branch = summary.get(key)
            if not isinstance(branch, dict):
                branch = {}
            _summarise(branch, value)
            if branch:
                summary[key] = branch
        elif value is not None:
            summary[key] = value
