"""A convolutional project that needs no conversion: what `kws` is in small, with random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.support.tflite_builder import ModelBuilder

_CHANNELS, _CLASSES = 32, 12
_INPUT_SCALE, _SCALE = 0.05, 0.1


def write_small_kws(folder: Path) -> Path:
    """A manifest called kws, and its model, in `folder`. Returns the project.yaml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kws.tflite").write_bytes(_model())
    (folder / "project.yaml").write_text(
        "schema: 1\nname: kws\nmodel:\n  source: kws.tflite\nruntime: aot\n"
        'labels: ["yes", "no", a, b, c, d, e, f, g, h, i, j]\n'
        "golden: {random: 4, seed: 1}\nbudgets: {flash: 96 KiB, sram: 64 KiB}\nboards: [nrf5340]\n"
    )
    return folder / "project.yaml"


def _model() -> bytes:
    rng = np.random.default_rng(11)
    model = ModelBuilder()

    def layer(kind: str, x: int, shapes: tuple[tuple[int, ...], ...], largest: float, options: dict[str, Any]) -> int:
        """`shapes`: of the weights, whose channels are where they equal those of the output, and of the output."""
        weights, output = shapes
        axis = weights.index(output[-1])
        scales = rng.uniform(largest / 4, largest, output[-1])
        data = rng.integers(-127, 128, weights, dtype=np.int8)
        offsets = [0] * output[-1]
        w = model.tensor(f"{kind}_w", weights, "INT8", scale=list(scales), zero_point=offsets, axis=axis, data=data)
        bias = rng.integers(-500, 500, output[-1]).astype(np.int32)
        bias_scales = (_INPUT_SCALE if kind == "CONV_2D" else _SCALE) * scales
        b = model.tensor(
            f"{kind}_b", (output[-1],), "INT32", scale=list(bias_scales), zero_point=offsets, axis=0, data=bias
        )
        y = model.tensor(f"{kind}_out", output, "INT8", scale=_SCALE, zero_point=-5)
        model.operator(kind, [x, w, b], [y], options)
        return y

    window = {"padding": 0, "stride_w": 2, "stride_h": 2, "dilation_w_factor": 1, "dilation_h_factor": 1}
    x = model.tensor("x", (1, 24, 10, 1), "INT8", scale=_INPUT_SCALE, zero_point=3)
    y = layer("CONV_2D", x, ((_CHANNELS, 5, 4, 1), (1, 12, 5, _CHANNELS)), 0.004, window)
    deep = {**window, "stride_w": 1, "stride_h": 1, "depth_multiplier": 1}
    y = layer("DEPTHWISE_CONV_2D", y, ((1, 3, 3, _CHANNELS), (1, 12, 5, _CHANNELS)), 0.004, deep)
    y = layer("FULLY_CONNECTED", y, ((_CLASSES, 12 * 5 * _CHANNELS), (1, _CLASSES)), 0.0002, {})
    out = model.tensor("out", (1, _CLASSES), "INT8", scale=1 / 256, zero_point=-128)
    model.operator("SOFTMAX", [y], [out], {"beta": 1.0})
    return model.build([x], [out])
