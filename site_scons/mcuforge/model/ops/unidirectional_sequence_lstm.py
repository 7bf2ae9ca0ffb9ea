"""UNIDIRECTIONAL_SEQUENCE_LSTM: int8, int16 and float32, without peephole, projection, normalization or shared gates.

Hidden and cell state are variable tensors, kept between inferences. TFLM takes the scale before the gates' functions as
2^-12 and leaves the operator's intermediates unread.

float32 differs from TFLM by tanhf alone: with the same C library outputs are equal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mcuforge.model.arithmetic.activation import Activation, integer_limits
from mcuforge.model.arithmetic.fixed_point import Multiplier
from mcuforge.model.arithmetic.sigmoid import sigmoid_table
from mcuforge.model.graph import DType, Node, Tensor
from mcuforge.model.kernel_call import ConstArray, KernelCall, ParamValue, TensorArg, TensorsArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import (
    expect_constant,
    expect_operands,
    expect_quantized,
    expect_rank,
    expect_same_quantization,
    expect_same_type,
    expect_shape,
    expect_symmetric,
    expect_type,
    fixed_point,
)
from mcuforge.model.ops._requantize import expect_wide_sums, weight_scales, wide_fixed_point
from mcuforge.model.ops._state import expect_state

SOURCE, WEIGHTS, RECURRENT, BIASES, HIDDEN, CELL = 0, 1, 5, 12, 18, 19
"""Input positions; weights, recurrent weights and biases are four each: input, forget, update and output gate."""

GATES = range(4)
INPUTS = 24
UNSUPPORTED = {9: "peephole weights", 10: "peephole weights", 11: "peephole weights", 16: "a projection"} | {
    17: "a projection",
    **dict.fromkeys(range(20, 24), "layer normalization"),
}

GATE_SCALE = 2.0**-12
"""Of the sums that go into a gate's function."""

UNIT_SCALE = 2.0**-15
"""Of what comes out of it."""

CELL_POWERS = range(-24, 1)
"""Powers of two that the cell state's scale may be."""

POWER_TOLERANCE = 1e-3
LARGEST_WIDE_PRODUCT = 1 << (15 + 7)
NO_CLIP = 1 << 15


@dataclass(frozen=True)
class LstmTypes:
    """The types that go with an activation type."""

    weights: DType
    bias: DType
    cell: DType
    suffix: str


TYPES = {
    DType.INT8: LstmTypes(DType.INT8, DType.INT32, DType.INT16, "s8"),
    DType.INT16: LstmTypes(DType.INT8, DType.INT64, DType.INT16, "s16"),
    DType.FLOAT32: LstmTypes(DType.FLOAT32, DType.FLOAT32, DType.FLOAT32, "f32"),
}


@dataclass(frozen=True)
class LstmOptions:
    activation: Activation = option(0, "int8", Activation.NONE)
    cell_clip: float = option(1, "float32", 0.0)
    projection_clip: float = option(2, "float32", 0.0)
    time_major: bool = option(3, "bool", False)


@register
class UnidirectionalSequenceLstm(OperatorKind):
    name = "UNIDIRECTIONAL_SEQUENCE_LSTM"
    code = 44
    options = LstmOptions
    options_type = 71
    tflm = TflmSupport("AddUnidirectionalSequenceLSTM")
    types = tuple(TYPES)

    def check(self, node: Node) -> None:
        expect_operands(node, INPUTS, may_be_absent=UNSUPPORTED)
        for position, what in UNSUPPORTED.items():
            if node.optional_input(position) is not None:
                raise node.error(f"{what} is not supported", hint="use a plain LSTM; TFLM refuses others, too")
        _check_types(node)
        _check_shapes(node)
        _check_options(node)
        if node.input(SOURCE).dtype is not DType.FLOAT32:
            _check_quantization(node)
            _quantized_params(node)

    def macs(self, node: Node) -> int:
        weights = node.input(WEIGHTS).elements + node.input(RECURRENT).elements
        return math.prod(node.input(SOURCE).shape[:2]) * weights * len(GATES)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        suffix = TYPES[node.input(SOURCE).dtype].suffix
        is_float = suffix == "f32"
        params = {"clip": node.options.cell_clip} if is_float else _quantized_params(node)
        constants = [node.input(first + gate).index for first in (WEIGHTS, RECURRENT, BIASES) for gate in GATES]
        return KernelCall(
            function=f"lstm_{suffix}",
            header="mcuforge/lstm.h",
            sources=(f"kernels/portable/lstm_{suffix}.c",),
            params_type="mcuf_lstm_f32_params" if is_float else "mcuf_lstm_params",
            params={**_shape(node), **params},
            arguments=(
                TensorsArg(tuple(constants)),
                *(TensorArg(node.input(position).index) for position in (SOURCE, HIDDEN, CELL)),
                TensorArg(node.output().index),
            ),
        )


def _check_types(node: Node) -> None:
    source = node.input(SOURCE)
    expect_type(node, source, *TYPES)
    expect_same_type(node, source, node.output())
    expect_same_type(node, source, node.input(HIDDEN))
    types = TYPES[source.dtype]
    expect_type(node, node.input(CELL), types.cell)
    for gate in GATES:
        for position, role in ((WEIGHTS + gate, "weights"), (RECURRENT + gate, "weights"), (BIASES + gate, "biases")):
            tensor = node.input(position)
            expect_type(node, tensor, types.bias if role == "biases" else types.weights)
            expect_constant(node, tensor, role)


