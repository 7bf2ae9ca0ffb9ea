"""What layers with weights share: CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import Argument, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind
from mcuforge.model.ops._checks import (
    activation_limits,
    expect_constant,
    expect_operands,
    expect_quantized,
    expect_same_type,
    expect_type,
)
from mcuforge.model.ops._requantize import bias_argument, expect_bias, requantization


@dataclass(frozen=True)
class OperandTypes:
    """The types that go with an activation type, and how its kernels and structs are called."""

    weights: DType
    bias: DType
    suffix: str
    struct_suffix: str


OPERAND_TYPES = {
    DType.INT8: OperandTypes(DType.INT8, DType.INT32, "s8", ""),
    DType.FLOAT32: OperandTypes(DType.FLOAT32, DType.FLOAT32, "f32", "_f32"),
}


class WeightedLayer(OperatorKind):
    """Input 0, constant weights in input 1, an optional constant bias per output channel in input 2.

    Options have an `activation`.
    """

    types = tuple(OPERAND_TYPES)

    def check_shapes(self, node: Node) -> int:
        """Checks geometry and shapes of input, weights and output. Returns the number of output channels."""
        raise NotImplementedError

    def factors(self, node: Node) -> list[float]:
        """For quantized types: the real factor from accumulator to output, one or one per output channel."""
        raise NotImplementedError

    def check(self, node: Node) -> None:
        expect_operands(node, 2, 3)
        source, weights = node.input(0), node.input(1)
        expect_type(node, source, *self.types)
        expect_same_type(node, source, node.output())
        expect_type(node, weights, operand_types(node).weights)
        expect_constant(node, weights, "weights")
        expect_bias(node, node.optional_input(2), self.check_shapes(node), operand_types(node).bias)
        self.output_params(node)

    def output_params(self, node: Node) -> dict[str, ParamValue]:
        """The last fields of the params: rescaling and clamp of the output."""
        if is_quantized(node):
            return requantization(node, self.factors(node), node.options.activation, node.output())
        least, greatest = activation_limits(node, node.options.activation)
        return {"least": least, "greatest": greatest}


def operand_types(node: Node) -> OperandTypes:
    return OPERAND_TYPES[node.input(0).dtype]


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
