"""`run.watch` with real PyTorch."""

from __future__ import annotations

import copy
import gc
import io
import math
import pickle
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import runstone
from runstone.errors import InvalidInput
from runstone.tracking.journal import JournalReader
from runstone.tracking.records import Row, decode
from runstone.tracking.watching import NUM_BINS

Logged = dict[str, Any]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[runstone.ActiveRun]:
    with runstone.init("watched", mode="offline", dir=tmp_path) as made:
        yield made


def logged(run: runstone.ActiveRun) -> list[Logged]:
    """Rows as the server would see them: calls of one step are one row."""
    assert run.folder is not None
    rows: dict[int, Logged] = {}
    for payload in JournalReader(run.folder / "journal", "").records():
        _, record = decode(payload)
        if isinstance(record, Row):
            rows.setdefault(record.step, {}).update(record.values)
    return [rows[step] for step in sorted(rows)]


def net() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))


NAMES = {"0.weight", "0.bias", "2.weight", "2.bias"}


def train(run: runstone.ActiveRun, model: Any, steps: int = 1, given: Any = None) -> None:
    for step in range(steps):
        loss = model(torch.ones(3, 4) if given is None else given).sum()
        loss.backward()
        run.log({"loss": step})


def spread(tensor: torch.Tensor) -> tuple[int, float, float]:
    return tensor.numel(), tensor.min().item(), tensor.max().item()


def told(histogram: Logged) -> tuple[int, float, float]:
    assert histogram["_type"] == "histogram"
    assert len(histogram["bins"]) == len(histogram["values"]) + 1
    return sum(histogram["values"]), histogram["bins"][0], histogram["bins"][-1]


def test_gradients_join_the_row_that_is_logged_next(run: runstone.ActiveRun) -> None:
    model = net()
    run.watch(model, log_freq=1)
    train(run, model, 2)
    rows = logged(run)
    assert [set(row) for row in rows] == [{"loss", *(f"gradients/{n}" for n in NAMES)}] * 2
    histogram = rows[0]["gradients/0.weight"]
    fresh = net()
    fresh(torch.ones(3, 4)).sum().backward()
    gradient = fresh[0].weight.grad
    assert gradient is not None
    assert told(histogram) == pytest.approx(spread(gradient))
    assert histogram["values"] == torch.histc(gradient, NUM_BINS).int().tolist()


@pytest.mark.parametrize("log_freq", [1, 2, 3, 5])
def test_every_so_many_passes(run: runstone.ActiveRun, log_freq: int) -> None:
    model = net()
    run.watch(model, log="all", log_freq=log_freq)
    train(run, model, 11)
    found = [number for number, row in enumerate(logged(run), 1) if "gradients/0.bias" in row]
    assert found == [number for number in range(1, 12) if number % log_freq == 0]
    assert [("parameters/0.bias" in row) for row in logged(run)] == [
        "gradients/0.bias" in row for row in logged(run)
    ]


def test_parameters_alone(run: runstone.ActiveRun) -> None:
    model = net()
    run.watch(model, log="parameters", log_freq=1)
    train(run, model)
    (row,) = logged(run)
    assert set(row) == {"loss", *(f"parameters/{name}" for name in NAMES)}
    assert told(row["parameters/2.weight"]) == pytest.approx(spread(model[2].weight.detach()))


def test_a_frozen_model_and_a_frozen_part(run: runstone.ActiveRun) -> None:
    frozen = net().requires_grad_(False)
    run.watch(frozen, log="all", log_freq=2)
    part = net()
    part[0].requires_grad_(False)
    run.watch(part, log="all", log_freq=2)
    for _ in range(2):
        frozen(torch.ones(1, 4))
    train(run, part, 2)
    found = {key for row in logged(run) for key in row}
    assert {f"parameters/{name}" for name in NAMES} <= found
    assert "parameters/graph_10.weight" in found
    assert "gradients/graph_12.weight" in found
    assert "gradients/graph_10.weight" not in found


