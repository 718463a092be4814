"""Gradients and parameters of PyTorch modules as histograms, at little cost.

Between two looks a single hook on a single parameter counts backward passes. For the pass that is
looked at, every parameter gets a hook, which reduces its gradient to counts on its own device; what
all of them found comes over in one piece when the pass ends. Where there are gradients, only hooks
of tensors are used: modules stay as they are, to be compiled, copied and pickled.

PyTorch is not imported here: whoever gives a module has done so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from runstone.domain.errors import InvalidInput
from runstone.tracking.interruptions import pass_on
from runstone.tracking.terminal import warn

if TYPE_CHECKING:
    from runstone.tracking.active import ActiveRun

NUM_BINS: Final = 64
_CHUNK: Final = 1 << 22
"""Elements that are looked at together: what that takes in memory is 100 MB at most."""
_WHAT: Final = ("gradients", "parameters", "all", None)
_PARALLEL: Final = ("DataParallel", "DistributedDataParallel")
_WRAPPERS: Final = ("_orig_mod.", "_fsdp_wrapped_module.")


class Watches:
    """The models that a run watches."""

    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        self._watches: list[_Watch] = []
        self._num_models = 0

    def begin(
        self, models: Any, *, log: str | None, log_freq: int, idx: int | None, log_graph: bool
    ) -> None:
        """See `ActiveRun.watch`."""
        if log not in _WHAT:
            raise InvalidInput(
                f"log is {log!r}; it must be 'gradients', 'parameters', 'all' or None."
            )
        if log_freq < 1:
            raise InvalidInput(f"log_freq is {log_freq}; it must be at least 1.")
        several = _several(models)
        if log_graph:
            warn("watch(log_graph=True): the graph of a model is not kept")
        first = self._num_models if idx is None else idx
        self._num_models = max(self._num_models, first + len(several))
        self.end(several)
        if log is None:
            return
        for number, model in enumerate(several, first):
            # As in wandb: the first one's names have nothing before them.
            prefix = f"graph_{number}" if number else ""
            self._watches.append(_Watch(model, prefix, log, log_freq, self._log))

    def end(self, models: Any = None) -> None:
        """See `ActiveRun.unwatch`."""
        wanted = None if models is None else _several(models)
        for watch in list(self._watches):
            if wanted is None or any(watch.model is model for model in wanted):
                watch.remove()
                self._watches.remove(watch)

    def _log(self, values: dict[str, Any]) -> None:
        self._run.log(values, commit=False)


class _Watch:
    """One model that is watched."""

    def __init__(
        self,
        model: Any,
        prefix: str,
        what: str,
        log_freq: int,
        log: Callable[[dict[str, Any]], None],
    ) -> None:
        self.model = model
        self._prefix = prefix
        self._takes_gradients = what != "parameters"
        self._takes_parameters = what != "gradients"
        self._log_freq = log_freq
        self._log = log
        self._num_passes = 0
        self._counter: Any = None
        self._handles: list[Any] = []
        self._found: dict[str, _Found] = {}
        self._left_out: set[str] = set()
        self._is_in_pass = False
        self._torch = sys.modules["torch"]
        if any(parameter.requires_grad for _, parameter in _named(model)):
            self._arm()
        elif self._takes_parameters:
            self._handles.append(model.register_forward_hook(self._after_forward))

    def remove(self) -> None:
        """Leaves nothing behind."""
        self._disarm()
        if self._counter is not None:
            self._counter.remove()
            self._counter = None
        self._log = _nothing

    def _arm(self) -> None:
        """Hooks for the next pass: which is looked at, or finds who is the first to have one."""
        self._handles = [
            parameter.register_hook(self._hook(name, parameter))
            for name, parameter in _named(self.model)
            if parameter.requires_grad
        ]

    def _disarm(self) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles = []

    @property
    def _is_due(self) -> bool:
        return (self._num_passes + 1) % self._log_freq == 0

    def _hook(self, name: str, parameter: Any) -> Callable[[Any], None]:
        def look(gradient: Any) -> None:
            self._enter_pass(parameter)
            if self._takes_gradients and self._is_due:
                self._take(f"gradients/{self._prefix}{name}", gradient)

        return look

    def _enter_pass(self, parameter: Any) -> None:
        if self._is_in_pass:
            return
        self._is_in_pass = True
        if self._counter is None and self._log_freq > 1:
            # The first one to have a gradient has one in every pass, as far as can be known.
            self._counter = parameter.register_hook(self._count)
        engine = self._torch.autograd.Variable._execution_engine
        engine.queue_callback(self._leave_pass)

    def _count(self, _gradient: Any) -> None:
        """In passes that are not looked at."""
        if self._handles:
            return  # hooks that are there for this pass count it
        if (self._num_passes + 2) % self._log_freq == 0:
            self._is_in_pass = True
            self._torch.autograd.Variable._execution_engine.queue_callback(self._arm_for_next)
        else:
            self._num_passes += 1

    def _arm_for_next(self) -> None:
        self._is_in_pass = False
        self._num_passes += 1
        self._arm()

    def _leave_pass(self) -> None:
        self._is_in_pass = False
        if self._is_due:
            if self._takes_parameters:
                self._take_parameters()
            self._tell()
        self._num_passes += 1
        if not self._is_due:
            self._disarm()

    def _after_forward(self, _module: Any, _given: Any, _result: Any) -> None:
        """Of a model without gradients."""
        if self._is_due:
            self._take_parameters()
            self._tell()
        self._num_passes += 1

    def _take_parameters(self) -> None:
        for name, parameter in _named(self.model):
            self._take(f"parameters/{self._prefix}{name}", parameter)

    def _take(self, key: str, tensor: Any) -> None:
        if key in self._left_out:
            return
        try:
            with self._torch.no_grad():
                if (found := _look_at(self._torch, tensor.detach())) is not None:
                    self._found[key] = found
        except Exception as error:  # noqa: BLE001 - training goes on, whatever is wrong
            pass_on(error)
            warn(f"watch: {key} is left out: {error}")
            self._left_out.add(key)

    def _tell(self) -> None:
        found, self._found = self._found, {}
        if not found:
            return
        try:
            values = _histograms(self._torch, found)
        except Exception as error:  # noqa: BLE001 - training goes on, whatever is wrong
            pass_on(error)
            warn(f"watch ends: {error}")
            self.remove()
            return
        if values:
            self._log(values)


class _Found:
    """What is known of a tensor, still on its device.

    Attributes:
        bounds: The lowest and the highest finite value; turned around where there is none.
        counts: How many values each bin between them has.
        num_zeros: Of a sparse tensor, those that are not stored.
    """

    def __init__(self, bounds: Any, counts: Any, num_zeros: int) -> None:
        self.bounds = bounds
        self.counts = counts
        self.num_zeros = num_zeros


def _look_at(torch: Any, tensor: Any) -> _Found | None:
    """Counts a tensor's values, without waiting for its device. NaN and infinities are left out."""
    num_zeros = 0
    if tensor.layout is not torch.strided:
        size = tensor.numel()
        if tensor.layout is not torch.sparse_coo:
            tensor = tensor.to_sparse_coo()
        tensor = tensor.coalesce().values()
        num_zeros = size - tensor.numel()
    if tensor.is_meta or not (tensor.numel() or num_zeros):
        return None
    if tensor.is_complex():
        tensor = tensor.abs()
    flat = tensor.reshape(-1)
    double = torch.float64 if flat.dtype is torch.float64 else torch.float32
    low = torch.full((), torch.inf, dtype=double, device=flat.device)
    high = -low
    pieces = flat.split(_CHUNK) if flat.numel() else ()
    for piece in pieces:
        values = piece.to(double)
        is_finite = torch.isfinite(values)
        low = torch.minimum(low, values.where(is_finite, torch.inf).amin())
        high = torch.maximum(high, values.where(is_finite, -torch.inf).amax())
    if num_zeros:
        low, high = low.clamp(max=0), high.clamp(min=0)
    counts = torch.zeros(NUM_BINS + 1, dtype=torch.int64, device=flat.device)
    width = high / NUM_BINS - low / NUM_BINS  # their difference may be beyond what there is
    one = torch.ones((), dtype=torch.int64, device=flat.device)
    for piece in pieces:
        values = piece.to(double)
        places = ((values - low) / width).nan_to_num(0.0).clamp_(0, NUM_BINS - 1).to(torch.int64)
        # What is not finite is counted beside the bins.
        places.masked_fill_(~torch.isfinite(values), NUM_BINS)
        counts.scatter_add_(0, places, one.expand_as(places))
    return _Found(torch.stack((low, high)), counts[:NUM_BINS], num_zeros)


