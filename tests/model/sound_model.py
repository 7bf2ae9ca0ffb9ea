"""A small model that has one of everything the reader checks, for tests to read and to spoil."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mcuforge.errors import Location, UserError
from mcuforge.model.graph import Graph
from mcuforge.model.reader import parse_model
from tests.support.tflite_builder import ModelBuilder, pack

SOURCE = Location(Path("sound.tflite"))

# Tensor indices in the model below.
INPUT, WEIGHTS, BIAS, STATE, HIDDEN, SHAPE, OUTPUT = range(7)


def sound_object() -> Any:
    """FULLY_CONNECTED (per-channel weights, an absent input, a state variable) → RESHAPE → output, as a `ModelT`."""
    model = ModelBuilder("a sound model")
    weights = np.arange(12, dtype=np.int8).reshape(3, 4)
    model.tensor("input", (1, 4), "INT8", scale=0.5, zero_point=-3, shape_signature=(-1, 4))
    model.tensor("weights", (3, 4), "INT8", scale=[0.1, 0.2, 0.3], axis=0, data=weights)
    model.tensor("bias", (3,), "INT32", scale=[0.05, 0.1, 0.15], axis=0, data=np.array([7, -8, 9], np.int32))
    model.tensor("state", (1, 2), "INT16", scale=0.25, is_variable=True)
    model.tensor("hidden", (1, 3), "INT8", scale=0.75, zero_point=4)
    model.tensor("shape", (2,), "INT32", data=np.array([3, 1], np.int32))
    model.tensor("output", (3, 1), "INT8", scale=0.75, zero_point=4)
    model.operator("FULLY_CONNECTED", [INPUT, WEIGHTS, BIAS, None, STATE], [HIDDEN], {"fused_activation_function": 1})
    model.operator("RESHAPE", [HIDDEN, SHAPE], [OUTPUT], {"new_shape": [3, 1]})
    model.metadata("note", b"made for a test")
    return model.to_object([INPUT], [OUTPUT])


def sound_bytes() -> bytes:
    return pack(sound_object())


def read(data: bytes) -> Graph:
    return parse_model(data, SOURCE)


def rejection(data: bytes) -> UserError:
    """The error that the reader makes of `data`; the test fails when it makes none."""
    with pytest.raises(UserError) as caught:
        read(data)
    assert caught.value.location == SOURCE
    return caught.value
