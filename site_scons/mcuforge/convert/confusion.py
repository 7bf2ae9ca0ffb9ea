"""Which classes are taken for which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mcuforge.convert.metrics import Floats, Integers

MAX_CLASSES = 100
"""A matrix of more is nothing to look at, and would make accuracy.json large."""

Counts = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Confusion:
    """Examples by true class (row) and predicted class (column), both in the order of `labels`.

    `exact` is the float model's, None where there is none.
    """

    labels: tuple[str, ...]
    exact: Counts | None
    converted: Counts

    def to_json(self) -> dict[str, Any]:
        return {"labels": self.labels, "float": self.exact, "converted": self.converted}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Confusion:
        exact = None if data["float"] is None else _counts(data["float"])
        return cls(tuple(data["labels"]), exact, _counts(data["converted"]))


def confusion(names: Sequence[str], wanted: Floats, exact: Integers | None, converted: Integers) -> Confusion | None:
    """From true classes and those that the models put their examples into, all [n], numbers of `names`.

    None for more than MAX_CLASSES.
    """
    if len(names) > MAX_CLASSES:
        return None
    truth = wanted.astype(np.int64)
    before = None if exact is None else _matrix(truth, exact, len(names))
    return Confusion(tuple(names), before, _matrix(truth, converted, len(names)))


def _matrix(truth: Integers, predicted: Integers, count: int) -> Counts:
    matrix = np.zeros((count, count), np.int64)
    np.add.at(matrix, (truth, predicted), 1)
    return _counts(matrix.tolist())


def _counts(rows: Sequence[Sequence[int]]) -> Counts:
    return tuple(tuple(row) for row in rows)
