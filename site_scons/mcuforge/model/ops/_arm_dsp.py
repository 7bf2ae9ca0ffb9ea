"""Calls of the kernels for Arm's DSP extension: which layers they take, weights in quads, columns as scratch memory.

The other side of this is in `runtime/include/mcuforge/quads_s8.h` and `columns_s8.h`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mcuforge.model.graph import Node
from mcuforge.model.kernel_call import ConstArray, KernelCall, ScratchArg
from mcuforge.model.ops._checks import expect_quantized
from mcuforge.model.ops._requantize import bias_or_zeros
from mcuforge.model.ops._weighted import S8, operand_types

QUAD = 4
"""Channels whose weights lie side by side."""
FOUR = 4
"""Elements of the depth that are multiplied together: the least that a matrix has."""

_NARROW = 1 << 30
_WIDE_CHANNEL = 64
"""Added to a shift: requantize_narrow.h."""
_COLUMNS_BYTES = 2 * FOUR * 2
"""Of four elements: int16 in two columns."""


def may_use_dsp(node: Node, features: frozenset[str]) -> bool:
    """Whether the core has the extension and the layer is of int8."""
    return "dsp" in features and operand_types(node) is S8


@dataclass(frozen=True, eq=False)
class Matrix:
    """Weights [channels, depth] and a bias per channel, or none, of a layer whose inputs are at most `magnitude`."""

    weights: npt.NDArray[np.int8]
    bias: npt.NDArray[np.int32] | None
    magnitude: int

    @classmethod
    def of_filter(cls, node: Node, axis: int) -> Matrix:
        """Of a convolution with its channels along `axis`, and a kernel that takes the input's zero point away."""
        filters, bias = np.moveaxis(node.input(1).array(), axis, 0), node.optional_input(2)
        zero_point = expect_quantized(node, node.input(0)).zero_point
        magnitude = max(zero_point + 128, 127 - zero_point)
        return cls(filters.reshape(len(filters), -1), None if bias is None else bias.array(), magnitude)

    @property
    def depth(self) -> int:
        return int(self.weights.shape[1])

    @property
    def columns_bytes(self) -> int:
        """Of the scratch memory that holds two columns."""
        return -(-self.depth // FOUR) * _COLUMNS_BYTES

    def call(self, portable: KernelCall, kernel: str, run: int, scratch_bytes: int = 0) -> KernelCall:
        """The portable call with another kernel, `kernel` being its file's name.

        Its weights are in quads, with `run` elements of each channel together.
        """
        source, _, bias, output = portable.arguments
        weights = ConstArray("weights", np.concatenate(list(self._quads(run))), weights=True)
        scratch = (ScratchArg(),) if scratch_bytes else ()
        return replace(
            portable,
            params={**portable.params, "output.shift": self._shifts(portable)},
            function=f"{kernel}_dsp",
            sources=(f"kernels/arm_dsp/{kernel}.c",),
            arguments=(source, weights, bias_or_zeros(bias, len(self.weights)), output, *scratch),
            scratch_bytes=scratch_bytes,
            variant="arm_dsp",
        )

    def _shifts(self, portable: KernelCall) -> ConstArray:
        """The call's shifts, those marked that belong to sums which may leave what fast requantization is exact for."""
        shifts = portable.params["output.shift"]
        assert isinstance(shifts, ConstArray)
        reach = np.abs(self.weights.astype(np.int64)).sum(axis=1) * self.magnitude
        start = 0 if self.bias is None else np.abs(self.bias.reshape(-1).astype(np.int64))
        is_wide = reach + start >= _NARROW
        if len(shifts.values) == 1:
            is_wide = is_wide.any()
        return replace(shifts, values=(shifts.values + _WIDE_CHANNEL * is_wide).astype(np.int8))

    def _quads(self, run: int) -> Iterator[npt.NDArray[np.int8]]:
        whole = self.depth // run * run
        for first in range(0, len(self.weights), QUAD):
            quad = self.weights[first : first + QUAD]
            runs = quad[:, :whole].reshape(len(quad), -1, run)
            yield runs.transpose(1, 0, 2).reshape(-1)
            yield quad[:, whole:].reshape(-1)