def hooks(model: nn.Module) -> int:
    own = sum(len(parameter._backward_hooks or ()) for parameter in model.parameters())
    return own + sum(
        len(module._forward_hooks) + len(module._backward_hooks) for module in model.modules()
    )


@pytest.mark.parametrize("log_freq", [1, 2, 100])
def test_nothing_is_left_behind(tmp_path: Path, log_freq: int) -> None:
    one, other = net(), net().requires_grad_(False)
    run = runstone.init("left", mode="offline", dir=tmp_path)
    run.watch([one, other], log="all", log_freq=log_freq)
    train(run, one, 3)
    assert hooks(one)
    run.unwatch(one)
    assert (hooks(one), hooks(other)) == (0, 1)
    run.watch(one, log_freq=log_freq)
    train(run, one, 3)
    run.finish()
    assert (hooks(one), hooks(other)) == (0, 0)


def test_between_two_looks_one_hook_counts(run: runstone.ActiveRun) -> None:
    model = net()
    run.watch(model, log="all", log_freq=100)
    train(run, model, 2)
    assert hooks(model) == 1


def test_values_that_no_bin_has(run: runstone.ActiveRun) -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.nan = nn.Parameter(torch.tensor([math.nan, 1.0, -math.inf, 3.0]))
            self.none = nn.Parameter(torch.full((3,), math.nan))
            self.empty = nn.Parameter(torch.zeros(0))
            self.same = nn.Parameter(torch.full((5,), 2.0))
            self.scalar = nn.Parameter(torch.tensor(7.0))
            self.f16 = nn.Parameter(torch.tensor([1.0, 60_000.0], dtype=torch.float16))
            self.bf16 = nn.Parameter(torch.tensor([1.0, 3e38], dtype=torch.bfloat16))
            self.f64 = nn.Parameter(torch.tensor([0.0, 1e300], dtype=torch.float64))
            self.complex = nn.Parameter(torch.tensor([3 + 4j, 0j]))
            self.huge = nn.Parameter(torch.tensor([-3e38, 0.0, 3e38]))

        def forward(self) -> torch.Tensor:
            return self.scalar * self.scalar

    model = Odd()
    run.watch(model, log="all", log_freq=1)
    model().backward()
    run.log({})
    (row,) = logged(run)
    found = {key.removeprefix("parameters/"): value for key, value in row.items() if "par" in key}
    assert told(found["nan"]) == (2, 1.0, 3.0)
    assert "none" not in found
    assert "empty" not in found
    assert (found["same"]["values"], found["same"]["bins"]) == ([5], [2.0, 2.0])
    assert told(found["f16"]) == (2, 1.0, 60_000.0)
    assert told(found["bf16"])[0] == 2
    assert told(found["f64"]) == (2, 0.0, 1e300)
    assert told(found["complex"]) == (2, 0.0, 5.0)
    assert told(found["huge"])[0] == 3
    assert row["gradients/scalar"]["bins"] == [14.0, 14.0]


def test_sparse_gradients_count_their_zeros(run: runstone.ActiveRun) -> None:
    model = nn.Embedding(100, 3, sparse=True)
    run.watch(model, log_freq=1)
    model(torch.tensor([1, 2])).sum().backward()
    run.log({})
    histogram = logged(run)[0]["gradients/weight"]
    assert told(histogram) == (300, 0.0, 1.0)
    assert (histogram["values"][0], histogram["values"][-1]) == (294, 6)


def test_large_tensors_in_pieces(run: runstone.ActiveRun, monkeypatch: Any) -> None:
    monkeypatch.setattr("runstone.tracking.watching._CHUNK", 7)
    model = net()
    run.watch(model, log="parameters", log_freq=1)
    train(run, model)
    (row,) = logged(run)
    weight = model[0].weight.detach()
    assert row["parameters/0.weight"]["values"] == torch.histc(weight, NUM_BINS).int().tolist()


def test_names_without_what_a_model_is_wrapped_into(run: runstone.ActiveRun) -> None:
    model = nn.DataParallel(net())
    run.watch(model, log_freq=1)
    train(run, model)
    assert set(logged(run)[0]) == {"loss", *(f"gradients/{name}" for name in NAMES)}


