"""SELECT_V2: elements of one tensor or the other, as a condition says, all three broadcast. Moves elements."""

from __future__ import annotations

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._broadcast import broadcast_loops
from mcuforge.model.ops._checks import expect_operands, expect_same_quantization, expect_same_type, expect_type

QUANTIZED = (DType.INT8, DType.INT16)


@register
class SelectV2(OperatorKind):
    name = "SELECT_V2"
    code = 123
    options_type = 98
    tflm = TflmSupport("AddSelectV2")
    types = (*QUANTIZED, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 3)
        output = node.output()
        expect_type(node, node.input(0), DType.BOOL)
        expect_type(node, output, *self.types)
        for source in (node.input(1), node.input(2)):
            expect_same_type(node, source, output)
            if output.dtype in QUANTIZED and (source.quantization or output.quantization):
                expect_same_quantization(node, source, output)
        broadcast_loops(node, node.inputs)

    def overlap(self, node: Node) -> dict[int, int]:
        """In place where a source is as large as the output: each element is read before it is written."""
        output = node.output()
        return {at: output.size_bytes for at in (1, 2) if node.input(at).elements == output.elements}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        loops = broadcast_loops(node, node.inputs)
        function = f"select_{node.output().dtype.bits}"
        return KernelCall(
            function=function,
            header="mcuforge/select.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type="mcuf_select_params",
            params={
                "shape": loops.shape,
                "condition_stride": loops.strides[0],
                "stride1": loops.strides[1],
                "stride2": loops.strides[2],
            },
            arguments=(*(TensorArg(source.index) for source in node.inputs), TensorArg(node.output().index)),
        )
