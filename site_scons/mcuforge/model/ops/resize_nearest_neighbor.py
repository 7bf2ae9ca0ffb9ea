"""RESIZE_NEAREST_NEIGHBOR: which row and column each pixel comes from is a table made at build time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import ConstArray, KernelCall, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import TFLM_HINT
from mcuforge.model.ops._resize import NearestOptions, axis_scale, check_resize

MOST_PIXELS = 1 << 16
"""Along an axis of the input: the table holds uint16."""


@register
class ResizeNearestNeighbor(OperatorKind):
    name = "RESIZE_NEAREST_NEIGHBOR"
    code = 97
    options = NearestOptions
    options_type = 74
    tflm = TflmSupport("AddResizeNearestNeighbor")
    types = (DType.INT8, DType.INT16, DType.FLOAT32)

    def check(self, node: Node) -> None:
        check_resize(node, *self.types)
        if max(node.input(0).shape[1:3]) > MOST_PIXELS:
            raise node.error(f"{node.input(0).describe()} is larger than {MOST_PIXELS} pixels", hint=TFLM_HINT)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        source, output = node.input(0), node.output()
        batches, height, width, channels = source.shape
        rows, columns = (_nearest(node, source.shape[at], output.shape[at]) for at in (1, 2))
        return KernelCall(
            function="resize_nearest_neighbor",
            header="mcuforge/resize_nearest_neighbor.h",
            sources=("kernels/portable/resize_nearest_neighbor.c",),
            params_type="mcuf_resize_nearest_neighbor_params",
            params={
                "batches": batches,
                "input_height": height,
                "input_width": width,
                "output_height": output.shape[1],
                "output_width": output.shape[2],
                "pixel_bytes": channels * source.dtype.bits // 8,
                "rows": ConstArray("rows", rows),
                "columns": ConstArray("columns", columns),
            },
            arguments=(TensorArg(source.index), TensorArg(output.index)),
        )


def _nearest(node: Node, size: int, wanted: int) -> npt.NDArray[np.uint16]:
    """For each place along the output's axis, the nearest of the input's, in TFLM's float32 arithmetic."""
    offset = np.float32(0.5 if node.options.half_pixel_centers else 0.0)
    at = (np.arange(wanted).astype(np.float32) + offset) * axis_scale(node, size, wanted)
    # Adding a half in double is exact: this rounds halves up, as C's round does above zero.
    nearest = np.floor(at.astype(np.float64) + 0.5) if node.options.align_corners else np.floor(at)
    return np.minimum(nearest, size - 1).astype(np.uint16)
