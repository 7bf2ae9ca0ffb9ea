"""DEPTH_TO_SPACE: each pixel's channels become a block of pixels."""

from __future__ import annotations

from mcuforge.model.graph import Node, Tensor
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._blocks import Blocks
from mcuforge.model.ops._strided_copy import View, dense_strides


@register
class DepthToSpace(Blocks):
    name = "DEPTH_TO_SPACE"
    code = 5
    options_type = 94
    tflm = TflmSupport("AddDepthToSpace")

    def spatial(self, node: Node) -> Tensor:
        return node.output()

    def deep(self, node: Node) -> Tensor:
        return node.input(0)

    def view(self, node: Node) -> View:
        batches, height, width, _ = self.deep(node).shape
        block, channels = node.options.block_size, self.spatial(node).shape[3]
        n, y, x, dy, dx, c = dense_strides((batches, height, width, block, block, channels))
        return View((batches, height, block, width, block, channels), (n, y, dy, x, dx, c))
