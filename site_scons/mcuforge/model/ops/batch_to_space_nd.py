"""BATCH_TO_SPACE_ND: images become the places of blocks; crops are cut off."""

from __future__ import annotations

from mcuforge.model.graph import Node, Tensor
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._batch_space import BatchSpace


@register
class BatchToSpaceNd(BatchSpace):
    name = "BATCH_TO_SPACE_ND"
    code = 37
    options_type = 24
    tflm = TflmSupport("AddBatchToSpaceNd")
    margins = "crops"
    function = "batch_to_space_nd"

    def spatial(self, node: Node) -> Tensor:
        return node.output()

    def dealt(self, node: Node) -> Tensor:
        return node.input(0)
