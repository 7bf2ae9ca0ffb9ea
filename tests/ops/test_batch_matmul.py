"""BATCH_MATMUL against TFLM."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.model.operator_kind import operator_kind
from tests.ops.single import FLOAT32, INT8, INT16, Case, Tensor, random_values, scales, seeds, zero_points

pytestmark = pytest.mark.fidelity

sizes = st.integers(1, 5)


def matrix(rows: int, columns: int, transposed: bool) -> tuple[int, int]:
    return (columns, rows) if transposed else (rows, columns)


@st.composite
def shapes(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], dict[str, bool]]:
    """Left, right and output, up to three batch dimensions each, some of them repeated on one side."""
    rows, depth, columns = draw(sizes), draw(st.integers(1, 20)), draw(sizes)
    options = {"adj_x": draw(st.booleans()), "adj_y": draw(st.booleans())}
    batches = draw(st.lists(st.integers(1, 3), max_size=3))
    sides = []
    for _ in range(2):
        kept = [size if draw(st.booleans()) else 1 for size in batches]
        sides.append(tuple(kept[draw(st.integers(0, len(kept))) :] if draw(st.booleans()) else kept))
    rank = max(map(len, sides))
    padded = [(1,) * (rank - len(side)) + side for side in sides]
    output = (*map(max, *padded), rows, columns) if rank else (rows, columns)
    left, right = matrix(rows, depth, options["adj_x"]), matrix(depth, columns, options["adj_y"])
    return (*sides[0], *left), (*sides[1], *right), output, options


@st.composite
def products(draw: st.DrawFn, dtype: str) -> Case:
    left, right, output, options = draw(shapes())
    seed = draw(seeds)

    def quantization() -> dict[str, Any]:
        if dtype == FLOAT32:
            return {}
        return {"scale": draw(scales), "zero_point": draw(zero_points) if dtype == INT8 else 0}

    tensors = [Tensor(left, dtype, **quantization()), Tensor(right, dtype, **quantization())]
    constant = draw(st.sampled_from([None, None, 0, 1]))
    if constant is not None:
        data = random_values(np.random.default_rng(seed), tensors[constant])
        tensors[constant] = dataclasses.replace(tensors[constant], data=data)
    return Case("BATCH_MATMUL", tensors, Tensor(output, dtype, **quantization()), options, seed)


@pytest.mark.parametrize("dtype", [INT8, INT16, FLOAT32])
@given(data=st.data())
def test_equals_tflm(dtype: str, data: st.DataObject) -> None:
    data.draw(products(dtype)).compare()


def pair(dtype: str = INT8, **options: bool) -> Case:
    """Two batches of 2×3 times one 3×4."""
    scale = None if dtype == FLOAT32 else 0.5
    return Case(
        "BATCH_MATMUL",
        [Tensor((2, 2, 3), dtype, scale), Tensor((3, 4), dtype, scale)],
        Tensor((2, 2, 4), dtype, scale),
        {"adj_x": False, "adj_y": False, **options},
    )


# Sound layers for test_gate.py to spoil.
SOUND = [pair(), pair(INT16), pair().with_input(1, shape=(4, 3)).with_options(adj_y=True)]


def test_macs_count_every_product_of_every_batch() -> None:
    node = pair().node()
    assert operator_kind(node).macs(node) == 2 * 2 * 3 * 4


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (pair().with_input(0, dtype="INT32"), "type int32"),
        (pair().with_input(1, dtype=INT16), "have different types"),
        (pair().with_output(dtype=FLOAT32, scale=None), "have different types"),
        (pair().with_input(1, shape=(4, 3)), "cannot be multiplied"),
        (pair().with_options(adj_x=True), "cannot be multiplied"),
        (pair().with_input(1, shape=(3, 3, 4)), "cannot be multiplied"),
        (pair().with_input(1, shape=(12,)), "has 1 dimensions"),
        (pair().with_input(0, shape=(1, 1, 1, 2, 2, 3)), "has 6 dimensions"),
        (pair().with_output(shape=(2, 4, 2)), "its shape should be 2×2×4"),
        (pair().with_output(shape=(1, 2, 2, 4)), "its shape should be 2×2×4"),
        (pair().with_input(1, scale=None), "needs one scale and one zero point"),
        (pair(INT16).with_input(0, zero_point=1), "int16 needs 0"),
        (pair(INT16).with_input(0, shape=(2, 2, 2**18)).with_input(1, shape=(2**18, 4)), "leave 47 bits"),
        (pair().with_output(scale=1e-20), "too large"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
