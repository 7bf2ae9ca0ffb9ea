"""What RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR share: options, checks, and the scale of an axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mcuforge.model.graph import DType, Node
from mcuforge.model.operator_kind import option
from mcuforge.model.ops._checks import expect_operands, expect_rank, expect_same_type, expect_shape, expect_type
from mcuforge.model.ops._integers import constant_integers


@dataclass(frozen=True)
class BilinearOptions:
    # Slots 0 and 1 held the new size before it became an input.
    align_corners: bool = option(2, "bool", False)
    half_pixel_centers: bool = option(3, "bool", False)


@dataclass(frozen=True)
class NearestOptions:
    align_corners: bool = option(0, "bool", False)
    half_pixel_centers: bool = option(1, "bool", False)


def check_resize(node: Node, *types: DType) -> None:
    """[batch, height, width, channels] to another height and width, which input 1 names."""
    expect_operands(node, 2)
    source, output = node.input(0), node.output()
    expect_type(node, source, *types)
    expect_same_type(node, source, output)
    expect_rank(node, source, 4)
    height, width = constant_integers(node, 1, "the size", shape=(2,))
    expect_shape(node, output, (source.shape[0], height, width, source.shape[3]))


def axis_scale(node: Node, size: int, wanted: int) -> np.float32:
    """Elements of the input for one of the output, in float32 as TFLM has it."""
    if node.options.align_corners and wanted > 1:
        return np.float32(size - 1) / np.float32(wanted - 1)
    return np.float32(size) / np.float32(wanted)
