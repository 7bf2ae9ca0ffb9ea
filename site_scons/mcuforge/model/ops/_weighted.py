"""What layers with weights share: CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mcuforge.model.arithmetic.fixed_point import INT32_MAX
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import Argument, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind
from mcuforge.model.ops._checks import (
    activation_limits,
    expect_constant,
    expect_operands,
    expect_quantized,
    expect_same_type,
    expect_symmetric,
    expect_type,
)
from mcuforge.model.ops._requantize import bias_argument, expect_bias, expect_wide_sums, requantization


@dataclass(frozen=True)
class OperandTypes:
    """Types that go together, and how their kernels and structs are called. `is_wide`: accumulators have 64 bits."""

    source: DType
    weights: DType
    bias: DType
    suffix: str
    struct_suffix: str = ""
    is_wide: bool = False


S8 = OperandTypes(DType.INT8, DType.INT8, DType.INT32, "s8")
S8_W4 = OperandTypes(DType.INT8, DType.INT4, DType.INT32, "s8_w4")
S16 = OperandTypes(DType.INT16, DType.INT8, DType.INT64, "s16", is_wide=True)
S16_NARROW = OperandTypes(DType.INT16, DType.INT8, DType.INT32, "s16_narrow")
F32 = OperandTypes(DType.FLOAT32, DType.FLOAT32, DType.FLOAT32, "f32", "_f32")
F32_W16 = OperandTypes(DType.FLOAT32, DType.FLOAT16, DType.FLOAT32, "f32_w16", "_f32")

# Of those that fit, the first one counts: without a bias, int16 layers have wide accumulators.
OPERAND_TYPES = (S8, S8_W4, S16, S16_NARROW, F32, F32_W16)

LARGEST_WIDE_PRODUCT = 1 << (15 + 7)
MAX_WEIGHTS = INT32_MAX


class WeightedLayer(OperatorKind):
    """Input 0, constant weights in input 1, an optional constant bias per output channel in input 2.

    Options have an `activation`. `combinations` are the types the operator takes.
    """

    types = (DType.INT8, DType.INT16, DType.FLOAT32)
    float16_inputs = (1,)
    combinations: ClassVar[tuple[OperandTypes, ...]] = OPERAND_TYPES

    def check_shapes(self, node: Node) -> int:
        """Checks geometry and shapes of input, weights and output. Returns the number of output channels."""
        raise NotImplementedError

    def factors(self, node: Node) -> list[float]:
        """For quantized types: the real factor from accumulator to output, one or one per output channel."""
        raise NotImplementedError

    def check(self, node: Node) -> None:
        expect_operands(node, 2, 3)
        source, weights, bias = node.input(0), node.input(1), node.optional_input(2)
        expect_type(node, source, *self.types)
        expect_same_type(node, source, node.output())
        fitting = [types for types in self.combinations if types.source is source.dtype]
        expect_type(node, weights, *dict.fromkeys(types.weights for types in fitting))
        expect_constant(node, weights, "weights")
        channels = self.check_shapes(node)
        expect_bias(node, bias, channels, *dict.fromkeys(types.bias for types in fitting))
        if weights.elements > MAX_WEIGHTS:
            raise node.error(f"{weights.describe()} has more than {MAX_WEIGHTS} elements", hint="use a smaller layer")
        if source.dtype is DType.INT16:
            expect_symmetric(node, source, node.output())
        if operand_types(node).is_wide:
            expect_wide_sums(node, bias, weights.elements // channels, LARGEST_WIDE_PRODUCT)
        self.output_params(node)

    def output_params(self, node: Node) -> dict[str, ParamValue]:
        """The last fields of the params: rescaling and clamp of the output."""
        if is_quantized(node):
            wide = operand_types(node).is_wide
            return requantization(node, self.factors(node), node.options.activation, node.output(), wide=wide)
        least, greatest = activation_limits(node, node.options.activation)
        return {"least": least, "greatest": greatest}


def operand_types(node: Node) -> OperandTypes:
    """The combination of a node whose types were checked."""
    source, weights, bias = node.input(0), node.input(1), node.optional_input(2)
    return next(
        types
        for types in OPERAND_TYPES
        if (types.source, types.weights) == (source.dtype, weights.dtype) and (bias is None or types.bias is bias.dtype)
    )


def is_quantized(node: Node) -> bool:
    return node.input(0).dtype is not DType.FLOAT32


def input_offset(node: Node) -> dict[str, ParamValue]:
    """The field of quantized params that takes the input's zero point away."""
    return {"input_offset": -expect_quantized(node, node.input(0)).zero_point} if is_quantized(node) else {}


def operands(node: Node, bias: Argument | None = None) -> tuple[Argument, ...]:
    """Input, weights, bias (the model's own unless another is given) and output."""
    return (
        TensorArg(node.input(0).index),
        TensorArg(node.input(1).index),
        bias_argument(node.optional_input(2)) if bias is None else bias,
        TensorArg(node.output().index),
    )
