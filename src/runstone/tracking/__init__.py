"""Logging runs: `runstone.init()`, `run.log()`, `run.finish()`."""

from runstone.tracking.active import ActiveRun, Mode
from runstone.tracking.beginning import finish, init, log

__all__ = ["ActiveRun", "Mode", "finish", "init", "log"]
