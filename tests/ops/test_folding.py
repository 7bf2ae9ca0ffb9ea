"""What does not depend on the model's inputs is computed at build time, to the byte, and leaves nothing behind."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.errors import UserError
from mcuforge.model.operator_kind import operator_kind
from mcuforge.runtimes.aot.lower import lower
from mcuforge.transform.constants import fold_constants
from tests.ops import test_concatenation, test_gather, test_spatial_moves, test_split, test_strided_copy
from tests.ops.single import (
    FLOAT32,
    INT8,
    INT16,
    INT32,
    INT64,
    Array,
    Case,
    Tensor,
    constant,
    quantized,
    random_values,
    seeds,
)
from tests.support.kernel_harness import NO_FEATURES, assert_equal_bytes, parse, run_graph, run_node, tflm_outputs
from tests.support.tflite_builder import ModelBuilder

pytestmark = pytest.mark.fidelity

MODULES = (test_concatenation, test_gather, test_spatial_moves, test_split, test_strided_copy)
FOLDED_ON_CONSTANTS = [
    case
    for module in MODULES
    for case in module.SOUND
    if not {"MIRROR_PAD", "SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND", "DYNAMIC_UPDATE_SLICE"} & {case.kind}
    and case.output.dtype != FLOAT32
]


def on_constants(case: Case) -> tuple[bytes, list[Array]]:
    """The same operator with constants in place of all inputs (an input of the model remains, unread), and these."""
    rng = np.random.default_rng(7)
    model = ModelBuilder()
    spare = model.tensor("spare", (1,), "INT8")
    indices: list[int | None] = []
    values = []
    for at, tensor in enumerate(case.inputs):
        if tensor is None:
            indices.append(None)
            continue
        data = random_values(rng, tensor) if tensor.data is None else tensor.data
        if tensor.data is None and tensor.dtype in (INT32, INT64):
            data = np.zeros_like(data)  # indices
        if tensor.data is None:
            values.append(data)
        indices.append(model.tensor(f"in{at}", tensor.shape, tensor.dtype, scale=tensor.scale, data=data))
    outputs = [
        model.tensor(f"out{at}", tensor.shape, tensor.dtype, scale=tensor.scale)
        for at, tensor in enumerate((case.output, *case.more_outputs))
    ]
    model.operator(case.kind, indices, outputs, case.options)
    return model.build([spare], outputs), values


@pytest.mark.parametrize("case", FOLDED_ON_CONSTANTS, ids=lambda case: case.kind)
def test_a_folded_operator_computes_what_its_kernel_does(case: Case) -> None:
    model, values = on_constants(case)
    folded = fold_constants(parse(model))
    lowered = lower(parse(model), NO_FEATURES)
    assert not lowered.layers and folded.nodes()[0].is_folded
    node = case.node()
    given = [index for index in node.op.inputs if index is not None and not node.subgraph.tensors[index].is_constant]
    computed = dict(zip(given, values, strict=True))
    if operator_kind(node).alias(node) is None:
        computed = run_node(node, operator_kind(node).kernel(node, NO_FEATURES), computed)
    for ours, kernels in zip(folded.main.outputs, node.op.outputs, strict=True):
        assert folded.main.tensors[ours].array().tobytes() == computed[kernels].tobytes()


@given(kind=st.sampled_from(["ADD", "SUB", "MUL"]), activation=st.integers(0, 3), seed=seeds)
def test_integer_arithmetic_folds_to_what_its_kernel_computes(kind: str, activation: int, seed: int) -> None:
    """Sums of shapes; the values drawn here overflow more often than not."""
    rng = np.random.default_rng(seed)
    options = {"fused_activation_function": activation}
    case = Case(kind, [Tensor((2, 3), INT32), Tensor((3,), INT32)], Tensor((2, 3), INT32), options)
    values = [random_values(rng, tensor) for tensor in case.inputs if tensor is not None]
    fixed = [Tensor(value.shape, INT32, data=value) for value in values]
    constants = Case(kind, fixed, case.output, options)
    folded = fold_constants(parse(on_constants(constants)[0]))
    result = run_graph(parse(case.build()), values)[case.node().output().index]
    assert folded.main.tensors[folded.main.outputs[0]].array().tolist() == result.tolist()


@given(shape=st.lists(st.integers(1, 5), min_size=1, max_size=6).map(tuple),
       dtype=st.sampled_from([INT8, INT16, FLOAT32, INT32, INT64, "UINT8", "UINT32", "BOOL"]))  # fmt: skip
def test_shape_equals_tflm(shape: tuple[int, ...], dtype: str) -> None:
    assert Case("SHAPE", [Tensor(shape, dtype)], Tensor((len(shape),), INT32)).compare().tolist() == list(shape)


@pytest.mark.parametrize("dtype", [INT8, FLOAT32, INT32, INT64])
def test_zeros_are_stored_zeros_whatever_the_zero_point(dtype: str) -> None:
    quantization: dict[str, Any] = {"scale": 0.5, "zero_point": 9} if dtype == INT8 else {}
    tensor = Tensor((2, 3), dtype, **quantization)
    assert not Case("ZEROS_LIKE", [tensor], tensor).compare().any()


@given(first=st.lists(st.integers(1, 5), max_size=5), second=st.lists(st.integers(1, 5), max_size=5),
       index=st.sampled_from([INT32, INT64]), data=st.data())  # fmt: skip
def test_broadcast_args_equal_tflm(first: list[int], second: list[int], index: str, data: st.DataObject) -> None:
    """One of the shapes is known at run time, the other, which may be that of a scalar, perhaps not."""
    second = [other if data.draw(st.booleans()) else 1 for other in second]
    shared = min(len(first), len(second))
    if shared:
        second[-shared:] = [a if b != 1 else 1 for a, b in zip(first[-shared:], second[-shared:], strict=True)]
    if not second:
        second = [1]
    fixed = constant(np.array(first, np.int64).astype(index.lower()), index)
    given_first = Tensor((len(first),), index) if first and data.draw(st.booleans()) else fixed
    inputs = [given_first, Tensor((len(second),), index)]
    case = Case("BROADCAST_ARGS", inputs, Tensor((max(len(first), len(second)),), index))
    values = [np.array(shape, index.lower()) for shape in (first, second)]
    case.compare(values[1 - (given_first.data is None) :])


def broadcast_args(index: str = INT32) -> Case:
    return Case("BROADCAST_ARGS", [Tensor((2,), index), constant([3], index)], Tensor((2,), index))


SOUND = [
    Case("SHAPE", [quantized((2, 3), 0.5)], Tensor((2,), INT32), {"out_type": 2}),
    Case("ZEROS_LIKE", [quantized((2, 3), 0.5)], quantized((2, 3), 0.5)),
    broadcast_args(),
    broadcast_args(INT64),
]


def keras_flatten() -> tuple[ModelBuilder, int, int]:
    """What the converter writes for a Flatten of unknown batch: SHAPE, STRIDED_SLICE, PACK, RESHAPE."""
    model = ModelBuilder()

    def numbers(name: str, values: list[int]) -> int:
        return model.tensor(name, (len(values),), "INT32", data=np.array(values, np.int32))

    x, y = model.tensor("x", (1, 2, 3, 4), "FLOAT32"), model.tensor("y", (1, 24), "FLOAT32")
    shape, batch = model.tensor("shape", (4,), "INT32"), model.tensor("batch", (), "INT32")
    features, wanted = model.tensor("features", (), "INT32", data=np.array(24, np.int32)), None
    wanted = model.tensor("wanted", (2,), "INT32")
    model.operator("SHAPE", [x], [shape])
    limits = [numbers("begin", [0]), numbers("end", [1]), numbers("stride", [1])]
    model.operator("STRIDED_SLICE", [shape, *limits], [batch], {"shrink_axis_mask": 1})
    model.operator("PACK", [batch, features], [wanted], {"values_count": 2})
    model.operator("RESHAPE", [x, wanted], [y])
    return model, x, y


def test_a_computed_shape_vanishes() -> None:
    model, x, y = keras_flatten()
    lowered = lower(parse(model.build([x], [y])), NO_FEATURES)
    assert not lowered.layers and not lowered.main_routine.constant_tensors
    assert lowered.plan.of_tensor(x) is lowered.plan.of_tensor(y)
    assert lowered.plan.arena_bytes == 96


def test_a_computed_shape_equals_tflm() -> None:
    model, x, y = keras_flatten()
    data = model.build([x], [y])
    given = [np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)]
    assert_equal_bytes(run_graph(parse(data), given)[y], tflm_outputs(data, given)[0], "flatten")


def test_a_computed_shape_is_checked_against_the_tensor() -> None:
    model, x, _ = keras_flatten()
    wrong = model.tensor("wrong", (2, 12), "FLOAT32")
    model.main.object.operators[-1].outputs = [wrong]
    with pytest.raises(UserError, match=r"layer 3 RESHAPE.*its shape should be 1×24"):
        lower(parse(model.build([x], [wrong])), NO_FEATURES)


def test_what_a_folded_operator_read_need_not_live_for_it() -> None:
    """SHAPE of a tensor after its last real use must not keep its memory."""
    model = ModelBuilder()
    tensors = [model.tensor(f"t{at}", (64,), "FLOAT32") for at in range(4)]
    shape = model.tensor("shape", (1,), "INT32")
    for source, output in itertools.pairwise(tensors):
        model.operator("RELU", [source], [output])
    model.operator("SHAPE", [tensors[0]], [shape])
    lowered = lower(parse(model.build([tensors[0]], [tensors[3], shape])), NO_FEATURES)
    assert lowered.plan.arena_bytes == 256


def test_a_state_variable_is_never_made_a_constant() -> None:
    model = ModelBuilder()
    x = model.tensor("x", (2, 3), "INT8")
    state = model.tensor("state", (2,), "INT32", is_variable=True)
    model.operator("SHAPE", [x], [state])
    with pytest.raises(UserError, match=r"`state`.*is a state variable"):
        lower(parse(model.build([x], [x])), NO_FEATURES)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (SOUND[0].with_output(dtype=INT64), "type int64"),
        (SOUND[0].with_output(shape=(3,)), "its shape should be 2"),
        (SOUND[1].with_output(shape=(3, 2)), "its shape should be 2×3"),
        (SOUND[1].with_input(0, dtype=INT16).with_output(dtype=INT16), "type int16"),
        (broadcast_args().with_input(1, dtype=INT64), "have different types"),
        (broadcast_args().with_input(0, shape=(2, 1)), "has 2 dimensions, 1 expected"),
        (broadcast_args().with_output(shape=(3,)), "its shape should be 2"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()


@given(seed=seeds)
def test_reshape_to_a_scalar_equals_tflm(seed: int) -> None:
    """The shape of a scalar has no elements."""
    empty = Tensor((0,), INT32, data=np.zeros(0, np.int32))
    case = Case("RESHAPE", [Tensor((1, 1), FLOAT32), empty], Tensor((), FLOAT32), seed=seed)
    case.compare()


@pytest.mark.parametrize("dtype", [INT8, FLOAT32])
@pytest.mark.parametrize("kind", ["MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN"])
def test_reductions_over_no_axes_equal_tflm(kind: str, dtype: str) -> None:
    empty = Tensor((0,), INT32, data=np.zeros(0, np.int32))
    tensor = quantized((2, 3), 0.5, 3) if dtype == INT8 else Tensor((2, 3), FLOAT32)
    Case(kind, [tensor, empty], tensor, {"keep_dims": True}).compare()


def test_an_empty_constant_is_refused_where_nobody_expects_one() -> None:
    empty = Tensor((0,), INT8, data=np.zeros(0, np.int8))
    assert "has no elements" in Case("ADD", [Tensor((1,), INT8, 0.5), empty], Tensor((1,), INT8, 0.5)).refusal()
