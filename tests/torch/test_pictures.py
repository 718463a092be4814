"""Tensors as pictures, masks, sounds and histograms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

import runstone


@pytest.mark.parametrize(
    "tensor",
    [
        torch.rand(3, 8, 6),
        torch.rand(1, 3, 8, 6),
        torch.rand(1, 8, 6, requires_grad=True),
        torch.rand(3, 8, 6).half(),
        torch.rand(4, 8, 6).bfloat16(),
        torch.randint(0, 255, (3, 8, 6), dtype=torch.uint8),
        torch.rand(8, 6),
    ],
    ids=lambda tensor: f"{tensor.dtype} {tuple(tensor.shape)}",
)
def test_channels_come_first(tensor: torch.Tensor, tmp_path: Path) -> None:
    found = runstone.Image(tensor).write_into(tmp_path)
    assert (found["width"], found["height"]) == (6, 8)


def test_masks_sounds_and_histograms(tmp_path: Path) -> None:
    mask = {"mask_data": torch.zeros(8, 6, dtype=torch.long), "class_labels": {0: "sky"}}
    found: Any = runstone.Image(torch.rand(3, 8, 6), masks={"m": mask}).write_into(tmp_path)
    assert (tmp_path / found["masks"]["m"]["path"]).exists()
    sound = runstone.Audio(torch.rand(2, 800), sample_rate=8_000).write_into(tmp_path)
    assert sound["size"] == 44 + 2 * 800 * 2
    counted = runstone.Histogram(torch.tensor([1.0, 2.0, float("nan")]), num_bins=2)
    assert counted.histogram == [1, 1]
