"""Who a run is: what its folder and its process say of it before it has logged anything."""

from __future__ import annotations

import json


class Identity:
    """Who the run is, as `init()` was told.

    No dataclass: `init()` makes one, and what makes dataclasses takes longer to import than all
    else that a run begins with.

    Attributes:
        run: Its id.
        entity: None stands for the owner of the API key.
        writer: Under which its first process numbers rows: empty for a run that began here, its
            own where the run may have been there before.
        started_at: Seconds since 1970 UTC.
        mode: `online` where its own process sends it.
        label: What tells this process from others of the run, for people: `rank-3`.
        joins: Another process leads the run: this one adds to it, and does not end it.
        life: Names this process among those that the run ever had.
        resume: What it expects to find: `allow`, `must`, `never`; None where it does not say.
        rewind_to: The last step that stays of what the run has logged.
        fork_of: The run whose history it begins with, and the last step that it takes over.
    """

    def __init__(
        self,
        run: str,
        project: str,
        started_at: float,
        *,
        entity: str | None = None,
        writer: str = "",
        url: str | None = None,
        name: str | None = None,
        group: str | None = None,
        job_type: str | None = None,
        notes: str | None = None,
        tags: list[str] | None = None,
        host: str | None = None,
        program: str | None = None,
        mode: str = "online",
        label: str | None = None,
        joins: bool = False,
        life: str = "",
        resume: str | None = None,
        rewind_to: int | None = None,
        fork_of: tuple[str, int] | None = None,
    ) -> None:
        self.run = run
        self.project = project
        self.started_at = started_at
        self.entity = entity
        self.writer = writer
        self.url = url
        self.name = name
        self.group = group
        self.job_type = job_type
        self.notes = notes
        self.tags = tags
        self.host = host
        self.program = program
        self.mode = mode
        self.label = label
        self.joins = joins
        self.life = life
        self.resume = resume
        self.rewind_to = rewind_to
        self.fork_of = fork_of

    def writer_of(self, process: str) -> str:
        """The name by which the server knows a writer of this folder.

        The same process number in two folders of one run is not the same writer.
        """
        return ".".join(filter(None, (self.writer, process)))

    def label_of(self, process: str) -> str | None:
        """What people call a writer of this folder; None for the run's only process."""
        return self.label if not process else f"{self.label}.{process}" if self.label else process

    def as_json(self) -> bytes:
        """As `from_json` reads it, for people, too."""
        said = {name: value for name, value in vars(self).items() if value not in (None, "")}
        return json.dumps(said, indent=2, default=str).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> Identity:
        """What `as_json` wrote, here or in a newer version: what is not known is passed over.

        Raises:
            ValueError: It is something else.
        """
        said = json.loads(data)
        if not isinstance(said, dict) or not all(
            isinstance(said.get(name), kind)
            for name, kind in (("run", str), ("project", str), ("started_at", (int, float)))
        ):
            raise ValueError("run, project and started_at are missing")
        known = cls("", "", 0.0)
        for name in vars(known):
            if name in said:
                setattr(known, name, said[name])
        return known
