"""DEQUANTIZE: int8, int16 or uint8 to float32; float16 where it is a constant, at build time.

One rounding, as in TFLM, whose double product is exact before it. TFLM has no float16: every one of them is a float32.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import expect_operands, expect_quantized, expect_shape, expect_type

FUNCTIONS = {DType.INT8: "dequantize_s8_f32", DType.INT16: "dequantize_s16_f32", DType.UINT8: "dequantize_u8_f32"}


@register
class Dequantize(OperatorKind):
    name = "DEQUANTIZE"
    code = 6
    options_type = 38
    tflm = TflmSupport("AddDequantize")
    types = (*FUNCTIONS, DType.FLOAT16)

    def check(self, node: Node) -> None:
        expect_operands(node, 1)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_type(node, output, DType.FLOAT32)
        expect_shape(node, output, source.shape)
        if source.dtype is not DType.FLOAT16:
            expect_quantized(node, source)
        elif not source.is_constant:
            raise node.error(
                f"{source.describe()} is computed, and only constants may be float16",
                hint="keep inputs and activations in float32; `quantize: {scheme: float16}` makes such a model",
            )

    def fold(self, node: Node) -> tuple[npt.NDArray[Any], ...] | None:
        source = node.input(0)
        return (source.array().astype(np.float32),) if source.dtype is DType.FLOAT16 else None

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        source, output = node.input(0), node.output()
        function = FUNCTIONS[source.dtype]
        quantization = expect_quantized(node, source)
        return KernelCall(
            function=function,
            header="mcuforge/quantize.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type="mcuf_dequantize_params",
            params={
                "count": output.elements,
                "scale": float(quantization.scale),
                "zero_point": quantization.zero_point,
            },
            arguments=(TensorArg(source.index), TensorArg(output.index)),
        )
