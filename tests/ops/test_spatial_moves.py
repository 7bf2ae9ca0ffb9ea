"""MIRROR_PAD, SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND against TFLM."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ops.single import FLOAT32, INT8, INT16, INT32, INT64, Case, Tensor, constant, quantized, seeds
from tests.support.kernel_harness import parse, run_graph

pytestmark = pytest.mark.fidelity

sizes = st.integers(1, 4)
dtypes = st.sampled_from([INT8, FLOAT32])


@st.composite
def mirror_pads(draw: st.DrawFn) -> Case:
    shape, dtype, mode = tuple(draw(st.lists(sizes, min_size=1, max_size=5))), draw(dtypes), draw(st.integers(0, 1))
    most = [size - (1 - mode) for size in shape]
    pairs = [(draw(st.integers(0, limit)), draw(st.integers(0, limit))) for limit in most]
    padded = tuple(before + size + after for size, (before, after) in zip(shape, pairs, strict=True))
    paddings = constant(pairs, draw(st.sampled_from([INT32, INT64])))
    return Case("MIRROR_PAD", [Tensor(shape, dtype), paddings], Tensor(padded, dtype), {"mode": mode}, draw(seeds))


@st.composite
def batch_spaces(draw: st.DrawFn, *, with_paddings: bool = False) -> Case:
    """Without paddings: TFLM fills them with whatever its memory holds. Crops are sound."""
    kind = "SPACE_TO_BATCH_ND" if with_paddings else draw(st.sampled_from(["SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"]))
    axes, dtype = draw(st.integers(1, 2)), draw(dtypes)
    batches, channels = draw(sizes), draw(sizes)
    block, dealt = ([draw(st.integers(1, 3)) for _ in range(axes)] for _ in range(2))
    margins = []
    for part, count in zip(block, dealt, strict=True):
        total = part * count - 1 if with_paddings or kind == "BATCH_TO_SPACE_ND" else 0
        before = draw(st.integers(0, total))
        margins.append((before, draw(st.integers(0, total - before))))
    inner = [part * count - sum(pair) for part, count, pair in zip(block, dealt, margins, strict=True)]
    spatial = Tensor((batches, *inner, channels), dtype)
    other = Tensor((batches * int(np.prod(block)), *dealt, channels), dtype)
    source, output = (spatial, other) if kind == "SPACE_TO_BATCH_ND" else (other, spatial)
    return Case(kind, [source, constant(block), constant(margins)], output, seed=draw(seeds))


@given(case=st.one_of(mirror_pads(), batch_spaces()))
def test_equals_tflm(case: Case) -> None:
    case.compare()


@given(case=batch_spaces(with_paddings=True))
def test_paddings_of_space_to_batch_are_stored_zeros(case: Case) -> None:
    """Against the definition. TFLM never sets the value it pads with; in an arena of zeros it pads with zeros."""
    graph = parse(case.build())
    (values,) = case.random_inputs(np.random.default_rng(case.seed))
    block, margins = (tensor.data for tensor in case.inputs[1:] if tensor is not None)
    padded = np.pad(values, [(0, 0), *margins.tolist(), (0, 0)])
    places = [padded[(slice(None), *(slice(at, None, step) for at, step in zip(place, block, strict=True)))]
              for place in np.ndindex(*block)]  # fmt: skip
    result = run_graph(graph, [values])[graph.main.outputs[0]]
    assert result.tobytes() == np.concatenate(places).tobytes()


def mirror_pad(mode: int = 0) -> Case:
    inputs = [quantized((3, 4), 0.5), constant([[2, 1], [0, 3]])]
    return Case("MIRROR_PAD", inputs, quantized((6, 7), 0.5), {"mode": mode})


def space_to_batch() -> Case:
    inputs = [quantized((1, 3, 4, 2), 0.5), constant([2, 2]), constant([[1, 0], [2, 2]])]
    return Case("SPACE_TO_BATCH_ND", inputs, quantized((4, 2, 4, 2), 0.5))


def batch_to_space() -> Case:
    source = space_to_batch()
    return Case("BATCH_TO_SPACE_ND", [source.output, *source.inputs[1:]], quantized((1, 3, 4, 2), 0.5))


SOUND = [mirror_pad(), space_to_batch(), batch_to_space()]


def alternating() -> Case:
    """Eight axes, every other one padded."""
    pairs = [[1, 0], [0, 0]] * 4
    return Case("MIRROR_PAD", [Tensor((2,) * 8), constant(pairs)], Tensor((3, 2) * 4), {"mode": 0})


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (mirror_pad().with_input(1, data=np.array([[3, 1], [0, 3]], np.int32)), "paddings 3 and 1 of axis 0 exceed"),
        (mirror_pad().with_input(1, data=np.array([[2, 1], [0, -1]], np.int32)), "paddings 0 and -1 of axis 1 exceed"),
        (mirror_pad().with_input(1, data=None), "paddings must be a constant"),
        (mirror_pad().with_input(1, shape=(2, 1)), "its shape should be 2×2"),
        (mirror_pad().with_output(shape=(6, 8)), "its shape should be 6×7"),
        (mirror_pad().with_input(0, dtype=INT16).with_output(dtype=INT16), "type int16"),
        (alternating(), "pads along more than 4 separate axes"),
        (space_to_batch().with_input(1, data=np.array([0, 2], np.int32)), "too small"),
        (space_to_batch().with_input(2, data=np.array([[1, 0], [2, -2]], np.int32)), "too small"),
        (space_to_batch().with_input(2, data=np.array([[1, 1], [2, 2]], np.int32)), "no whole number of blocks"),
        (space_to_batch().with_input(2, data=np.array([[2**31 - 1, 2], [2, 2]], np.int32)), "no whole number"),
        (space_to_batch().with_input(1, data=None), "the block's shape must be a constant"),
        (space_to_batch().with_input(2, data=None), "the paddings must be a constant"),
        (batch_to_space().with_input(2, data=None), "the crops must be a constant"),
        (space_to_batch().with_output(shape=(4, 2, 4, 3)), "its shape should be 4×2×4×2"),
        (batch_to_space().with_input(0, shape=(3, 2, 4, 2)), "its shape should be 4×2×4×2"),
        (batch_to_space().with_input(0, dtype=INT32).with_output(dtype=INT32), "type int32"),
        (batch_to_space().with_output(shape=(3, 4)), "has 2 dimensions, 3 or 4 expected"),
    ],
)
def test_refuses_what_it_cannot_do_exactly(case: Case, said: str) -> None:
    assert said in case.refusal()