def _histograms(torch: Any, found: dict[str, _Found]) -> dict[str, Any]:
    """What was found as documents, in the form of the wandb client; one copy from each device."""
    bounds = _brought(torch, {key: one.bounds.double() for key, one in found.items()})
    counts = _brought(torch, {key: one.counts for key, one in found.items()})
    values: dict[str, Any] = {}
    for key, one in found.items():
        low, high = bounds[key]
        if low > high:
            continue  # nothing in it is finite
        heights = [int(count) for count in counts[key]]
        if low == high:
            heights, edges = [sum(heights) + one.num_zeros], [low, high]
        else:
            width = high / NUM_BINS - low / NUM_BINS
            edges = [*(low + width * place for place in range(NUM_BINS)), high]
            if one.num_zeros:
                heights[min(int(-low / width), NUM_BINS - 1)] += one.num_zeros
        values[key] = {"_type": "histogram", "values": heights, "bins": edges}
    return values


def _brought(torch: Any, tensors: dict[str, Any]) -> dict[str, list[Any]]:
    by_device: dict[Any, list[str]] = {}
    for key, tensor in tensors.items():
        by_device.setdefault(tensor.device, []).append(key)
    brought: dict[str, list[Any]] = {}
    for keys in by_device.values():
        rows = torch.stack([tensors[key] for key in keys]).tolist()
        brought.update(zip(keys, rows, strict=True))
    return brought


def _named(model: Any) -> Iterator[tuple[str, Any]]:
    """Parameters under the names that they have without what the model was wrapped into."""
    is_parallel = type(model).__name__ in _PARALLEL
    for name, parameter in model.named_parameters():
        for wrapper in _WRAPPERS:
            name = name.replace(wrapper, "")
        yield (name.removeprefix("module.") if is_parallel else name), parameter


def _several(models: Any) -> Sequence[Any]:
    several = list(models) if isinstance(models, (list, tuple)) else [models]
    torch = sys.modules.get("torch")
    for model in several:
        if torch is None or not isinstance(model, torch.nn.Module):
            raise InvalidInput(
                f"watch() is given {type(model).__name__}; it takes modules of PyTorch "
                "(torch.nn.Module)."
            )
    return several


def _nothing(_values: dict[str, Any]) -> None:
    pass
