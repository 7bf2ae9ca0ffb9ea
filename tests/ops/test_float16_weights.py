"""Layers with float16 weights against TFLM, which runs their exact float32 copies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.emulate.float32_copy import float32_copy
from mcuforge.model.graph import DType, Graph
from mcuforge.model.operator_kind import operator_kind
from mcuforge.model.ops import transpose_conv
from mcuforge.runtimes.aot.lower import lower
from mcuforge.transform.constants import fold_constants
from tests.ops import test_conv_2d, test_depthwise_conv_2d, test_fully_connected, test_transpose_conv
from tests.ops.single import FLOAT32, Array, Case, Tensor, seeds
from tests.ops.sound import in_float
from tests.support.kernel_harness import assert_matches_tflm, parse
from tests.support.tflite_builder import ModelBuilder, pack

pytestmark = pytest.mark.fidelity

FLOAT16 = "FLOAT16"
EVERY_BIT_PATTERN = np.arange(1 << 16, dtype=np.uint32).astype(np.uint16).view(np.float16)


def weights_of(case: Case) -> int:
    return transpose_conv.WEIGHTS if case.kind == "TRANSPOSE_CONV" else 1


def with_float16(case: Case, seed: int = 1) -> Case:
    """The float32 layer with float16 weights: around zero, subnormal ones among them; or any bit pattern at all."""
    position = weights_of(case)
    weights = case.inputs[position]
    assert weights is not None and weights.dtype == FLOAT32
    rng = np.random.default_rng(seed)
    values = rng.standard_normal(weights.shape) * 2.0 ** rng.integers(-26, 4, weights.shape)
    if rng.random() < 0.2:
        values = rng.choice(EVERY_BIT_PATTERN, weights.shape)
    return case.with_input(position, dtype=FLOAT16, data=np.asarray(values, np.float16))


@pytest.mark.parametrize(
    "strategy",
    [
        test_fully_connected.float_layers(),
        test_conv_2d.float_convolutions(),
        test_depthwise_conv_2d.float_convolutions(),
        test_transpose_conv.float_layers(),
    ],
    ids=["fully_connected", "conv_2d", "depthwise_conv_2d", "transpose_conv"],
)
def test_each_layer_reads_float16_with_a_kernel_of_its_own(strategy: st.SearchStrategy[Case]) -> None:
    @given(case=st.builds(with_float16, strategy, seeds))
    def check(case: Case) -> None:
        node = case.node()
        call = operator_kind(node).kernel(node, frozenset())
        assert call.function.endswith("_f32_w16")
        assert call.sources == (f"kernels/portable/{call.function}.c",)
        case.compare()

    check()


def expanding(values: Array, *, high: bool) -> Case:
    """Gives back its weights: each is one of a pair, of which the other is multiplied by zero."""
    pairs = np.zeros((values.size, 2), np.float16)
    pairs[:, int(high)] = values
    inputs = [Tensor((1, 2), FLOAT32), Tensor(pairs.shape, FLOAT16, data=pairs)]
    return Case("FULLY_CONNECTED", inputs, Tensor((1, values.size), FLOAT32))


@pytest.mark.parametrize("high", [False, True], ids=["first_of_pair", "second_of_pair"])
def test_every_float16_is_expanded_exactly(high: bool) -> None:
    one = np.array([[0, 1]] if high else [[1, 0]], np.float32)
    output = expanding(EVERY_BIT_PATTERN, high=high).compare([one])
    largest = np.finfo(np.float32).max
    expected = np.clip(EVERY_BIT_PATTERN.astype(np.float32), -largest, largest)  # TFLM clamps infinities so
    assert np.array_equal(output[0], expected, equal_nan=True)
    assert (abs(output) == largest).sum() == 2 and np.isnan(output).sum() == 2 * 1023


def small() -> Case:
    """Five inputs, three outputs."""
    weights = Tensor((3, 5), FLOAT32, data=np.zeros((3, 5), np.float32))
    return with_float16(Case("FULLY_CONNECTED", [Tensor((1, 5), FLOAT32), weights], Tensor((1, 3), FLOAT32)))


def deconvolution() -> Case:
    plan = test_transpose_conv.SQUARE
    weights = Tensor(plan.weights, FLOAT32, data=np.zeros(plan.weights, np.float32))
    return with_float16(plan.case(Tensor(plan.source, FLOAT32), weights, [], Tensor(plan.output, FLOAT32)))


# Sound layers for test_gate.py to spoil.
SOUND = [
    *(small(), deconvolution()),
    *(with_float16(in_float(layer)) for layer in (test_conv_2d.square(), test_depthwise_conv_2d.square())),
]


def adding_expanded(values: Array) -> bytes:
    """x + DEQUANTIZE(values): what TensorFlow's converter makes of a float16 constant that ADD reads."""
    model = ModelBuilder()
    x = model.tensor("x", values.shape, FLOAT32)
    stored = model.tensor("stored", values.shape, FLOAT16, data=values)
    expanded = model.tensor("expanded", values.shape, FLOAT32)
    y = model.tensor("y", values.shape, FLOAT32)
    model.operator("DEQUANTIZE", [stored], [expanded])
    model.operator("ADD", [x, expanded], [y])
    return model.build([x], [y])


