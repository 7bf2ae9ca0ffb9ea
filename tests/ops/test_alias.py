"""RESHAPE, SQUEEZE and EXPAND_DIMS: the same bytes as in TFLM, without code."""

from __future__ import annotations

import pytest

from mcuforge.model.operator_kind import operator_kind
from tests.ops.single import FLOAT32, INT8, Case, Tensor, constant, quantized

pytestmark = pytest.mark.fidelity


def reshape(to: tuple[int, ...], asked: list[int] | None, **options: object) -> Case:
    inputs = [quantized((2, 3, 4), 0.5), constant(asked) if asked is not None else None]
    return Case("RESHAPE", inputs if asked is not None else inputs[:1], quantized(to, 0.5), options)


# Sound layers for test_gate.py to spoil.
SOUND = [
    reshape((6, 4), [6, 4]),
    Case("SQUEEZE", [quantized((1, 3), 1.0)], quantized((3,), 1.0), {"squeeze_dims": [0]}),
    Case("EXPAND_DIMS", [quantized((2, 3), 1.0), constant([1])], quantized((2, 1, 3), 1.0)),
]


@pytest.mark.parametrize(
    "case",
    [
        reshape((6, 4), [6, 4]),
        reshape((6, 4), [-1, 4]),
        reshape((24,), [-1]),
        reshape((4, 6), None, new_shape=[4, 6]),
        Case("SQUEEZE", [Tensor((1, 3, 1, 2), FLOAT32)], Tensor((3, 2), FLOAT32)),
        Case("SQUEEZE", [Tensor((1, 3, 1, 2), FLOAT32)], Tensor((3, 1, 2), FLOAT32), {"squeeze_dims": [0]}),
        Case("SQUEEZE", [Tensor((1, 3, 1, 2), FLOAT32)], Tensor((1, 3, 2), FLOAT32), {"squeeze_dims": [-2]}),
        Case("EXPAND_DIMS", [quantized((2, 3), 1.0), constant([1])], quantized((2, 1, 3), 1.0)),
        Case("EXPAND_DIMS", [quantized((2, 3), 1.0), constant([-1])], quantized((2, 3, 1), 1.0)),
    ],
)
def test_the_output_is_the_input(case: Case) -> None:
    case.compare()
    node = case.node()
    assert operator_kind(node).alias(node) == 0


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (reshape((6, 5), [6, 5]), "hold different numbers of elements"),
        (reshape((6, 4), [4, 6]), "its shape should be 4×6"),
        (reshape((6, 4), [-1, 5]), "its shape should be 4×5"),
        (reshape((6, 4), [-1, -1]), "its shape should be -1×-1"),
        (reshape((6, 4), [-1, 0]), "its shape should be -1×0"),
        (reshape((6, 4), None, new_shape=[8, 3]), "its shape should be 8×3"),
        (reshape((6, 4), [6, 4]).with_output(dtype=INT8.replace("8", "16")), "have different types"),
        (Case("SQUEEZE", [quantized((1, 2), 1.0)], quantized((1, 2), 1.0)), "its shape should be 2"),
        (
            Case("SQUEEZE", [quantized((1, 2), 1.0)], quantized((2,), 1.0), {"squeeze_dims": [5]}),
            "axis 5 does not exist",
        ),
        (Case("EXPAND_DIMS", [quantized((2,), 1.0), constant([0])], quantized((2, 1), 1.0)), "its shape should be 1×2"),
        (Case("EXPAND_DIMS", [quantized((2,), 1.0), constant([0, 1])], quantized((2, 1), 1.0)), "names 2 axes"),
        (Case("EXPAND_DIMS", [quantized((2,), 1.0), constant([2])], quantized((2, 1), 1.0)), "axis 2 does not exist"),
        (
            Case("EXPAND_DIMS", [quantized((2,), 1.0), Tensor((1,), "INT32")], quantized((2, 1), 1.0)),
            "must be a constant",
        ),
    ],
)
def test_refuses_shapes_that_contradict_each_other(case: Case, said: str) -> None:
    assert said in case.refusal()
