"""BROADCAST_TO: a tensor repeated along axes where it has one element, or that it does not have."""

from __future__ import annotations

from mcuforge.model.graph import DType, Node
from mcuforge.model.operator_kind import TflmSupport, register
from mcuforge.model.ops._checks import expect_operands, expect_rank, expect_same_type, expect_shape, expect_type
from mcuforge.model.ops._integers import INDEX_TYPES, constant_integers
from mcuforge.model.ops._strided_copy import StridedCopy, View, dense_strides

MAX_RANK = 5


@register
class BroadcastTo(StridedCopy):
    name = "BROADCAST_TO"
    code = 130
    options_type = 104
    tflm = TflmSupport("AddBroadcastTo")
    types = (
        DType.INT8,
        DType.INT16,
        DType.FLOAT32,
        DType.INT32,
        DType.INT64,
        DType.UINT8,
        DType.UINT32,
        DType.BOOL,
    )

    def check(self, node: Node) -> None:
        expect_operands(node, 2)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_rank(node, output, *range(1, MAX_RANK + 1))
        expect_rank(node, source, *range(len(output.shape) + 1))
        shape = constant_integers(node, 1, "the shape", shape=(len(output.shape),), types=INDEX_TYPES)
        expect_shape(node, output, shape)
        if any(size not in (1, wanted) for size, wanted in zip(_padded_shape(node), output.shape, strict=True)):
            raise node.error(
                f"{source.describe()} does not broadcast to {output.describe()}",
                hint="dimensions must be equal or 1, counted from the last",
            )
        self.expect_copyable(node)

    def view(self, node: Node) -> View:
        shape = _padded_shape(node)
        strides = (0 if size == 1 else stride for size, stride in zip(shape, dense_strides(shape), strict=True))
        return View(node.output().shape, tuple(strides))


def _padded_shape(node: Node) -> tuple[int, ...]:
    shape = node.input(0).shape
    return (1,) * (len(node.output().shape) - len(shape)) + shape
