"""Collecting what nobody can reach any more, so that deleted bytes leave the disk.

`garbage` says what is garbage, `pacing` how fast it may go, `collector` does it.
"""

from runstone.services.collection.collector import Collector
from runstone.services.collection.garbage import Collected, Finding, Stage

__all__ = ["Collected", "Collector", "Finding", "Stage"]
