"""Which types of values keys have held; chunks that say it of themselves are not decoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runstone.domain.history import HistoryBatch, ValueKind
from runstone.domain.ids import StreamId
from runstone.domain.value_types import (
    NOTHING,
    ValueTypes,
    types_of_kinds,
    types_of_texts,
)
from runstone.storage.chunks.columns import decode_numbers, decode_objects
from runstone.storage.chunks.segments import damage_named
from runstone.storage.chunks.source import Segment, Source, StreamState
from runstone.storage.chunks.tail import TailCache, read_tails


def read_value_types(
    source: Source,
    tails: TailCache | None,
    streams: Sequence[StreamId],
    keys: Sequence[str] | None,
) -> dict[str, ValueTypes]:
    """See the port."""
    states = {s.id: s for stream in streams if (s := source.state(stream)) is not None}
    segments = source.segments([s.id for s in states.values() if s.sealed_rows])
    found: dict[str, ValueTypes] = {}
    by_id: dict[int, ValueTypes] = {}
    for key, types in _sealed(source, states, segments, keys):
        by_id[key] = by_id.get(key, NOTHING) | types
    for key, name in source.key_names(list(by_id)).items():
        found[name] = by_id[key]
    for tail in read_tails(source, list(states.values()), tails).values():
        for batch in tail.batches(keys):
            for name, types in _of_batch(batch):
                found[name] = found.get(name, NOTHING) | types
    return {name: found[name] for name in sorted(found) if keys is None or name in keys}


def _sealed(
    source: Source,
    states: dict[StreamId, StreamState],
    segments: Sequence[Segment],
    keys: Sequence[str] | None,
) -> Iterator[tuple[int, ValueTypes]]:
    """Types of columns, by key; one that says it of itself is not decoded."""
    wanted = None if keys is None else frozenset(source.key_ids(keys).values())
    for key, kind in source.number_kinds([segment.id for segment in segments]):
        yield key, types_of_kinds(ValueKind(kind))
    mixed: dict[int, list[int]] = {}
    for segment_id, key in source.mixed_columns([segment.id for segment in segments]):
        if wanted is None or key in wanted:
            mixed.setdefault(segment_id, []).append(key)
    for segment in segments:
        for chunk in source.chunks([segment.id], mixed.get(segment.id, []), objects=True):
            with damage_named(states[segment.stream_id], segment):
                if chunk.is_object:
                    yield chunk.key_id, types_of_texts(decode_objects(chunk).texts)
                else:
                    yield chunk.key_id, types_of_kinds(decode_numbers(chunk).kinds)


def _of_batch(batch: HistoryBatch) -> Iterator[tuple[str, ValueTypes]]:
    for key, numbers in batch.numbers.items():
        yield key, types_of_kinds(numbers.kinds)
    for key, objects in batch.objects.items():
        yield key, types_of_texts(objects.texts)
