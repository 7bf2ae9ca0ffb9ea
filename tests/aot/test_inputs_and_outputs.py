"""Models with several inputs and outputs, operators with several outputs, and outputs that nothing computes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mcuforge.emulate.vectors import random_vectors
from mcuforge.errors import UserError
from mcuforge.runtimes.aot.lower import lower
from tests.support.generated_model import assert_stream_matches_tflm, parse
from tests.support.kernel_harness import NO_FEATURES
from tests.support.tflite_builder import ModelBuilder

pytestmark = pytest.mark.fidelity

VECTORS = 3


def integers(model: ModelBuilder, name: str, values: object) -> int:
    data = np.array(values, np.int32)
    return model.tensor(name, data.shape, "INT32", data=data)


def int8(model: ModelBuilder, name: str, shape: tuple[int, ...]) -> int:
    return model.tensor(name, shape, "INT8", scale=0.5, zero_point=3)


def split_and_pack() -> bytes:
    """Two inputs; a part of the first split is an output and read on, another part is not used at all."""
    model = ModelBuilder()
    x, y = int8(model, "x", (2, 6)), int8(model, "y", (2, 2))
    parts = [int8(model, f"part{at}", (2, 2)) for at in range(3)]
    rows = [int8(model, f"row{at}", (2,)) for at in range(2)]
    joined, packed = int8(model, "joined", (2, 4)), int8(model, "packed", (2, 3))
    model.operator("SPLIT", [integers(model, "axis", 1), x], parts, {"num_splits": 3})
    model.operator("CONCATENATION", [parts[0], y], [joined], {"axis": 1})
    model.operator("UNPACK", [y], rows, {"num": 2})
    model.operator("PACK", [rows[1], rows[0], rows[1]], [packed], {"axis": 1, "values_count": 3})
    return model.build([x, y], [packed, parts[0], joined, rows[0]])


def split_of_many() -> bytes:
    """More outputs than anyone would list as arguments, each worked on in its turn."""
    model = ModelBuilder()
    x = model.tensor("x", (40, 3), "FLOAT32")
    parts = [model.tensor(f"part{at}", (2, 3), "FLOAT32") for at in range(20)]
    positive = [model.tensor(f"positive{at}", (2, 3), "FLOAT32") for at in range(20)]
    y = model.tensor("y", (40, 3), "FLOAT32")
    sizes = integers(model, "sizes", [2] * 20)
    model.operator("SPLIT_V", [x, sizes, integers(model, "axis", 0)], parts, {"num_splits": 20})
    for part, result in zip(parts, positive, strict=True):
        model.operator("RELU", [part], [result])
    model.operator("PACK", positive, [wide := model.tensor("wide", (20, 2, 3), "FLOAT32")], {"values_count": 20})
    model.operator("RESHAPE", [wide, integers(model, "shape", [40, 3])], [y])
    return model.build([x], [y])


def reshaped_input() -> bytes:
    """No layer at all: the output is the input under another shape."""
    model = ModelBuilder()
    x, y = int8(model, "x", (2, 6)), int8(model, "y", (3, 4))
    model.operator("RESHAPE", [x, integers(model, "shape", [3, 4])], [y])
    return model.build([x], [y])


def reshaped_input_beside_others() -> bytes:
    """The input's memory must outlast every layer: it is an output, too."""
    model = ModelBuilder()
    x, y, z = (model.tensor(name, shape, "FLOAT32") for name, shape in (("x", (8,)), ("y", (2, 4)), ("z", (8,))))
    halves = [model.tensor(f"half{at}", (8,), "FLOAT32") for at in range(2)]
    model.operator("RESHAPE", [x, integers(model, "shape", [2, 4])], [y])
    model.operator("RELU", [x], [halves[0]])
    model.operator("RELU", [halves[0]], [halves[1]])
    model.operator("RELU", [halves[1]], [z])
    return model.build([x], [y, z, x])


