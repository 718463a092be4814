"""Media that a run has logged: which keys, what at which steps, rows of tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from runstone.domain import documents
from runstone.domain.access import Actor
from runstone.domain.errors import InvalidInput
from runstone.domain.history import Ints, ObjectQuery, ObjectValues
from runstone.domain.media import (
    Histogram,
    Media,
    MediaKind,
    is_media,
    recognise,
    with_class_labels,
)
from runstone.domain.run import Run, RunFile
from runstone.ports.store import Snapshot
from runstone.services.runs import find_run

MAX_VALUES: Final = 1_000
"""Of all keys that are asked for at once."""
MAX_KEYS: Final = 100
MAX_SLIDER_STEPS: Final = 2_000

_LABELS: Final = {"boxes": "bounding_box/class_labels", "masks": "mask/class_labels"}
"""Where the client keeps names of classes, beside the config."""


@dataclass(frozen=True, slots=True)
class MediaKey:
    """A key that holds media; its kind is that of the last value."""

    key: str
    kind: MediaKind
    num_values: int
    first_step: int
    last_step: int


@dataclass(frozen=True, slots=True)
class MediaValue:
    """What was logged under a key at a step.

    Attributes:
        index: Among all of the key's values in the range.
    """

    index: int
    step: int
    time: float
    media: Media


@dataclass(frozen=True, slots=True)
class MediaSeries:
    """Values of one key in a range of steps.

    Attributes:
        total: Values in the range.
        next_offset: Where the next page begins; None at the end, and of samples.
        steps: Of all values in the range, evenly thinned where there are many.
    """

    key: str
    values: Sequence[MediaValue]
    total: int
    next_offset: int | None
    steps: Sequence[int]


@dataclass(frozen=True, slots=True)
class MediaRange:
    """Which values of each key to read.

    Attributes:
        from_step: Inclusive.
        to_step: Inclusive.
        offset: Leave out so many.
        limit: At most so many.
        is_sample: Evenly chosen, instead of the first.
    """

    from_step: int | None = None
    to_step: int | None = None
    offset: int = 0
    limit: int = 100
    is_sample: bool = False


def list_media(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, name: str
) -> list[MediaKey]:
    """Keys under which a run logs media, by name.

    Raises:
        NotFound: No such run, or the actor may not see it.
    """
    run = find_run(snapshot, actor, entity, project, name)
    keys = [key.name for key in snapshot.history.keys([run.id]) if key.num_objects]
    all_ends = snapshot.history.objects(run.id, ObjectQuery(keys, limit=2, is_sample=True))
    found = []
    for key, ends in zip(keys, all_ends, strict=True):
        values = [documents.decode(text) for text in ends.texts]
        last = next((value for value in reversed(values) if is_media(value)), None)
        if last is not None:
            found.append(
                MediaKey(
                    key,
                    recognise(last).kind,
                    len(ends.all_steps),
                    int(ends.all_steps[0]),
                    int(ends.all_steps[-1]),
                )
            )
    return found


def read_media(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    name: str,
    keys: Sequence[str],
    where: MediaRange,
) -> tuple[list[MediaSeries], Mapping[str, RunFile]]:
    """Values of some keys, and the files of the run that they name.

    Raises:
        NotFound: No such run, or the actor may not see it.
        InvalidInput: Too many keys or values at once.
    """
    if not 1 <= len(keys) <= MAX_KEYS:
        raise InvalidInput(f"1 to {MAX_KEYS} keys can be asked for at once; not {len(keys):,}.")
    if where.limit < 1 or len(keys) * where.limit > MAX_VALUES:
        raise InvalidInput(
            f"{len(keys)} keys × {where.limit:,} values were asked for; at most {MAX_VALUES:,} "
            "values come at once. Lower the limit.",
            code="too-many-values",
        )
    run = find_run(snapshot, actor, entity, project, name)
    labels = _ClassLabels(snapshot, run)
    keys = list(dict.fromkeys(keys))
    found = snapshot.history.objects(run.id, _query(keys, where))
    series = [_series(key, values, where, labels) for key, values in zip(keys, found, strict=True)]
    return series, _files_of(snapshot, run, (v.media for one in series for v in one.values))


def read_histograms(
    snapshot: Snapshot,
    actor: Actor,
    entity: str,
    project: str,
    name: str,
    key: str,
    where: MediaRange,
) -> tuple[list[tuple[int, float, Histogram]], int]:
    """Histograms of a key with their steps and times, evenly thinned; and how many there are.

    Raises:
        NotFound: No such run, or the actor may not see it.
        InvalidInput: More than 1,000 were asked for.
    """
    if not 1 <= where.limit <= MAX_VALUES:
        raise InvalidInput(
            f"1 to {MAX_VALUES:,} histograms come at once; {where.limit:,} were asked for."
        )
    run = find_run(snapshot, actor, entity, project, name)
    (found,) = snapshot.history.objects(run.id, _query([key], where))
    steps = found.all_steps[found.positions].tolist()
    histograms = [
        (step, time, media.histogram)
        for step, time, text in zip(steps, found.times.tolist(), found.texts, strict=True)
        if (media := recognise(documents.decode(text))).histogram is not None
    ]
    return histograms, len(found.all_steps)


def find_files(
    snapshot: Snapshot, actor: Actor, entity: str, project: str, name: str, media: Iterable[Media]
) -> Mapping[str, RunFile]:
    """The files of a run that some media name, as far as their bytes are here.

    Raises:
        NotFound: No such run, or the actor may not see it.
    """
    return _files_of(snapshot, find_run(snapshot, actor, entity, project, name), media)


def _files_of(snapshot: Snapshot, run: Run, media: Iterable[Media]) -> Mapping[str, RunFile]:
    paths = {item.path for one in media for item in one.items if item.path}
    files = snapshot.files.list_files(run.id, names=sorted(paths), limit=len(paths))
    return {file.name: file for file in files}


def _series(key: str, found: ObjectValues, where: MediaRange, labels: _ClassLabels) -> MediaSeries:
    values = [
        MediaValue(
            index,
            int(found.all_steps[index]),
            time,
            with_class_labels(recognise(documents.decode(text)), labels.of(key)),
        )
        for index, time, text in zip(
            found.positions.tolist(), found.times.tolist(), found.texts, strict=True
        )
    ]
    total = len(found.all_steps)
    end = where.offset + len(values)
    next_offset = end if not where.is_sample and end < total else None
    return MediaSeries(key, values, total, next_offset, _thinned(found.all_steps))


def _query(keys: Sequence[str], where: MediaRange) -> ObjectQuery:
    return ObjectQuery(
        keys,
        min_step=where.from_step,
        max_step=None if where.to_step is None else where.to_step + 1,
        offset=where.offset,
        limit=where.limit,
        is_sample=where.is_sample,
    )


def _thinned(steps: Ints) -> list[int]:
    total = len(steps)
    if total <= MAX_SLIDER_STEPS:
        return [int(step) for step in steps]
    last = MAX_SLIDER_STEPS - 1
    return [int(steps[i * (total - 1) // last]) for i in range(MAX_SLIDER_STEPS)]


class _ClassLabels:
    """Names of classes, which clients keep beside the config; read when first asked for."""

    def __init__(self, snapshot: Snapshot, run: Run) -> None:
        self._snapshot = snapshot
        self._run = run
        self._info: Mapping[str, Any] | None = None

    def of(self, key: str) -> Callable[[str, str], Mapping[str, str]]:
        """Looks labels up by what they name and the group, for media of one key."""

        def look_up(what: str, group: str) -> Mapping[str, str]:
            if self._info is None:
                self._info = self._snapshot.runs.client_info(self._run.id)
            known = self._info.get(_LABELS[what])
            # Spelled so by every client.
            entry = known.get(f"{key}_wandb_delimeter_{group}") if isinstance(known, dict) else None
            labels = entry.get("value") if isinstance(entry, dict) else None
            if not isinstance(labels, dict):
                return {}
            return {str(number): str(label) for number, label in labels.items()}

        return look_up
