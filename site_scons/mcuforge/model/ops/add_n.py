"""ADD_N: the sum of two or more tensors of one shape and, for int8, one quantization.

TFLM starts int8 sums at minus the inputs' zero point instead of zero, and so do we; 32 bits wrap.
"""

from __future__ import annotations

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg, TensorsArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import (
    expect_operands,
    expect_quantized,
    expect_same_quantization,
    expect_same_type,
    expect_shape,
    expect_type,
    fixed_point,
)
from mcuforge.model.ops._common_scale import expect_reducing
from mcuforge.model.ops._suffix import SUFFIX

HEADROOM = 20
"""MCUF_ADD_N_S8_HEADROOM."""

LEAST_INPUTS = 2


@register
class AddN(OperatorKind):
    name = "ADD_N"
    code = 106
    options_type = 82
    tflm = TflmSupport("AddAddN")
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, max(LEAST_INPUTS, len(node.op.inputs)))
        first, output = node.input(0), node.output()
        expect_type(node, first, *self.types)
        for tensor in (*node.inputs[1:], output):
            expect_same_type(node, first, tensor)
            expect_shape(node, tensor, first.shape)
        for tensor in node.inputs[1:]:
            expect_same_quantization(node, first, tensor)
        if first.dtype is DType.INT8:
            _rescaling(node)

    def overlap(self, node: Node) -> dict[int, int]:
        """In place of any input: all inputs' elements are read before the output's is written."""
        return {position: node.output().size_bytes for position in range(len(node.inputs))}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        is_int8 = node.input(0).dtype is DType.INT8
        function = f"add_n_{SUFFIX[node.input(0).dtype]}"
        params: dict[str, ParamValue] = {"count": node.output().elements, "inputs": len(node.inputs)}
        return KernelCall(
            function=function,
            header="mcuforge/add_n.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type="mcuf_add_n_params" if is_int8 else "mcuf_add_n_f32_params",
            params={**params, **(_rescaling(node) if is_int8 else {})},
            arguments=(TensorsArg(tuple(tensor.index for tensor in node.inputs)), TensorArg(node.output().index)),
        )


def _rescaling(node: Node) -> dict[str, ParamValue]:
    """The int8 kernel's params after the counts."""
    source, output = expect_quantized(node, node.input(0)), expect_quantized(node, node.output())
    factor = fixed_point(node, 2 * source.scale / ((1 << HEADROOM) * output.scale), "output scaling")
    expect_reducing(node, factor)
    return {
        "input_offset": -source.zero_point,
        "output_offset": output.zero_point,
        "output_multiplier": factor.multiplier,
        "output_shift": factor.shift,
    }
