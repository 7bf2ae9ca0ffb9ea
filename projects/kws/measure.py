"""What the converted model is worth: its accuracy on real TensorFlow Lite Micro, in numbers that results.json keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
from corpus import Dataset, Example
from features import STEPS_PER_UNIT, Int8Array
from tflite_micro.python.tflite_micro import runtime
from voices import LABELS, TRAINED_ACCENTS, UNKNOWN, UNTRAINED_WORDS

BoolArray = npt.NDArray[np.bool_]


def predictions(model: bytes, x: Int8Array) -> npt.NDArray[np.int64]:
    """The label that TFLM gives the most probability, for int8 features [n, 49, 10, 1]; of equals the first."""
    interpreter = runtime.Interpreter.from_bytes(model)
    check_input(interpreter.get_input_details(0)["quantization_parameters"])
    found = np.empty(len(x), np.int64)
    for row, features in enumerate(x):
        interpreter.set_input(features[np.newaxis], 0)
        interpreter.invoke()
        found[row] = np.argmax(interpreter.get_output(0)[0])
    return found


def check_input(quantization: dict[str, npt.NDArray[np.generic]]) -> None:
    """The model must read features as `features.quantized` writes them, and does if calibration reached both ends of
    the range. Raises SystemExit otherwise."""
    scale, zero_point = float(quantization["scales"][0]), int(quantization["zero_points"][0])
    if (scale, zero_point) != (1.0 / STEPS_PER_UNIT, 0):
        raise SystemExit(
            f"the model's input has scale {scale} and zero point {zero_point}, not 1/{STEPS_PER_UNIT} and 0"
        )


def share(right: BoolArray) -> float:
    """The share that is right, to the digits worth keeping."""
    return round(float(np.mean(right)), 4)


def breakdown(data: Dataset, predicted: npt.NDArray[np.int64]) -> dict[str, dict[str, float]]:
    """Accuracy by label; for words by noise, ratio to it, accent and variant; for `unknown` by whether trained on."""
    right = predicted == data.y
    words = np.array([example.utterance is not None for example in data.examples])
    unknown = data.y == UNKNOWN

    def by(rows: BoolArray, key: Callable[[Example], str]) -> dict[str, float]:
        keys = np.array([key(example) if keep else "" for example, keep in zip(data.examples, rows, strict=True)])
        return {name: share(right[rows & (keys == name)]) for name in _in_order(keys[rows])}

    return {
        "label": by(np.ones_like(words), lambda example: LABELS[example.label]),
        "noise": by(words, lambda example: "none" if example.scene.snr_db is None else example.scene.noise),
        "snr": by(words, lambda example: _ratio(example.scene.snr_db)),
        "accent": by(words, lambda example: "trained" if _voice(example)[0] in TRAINED_ACCENTS else "untrained"),
        "variant": by(words, lambda example: _voice(example)[1]),
        "unknown": by(unknown, lambda example: "untrained" if _word(example) in UNTRAINED_WORDS else "trained"),
    }


def _in_order(keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(str(key) for key in keys))


def _ratio(snr_db: float | None) -> str:
    return "none" if snr_db is None else f"{snr_db:g} dB"


def _voice(example: Example) -> tuple[str, str]:
    """Accent and variant."""
    accent, _, variant = example.utterance.voice.partition("+") if example.utterance else ("", "", "")
    return accent, variant


def _word(example: Example) -> str:
    return example.utterance.word if example.utterance else ""
