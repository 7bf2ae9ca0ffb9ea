"""Elementwise operators on one input: a table for int8, kernels for int16 and float32."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mcuforge.errors import InternalError
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ConstArray, KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind
from mcuforge.model.ops._checks import expect_operands, expect_same_type, expect_shape, expect_type

INT8_VALUES = np.arange(-128, 128, dtype=np.int64)
"""Every int8 input, in the order of a table."""

UINT8_VALUES = np.arange(256, dtype=np.int64)

_TABLE_KERNELS = {
    (DType.INT8, DType.INT8): ("lut_s8", "mcuf_lut_params"),
    (DType.INT8, DType.INT16): ("lut_s8_s16", "mcuf_lut_s16_params"),
    (DType.INT8, DType.INT32): ("lut_s8_s32", "mcuf_lut_s32_params"),
    (DType.INT8, DType.UINT8): ("lut_s8_u8", "mcuf_lut_u8_params"),
    (DType.UINT8, DType.INT8): ("lut_u8_s8", "mcuf_lut_params"),
}


class ElementwiseUnary(OperatorKind):
    """`stem` names the float32 kernel, `<stem>_f32`."""

    stem: ClassVar[str]
    types: ClassVar[tuple[DType, ...]] = (DType.INT8, DType.FLOAT32)

    def table(self, node: Node) -> npt.NDArray[np.int8]:
        """The output for each of INT8_VALUES; raises UserError where the node's quantization does not allow it."""
        raise InternalError(f"{self.name} has no table")

    def int16_call(self, node: Node) -> KernelCall:
        """The call for int16; raises UserError as `table` does."""
        raise InternalError(f"{self.name} has no int16 kernel")

    def float_call(self, node: Node) -> KernelCall:
        return unary_call(node, f"{self.stem}_f32", "unary", "mcuf_unary_params", {})

    def check(self, node: Node) -> None:
        expect_operands(node, 1)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_shape(node, output, source.shape)
        self._call(node)

    def overlap(self, node: Node) -> dict[int, int]:
        """In place: each element is read once, then written."""
        return {0: node.output().size_bytes}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        return self._call(node)

    def _call(self, node: Node) -> KernelCall:
        match node.input(0).dtype:
            case DType.INT8:
                return table_call(node, self.table(node))
            case DType.INT16:
                return self.int16_call(node)
            case _:
                return self.float_call(node)


class FloatUnary(ElementwiseUnary):
    """Operators that TFLM has for float32 alone."""

    types = (DType.FLOAT32,)


def unary_call(node: Node, function: str, header: str, struct: str, params: Mapping[str, ParamValue]) -> KernelCall:
    """A call on input 0 and output 0; the first of the struct's fields is the number of elements."""
    return KernelCall(
        function=function,
        header=f"mcuforge/{header}.h",
        sources=(f"kernels/portable/{function}.c",),
        params_type=struct,
        params={"count": node.output().elements, **params},
        arguments=(TensorArg(node.input(0).index), TensorArg(node.output().index)),
    )


def table_call(node: Node, table: npt.NDArray[Any]) -> KernelCall:
    """Looks each 8-bit element of input 0 up in a table of 256 outputs, that for the least input first."""
    function, struct = _TABLE_KERNELS[node.input(0).dtype, node.output().dtype]
    return unary_call(node, function, "lut", struct, {"table": ConstArray("table", table)})
