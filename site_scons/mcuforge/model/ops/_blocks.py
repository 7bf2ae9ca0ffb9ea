"""DEPTH_TO_SPACE and SPACE_TO_DEPTH: square blocks of pixels, laid out in depth or in space."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.model.graph import DType, Node, Tensor
from mcuforge.model.operator_kind import option
from mcuforge.model.ops._checks import expect_operands, expect_rank, expect_same_type, expect_shape, expect_type
from mcuforge.model.ops._strided_copy import StridedCopy


@dataclass(frozen=True)
class BlockOptions:
    block_size: int = option(0, "int32", 0)


class Blocks(StridedCopy):
    """Operators say which of their tensors is the spatial one."""

    types = (DType.INT8, DType.FLOAT32)
    options = BlockOptions

    def spatial(self, node: Node) -> Tensor:
        """The tensor that has blocks of pixels where the other one has depth."""
        raise NotImplementedError

    def deep(self, node: Node) -> Tensor:
        raise NotImplementedError

    def check(self, node: Node) -> None:
        expect_operands(node, 1)
        expect_type(node, node.input(0), *self.types)
        expect_same_type(node, node.input(0), node.output())
        spatial, deep, block = self.spatial(node), self.deep(node), node.options.block_size
        expect_rank(node, spatial, 4)
        if block < 1:
            raise node.error(f"block size {block} is not positive", hint="export the model again")
        batches, height, width, channels = spatial.shape
        if height % block or width % block:
            raise node.error(
                f"{spatial.describe()} has no whole number of {block}×{block} blocks", hint="export the model again"
            )
        expect_shape(node, deep, (batches, height // block, width // block, channels * block * block))