def constant_outputs() -> bytes:
    """One stored in the model, one computed at build time, beside a real one."""
    model = ModelBuilder()
    x, y = int8(model, "x", (1, 4)), int8(model, "y", (4,))
    stored, shape = integers(model, "stored", [7, -(2**31)]), model.tensor("shape", (2,), "INT32")
    model.operator("SHAPE", [x], [shape])
    model.operator("SQUEEZE", [x], [y], {"squeeze_dims": [0]})
    return model.build([x], [stored, shape, y])


def only_constant_outputs() -> bytes:
    model = ModelBuilder()
    x, shape, part = int8(model, "x", (5, 4)), model.tensor("shape", (2,), "INT32"), model.tensor("p", (1,), "INT32")
    model.operator("SHAPE", [x], [shape])
    model.operator("SLICE", [shape, integers(model, "begin", [1]), integers(model, "size", [1])], [part])
    return model.build([x], [part])


def one_output_twice() -> bytes:
    model = ModelBuilder()
    x, y = int8(model, "x", (2, 3)), int8(model, "y", (3, 2))
    model.operator("TRANSPOSE", [x, integers(model, "order", [1, 0])], [y])
    return model.build([x], [y, y])


def wide_types() -> bytes:
    """Ports of types that are not quantized."""
    model = ModelBuilder()
    inputs, outputs = [], []
    for at, dtype in enumerate(("INT64", "BOOL", "UINT8")):
        x, y = (model.tensor(f"{name}{at}", (2, 3), dtype) for name in "xy")
        model.operator("REVERSE_V2", [x, integers(model, f"axes{at}", [1])], [y])
        inputs, outputs = [*inputs, x], [*outputs, y]
    return model.build(inputs, outputs)


MODELS: list[Callable[[], bytes]] = [
    split_and_pack,
    split_of_many,
    reshaped_input,
    reshaped_input_beside_others,
    constant_outputs,
    only_constant_outputs,
    one_output_twice,
    wide_types,
]


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
def test_every_output_equals_tflm(make: Callable[[], bytes], tmp_path: Path) -> None:
    model = make()
    assert_stream_matches_tflm(model, random_vectors(parse(model), VECTORS, 1), tmp_path)


@pytest.mark.parametrize("make", [reshaped_input, only_constant_outputs], ids=lambda make: make.__name__)
def test_what_moves_nothing_has_no_layer(make: Callable[[], bytes]) -> None:
    assert not lower(parse(make()), NO_FEATURES).layers


def test_folded_constants_take_no_arena() -> None:
    lowered = lower(parse(constant_outputs()), NO_FEATURES)
    assert lowered.plan.arena_bytes == 16
    assert [tensor.name for tensor in lowered.main_routine.constant_tensors] == ["stored", "shape"]


def test_a_port_quantized_by_channel_has_no_conversion(tmp_path: Path) -> None:
    model = ModelBuilder()
    x = model.tensor("x", (2, 3), "INT8", scale=[0.5, 0.25], axis=0)
    y = model.tensor("y", (6,), "INT8", scale=0.5)
    model.operator("RESHAPE", [x, integers(model, "shape", [6])], [y])
    data = model.build([x], [y])
    assert_stream_matches_tflm(data, random_vectors(parse(data), VECTORS, 1), tmp_path)
    assert "quantize_input" not in (tmp_path / "tested.h").read_text()


@pytest.mark.parametrize("dtype", ["FLOAT16", "FLOAT64", "RESOURCE", "INT4"])
def test_a_port_of_a_type_that_c_does_not_have_is_refused(dtype: str) -> None:
    model = ModelBuilder()
    x = model.tensor("x", (2,), dtype)
    with pytest.raises(UserError, match=rf"an input of type {dtype.lower()} is not supported: tensor 0"):
        lower(parse(model.build([x], [x])), NO_FEATURES)