def _check_shapes(node: Node) -> None:
    source, output = node.input(SOURCE), node.output()
    expect_rank(node, source, 3)
    expect_rank(node, output, 3)
    inputs, cells = source.shape[2], output.shape[2]
    expect_shape(node, output, (*source.shape[:2], cells))
    for gate in GATES:
        expect_shape(node, node.input(WEIGHTS + gate), (cells, inputs))
        expect_shape(node, node.input(RECURRENT + gate), (cells, cells))
        expect_shape(node, node.input(BIASES + gate), (cells,))
    for position in (HIDDEN, CELL):
        expect_state(node, position, (_batches(node), cells))


def _check_options(node: Node) -> None:
    options: LstmOptions = node.options
    if options.activation is not Activation.TANH:
        raise node.error(f"activation {options.activation.name} is not supported", hint="use TANH; TFLM has no other")
    if options.cell_clip < 0:
        raise node.error(f"cell_clip is {options.cell_clip:g}", hint="it must be 0, for none, or above")


def _batches(node: Node) -> int:
    return node.input(SOURCE).shape[1 if node.options.time_major else 0]


def _shape(node: Node) -> dict[str, ParamValue]:
    """The fields of `mcuf_lstm_shape`."""
    outer, inner, inputs = node.input(SOURCE).shape
    batches, steps = (inner, outer) if node.options.time_major else (outer, inner)
    return {
        "shape.batches": batches,
        "shape.steps": steps,
        "shape.inputs": inputs,
        "shape.cells": node.output().shape[2],
        "shape.step_frames": batches if node.options.time_major else 1,
        "shape.batch_frames": 1 if node.options.time_major else steps,
    }


def _check_quantization(node: Node) -> None:
    source, hidden, cell = node.input(SOURCE), node.input(HIDDEN), node.input(CELL)
    expect_same_quantization(node, hidden, node.output())
    expect_symmetric(node, cell)
    power = math.log2(expect_quantized(node, cell).scale)
    if abs(power - round(power)) >= POWER_TOLERANCE or round(power) not in CELL_POWERS:
        raise node.error(
            f"{cell.describe()}: its scale must be a power of two from 2^{CELL_POWERS[0]} to 1",
            hint="quantize the model again with a current converter",
        )
    if source.dtype is DType.INT16:
        expect_symmetric(node, source, hidden)
        for gate in GATES:
            expect_wide_sums(node, node.input(BIASES + gate), source.shape[2], LARGEST_WIDE_PRODUCT)
            expect_wide_sums(node, None, node.output().shape[2], LARGEST_WIDE_PRODUCT)


def _quantized_params(node: Node) -> dict[str, ParamValue]:
    """The fields of `mcuf_lstm_params` after the shape."""
    source, hidden = expect_quantized(node, node.input(SOURCE)), expect_quantized(node, node.input(HIDDEN))
    cell = expect_quantized(node, node.input(CELL))
    from_input = [_gate_factor(node, source.scale, node.input(WEIGHTS + gate)) for gate in GATES]
    from_hidden = [_gate_factor(node, hidden.scale, node.input(RECURRENT + gate)) for gate in GATES]
    forget = fixed_point(node, UNIT_SCALE * cell.scale / cell.scale, "scaling of the forget gate")
    update = fixed_point(node, UNIT_SCALE * UNIT_SCALE / cell.scale, "scaling of the cell state")
    output = fixed_point(node, UNIT_SCALE * UNIT_SCALE / hidden.scale, "scaling of the output")
    # From the cell state's steps to those of Q3.12, of which the kernels' table counts three.
    tanh_shift = round(math.log2(cell.scale)) + 12
    return {
        "input_offset": -source.zero_point,
        "hidden_offset": -hidden.zero_point,
        "input_multiplier": tuple(factor.multiplier for factor in from_input),
        "input_shift": tuple(factor.shift for factor in from_input),
        "hidden_multiplier": tuple(factor.multiplier for factor in from_hidden),
        "hidden_shift": tuple(factor.shift for factor in from_hidden),
        "forget_multiplier": forget.multiplier,
        "forget_shift": forget.shift,
        "update_multiplier": update.multiplier,
        "update_shift": update.shift,
        "output_multiplier": output.multiplier,
        "output_shift": output.shift,
        "output_offset": hidden.zero_point,
        "clip": _quantized_clip(node, cell.scale),
        "tanh_multiplier": 3 << max(tanh_shift, 0),
        "tanh_shift": max(-tanh_shift, 0),
        "sigmoid": ConstArray("sigmoid", sigmoid_table()),
    }


def _gate_factor(node: Node, scale: float, weights: Tensor) -> Multiplier:
    """From a gate's sum of products to Q3.12; TFLM multiplies the scales in float32."""
    expect_quantized(node, weights)
    (weight_scale,) = weight_scales(node, weights, 1, 0)
    with np.errstate(over="ignore", under="ignore"):
        product = float(np.float32(scale) * np.float32(weight_scale))
    scaled = wide_fixed_point if node.input(SOURCE).dtype is DType.INT16 else fixed_point
    return scaled(node, product / GATE_SCALE, "scaling of a gate")


def _quantized_clip(node: Node, cell_scale: float) -> int:
    clip: float = node.options.cell_clip
    return min(int(clip / cell_scale), integer_limits(DType.INT16)[1]) if clip > 0 else NO_CLIP
