"""What mcuforge says about TFLM's operators and arenas, against the released TFLM of the `tflite-micro` wheel."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from tflite_micro import runtime

from mcuforge.emulate.float32_copy import float32_copy
from mcuforge.model.graph import DType
from mcuforge.model.reader import read_model
from mcuforge.runtimes.tflm.arena import bound_from_host, ceiling, scratch_bound
from mcuforge.runtimes.tflm.host_arena import host_arena_bytes
from mcuforge.runtimes.tflm.support import ACTIVATIONS
from tests.support.scons import ROOT
from tests.support.tflite_builder import ModelBuilder
from tests.tflm.models import graph_of, keyword_spotter
from tests.tflm.test_support import fully_connected

ARENA = 1 << 20
WINDOW = {"stride_w": 1, "stride_h": 1}
POOL = {**WINDOW, "filter_width": 2, "filter_height": 2, "padding": 1}
# Output scales and zero points that these operators insist on.
FIXED_OUTPUT = {
    "SOFTMAX": {DType.INT8: (1 / 256, -128), DType.INT16: (1 / 32768, 0)},
    "LOGISTIC": {DType.INT8: (1 / 256, -128), DType.INT16: (1 / 32768, 0)},
    "TANH": {DType.INT8: (1 / 128, 0), DType.INT16: (1 / 32768, 0)},
}


def one_operator(kind: str, dtype: DType) -> bytes:
    """A small layer of an operator, as sound as the type allows."""
    model = ModelBuilder()
    is_float = dtype in (DType.FLOAT32, DType.FLOAT16)
    scale = {} if is_float or dtype not in (DType.INT8, DType.INT16, DType.UINT8) else {"scale": 0.5}

    def tensor(name: str, *shape: int) -> int:
        fixed = FIXED_OUTPUT.get(kind, {}).get(dtype) if name == "y" else None
        own = {"scale": fixed[0], "zero_point": fixed[1]} if fixed else scale
        return model.tensor(name, shape, dtype, **own)

    def weights(*shape: int) -> int:
        if is_float:
            return model.tensor("w", shape, DType.FLOAT32, data=np.ones(shape, np.float32))
        axis = 3 if kind == "DEPTHWISE_CONV_2D" else 0
        many = 0.5 if kind == "FULLY_CONNECTED" else [0.5] * shape[axis]
        return model.tensor("w", shape, DType.INT8, scale=many, axis=axis, data=np.ones(shape, np.int8))

    def bias() -> int:
        if is_float:
            return model.tensor("b", (2,), DType.FLOAT32, data=np.zeros(2, np.float32))
        wide = DType.INT64 if dtype is DType.INT16 else DType.INT32
        many = 0.25 if kind == "FULLY_CONNECTED" else [0.25] * 2
        return model.tensor("b", (2,), wide, scale=many, data=np.zeros(2, wide.numpy))

    if kind in ("ADD", "MUL"):
        x, other = tensor("x", 1, 4), tensor("other", 1, 4)
        y = tensor("y", 1, 4)
        model.operator(kind, [x, other], [y], {"pot_scale_int16": False} if kind == "ADD" else {})
        return model.build([x, other], [y])
    if kind == "FULLY_CONNECTED":
        x, y = tensor("x", 1, 4), tensor("y", 1, 2)
        model.operator(kind, [x, weights(2, 4), bias()], [y])
    elif kind in ("CONV_2D", "DEPTHWISE_CONV_2D"):
        shape = (2, 1, 1, 2) if kind == "CONV_2D" else (1, 1, 1, 2)
        x, y = tensor("x", 1, 2, 2, 2), tensor("y", 1, 2, 2, 2)
        options = WINDOW if kind == "CONV_2D" else {**WINDOW, "depth_multiplier": 1}
        model.operator(kind, [x, weights(*shape), bias()], [y], options)
    elif kind.endswith("POOL_2D"):
        x, y = tensor("x", 1, 2, 2, 2), tensor("y", 1, 1, 1, 2)
        model.operator(kind, [x], [y], POOL)
    elif kind == "MEAN":
        x, y = tensor("x", 1, 4), tensor("y", 1, 1)
        axis = model.tensor("axis", (1,), DType.INT32, data=np.array([1], np.int32))
        model.operator(kind, [x, axis], [y], {"keep_dims": True})
    else:
        x, y = tensor("x", 1, 4), tensor("y", 1, 4)
        model.operator(kind, [x], [y], {"beta": 1.0} if kind == "SOFTMAX" else {})
    return model.build([x], [y])


def runs(data: bytes) -> bool:
    """Whether the released TFLM prepares and invokes a model. In a process of its own: some types crash it."""
    child = os.fork()
    if child == 0:
        try:
            runtime.Interpreter.from_bytes(data, arena_size=ARENA).invoke()
        except RuntimeError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_the_activation_types_are_those_of_the_released_kernels(kind: str, tmp_path: Path) -> None:
    asked = (DType.FLOAT32, DType.INT8, DType.INT16, DType.INT32, DType.UINT8, DType.INT64, DType.BOOL)
    taken = set()
    for dtype in asked:
        data = one_operator(kind, dtype)
        graph_of(data, tmp_path)  # TFLM is handed nothing that our own reader refuses
        if runs(data):
            taken.add(dtype)
    assert taken == set(ACTIVATIONS[kind])


def test_hybrid_and_float16_layers_do_not_run_there_either() -> None:
    assert not runs(fully_connected("INT8", "FLOAT32")) and not runs(fully_connected("FLOAT16", "FLOAT32"))
    assert runs(fully_connected("INT8", "INT8")) and runs(fully_connected("INT8", "INT8", per_channel=True))


def test_no_float16_runs_there_not_even_its_expansion_and_the_float32_copy_does() -> None:
    model = ModelBuilder()
    x, expanded, y = (model.tensor(name, (2,), "FLOAT32") for name in ("x", "expanded", "y"))
    stored = model.tensor("stored", (2,), "FLOAT16", data=np.ones(2, np.float16))
    model.operator("DEQUANTIZE", [stored], [expanded])
    model.operator("ADD", [x, expanded], [y])
    for data in (model.build([x], [y]), fully_connected("FLOAT16", "FLOAT32")):
        assert not runs(data) and runs(float32_copy(data))


def test_the_smallest_arena_on_this_computer_is_found(tmp_path: Path) -> None:
    """TFLM's own sine model: it uses 1,544 bytes, and needs more than that while it prepares."""
    sine = Path(str(resources.files("tflite_micro"))) / "python" / "tflite_micro" / "sine_float.tflite"
    found = host_arena_bytes(sine, read_model(sine))
    data = sine.read_bytes()
    assert 1544 < found < 4096 and found % 16 == 0
    runtime.Interpreter.from_bytes(data, arena_size=found)
    with pytest.raises(RuntimeError):
        runtime.Interpreter.from_bytes(data, arena_size=found - 16)


def test_the_bound_holds_what_this_computer_needs_and_stays_below_the_ceiling(tmp_path: Path) -> None:
    for name, data in (("hello", (ROOT / "projects/hello/hello.tflite").read_bytes()), ("kws", keyword_spotter())):
        (tmp_path / name).mkdir()
        graph = graph_of(data, tmp_path / name)
        host = host_arena_bytes(tmp_path / name / "model.tflite", graph)
        plain, library = (bound_from_host(host, graph, kernels) for kernels in ("reference", "cmsis-nn"))
        assert not plain.is_exact and "upper bound" in plain.method
        assert host <= plain.needed <= library.needed == plain.needed + scratch_bound(graph)
        assert plain.needed < 2 * ceiling(graph)
