"""The models that tests build are real ones: TensorFlow Lite Micro runs them, and mistakes in a test are told apart."""

from __future__ import annotations

import numpy as np
import pytest
from tflite_micro import runtime

from tests.model.sound_model import WEIGHTS, read, sound_bytes
from tests.support.tflite_builder import ModelBuilder


def test_built_model_runs_in_tensorflow_lite_micro() -> None:
    model = ModelBuilder()
    x = model.tensor("x", (1, 4), "INT8", scale=0.5)
    w = model.tensor("w", (2, 4), "INT8", scale=0.5, data=np.array([[1, 1, 1, 1], [2, 0, 0, 0]], np.int8))
    y = model.tensor("y", (1, 2), "INT8", scale=0.25)
    model.operator("FULLY_CONNECTED", [x, w, None], [y], {"fused_activation_function": 0})
    interpreter = runtime.Interpreter.from_bytes(model.build([x], [y]), arena_size=8192)
    interpreter.set_input(np.array([[1, 2, 3, 4]], np.int8), 0)
    interpreter.invoke()
    np.testing.assert_array_equal(interpreter.get_output(0), [[10, 2]])


def test_constants_start_at_a_multiple_of_16_bytes() -> None:
    data = sound_bytes()
    weights = read(data).main.tensors[WEIGHTS].data
    assert weights is not None
    assert data.index(bytes(weights)) % 16 == 0


def test_option_that_the_schema_does_not_have_is_a_mistake_in_the_test() -> None:
    model = ModelBuilder()
    with pytest.raises(ValueError, match="SoftmaxOptions has no field `alpha`"):
        model.operator("SOFTMAX", [], [], {"alpha": 1.0})


def test_data_of_another_shape_is_a_mistake_in_the_test() -> None:
    model = ModelBuilder()
    with pytest.raises(ValueError, match="tensor w is "):
        model.tensor("w", (2, 2), "INT8", data=np.zeros((4,), np.int8))
