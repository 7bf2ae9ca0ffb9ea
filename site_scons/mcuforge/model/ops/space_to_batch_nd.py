"""SPACE_TO_BATCH_ND: each place in a block becomes an image of its own. Padding is stored zero, as in TFLM."""

from __future__ import annotations

from mcuforge.model.graph import Node, Tensor
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._batch_space import BatchSpace


@register
class SpaceToBatchNd(BatchSpace):
    name = "SPACE_TO_BATCH_ND"
    code = 38
    options_type = 25
    tflm = TflmSupport("AddSpaceToBatchNd")
    margins = "paddings"
    function = "space_to_batch_nd"

    def spatial(self, node: Node) -> Tensor:
        return node.input(0)

    def dealt(self, node: Node) -> Tensor:
        return node.output()
