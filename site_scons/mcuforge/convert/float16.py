"""Weights that no float16 can hold: one converter clamps them, another makes infinities, neither says a word."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mcuforge.errors import Location, UserError
from mcuforge.model.graph import DType
from mcuforge.model.reader import parse_model

_LARGEST = float(np.finfo(np.float16).max)


def check_range(source: Path, data: bytes) -> None:
    """Raises UserError for a model, converted from `source`, with a float16 constant that reaches the type's end."""
    for subgraph in parse_model(data, Location(source)).subgraphs:
        for tensor in subgraph.tensors:
            if tensor.dtype is DType.FLOAT16 and tensor.is_constant and not (abs(tensor.array()) < _LARGEST).all():
                raise UserError(
                    f"{tensor.describe()} holds values that no float16 can: the largest is {_LARGEST:g}",
                    location=Location(source),
                    hint="normalise these weights in training, or write `scheme: none` to keep float32",
                )
