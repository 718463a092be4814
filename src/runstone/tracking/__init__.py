"""Logging runs: `runstone.init()`, `run.log()`, `run.finish()`."""

from runstone.tracking.active import ActiveRun, Mode
from runstone.tracking.beginning import finish, init, log
from runstone.tracking.sharing import attach

__all__ = ["ActiveRun", "Mode", "attach", "finish", "init", "log"]
