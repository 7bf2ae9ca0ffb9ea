"""What AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D share: everything but the kernel's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mcuforge.model.arithmetic.activation import Activation
from mcuforge.model.arithmetic.fixed_point import INT32_MAX
from mcuforge.model.graph import DType, Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind, option
from mcuforge.model.ops._checks import (
    TFLM_HINT,
    activation_bounds,
    activation_limits,
    expect_operands,
    expect_same_quantization,
    expect_same_type,
    expect_shape,
    expect_type,
)
from mcuforge.model.ops._window import Padding, Window, sliding_window

MAX_AREA = {DType.INT8: INT32_MAX >> 8, DType.INT16: INT32_MAX >> 16, DType.FLOAT32: INT32_MAX >> 8}
"""The largest window, in elements: the sum of that many values, and its rounding, fit 32 bits."""


@dataclass(frozen=True)
class Pool2DOptions:
    padding: Padding = option(0, "int8", Padding.SAME)
    stride_width: int = option(1, "int32", 0)
    stride_height: int = option(2, "int32", 0)
    filter_width: int = option(3, "int32", 0)
    filter_height: int = option(4, "int32", 0)
    activation: Activation = option(5, "int8", Activation.NONE)


class Pool2D(OperatorKind):
    """`function` is the kernel's name without its type suffix."""

    function: ClassVar[str]
    options = Pool2DOptions
    options_type = 5
    types: ClassVar[tuple[DType, ...]] = (DType.INT8, DType.INT16, DType.FLOAT32)

    def check(self, node: Node) -> None:
        expect_operands(node, 1)
        source, output = node.input(0), node.output()
        expect_type(node, source, *self.types)
        expect_same_type(node, source, output)
        expect_same_quantization(node, source, output)
        window = _window(node)
        expect_shape(node, output, (*output.shape[:3], window.input_channels))
        if window.filter_height * window.filter_width > MAX_AREA[source.dtype]:
            raise node.error("the pooling window is too large", hint=TFLM_HINT)
        if source.dtype is DType.FLOAT32:
            activation_limits(node, node.options.activation)
        else:
            activation_bounds(node, node.options.activation, output)

    def overlap(self, node: Node) -> dict[int, int]:
        return {0: _window(node).overlap(node.input(0).dtype.numpy.itemsize)}

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        params: dict[str, ParamValue] = _window(node).params()
        if node.input(0).dtype is DType.FLOAT32:
            suffix, params_type = "f32", "mcuf_pool_2d_f32_params"
            params["least"], params["greatest"] = activation_limits(node, node.options.activation)
        else:
            suffix = "s8" if node.input(0).dtype is DType.INT8 else "s16"
            params_type = "mcuf_pool_2d_params"
            params["least"], params["greatest"] = activation_bounds(node, node.options.activation, node.output())
        return KernelCall(
            function=f"{self.function}_{suffix}",
            header="mcuforge/pool_2d.h",
            sources=(f"kernels/portable/{self.function}_{suffix}.c",),
            params_type=params_type,
            params=params,
            arguments=(TensorArg(node.input(0).index), TensorArg(node.output().index)),
        )


def _window(node: Node) -> Window:
    options: Pool2DOptions = node.options
    return sliding_window(
        node,
        taps=(options.filter_height, options.filter_width),
        strides=(options.stride_height, options.stride_width),
        dilations=(1, 1),
        padding=options.padding,
    )
