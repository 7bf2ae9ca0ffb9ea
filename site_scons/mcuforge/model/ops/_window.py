"""Windows that slide over an NHWC input: what convolutions and pooling share."""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass

from mcuforge.model.arithmetic.fixed_point import INT32_MAX
from mcuforge.model.graph import Node
from mcuforge.model.kernel_call import ParamValue
from mcuforge.model.ops._checks import TFLM_HINT, expect_rank, expect_shape

MAX_REACH = 1 << 24
"""The largest dilated filter: far beyond any model, and small enough that no 32-bit index overflows."""


class Padding(enum.IntEnum):
    SAME = 0
    VALID = 1


@dataclass(frozen=True)
class Window:
    """The fields of `mcuf_window`, in its order. Sizes in elements; padding as TFLite computes it for SAME."""

    batches: int
    input_height: int
    input_width: int
    input_channels: int
    output_height: int
    output_width: int
    output_channels: int
    filter_height: int
    filter_width: int
    stride_height: int
    stride_width: int
    dilation_height: int
    dilation_width: int
    padding_top: int
    padding_left: int

    def params(self) -> dict[str, ParamValue]:
        """For a struct member called `window`."""
        return {f"window.{name}": value for name, value in dataclasses.asdict(self).items()}

    @property
    def output_pixels(self) -> int:
        return self.batches * self.output_height * self.output_width

    @property
    def is_pixelwise(self) -> bool:
        """Each output pixel reads exactly the input pixel at its place: a 1×1 filter without stride."""
        taps = (self.filter_height, self.filter_width)
        return taps == (1, 1) and (self.input_height, self.input_width) == (self.output_height, self.output_width)

    def overlap(self, element_bytes: int) -> int:
        """How many bytes of the output's end may lie on the input's beginning, for a kernel that goes pixel by pixel.

        Output pixels are written in order, each after its last read. With the output d bytes before the input, nothing
        is lost if at every pixel the end of what is written is at most d beyond the start of what is still to be read.
        That lead is linear in the pixel's coordinates between the places where the window leaves the leading padding,
        so it is largest at one of their neighbours.
        """
        lead = max(
            self.pixels_before(batch, y, x + 1) * self.output_channels - self._still_read(batch, y, x)
            for batch in {0, self.batches - 1}
            for y in _turning_points(self.output_height, self.padding_top, self.stride_height)
            for x in _turning_points(self.output_width, self.padding_left, self.stride_width)
        )
        output = self.output_pixels * self.output_channels
        return max(0, min(output, output - lead)) * element_bytes

    def pixels_before(self, batch: int, y: int, x: int) -> int:
        """Output pixels written before this one."""
        return (batch * self.output_height + y) * self.output_width + x

    def _still_read(self, batch: int, y: int, x: int) -> int:
        """The first input element that this output pixel or a later one reads, or one before it."""
        first = self._first_read(batch, y, x)
        return first if y + 1 == self.output_height else min(first, self._first_read(batch, y + 1, 0))

    def _first_read(self, batch: int, y: int, x: int) -> int:
        top = max(0, y * self.stride_height - self.padding_top)
        left = max(0, x * self.stride_width - self.padding_left)
        return ((batch * self.input_height + top) * self.input_width + left) * self.input_channels


def _turning_points(count: int, padding: int, stride: int) -> set[int]:
    """The ends of 0 ≤ position < count, and the positions around the first one past the padding."""
    inside = -(-padding // stride)
    return {min(max(at, 0), count - 1) for at in (0, inside - 2, inside - 1, inside, inside + 1, count - 2, count - 1)}


@dataclass(frozen=True)
class Axis:
    """One spatial axis of the window: sizes in elements."""

    extent: int
    taps: int
    stride: int
    dilation: int = 1

    @property
    def reach(self) -> int:
        return (self.taps - 1) * self.dilation + 1

    def output(self, padding: Padding) -> int:
        covered = self.extent if padding is Padding.SAME else self.extent - self.reach + 1
        return -(-covered // self.stride)

    def leading_padding(self, padding: Padding) -> int:
        if padding is Padding.VALID:
            return 0
        return max(0, (self.output(padding) - 1) * self.stride + self.reach - self.extent) // 2


def sliding_window(
    node: Node, taps: tuple[int, int], strides: tuple[int, int], dilations: tuple[int, int], padding: Padding
) -> Window:
    """The window of a node from input 0 to output 0; pairs are (height, width).

    Checks that it is sound: positive steps, an output of at least one pixel, the output's shape except its channels.
    """
    source, output = node.input(0), node.output()
    expect_rank(node, source, 4)
    expect_rank(node, output, 4)
    vertical = _axis(node, source.shape[1], taps[0], strides[0], dilations[0])
    horizontal = _axis(node, source.shape[2], taps[1], strides[1], dilations[1])
    size = (vertical.output(padding), horizontal.output(padding))
    if min(size) < 1:
        raise node.error(
            f"the filter ({vertical.reach}×{horizontal.reach} with dilation) is larger than {source.describe()}",
            hint="use padding SAME or a smaller filter",
        )
    expect_shape(node, output, (source.shape[0], *size, output.shape[3]))
    _check_indices(node, vertical, horizontal)
    batches, input_height, input_width, input_channels = source.shape
    return Window(
        batches=batches,
        input_height=input_height,
        input_width=input_width,
        input_channels=input_channels,
        output_height=size[0],
        output_width=size[1],
        output_channels=output.shape[3],
        filter_height=taps[0],
        filter_width=taps[1],
        stride_height=strides[0],
        stride_width=strides[1],
        dilation_height=dilations[0],
        dilation_width=dilations[1],
        padding_top=vertical.leading_padding(padding),
        padding_left=horizontal.leading_padding(padding),
    )


def _axis(node: Node, extent: int, taps: int, stride: int, dilation: int) -> Axis:
    if min(taps, stride, dilation) < 1:
        raise node.error(
            f"filter size {taps}, stride {stride} and dilation {dilation} must all be at least 1",
            hint="export the model again",
        )
    axis = Axis(extent, taps, stride, dilation)
    if max(axis.reach, dilation, stride) > MAX_REACH:
        raise node.error(f"filter reach {axis.reach} or stride {stride} is too large", hint=TFLM_HINT)
    return axis


def _check_indices(node: Node, vertical: Axis, horizontal: Axis) -> None:
    """The first tap inside the input lies below the larger of extent and dilation; its index must fit 32 bits."""
    source = node.input(0)
    rows, columns = (max(axis.extent, axis.dilation) for axis in (vertical, horizontal))
    if (rows * source.shape[2] + columns) * source.shape[3] > INT32_MAX:
        raise node.error(f"{source.describe()} with these dilations is too large", hint=TFLM_HINT)
