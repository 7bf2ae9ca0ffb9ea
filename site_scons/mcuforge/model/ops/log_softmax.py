"""LOG_SOFTMAX over the last axis: int8 and float32."""

from __future__ import annotations

import math

import numpy as np

from mcuforge.model.arithmetic.fixed_point import MAX_SHIFT, Multiplier, quantize_multiplier
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ConstArray, KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
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
from mcuforge.model.ops.softmax import DIFFERENCE_INTEGER_BITS, MAX_RANK, difference_factor, exponentials

OUTPUT_SCALE, OUTPUT_ZERO_POINT = 1 / 16, 127
MAX_DEPTH = 4095
"""Longest row: the sum of that many exponentials fits Q12.19."""


@register
class LogSoftmax(OperatorKind):
    name = "LOG_SOFTMAX"
    code = 50
    options_type = 36
    tflm = TflmSupport("AddLogSoftmax")
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 1)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_rank(node, source, *range(1, MAX_RANK + 1))
        expect_shape(node, output, source.shape)
        if source.dtype is DType.INT8:
            expect_output(node, OUTPUT_SCALE, OUTPUT_ZERO_POINT)
            if source.shape[-1] > MAX_DEPTH:
                raise node.error(
                    f"{source.describe()}: rows longer than {MAX_DEPTH} leave the fixed-point range",
                    hint="use a float32 LOG_SOFTMAX",
                )
            _difference_multiplier(node)

    def overlap(self, node: Node) -> dict[int, int]:
        """In place: the last pass reads each element, then writes it."""
        return {0: node.output().size_bytes}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        source = node.input(0)
        depth = source.shape[-1]
        is_int8 = source.dtype is DType.INT8
        function = f"log_softmax_{SUFFIX[source.dtype]}"
        params: dict[str, ParamValue] = {"rows": source.elements // depth, "depth": depth}
        return KernelCall(
            function=function,
            header="mcuforge/log_softmax.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type="mcuf_log_softmax_params" if is_int8 else "mcuf_log_softmax_f32_params",
            params={**params, **(_quantized_params(node) if is_int8 else {})},
            arguments=(TensorArg(source.index), TensorArg(node.output().index)),
        )


def _difference_multiplier(node: Node) -> Multiplier:
    """From differences of quantized inputs to Q5.26."""
    source = expect_quantized(node, node.input(0))
    real = difference_factor(source.scale, 1.0)
    if not 1 < real < 1 << MAX_SHIFT:
        raise node.error(
            f"{node.input(0).describe()}: scale {source.scale:g} is out of range",
            hint="quantize the model again with representative calibration data",
        )
    return quantize_multiplier(real)


def _quantized_params(node: Node) -> dict[str, ParamValue]:
    """The int8 kernel's params after rows and depth."""
    factor = _difference_multiplier(node)
    # TFLM goes back from Q5.26 by the reciprocal of the rounded factor.
    reverse = quantize_multiplier((1 << (31 - factor.shift)) / factor.multiplier)
    span = ((1 << DIFFERENCE_INTEGER_BITS) - 1) * (1 << (31 - DIFFERENCE_INTEGER_BITS))
    table = exponentials(expect_quantized(node, node.input(0)).scale, 1.0)
    return {
        "entries": len(table),
        "exponentials": ConstArray("exponentials", np.asarray(table, np.int32)),
        "multiplier": factor.multiplier,
        "shift": factor.shift,
        "reverse_multiplier": reverse.multiplier,
        "reverse_shift": reverse.shift,
        "greatest": math.floor(span / (1 << factor.shift)),
    }
