"""Each core's own conversion of float16 weights: every number, in either half of a word, exact on the device."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mcuforge.cli import main
from tests.support.tflite_builder import ModelBuilder

pytestmark = pytest.mark.slow

DEPTH = 8
# An FPU of each generation, and a RISC-V core without any.
BOARDS = ("stm32f4-discovery", "nrf5340", "mps3-an547", "virt")


def every_number() -> bytes:
    """A layer with each finite float16 as a weight, once as the first of a pair and once as the second.

    One weight of each output is multiplied by 1 and all others by 0, so that it comes out as it is. Infinities are in a
    second layer, times 1 only. NaNs are left out: which one comes out of a product is a processor's own affair.
    """
    numbers = np.arange(1 << 16, dtype=np.uint32).astype(np.uint16).view(np.float16)
    finite = numbers[np.isfinite(numbers)]
    weights = np.concatenate([finite, np.roll(finite, 1)]).reshape(-1, DEPTH)
    infinite = np.array([[np.inf, 1] * (DEPTH // 2), [1, -np.inf] * (DEPTH // 2)], np.float16)
    model = ModelBuilder()
    inputs = [model.tensor(name, (1, DEPTH), "FLOAT32") for name in ("choice", "ones")]
    outputs = []
    for source, data in zip(inputs, (weights, infinite), strict=True):
        stored = model.tensor("stored", data.shape, "FLOAT16", data=data)
        expanded = model.tensor("expanded", data.shape, "FLOAT32")
        outputs.append(model.tensor("y", (1, len(data)), "FLOAT32"))
        model.operator("DEQUANTIZE", [stored], [expanded])
        model.operator("FULLY_CONNECTED", [source, expanded, None], [outputs[-1]])
    return model.build(inputs, outputs)


@pytest.mark.parametrize("board", BOARDS)
def test_every_float16_weight_is_exact_on_the_device(
    board: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "model.tflite").write_bytes(every_number())
    choices = np.eye(DEPTH, dtype=np.float32)[:, np.newaxis]
    np.savez(tmp_path / "vectors.npz", x0=choices, x1=np.ones_like(choices))
    words = ["diff", tmp_path / "model.tflite", "--vectors", tmp_path / "vectors.npz", "--board", board]
    assert main([str(word) for word in words]) == 0
    outputs = 2 * 63_488 // DEPTH + 2
    assert f"no difference: {4 * outputs * DEPTH:,} bytes" in capsys.readouterr().out
