"""Signal to quantization noise: by its definition, and blamed on the layer that adds it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mcuforge.convert.noise import PERFECT_DB, Pair, culprit, layer_noise, outside_calibration, pairs, sqnr_db
from mcuforge.errors import Location
from mcuforge.model.graph import DType, Quantization, Tensor
from mcuforge.model.reader import parse_model
from tests.convert.models import classifier
from tests.support.tflite_builder import ModelBuilder

STEP = 1 / 16
EXACT = np.arange(-128, 128) * STEP
"""Every value that an int8 tensor can hold."""


def tensor(index: int, dtype: DType) -> Tensor:
    quantization = None if dtype is DType.FLOAT32 else Quantization((STEP,), (0,))
    return Tensor(index, f"t{index}", (1, EXACT.size), dtype, quantization)


def pair(index: int, sources: tuple[int, ...]) -> Pair:
    return Pair(index, "RELU", f"layer {index} RELU", sources, tensor(index, DType.FLOAT32), tensor(index, DType.INT8))


def as_float(values: np.ndarray) -> bytes:
    return values.astype(np.float32).tobytes()


def as_int8(values: np.ndarray) -> bytes:
    return np.clip(np.rint(values / STEP), -128, 127).astype(np.int8).tobytes()


def test_noise_of_a_tenth_of_the_signal_is_20_db() -> None:
    signal = np.array([3.0, -4.0])
    assert sqnr_db(signal, signal * 1.1) == pytest.approx(20)
    assert sqnr_db(signal, signal) == PERFECT_DB
    assert sqnr_db(np.zeros(2), signal) == 0.0


def test_the_layer_that_adds_the_noise_is_blamed_and_not_those_behind_it() -> None:
    chain = (pair(0, ()), pair(1, (0,)), pair(2, (1,)))
    half = np.rint(EXACT / STEP / 2) * STEP
    noisy = half + 8 * STEP * (-1) ** np.arange(half.size)
    exact = [{index: as_float(half) for index in range(3)}]
    quantized = [{0: as_int8(half), 1: as_int8(noisy), 2: as_int8(noisy)}]
    found = layer_noise(chain, exact, quantized)
    assert [layer.layer for layer in found if layer.loss_db > 1] == [1]
    worst = culprit(found)
    assert worst is not None and worst.layer == 1
    assert worst.sqnr_db == pytest.approx(10 * np.log10(np.mean(half**2) / (8 * STEP) ** 2), abs=0.2)


def test_values_beyond_the_range_are_told_when_they_go_a_quarter_of_it_beyond() -> None:
    for factor, told in ((1.2, False), (1.6, True)):
        reached = [{0: as_float(EXACT * factor)}]
        found = layer_noise((pair(0, ()),), reached, [{0: as_int8(EXACT * factor)}])
        assert bool(outside_calibration(found)) is told
        assert found[0].reaches == pytest.approx((EXACT[0] * factor, EXACT[-1] * factor))


def test_models_that_are_not_built_alike_have_no_layers_to_compare() -> None:
    model = ModelBuilder()
    x, y = model.tensor("x", (1, 4), "FLOAT32"), model.tensor("y", (1, 4), "FLOAT32")
    model.operator("RELU", [x], [y])
    here = Location(Path("model.tflite"))
    assert pairs(parse_model(classifier(), here), parse_model(model.build([x], [y]), here)) == ()
