"""Arrays too large to be kept value by value: histograms of them, as from the wandb client."""

from __future__ import annotations

import numpy as np
from tests.tracking.conftest import Desk

from runstone.sdk import Api

LOGGED = """
import numpy as np, runstone
class Tensor:
    "As one of PyTorch on a GPU, which gives its values to nobody but its copy on the CPU."
    def __init__(self, array, place="cuda"):
        self.array, self.place, self.shape = array, place, array.shape
    def detach(self): return self
    def cpu(self): return Tensor(self.array, "cpu")
    def item(self): return self.tolist()
    def tolist(self): return self.numpy().tolist()
    def numpy(self):
        assert self.place == "cpu", "still on the GPU"
        return self.array
many = np.arange(100_000.0).reshape(1000, 100)
with runstone.init("arrays", id="large") as run:
    run.log({"on_gpu": Tensor(many), "few_on_gpu": Tensor(many[0, :3]), "beside": 1})
    run.log({"on_cpu": many, "both": [many, many + 1], "deep": {"er": many}})
    run.log({"texts": np.array(["a"] * 20_000), "after": 2})
    run.log({"nothing": np.full(20_000, np.nan), "after": 3})
    run.summary["kept"] = Tensor(many)
"""


def test_a_large_array_is_counted(desk: Desk, api: Api) -> None:
    _, err = desk.run(LOGGED)
    run = api.run("ada/arrays/large")
    counts, edges = np.histogram(np.arange(100_000), bins=64)
    rows = run.history().to_arrow().to_pylist()
    assert (rows[0]["beside"], rows[3]["after"]) == (1, 3)
    summary = run.summary
    for value in (summary["on_gpu"], summary["on_cpu"], summary["kept"], summary["both"][0]):
        assert value["_type"] == "histogram"
        assert value["values"] == counts.tolist()
        assert value["bins"] == edges.tolist()
    assert summary["few_on_gpu"] == [0, 1, 2]
    assert summary["deep.er"]["_type"] == "histogram"
    assert err.count("'texts' is not logged") == 1
    assert err.count("'nothing' is not logged") == 1
    assert err.count("\n") == 5, err
