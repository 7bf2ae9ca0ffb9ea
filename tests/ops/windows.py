"""Random geometry for operators with a sliding window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

SAME, VALID = 0, 1


@dataclass(frozen=True)
class Geometry:
    """Sizes as (height, width)."""

    batches: int
    size: tuple[int, int]
    taps: tuple[int, int]
    strides: tuple[int, int]
    dilations: tuple[int, int]
    padding: int

    @property
    def output(self) -> tuple[int, int]:
        return (self._extent(0), self._extent(1))

    def _extent(self, axis: int) -> int:
        reach = (self.taps[axis] - 1) * self.dilations[axis] + 1
        covered = self.size[axis] if self.padding == SAME else self.size[axis] - reach + 1
        return -(-covered // self.strides[axis])

    def input_shape(self, channels: int) -> tuple[int, ...]:
        return (self.batches, *self.size, channels)

    def output_shape(self, channels: int) -> tuple[int, ...]:
        return (self.batches, *self.output, channels)

    @property
    def stride_options(self) -> dict[str, Any]:
        return {"padding": self.padding, "stride_h": self.strides[0], "stride_w": self.strides[1]}

    @property
    def dilation_options(self) -> dict[str, Any]:
        return {"dilation_h_factor": self.dilations[0], "dilation_w_factor": self.dilations[1]}


def _pairs(most: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(1, most), st.integers(1, most))


def geometries(max_dilation: int = 3) -> st.SearchStrategy[Geometry]:
    geometry = st.builds(
        Geometry,
        batches=st.sampled_from([1, 1, 2]),
        size=_pairs(9),
        taps=st.one_of(_pairs(4), st.just((1, 1)), st.just((3, 3))),
        strides=st.one_of(st.just((1, 1)), _pairs(3)),
        dilations=st.one_of(st.just((1, 1)), _pairs(max_dilation)),
        padding=st.sampled_from([SAME, VALID]),
    )
    return geometry.filter(lambda g: min(g.output) >= 1)
