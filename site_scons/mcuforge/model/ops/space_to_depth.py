"""SPACE_TO_DEPTH: each block of pixels becomes one pixel with the channels of all."""

from __future__ import annotations

from mcuforge.model.graph import Node, Tensor
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._blocks import Blocks
from mcuforge.model.ops._strided_copy import View, dense_strides


@register
class SpaceToDepth(Blocks):
    name = "SPACE_TO_DEPTH"
    code = 26
    options_type = 19
    tflm = TflmSupport("AddSpaceToDepth")

    def spatial(self, node: Node) -> Tensor:
        return node.input(0)

    def deep(self, node: Node) -> Tensor:
        return node.output()

    def view(self, node: Node) -> View:
        batches, height, width, _ = self.deep(node).shape
        block, channels = node.options.block_size, self.spatial(node).shape[3]
        n, y, dy, x, dx, c = dense_strides((batches, height, block, width, block, channels))
        return View((batches, height, width, block, block, channels), (n, y, x, dy, dx, c))
