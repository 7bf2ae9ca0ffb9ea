"""Elementwise operators on one input: a table for int8, a kernel of its own for float32."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ConstArray, KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind
from mcuforge.model.ops._checks import expect_operands, expect_same_type, expect_shape, expect_type

INT8_VALUES = np.arange(-128, 128, dtype=np.int64)
"""Every int8 input, in the order of a table."""

_TABLE_KERNELS = {DType.INT8: ("lut_s8", "mcuf_lut_params"), DType.INT16: ("lut_s8_s16", "mcuf_lut_s16_params")}


class ElementwiseUnary(OperatorKind):
    """`stem` names the float32 kernel, `<stem>_f32`."""

    stem: ClassVar[str]
    types = (DType.INT8, DType.FLOAT32)

    def table(self, node: Node) -> npt.NDArray[np.int8]:
        """The output for each of INT8_VALUES; raises UserError where the node's quantization does not allow it."""
        raise NotImplementedError

    def check(self, node: Node) -> None:
        expect_operands(node, 1)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_shape(node, output, source.shape)
        if source.dtype is DType.INT8:
            self.table(node)

    def overlap(self, node: Node) -> dict[int, int]:
        """In place: each element is read once, then written."""
        return {0: node.output().size_bytes}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        if node.input(0).dtype is DType.INT8:
            return table_call(node, self.table(node))
        return KernelCall(
            function=f"{self.stem}_f32",
            header="mcuforge/activations.h",
            sources=(f"kernels/portable/{self.stem}_f32.c",),
            params_type="mcuf_activation_params",
            params={"count": node.output().elements},
            arguments=(TensorArg(node.input(0).index), TensorArg(node.output().index)),
        )


def table_call(node: Node, table: npt.NDArray[Any]) -> KernelCall:
    """Looks each int8 element of input 0 up in a table of 256 outputs."""
    output = node.output()
    function, params_type = _TABLE_KERNELS[output.dtype]
    return KernelCall(
        function=function,
        header="mcuforge/lut.h",
        sources=(f"kernels/portable/{function}.c",),
        params_type=params_type,
        params={"count": output.elements, "table": ConstArray("table", table)},
        arguments=(TensorArg(node.input(0).index), TensorArg(output.index)),
    )
