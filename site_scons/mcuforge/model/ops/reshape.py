"""RESHAPE: the same bytes under another shape."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mcuforge.model.graph import DType, Node
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._alias import Alias


@dataclass(frozen=True)
class ReshapeOptions:
    new_shape: tuple[int, ...] = option(0, "[int32]", ())


@register
class Reshape(Alias):
    name = "RESHAPE"
    code = 22
    options = ReshapeOptions
    options_type = 17
    tflm = TflmSupport("AddReshape")
    may_be_empty = (1,)

    def output_shape(self, node: Node) -> tuple[int, ...] | None:
        """Input 1 where it is constant, else the option; one −1 stands for what is left over."""
        wanted = node.optional_input(1)
        if wanted is not None and wanted.is_constant and wanted.dtype is DType.INT32:
            shape = tuple(int(size) for size in wanted.array().reshape(-1))
        elif wanted is None and node.options.new_shape:
            shape = node.options.new_shape
        else:
            return None
        known = math.prod(size for size in shape if size != -1)
        if shape.count(-1) == 1 and known > 0:
            return tuple(node.input(0).elements // known if size == -1 else size for size in shape)
        return shape
