"""Comparisons of two tensors: one kernel per type, and the outcome of each operator as its params.

TFLM takes int16 in GREATER too, but never prepares its scales and always answers false.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mcuforge.model.arithmetic.fixed_point import Multiplier
from mcuforge.model.graph import DType, Node, Tensor
from mcuforge.model.kernel_call import ParamValue
from mcuforge.model.ops._binary import QUANTIZED, ElementwiseBinary
from mcuforge.model.ops._checks import expect_quantized, fixed_point

ORDERED_TYPES = (DType.INT8, DType.INT32, DType.INT64, DType.FLOAT32)


class Comparison(ElementwiseBinary):
    """`outcome` is the result when the first element is less, equal, greater, and when the two have no order (NaN)."""

    outcome: ClassVar[tuple[bool, bool, bool, bool]]
    types: ClassVar[tuple[DType, ...]] = ORDERED_TYPES
    stem = "compare"
    quantized_struct = "mcuf_compare_s8_params"

    def output_type(self, node: Node) -> DType:
        return DType.BOOL

    def element_params(self, node: Node) -> tuple[str, Mapping[str, ParamValue]]:
        less, equal, greater, unordered = map(int, self.outcome)
        outcome = {"less": less, "equal": equal, "greater": greater}
        if node.input(0).dtype in QUANTIZED:
            return self.quantized_struct, {**self.quantized_params(node), **outcome}
        return "mcuf_compare_params", {**outcome, "unordered": unordered}

    def quantized_params(self, node: Node) -> Mapping[str, ParamValue]:
        params: dict[str, ParamValue] = {}
        for number, tensor in enumerate(node.inputs, start=1):
            factor = _scale_factor(node, tensor)
            params |= {
                f"offset{number}": -expect_quantized(node, tensor).zero_point,
                f"multiplier{number}": factor.multiplier,
                f"shift{number}": factor.shift,
            }
        return params


def _scale_factor(node: Node, tensor: Tensor) -> Multiplier:
    """TFLM compares real values in steps of 1/256; scales of 1 and more make it stop."""
    scale = expect_quantized(node, tensor).scale
    factor = fixed_point(node, scale, "scaling of an input")
    if scale >= 1 or factor.shift > 0:
        raise node.error(
            f"{tensor.describe()}: its scale {scale:g} must be less than 1",
            hint="quantize the model again; TFLM refuses it too",
        )
    return factor