def test_distributed(run: runstone.ActiveRun, tmp_path: Path) -> None:
    store = torch.distributed.FileStore(str(tmp_path / "store"), 1)
    torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    try:
        model = nn.parallel.DistributedDataParallel(net())
        run.watch(model, log="all", log_freq=2)
        train(run, model, 4)
    finally:
        torch.distributed.destroy_process_group()
    rows = logged(run)
    assert [("gradients/0.weight" in row) for row in rows] == [False, True, False, True]
    assert "parameters/2.bias" in rows[1]


def test_compiled(run: runstone.ActiveRun) -> None:
    model = net()
    run.watch(model, log="all", log_freq=2)
    compiled = torch.compile(model, backend="aot_eager")
    train(run, compiled, 4)
    rows = logged(run)
    assert [("gradients/0.weight" in row) for row in rows] == [False, True, False, True]
    run.unwatch()
    run.watch(compiled, log_freq=1, idx=0)
    train(run, compiled)
    assert {f"gradients/{name}" for name in NAMES} <= set(logged(run)[-1])


def test_a_watched_model_is_saved_and_copied(run: runstone.ActiveRun) -> None:
    model = net()
    run.watch(model, log="all", log_freq=2)
    train(run, model, 3)
    copied = copy.deepcopy(model)
    assert hooks(copied) == 0
    loaded = pickle.loads(pickle.dumps(model))
    assert hooks(loaded) == 0
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    again = torch.load(file, weights_only=False)
    assert torch.equal(again[0].weight, model[0].weight)


def test_a_model_is_not_kept_alive_after_the_run(tmp_path: Path) -> None:
    import weakref

    model = net()
    with runstone.init("alive", mode="offline", dir=tmp_path) as run:
        run.watch(model, log_freq=1)
        train(run, model)
    known = weakref.ref(model)
    del model
    gc.collect()
    assert known() is None


def test_shared_weights_and_unused_ones(run: runstone.ActiveRun) -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one = nn.Linear(4, 4)
            self.two = nn.Linear(4, 4)
            self.two.weight = self.one.weight
            self.unused = nn.Linear(2, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.two(self.one(x))  # type: ignore[no-any-return]

    model = Tied()
    run.watch(model, log="all", log_freq=1)
    train(run, model, 2)
    row = logged(run)[1]
    assert {"gradients/one.weight", "gradients/two.bias", "parameters/unused.weight"} <= set(row)
    assert "gradients/two.weight" not in row, "it is one.weight"
    assert "gradients/unused.weight" not in row


def test_several_models(run: runstone.ActiveRun) -> None:
    one, two, three = net(), net(), net()
    run.watch([one, two], log_freq=1)
    run.watch(three, log_freq=1)
    run.watch(one, log_freq=1, idx=7)
    for model in (one, two, three):
        model(torch.ones(1, 4)).sum().backward()
    run.log({})
    found = {key for row in logged(run) for key in row}
    assert {
        "gradients/graph_10.bias",
        "gradients/graph_20.bias",
        "gradients/graph_70.bias",
    } <= found
    assert "gradients/0.bias" not in found, "watched anew under another number"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"models": 3}, "torch.nn.Module"),
        ({"log": "weights"}, "'gradients', 'parameters', 'all' or None"),
        ({"log_freq": 0}, "log_freq is 0"),
    ],
)
def test_what_makes_no_sense_is_said(run: runstone.ActiveRun, given: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        run.watch(**{"models": net(), **given})


def test_of_the_package_and_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"runstone\.init"):
        runstone.watch(net())
    model = net()
    with runstone.init("twins", mode="offline", dir=tmp_path) as run:
        runstone.watch(model, log=None)
        assert hooks(model) == 0
        runstone.watch(model, log_freq=1)
        runstone.unwatch()
        assert hooks(model) == 0
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            train(run, model)
        assert logged(run) == [{"loss": 0}]
