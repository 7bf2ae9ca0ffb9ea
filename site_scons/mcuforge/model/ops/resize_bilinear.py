"""RESIZE_BILINEAR: int8 in fixed point with ten fraction bits, and float32.

Where rounding the scale to ten bits makes TFLM's int8 code read past the last row or column (1 to 62 pixels, say), the
last one is taken.
"""

from __future__ import annotations

from mcuforge.model.arithmetic.fixed_point import INT32_MAX
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind, TflmSupport, register
from mcuforge.model.ops._checks import TFLM_HINT
from mcuforge.model.ops._resize import BilinearOptions, axis_scale, check_resize

ONE = 1 << 10
"""MCUF_RESIZE_ONE."""

MOST_PIXELS = INT32_MAX // ONE // 4
"""Along an axis: positions fit 32 bits."""


@register
class ResizeBilinear(OperatorKind):
    name = "RESIZE_BILINEAR"
    code = 23
    options = BilinearOptions
    options_type = 15
    tflm = TflmSupport("AddResizeBilinear")
    types = (DType.INT8, DType.FLOAT32)

    def check(self, node: Node) -> None:
        check_resize(node, *self.types)
        if node.options.align_corners and node.options.half_pixel_centers:
            raise node.error(
                "aligned corners and half pixel centers contradict each other", hint="choose one; TFLM refuses it too"
            )
        if max(node.input(0).shape[1:3] + node.output().shape[1:3]) > MOST_PIXELS:
            raise node.error(f"an axis is longer than {MOST_PIXELS} pixels", hint=TFLM_HINT)

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        source, output = node.input(0), node.output()
        is_int8 = source.dtype is DType.INT8
        function = "resize_bilinear_s8" if is_int8 else "resize_bilinear_f32"
        return KernelCall(
            function=function,
            header="mcuforge/resize_bilinear.h",
            sources=(f"kernels/portable/{function}.c",),
            params_type="mcuf_resize_bilinear_params" if is_int8 else "mcuf_resize_bilinear_f32_params",
            params={
                "over.batches": source.shape[0],
                "over.channels": source.shape[3],
                "over.input": source.shape[1:3],
                "over.output": output.shape[1:3],
                **(_fixed_point(node) if is_int8 else _floating_point(node)),
            },
            arguments=(TensorArg(source.index), TensorArg(output.index)),
        )


def _axes(node: Node) -> list[tuple[int, int]]:
    """(input size, output size) of height and width."""
    return list(zip(node.input(0).shape[1:3], node.output().shape[1:3], strict=True))


def _fixed_point(node: Node) -> dict[str, ParamValue]:
    scales = tuple(_fixed_scale(node, size, wanted) for size, wanted in _axes(node))
    half = node.options.half_pixel_centers
    return {"scale": scales, "offset": tuple(scale // 2 - ONE // 2 if half else 0 for scale in scales)}


def _fixed_scale(node: Node, size: int, wanted: int) -> int:
    """Elements of the input for one of the output, in units of 1/ONE, rounded."""
    if node.options.align_corners and wanted > 1:
        return (ONE * (size - 1) + (wanted - 1) // 2) // (wanted - 1)
    return (ONE * size + wanted // 2) // wanted


def _floating_point(node: Node) -> dict[str, ParamValue]:
    vertical, horizontal = (float(axis_scale(node, size, wanted)) for size, wanted in _axes(node))
    return {
        "vertical_scale": vertical,
        "horizontal_scale": horizontal,
        "half_pixel": 0.5 if node.options.half_pixel_centers else 0.0,
    }
