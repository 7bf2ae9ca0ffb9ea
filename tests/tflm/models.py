"""Small models for the TFLM runtime's tests. Shapes are NHWC."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mcuforge.model.graph import Graph
from mcuforge.model.reader import read_model
from tests.support.tflite_builder import ModelBuilder


def keyword_spotter(*extra: str) -> bytes:
    """The operators of the kws example, int8, each small; `extra` are unary operators before the softmax."""
    model = ModelBuilder()
    x = model.tensor("x", (1, 4, 4, 2), "INT8", scale=0.5)
    conv = _weighted(model, x, "CONV_2D", (4, 1, 1, 2), (1, 4, 4, 4), {"stride_w": 1, "stride_h": 1})
    options = {"stride_w": 1, "stride_h": 1, "depth_multiplier": 1}
    depthwise = _weighted(model, conv, "DEPTHWISE_CONV_2D", (1, 1, 1, 4), (1, 4, 4, 4), options, axis=3)
    pooled = model.tensor("pooled", (1, 1, 1, 4), "INT8", scale=0.5)
    window = {"stride_w": 4, "stride_h": 4, "filter_width": 4, "filter_height": 4, "padding": 1}
    model.operator("AVERAGE_POOL_2D", [depthwise], [pooled], window)
    flat = model.tensor("flat", (1, 4), "INT8", scale=0.5)
    model.operator("RESHAPE", [pooled], [flat], {"new_shape": [1, 4]})
    last = _weighted(model, flat, "FULLY_CONNECTED", (3, 4), (1, 3), {}, per_channel=False)
    for kind in extra:
        scale = {"LOGISTIC": 1 / 256}.get(kind, 0.5)
        after = model.tensor(kind.lower(), (1, 3), "INT8", scale=scale, zero_point=-128 if kind == "LOGISTIC" else 0)
        model.operator(kind, [last], [after])
        last = after
    y = model.tensor("y", (1, 3), "INT8", scale=1 / 256, zero_point=-128)
    model.operator("SOFTMAX", [last], [y], {"beta": 1.0})
    return model.build([x], [y])


def _weighted(
    model: ModelBuilder,
    source: int,
    kind: str,
    shape: tuple[int, ...],
    output: tuple[int, ...],
    options: dict[str, int],
    *,
    axis: int = 0,
    per_channel: bool = True,
) -> int:
    channels = shape[axis]
    scales = [0.1] * channels if per_channel else 0.1
    weights = model.tensor(f"{kind} w", shape, "INT8", scale=scales, axis=axis, data=np.ones(shape, np.int8))
    bias = model.tensor(
        f"{kind} b",
        (channels,),
        "INT32",
        scale=[0.05] * channels if per_channel else 0.05,
        data=np.zeros(channels, np.int32),
    )
    y = model.tensor(f"{kind} y", output, "INT8", scale=0.5)
    model.operator(kind, [source, weights, bias], [y], options)
    return y


def identity() -> bytes:
    """What the fixture trees' interpreter computes."""
    model = ModelBuilder()
    x = model.tensor("x", (1, 8), "INT8", scale=0.5)
    shape = model.tensor("shape", (2,), "INT32", data=np.array([2, 4], np.int32))
    y = model.tensor("y", (2, 4), "INT8", scale=0.5)
    model.operator("RESHAPE", [x, shape], [y], {"new_shape": [2, 4]})
    return model.build([x], [y])


def unary(kind: str, dtype: str = "INT8", **quantization: float) -> bytes:
    model = ModelBuilder()
    scale = {} if dtype == "FLOAT32" else {"scale": 0.5, **quantization}
    x = model.tensor("x", (1, 4), dtype, **scale)
    y = model.tensor("y", (1, 4), dtype, **scale)
    model.operator(kind, [x], [y])
    return model.build([x], [y])


def graph_of(data: bytes, folder: Path) -> Graph:
    path = folder / "model.tflite"
    path.write_bytes(data)
    return read_model(path)
