"""Media that runs logged: keys, values at steps, histograms, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from runstone.domain.errors import InvalidInput
from runstone.domain.run import RunFile
from runstone.ports.store import Snapshot
from runstone.services import files as run_files
from runstone.services import media as services
from runstone.services import media_of_runs
from runstone.wire.rest.call import Call
from runstone.wire.rest.routes.files import md5_hex
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.media import (
    HistogramAtStep,
    HistogramSeries,
    MediaFile,
    MediaKey,
    MediaKeys,
    MediaSeries,
    MediaValue,
    MediaValues,
    ProjectMediaKey,
    ProjectMediaKeys,
    RunMedia,
    RunsMedia,
    TablePage,
)
from runstone.wire.rest.table_pages import ReadTable, media_of, read_page, table_page
from runstone.wire.rest.translate_media import medium

_Step = Annotated[int, Meta(ge=-(2**62), le=2**62)]
_FromStep = Annotated[_Step | None, Meta(description="First step; from the start, if left out.")]
_ToStep = Annotated[_Step | None, Meta(description="Last step; to the end, if left out.")]


class ReadMediaValues(Struct, forbid_unknown_fields=True):
    """Query of `read_media_values`."""

    key: Annotated[list[str], Meta(description="Repeat it for several keys, up to 100.")]
    from_step: _FromStep = None
    to_step: _ToStep = None
    offset: Annotated[
        int, Meta(ge=0, le=2**53, description="Leave out so many values of each key.")
    ] = 0
    limit: Annotated[
        int,
        Meta(ge=1, le=services.MAX_VALUES, description="Of each key; keys × limit ≤ 1,000."),
    ] = 100
    sample: Annotated[
        bool, Meta(description="Evenly chosen values of the range, instead of the first.")
    ] = False


class ReadHistograms(Struct, forbid_unknown_fields=True):
    """Query of `read_histograms`."""

    key: str
    from_step: _FromStep = None
    to_step: _ToStep = None
    limit: Annotated[int, Meta(ge=1, le=services.MAX_VALUES)] = 200


class ReadMediaOfRuns(Struct, forbid_unknown_fields=True):
    """Query of `read_media_of_runs`."""

    key: str
    run: Annotated[
        list[str],
        Meta(
            description="Ids; repeat it for each. Unknown ones are left out.",
            max_length=media_of_runs.MAX_RUNS_ASKED,
        ),
    ]
    step: Annotated[
        _Step | None,
        Meta(description="The last value up to it; the last of each run, if left out."),
    ] = None
    limit: Annotated[
        int,
        Meta(
            ge=1,
            le=media_of_runs.MAX_RUNS_READ,
            description="Of so many runs values are read: the first that have any.",
        ),
    ] = 20


@route("GET", "/projects/{entity}/{project}/media", tag="Media")
async def list_project_media(call: Call[None, None]) -> ProjectMediaKeys:
    """List the keys under which the newest hundred runs of a project log media."""
    path, logged = call.path, call.context.logged_keys
    found = await call.read(
        lambda s: media_of_runs.list_project_media(
            s, call.actor, logged, path["entity"], path["project"]
        )
    )
    return ProjectMediaKeys([ProjectMediaKey(key, kind) for key, kind in found])


@route("GET", "/projects/{entity}/{project}/media/values", tag="Media")
async def read_media_of_runs(call: Call[ReadMediaOfRuns, None]) -> RunsMedia:
    """Read what several runs logged under a key up to a step, to see them side by side."""
    query, path = call.query, call.path

    def read(snapshot: Snapshot) -> RunsMedia:
        found, num_runs = media_of_runs.read_media_of_runs(
            snapshot, call.actor, path["entity"], path["project"], query.run, query.key,
            step=query.step, limit=query.limit,
        )  # fmt: skip
        return RunsMedia([_of_run(one) for one in found], num_runs)

    return await call.read(read)


@route("GET", "/projects/{entity}/{project}/runs/{run}/media", tag="Media")
async def list_media(call: Call[None, None]) -> MediaKeys:
    """List the keys under which a run logs media: images, tables, histograms and more."""
    path = call.path
    found = await call.read(
        lambda s: services.list_media(s, call.actor, path["entity"], path["project"], path["run"])
    )
    return MediaKeys(
        [MediaKey(k.key, k.kind, k.num_values, k.first_step, k.last_step) for k in found]
    )


@route("GET", "/projects/{entity}/{project}/runs/{run}/media/values", tag="Media")
async def read_media_values(call: Call[ReadMediaValues, None]) -> MediaValues:
    """Read what a run logged under some keys, from a step or a place on, or evenly chosen.

    A slider takes `steps` and `total` of each key, and reads the value at its place with
    `offset` and `limit=1`, or the first from a step on with `from_step` and `limit=1`.
    """
    query, path = call.query, call.path
    where = services.MediaRange(
        query.from_step, query.to_step, query.offset, query.limit, query.sample
    )
    if query.sample and query.offset:
        raise InvalidInput("sample and offset contradict each other: send one of them.")

    def read(snapshot: Snapshot) -> MediaValues:
        found = services.read_media(
            snapshot, call.actor, path["entity"], path["project"], path["run"], query.key, where
        )
        # Many pictures are many structs: made here, on the store's thread.
        return _values(*found)

    return await call.read(read)


@route("GET", "/projects/{entity}/{project}/runs/{run}/media/histograms", tag="Media")
async def read_histograms(call: Call[ReadHistograms, None]) -> HistogramSeries:
    """Read the histograms of a key over steps, evenly thinned to `limit`."""
    query, path = call.query, call.path
    where = services.MediaRange(query.from_step, query.to_step, limit=query.limit, is_sample=True)
    found, total = await call.read(
        lambda s: services.read_histograms(
            s, call.actor, path["entity"], path["project"], path["run"], query.key, where
        )
    )
    return HistogramSeries(
        query.key,
        total,
        [
            HistogramAtStep(step, time, list(one.edges), list(one.counts))
            for step, time, one in found
        ],
    )


@route("GET", "/projects/{entity}/{project}/runs/{run}/table", tag="Media")
async def read_table(call: Call[ReadTable, None]) -> TablePage:
    """Read rows of a table that was saved as a file: JSON as wandb logs it, CSV or TSV."""
    query, path = call.query, call.path
    file = await call.read(
        lambda s: run_files.run_file(
            s, call.actor, path["entity"], path["project"], path["run"], query.path
        )
    )
    assert file.blob is not None, "found files have bytes"
    page = await read_page(
        call, name=file.name, blob=file.blob, size_bytes=file.size_bytes,
        offset=query.offset, limit=query.limit,
    )  # fmt: skip
    found = await call.read(
        lambda s: services.find_files(
            s, call.actor, path["entity"], path["project"], path["run"], media_of(page)
        )
    )
    return await table_page(page, _files(found))


def _files(known: Mapping[str, RunFile]) -> dict[str, MediaFile]:
    return {
        name: MediaFile(file.name, file.size_bytes, md5_hex(file)) for name, file in known.items()
    }


def _of_run(one: media_of_runs.RunMedia) -> RunMedia:
    value, series = one.value, one.series
    return RunMedia(
        one.run,
        None if value is None else _value(value, _files(one.files)),
        series.total,
        list(series.steps),
    )


def _value(value: services.MediaValue, files: Mapping[str, MediaFile]) -> MediaValue:
    return MediaValue(value.index, value.step, value.time, medium(value.media, files))


def _values(series: Sequence[services.MediaSeries], known: Mapping[str, RunFile]) -> MediaValues:
    files = _files(known)
    return MediaValues(
        [
            MediaSeries(
                one.key,
                [_value(value, files) for value in one.values],
                one.total,
                one.next_offset,
                list(one.steps),
            )
            for one in series
        ]
    )
