"""SQUEEZE: the same bytes without some dimensions of size 1."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.graph import Node
from mcuforge.model.operator_kind import TflmSupport, option, register
from mcuforge.model.ops._alias import Alias
from mcuforge.model.ops._checks import resolve_axes


@dataclass(frozen=True)
class SqueezeOptions:
    squeeze_dims: tuple[int, ...] = option(0, "[int32]", ())


@register
class Squeeze(Alias):
    name = "SQUEEZE"
    code = 43
    options = SqueezeOptions
    options_type = 30
    tflm = TflmSupport("AddSqueeze")

    def output_shape(self, node: Node) -> tuple[int, ...]:
        """Without the dimensions named, or without all of size 1 when none is."""
        shape = node.input(0).shape
        dropped = resolve_axes(node, node.options.squeeze_dims, len(shape))
        if not dropped:
            return tuple(size for size in shape if size != 1)
        return tuple(size for at, size in enumerate(shape) if at not in dropped)
