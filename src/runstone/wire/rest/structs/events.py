"""What the stream of events tells."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct


class ChangedRun(Struct):
    """The address of a run that changed."""

    entity: str
    project: str
    run: str


class HelloEvent(Struct):
    """Data of the event `hello`: the change number from which this stream goes on."""

    seq: int
    gap: Annotated[
        bool,
        Meta(
            description="What happened since your `Last-Event-ID` is not all known any more: "
            "fetch again what you show."
        ),
    ] = False


class RunsEvent(Struct):
    """Data of the event `runs`: these runs are new or changed, up to that change number."""

    seq: int
    runs: list[ChangedRun]
    deleted: Annotated[
        list[ChangedRun],
        Meta(description="These went to the trash. One that is restored comes among `runs`."),
    ]
    gap: Annotated[
        bool,
        Meta(description="A run was removed for good before it could be told: fetch again."),
    ] = False
