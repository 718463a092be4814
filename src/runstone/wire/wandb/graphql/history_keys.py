"""`historyKeys`: what runs have logged, with counts, as JSON that goes into the answer as it is.

Lists ask for it of every run, thousands at once, and a run that has ended says the same for ever:
the newest answers are kept, by what they depend on.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, TypeAlias

import orjson

from runstone.domain.documents import JsonValue, decode
from runstone.domain.history import StreamInfo, StreamKind
from runstone.domain.ids import RunId
from runstone.domain.run import Run
from runstone.ports.store import Snapshot
from runstone.wire.wandb.graphql.loading import RunLoader
from runstone.wire.wandb.jsontext import JsonText, bare, named
from runstone.wire.wandb.rows import STEP

_MAX_BYTES: Final = 32 * 1024 * 1024
_Stamp: TypeAlias = tuple[int, ...]


class HistoryKeys:
    """Answers of one server, the least recently asked for forgotten first.

    Attributes:
        num_bytes: What they come to.
    """

    def __init__(self, *, max_bytes: int = _MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[RunId, tuple[_Stamp, bytes]] = OrderedDict()
        self.num_bytes = 0

    def of(self, snapshot: Snapshot, loader: RunLoader, run: Run) -> JsonText | None:
        """A run's answer; None while it has logged nothing."""
        streams = loader.streams(run.id, StreamKind.HISTORY)
        stamp = _stamp(run, streams)
        with self._lock:
            kept = self._kept.get(run.id)
            if kept is not None:
                self._kept.move_to_end(run.id)
        if kept is not None and kept[0] == stamp:
            return JsonText(kept[1])
        found = _describe(snapshot, loader, run, streams)
        if found is None:
            return None
        text = _text(found)
        self._keep(run.id, stamp, text)
        return JsonText(text)

    def _keep(self, run: RunId, stamp: _Stamp, text: bytes) -> None:
        with self._lock:
            _, before = self._kept.pop(run, ((), b""))
            self._kept[run] = (stamp, text)
            self.num_bytes += len(text) - len(before)
            while self.num_bytes > self._max_bytes:
                _, (_, dropped) = self._kept.popitem(last=False)
                self.num_bytes -= len(dropped)


def _stamp(run: Run, streams: Sequence[StreamInfo]) -> _Stamp:
    """All that the answer depends on: the summary by the run's change number, rows by streams."""
    rows = ((stream.id, stream.generation, stream.next_row) for stream in streams)
    return (run.change_seq, *(number for part in rows for number in part))


def _describe(
    snapshot: Snapshot, loader: RunLoader, run: Run, streams: Sequence[StreamInfo]
) -> JsonValue:
    last_step = snapshot.history.largest_step(run.id)
    if last_step is None:
        return None
    summary = decode(loader.texts(run.id).summary)
    keys = {}
    for key in snapshot.history.keys([run.id]):
        counts = (("number", key.num_numbers), ("string", key.num_objects))
        keys[key.name] = {
            "typeCounts": [{"type": name, "count": count} for name, count in counts if count],
            "monotonic": False,
            "previousValue": named(_dotted(summary, key.name)),
        }
    keys[STEP] = {
        "typeCounts": [{"type": "number", "count": sum(s.next_row for s in streams)}],
        "monotonic": True,
        "previousValue": last_step,
    }
    # Up to here scans go, so it is the largest of all, be it of an earlier life of the run.
    return {"keys": keys, "sets": [], "lastStep": last_step}


def _text(found: JsonValue) -> bytes:
    try:
        return orjson.dumps(found)
    except TypeError:  # a lone surrogate in a text, or an integer beyond 64 bits
        return bare(found).encode()


def _dotted(document: JsonValue, key: str) -> JsonValue:
    """The value under `a.b.c`: the longest key that is there, then inwards."""
    if not isinstance(document, dict):
        return None
    if key in document:
        return document[key]
    parts = key.split(".")
    for end in range(len(parts) - 1, 0, -1):
        head = ".".join(parts[:end])
        if head in document:
            return _dotted(document[head], ".".join(parts[end:]))
    return None
