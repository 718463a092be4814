"""`run.watch`, as scripts say it; the work is in `watching`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal, TypeAlias

    from runstone.tracking.watching import Watches

    Watched: TypeAlias = Literal["gradients", "parameters", "all"] | None


class WatchVerbs:
    """The part of `ActiveRun` that is about models. `init()` imports nothing for it."""

    _watches: Watches | None = None

    def watch(
        self,
        models: Any,
        criterion: Any = None,
        log: Watched = "gradients",
        log_freq: int = 1000,
        idx: int | None = None,
        log_graph: bool = False,
    ) -> None:
        """Logs how gradients and parameters of PyTorch modules are spread, as histograms.

        They are computed where the tensors are, at every `log_freq`-th backward pass, and join the
        next `log()`. In between one hook on one parameter counts.

        Args:
            models: A `torch.nn.Module`, or several.
            criterion: For wandb's sake: only a graph would need it.
            log: `gradients`, `parameters`, `all`, or None for nothing.
            log_freq: Backward passes from one to the next.
            idx: Number of the first model, for names; counted by the run, if left out.
            log_graph: For wandb's sake: graphs of models are not kept.

        Raises:
            InvalidInput: Not a module of PyTorch, or none of the words above.
        """
        if self._watches is None:
            from runstone.tracking.watching import Watches

            self._watches = Watches(self)  # type: ignore[arg-type]
        self._watches.begin(models, log=log, log_freq=log_freq, idx=idx, log_graph=log_graph)

    def unwatch(self, models: Any | Sequence[Any] | None = None) -> None:
        """Ends `watch`, and leaves nothing behind in the models.

        Args:
            models: Only these; all, if left out.
        """
        if self._watches is not None:
            self._watches.end(models)


def watch(
    models: Any,
    criterion: Any = None,
    log: Watched = "gradients",
    log_freq: int = 1000,
    idx: int | None = None,
    log_graph: bool = False,
) -> None:
    """For the run that was begun last; see `ActiveRun.watch`."""
    from runstone.tracking.artifact_verbs import current_run

    current_run().watch(models, criterion, log, log_freq, idx, log_graph)


def unwatch(models: Any | Sequence[Any] | None = None) -> None:
    """For the run that was begun last, if one is; see `ActiveRun.unwatch`."""
    from runstone.tracking.active_runs import current

    if (run := current()) is not None:
        run.unwatch(models)
