"""SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: pixels of a block dealt out to several images of the batch."""

from __future__ import annotations

import math
from typing import ClassVar

from mcuforge.model.arithmetic.fixed_point import INT32_MAX
from mcuforge.model.graph import DType, Node, Tensor
from mcuforge.model.kernel_call import KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind
from mcuforge.model.ops._checks import expect_operands, expect_rank, expect_same_type, expect_shape, expect_type
from mcuforge.model.ops._integers import constant_integers


class BatchSpace(OperatorKind):
    """[batch, height, width, channels], or without the width. `margins` names what input 2 holds: paddings or crops.

    The spatial tensor, surrounded by its margins, is cut into blocks; the dealt tensor has an image for each place in
    a block.
    """

    types = (DType.INT8, DType.FLOAT32)
    margins: ClassVar[str]
    function: ClassVar[str]

    def spatial(self, node: Node) -> Tensor:
        raise NotImplementedError

    def dealt(self, node: Node) -> Tensor:
        raise NotImplementedError

    def check(self, node: Node) -> None:
        expect_operands(node, 3)
        expect_type(node, node.input(0), *self.types)
        expect_same_type(node, node.input(0), node.output())
        spatial, dealt = self.spatial(node), self.dealt(node)
        expect_rank(node, spatial, 3, 4)
        block, pairs = _block(node), self._margins(node)
        if min(block) < 1 or any(min(pair) < 0 for pair in pairs):
            raise node.error(f"block {list(block)} or {self.margins} {pairs} too small", hint="export the model again")
        inner = [before + size + after for size, (before, after) in zip(spatial.shape[1:-1], pairs, strict=True)]
        if max(inner) > INT32_MAX or any(size % part for size, part in zip(inner, block, strict=True)):
            raise node.error(f"{inner} is no whole number of blocks {list(block)}", hint="export the model again")
        batch = spatial.shape[0] * math.prod(block)
        sizes = (size // part for size, part in zip(inner, block, strict=True))
        expect_shape(node, dealt, (batch, *sizes, spatial.shape[-1]))

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        spatial, dealt = self.spatial(node), self.dealt(node)
        block, before = _block(node), tuple(pair[0] for pair in self._margins(node))
        fill = (1,) * (2 - len(block))
        return KernelCall(
            function=self.function,
            header="mcuforge/batch_space.h",
            sources=(f"kernels/portable/{self.function}.c",),
            params_type="mcuf_batch_space_params",
            params={
                "batches": spatial.shape[0],
                "spatial": spatial.shape[1:-1] + fill,
                "dealt": dealt.shape[1:-1] + fill,
                "block": block + fill,
                "before": before + (0,) * len(fill),
                "pixel_bytes": spatial.shape[-1] * spatial.dtype.bits // 8,
            },
            arguments=(TensorArg(node.input(0).index), TensorArg(node.output().index)),
        )

    def _margins(self, node: Node) -> list[tuple[int, int]]:
        axes = len(node.input(0).shape) - 2
        values = constant_integers(node, 2, f"the {self.margins}", shape=(axes, 2))
        return list(zip(values[::2], values[1::2], strict=True))


def _block(node: Node) -> tuple[int, ...]:
    return constant_integers(node, 1, "the block's shape", shape=(len(node.input(0).shape) - 2,))
