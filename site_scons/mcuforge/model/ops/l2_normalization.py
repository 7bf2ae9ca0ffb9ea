"""L2_NORMALIZATION: vectors along the last axis divided by their length; int8 and float32."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, option, register
from mcuforge.model.ops._checks import (
    expect_operands,
    expect_quantized,
    expect_rank,
    expect_same_type,
    expect_shape,
    expect_type,
)
from mcuforge.model.ops._sigmoid import expect_output
from mcuforge.model.ops._suffix import SUFFIX

OUTPUT_SCALE = 1 / 128
MAX_DEPTH = (1 << 31) // 255**2
"""The longest vector: the sum of that many squares of int8 values less their zero point fits 32 bits."""

MAX_RANK = 4


@dataclass(frozen=True)
class L2NormOptions:
    activation: Activation = option(0, "int8", Activation.NONE)


@register
class L2Normalization(OperatorKind):
    name = "L2_NORMALIZATION"
    code = 11
    options = L2NormOptions
    options_type = 12
    tflm = TflmSupport("AddL2Normalization")
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 1)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_rank(node, source, *range(1, MAX_RANK + 1))
        expect_shape(node, output, source.shape)
        if node.options.activation is not Activation.NONE:
            raise node.error("a fused activation is not supported", hint="make it a layer of its own in the model")
        if source.dtype is DType.INT8:
            expect_quantized(node, source)
            expect_output(node, OUTPUT_SCALE, 0)
            if source.shape[-1] > MAX_DEPTH:
                raise node.error(
                    f"{source.describe()}: vectors longer than {MAX_DEPTH} leave 32 bits",
                    hint="use a float32 L2_NORMALIZATION",
                )

    def overlap(self, node: Node) -> dict[int, int]:
        """In place: the last pass reads each element, then writes it."""
        return {0: node.output().size_bytes}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        source = node.input(0)
        depth = source.shape[-1]
        params: dict[str, ParamValue] = {"rows": source.elements // depth, "depth": depth}
        struct = "mcuf_l2_normalization_f32_params"
        if source.dtype is DType.INT8:
            struct = "mcuf_l2_normalization_params"
            params["input_offset"] = -expect_quantized(node, source).zero_point
        function = f"l2_normalization_{SUFFIX[source.dtype]}"
        return KernelCall(
            function=function,
            header="mcuforge/l2_normalization.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type=struct,
            params=params,
            arguments=(TensorArg(source.index), TensorArg(node.output().index)),
        )
