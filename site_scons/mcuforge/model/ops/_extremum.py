"""MAXIMUM and MINIMUM: which of two elements is copied."""

from __future__ import annotations

from mcuforge.model.graph import DType, Node
from mcuforge.model.ops._binary import QUANTIZED, PlainBinary
from mcuforge.model.ops._checks import expect_same_quantization


class Extremum(PlainBinary):
    options_type = 39
    types = (DType.INT8, DType.INT16, DType.INT32, DType.INT64, DType.FLOAT32)

    def check(self, node: Node) -> None:
        super().check(node)
        if node.input(0).dtype in QUANTIZED:
            for tensor in node.inputs:
                expect_same_quantization(node, tensor, node.output())
