"""The questions `check` asks of every operator, each with a message that names layer, tensor and a way out.

The reader has vouched for what concerns one tensor alone: dimensions of at least 1 (0 for some constants, which
`expect_operands` lets through only where asked to), less than 2 GiB, constants of the right size, finite positive
scales, zero points in range of the type. What is asked here concerns operators.
Each function raises the node's UserError, or returns what the caller came for. Operator files use them in `check` and,
where they return something, again in `kernel`, where they cannot fail any more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mcuforge.model.arithmetic.activation import (
    REAL_RANGES,
    Activation,
    float_range,
    integer_range,
    quantized_range,
)
from mcuforge.model.arithmetic.fixed_point import (
    Multiplier,
    UnrepresentableMultiplierError,
    quantize_multiplier,
)
from mcuforge.model.graph import DType, Node, Quantization, Tensor

TFLM_HINT = "set `runtime: tflm` in the manifest"
SAME_SCALE_TOLERANCE = 1e-6


def expect_operands(
    node: Node,
    least: int,
    most: int | None = None,
    *,
    outputs: int = 1,
    may_be_empty: Collection[int] = (),
    may_be_absent: Collection[int] = (),
) -> None:
    """Between `least` and `most` inputs, the first `least` present except `may_be_absent`, and so many outputs.

    An input has elements, unless its position is in `may_be_empty`: a constant without any, such as no axes.
    """
    most = least if most is None else most
    if not least <= len(node.op.inputs) <= most:
        wanted = str(least) if most == least else f"{least} to {most}"
        raise node.error(f"has {len(node.op.inputs)} inputs, {wanted} expected", hint="export the model again")
    needed = [position for position in range(least) if position not in may_be_absent]
    absent = [position for position in needed if node.optional_input(position) is None]
    if absent:
        raise node.error(f"input {absent[0]} is marked absent", hint="export the model again")
    if len(node.op.outputs) != outputs:
        raise node.error(f"has {len(node.op.outputs)} outputs, {outputs} expected", hint="export the model again")
    for position in range(len(node.op.inputs)):
        tensor = node.optional_input(position)
        if tensor is not None and not tensor.elements and position not in may_be_empty:
            raise node.error(f"{tensor.describe()} has no elements", hint="export the model again")


def expect_type(node: Node, tensor: Tensor, *allowed: DType) -> None:
    if tensor.dtype not in allowed:
        raise node.error(
            f"{tensor.describe()}: type {tensor.dtype} is not supported here",
            hint=f"use {' or '.join(map(str, allowed))}, or {TFLM_HINT}",
        )


def expect_same_type(node: Node, first: Tensor, second: Tensor) -> None:
    if first.dtype is not second.dtype:
        raise node.error(
            f"{first.describe()} and {second.describe()} have different types",
            hint=f"convert one of them in the model (QUANTIZE, DEQUANTIZE), or {TFLM_HINT}",
        )


def expect_rank(node: Node, tensor: Tensor, *ranks: int) -> None:
    if len(tensor.shape) not in ranks:
        wanted = " or ".join(map(str, ranks))
        raise node.error(
            f"{tensor.describe()} has {len(tensor.shape)} dimensions, {wanted} expected",
            hint="reshape it in the model",
        )


def expect_shape(node: Node, tensor: Tensor, shape: tuple[int, ...]) -> None:
    if tensor.shape != shape:
        wanted = "×".join(map(str, shape)) or "scalar"
        raise node.error(
            f"{tensor.describe()} does not fit: its shape should be {wanted}",
            hint="export the model again; its shapes contradict each other",
        )


def expect_constant(node: Node, tensor: Tensor, role: str) -> None:
    if not tensor.is_constant:
        raise node.error(
            f"{tensor.describe()}: {role} must be a constant of the model",
            hint=f"store them in the model, or {TFLM_HINT}",
        )


def expect_computed(node: Node) -> None:
    """No output is a state variable: what is known at build time is a constant, which no variable can be."""
    for index in node.op.outputs:
        tensor = node.subgraph.tensors[index]
        if tensor.is_state:
            raise node.error(f"{tensor.describe()} is a state variable", hint="write to it with ASSIGN_VARIABLE")


def expect_quantized(node: Node, tensor: Tensor) -> Quantization:
    """The one scale and zero point of an activation tensor."""
    quantization = tensor.quantization
    if quantization is None or len(quantization.scales) != 1:
        raise node.error(
            f"{tensor.describe()} needs one scale and one zero point",
            hint="quantize activations per tensor",
        )
    return quantization


def expect_unquantized(node: Node, tensor: Tensor) -> None:
    """For operators that take plain integers only."""
    if tensor.quantization is not None:
        raise node.error(
            f"{tensor.describe()} is quantized, which is not supported here",
            hint="dequantize it in the model first",
        )


def expect_same_quantization(node: Node, source: Tensor, target: Tensor) -> None:
    """For operators that move quantized values without rescaling them, as TFLM does."""
    if source.dtype is DType.FLOAT32:
        return
    first, second = expect_quantized(node, source), expect_quantized(node, target)
    tolerance = SAME_SCALE_TOLERANCE * first.scale
    if first.zero_point != second.zero_point or abs(first.scale - second.scale) > tolerance:
        raise node.error(
            f"{source.describe()} and {target.describe()} must have the same scale and zero point",
            hint="put a QUANTIZE between them in the model",
        )


def expect_symmetric(node: Node, *tensors: Tensor) -> None:
    """Zero points of 0: TFLM's int16 kernels leave them out."""
    for tensor in tensors:
        zero_point = expect_quantized(node, tensor).zero_point
        if zero_point != 0:
            raise node.error(
                f"{tensor.describe()} has zero point {zero_point}; {tensor.dtype} needs 0",
                hint="quantize the model again with a current converter",
            )


def fixed_point(node: Node, real: float, role: str) -> Multiplier:
    """`real` as a multiplier and shift."""
    try:
        return quantize_multiplier(real)
    except UnrepresentableMultiplierError as error:
        raise node.error(
            f"{role}: {error}; the scales of its tensors are too far apart",
            hint="quantize the model again with representative calibration data",
        ) from error


def activation_bounds(node: Node, activation: Activation, output: Tensor) -> tuple[int, int]:
    """The integer range a fused activation leaves of a quantized output."""
    expect_clamping(node, activation)
    quantization = expect_quantized(node, output)
    try:
        return quantized_range(activation, quantization.scale, quantization.zero_point, output.dtype)
    except OverflowError as error:
        raise node.error(
            f"fused {activation.name} on {output.describe()}: {error}",
            hint="quantize the model again with representative calibration data",
        ) from error


def activation_limits(node: Node, activation: Activation) -> tuple[float, float]:
    """The same for a float32 output."""
    expect_clamping(node, activation)
    return float_range(activation)


def integer_activation_limits(node: Node, activation: Activation) -> tuple[int, int]:
    """The same for an output of plain int32."""
    expect_clamping(node, activation)
    return integer_range(activation, DType.INT32)


def expect_clamping(node: Node, activation: Activation) -> None:
    if activation not in REAL_RANGES:
        raise node.error(
            f"fused activation {activation.name} is not supported",
            hint="make the activation a layer of its own in the model",
        )


def resolve_axes(node: Node, axes: Sequence[int], rank: int) -> tuple[int, ...]:
    """Axes as sorted numbers of 0 ≤ axis < rank, without repetition; negative ones count from the end."""
    for axis in axes:
        if not -rank <= axis < rank:
            raise node.error(f"axis {axis} does not exist in {rank} dimensions", hint="export the model again")
    return tuple(sorted({axis % rank for axis in axes}))
