"""The seeds of the coverage-guided fuzzer: one small model for each part of the format that steers a path of its own.

python -m tests.fuzz.corpus      writes tests/fuzz/corpus anew
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from tests.state import models
from tests.support.tflite_builder import ModelBuilder, pack

FOLDER = Path(__file__).with_name("corpus")


def weighted() -> ModelBuilder:
    """A fully connected layer with a scale for each channel, and a softmax."""
    model = ModelBuilder()
    x = model.tensor("x", (1, 4), "INT8", scale=0.5, zero_point=-3)
    weights = model.tensor("w", (2, 4), "INT8", scale=[0.1, 0.2], data=np.ones((2, 4), np.int8))
    bias = model.tensor("b", (2,), "INT32", scale=[0.05, 0.1], data=np.ones(2, np.int32))
    y = model.tensor("y", (1, 2), "INT8", scale=0.25)
    p = model.tensor("p", (1, 2), "INT8", scale=1 / 256, zero_point=-128)
    model.operator("FULLY_CONNECTED", [x, weights, bias], [y])
    model.operator("SOFTMAX", [y], [p], {"beta": 1.0})
    model.main.set_io([x], [p])
    return model


def windowed() -> ModelBuilder:
    """A convolution and a pooling in float32."""
    model = ModelBuilder()
    x, y = model.tensor("x", (1, 4, 4, 1), "FLOAT32"), model.tensor("y", (1, 4, 4, 2), "FLOAT32")
    weights = model.tensor("w", (2, 3, 3, 1), "FLOAT32", data=np.ones((2, 3, 3, 1), np.float32))
    z = model.tensor("z", (1, 2, 2, 2), "FLOAT32")
    model.operator("CONV_2D", [x, weights, None], [y], {"stride_w": 1, "stride_h": 1})
    pool = {"padding": 1, "stride_w": 2, "stride_h": 2, "filter_width": 2, "filter_height": 2}
    model.operator("MAX_POOL_2D", [y], [z], pool)
    model.main.set_io([x], [z])
    return model


SEEDS: dict[str, Callable[[], ModelBuilder]] = {
    "weighted": weighted,
    "windowed": windowed,
    "initialised": partial(models.initialised, [1, 2, 3, 4]),
    "variable_tensor": models.variable_tensor,
    "branch": models.branch,
    "handle_in_a_loop": models.handed_over,
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, make in SEEDS.items():
        (FOLDER / f"{name}.tflite").write_bytes(pack(make().object))


if __name__ == "__main__":
    main()
