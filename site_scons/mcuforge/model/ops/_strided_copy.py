"""Operators that copy elements of an input in another order: which ones, as a view with strides, and the call.

A view that turns out to be the whole input in its own order needs no code at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mcuforge.model.graph import Node
from mcuforge.model.kernel_call import KernelCall, ParamValue, TensorArg
from mcuforge.model.operator_kind import OperatorKind
from mcuforge.model.ops._checks import TFLM_HINT

LOOPS = 6
"""MCUF_STRIDED_COPY_LOOPS."""


@dataclass(frozen=True)
class View:
    """Element (i0, i1, …) is the input's element offset + i0·strides[0] + i1·strides[1] + … in its flat order."""

    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int = 0

    def merged(self) -> View:
        """The same elements in as few axes as possible: none of size 1, none that continues the one after it."""
        axes: list[tuple[int, int]] = []
        for size, stride in zip(self.shape, self.strides, strict=True):
            if size == 1:
                continue
            if axes and axes[-1][1] == stride * size:
                axes[-1] = (axes[-1][0] * size, stride)
            else:
                axes.append((size, stride))
        return View(tuple(size for size, _ in axes), tuple(stride for _, stride in axes), self.offset)

    @property
    def is_plain(self) -> bool:
        """Whether it is a run of neighbours from the input's first element on."""
        merged = self.merged()
        return merged.offset == 0 and merged.strides in ((), (1,))

    def take(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The view of `values`, in the view's shape."""
        flat = np.full(self.shape, self.offset)
        for axis, (size, stride) in enumerate(zip(self.shape, self.strides, strict=True)):
            flat += (np.arange(size) * stride).reshape(-1, *[1] * (len(self.shape) - axis - 1))
        taken: npt.NDArray[Any] = values.reshape(-1)[flat]
        return taken

    def params(self, element_bytes: int) -> dict[str, ParamValue]:
        """The fields of `mcuf_strided_copy_params`."""
        merged = self.merged()
        fill = LOOPS - len(merged.shape)
        # A scalar is a run of one element.
        strides = (0,) * fill + merged.strides if merged.strides else (0,) * (LOOPS - 1) + (1,)
        return {
            "shape": (1,) * fill + merged.shape,
            "stride": strides,
            "offset": merged.offset,
            "element_bytes": element_bytes,
        }


def dense_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """The step, in elements, along each axis of a tensor."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


class StridedCopy(OperatorKind):
    """Operators check their operands, then call `expect_copyable`; `position` is the input that is copied."""

    position: ClassVar[int] = 0

    def view(self, node: Node) -> View:
        """The output's elements in order, in the input. Cannot fail after `check`."""
        raise NotImplementedError

    def expect_copyable(self, node: Node) -> None:
        axes = len(self.view(node).merged().shape)
        if axes > LOOPS:
            raise node.error(f"moves elements along {axes} separate axes, {LOOPS} are supported", hint=TFLM_HINT)

    def alias(self, node: Node) -> int | None:
        is_whole = node.input(self.position).elements == node.output().elements and self.view(node).is_plain
        return self.position if is_whole else None

    def fold(self, node: Node) -> tuple[npt.NDArray[Any], ...] | None:
        source = node.input(self.position)
        return (self.view(node).take(source.array()).reshape(node.output().shape),) if source.is_constant else None

    def kernel(self, node: Node, features: frozenset[str]) -> KernelCall:
        source, output = node.input(self.position), node.output()
        return KernelCall(
            function="strided_copy",
            header="mcuforge/strided_copy.h",
            sources=("kernels/portable/strided_copy.c",),
            params_type="mcuf_strided_copy_params",
            params=self.view(node).params(source.dtype.bits // 8),
            arguments=(TensorArg(source.index), TensorArg(output.index)),
        )