def test_a_constant_that_needs_float32_is_dequantized_at_build_time() -> None:
    values = np.array([[1, -2, 0.5], [6e-8, 65504, 0]], np.float16)
    model = adding_expanded(values)
    graph = fold_constants(parse(model))
    assert graph.nodes()[0].is_folded
    assert graph.main.tensors[2].array().tolist() == [[1, -2, 0.5], [2.0**-24, 65504, 0]]
    assert_matches_tflm(model, [np.ones(values.shape, np.float32)])


def sharing_weights(*, with_add: bool = False, as_output: bool = False) -> Graph:
    """Two layers that read one expanded constant; besides, an ADD may, or it may be an output of the model."""
    data = np.arange(9, dtype=np.float16).reshape(3, 3)
    model = ModelBuilder()
    x = model.tensor("x", (3, 3), FLOAT32)
    stored = model.tensor("stored", data.shape, FLOAT16, data=data)
    expanded = model.tensor("expanded", data.shape, FLOAT32)
    outputs = [model.tensor(name, (3, 3), FLOAT32) for name in ("first", "second")]
    model.operator("DEQUANTIZE", [stored], [expanded])
    for output in outputs:
        model.operator("FULLY_CONNECTED", [x, expanded, None], [output])
    if with_add:
        outputs.append(model.tensor("sum", (3, 3), FLOAT32))
        model.operator("ADD", [x, expanded], [outputs[-1]])
    return parse(model.build([x], [*outputs, expanded] if as_output else outputs))


def stored_types(graph: Graph) -> list[DType]:
    """Of the constants that the image holds."""
    return [tensor.dtype for _, tensor in lower(graph, frozenset()).stored_constants]


def test_weights_that_only_such_kernels_read_are_stored_once_and_as_float16() -> None:
    assert stored_types(sharing_weights()) == [DType.FLOAT16]


@pytest.mark.parametrize("also_read", ["with_add", "as_output"])
def test_weights_that_something_reads_as_float32_are_stored_once_and_as_float32(also_read: str) -> None:
    assert stored_types(sharing_weights(**{also_read: True})) == [DType.FLOAT32]


def test_a_float16_that_is_computed_is_refused() -> None:
    case = Case("DEQUANTIZE", [Tensor((2,), FLOAT16)], Tensor((2,), FLOAT32))
    assert "is computed, and only constants may be float16" in case.refusal()


@pytest.mark.parametrize(
    "case",
    [
        small().with_input(0, dtype=FLOAT16),
        test_fully_connected.small().with_input(1, dtype=FLOAT16, scale=None),
        test_conv_2d.square().with_input(1, dtype=FLOAT16, scale=None),
    ],
)
def test_only_float32_layers_take_float16_weights(case: Case) -> None:
    assert "type float16" in case.refusal()


def test_the_copy_keeps_indices_and_leaves_out_what_is_done() -> None:
    model = adding_expanded(np.array([1, -2], np.float16))
    before, after = parse(model).main, parse(float32_copy(model)).main
    assert [tensor.name for tensor in after.tensors] == [tensor.name for tensor in before.tensors]
    assert [op.kind for op in after.operators] == ["ADD"] and after.operators[0].inputs == before.operators[1].inputs
    for index in (1, 2):
        assert after.tensors[index].array().tolist() == [1, -2]


def test_the_copy_leaves_a_tensor_of_another_type_alone_that_shares_a_buffer() -> None:
    bits = np.array([0x3C00, -0x4000], np.int16)
    model = ModelBuilder()
    x, y = (model.tensor(name, (2,), "INT16", scale=0.5) for name in "xy")
    integers = model.tensor("integers", (2,), "INT16", scale=0.5, data=bits)
    floats = model.tensor("floats", (2,), FLOAT16, data=bits.view(np.float16))
    model.operator("ADD", [x, integers], [y])
    tree = model.to_object([x], [y])
    tree.subgraphs[0].tensors[floats].buffer = tree.subgraphs[0].tensors[integers].buffer
    tensors = parse(float32_copy(pack(tree))).main.tensors
    assert tensors[integers].array().tolist() == bits.tolist() and tensors[floats].array().tolist() == [1, -2]
