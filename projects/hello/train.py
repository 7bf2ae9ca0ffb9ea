"""Train the sine regressor and write everything this folder commits that was not written by hand.

    python train.py           train, convert, measure on TensorFlow Lite Micro, write the files
    python train.py --check   the same into a temporary folder, then compare with the committed files

Needs the package's `train` and `emulate` extras.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import math
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read by TensorFlow on import

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from tflite_micro.python.tflite_micro import runtime

from mcuforge.convert.recipe import is_identical, pin

HERE = Path(__file__).resolve().parent
SEED = 3  # the best of the three tried: a few units of so small a network die on an unlucky start
POINTS = 2000
BATCH = 64
EPOCHS = 300
GOLDEN_VECTORS = 32

Int8Array = npt.NDArray[np.int8]
FloatArray = npt.NDArray[np.float32]


def fix_randomness() -> None:
    """Make two runs on one machine agree bit for bit: fixed seeds, one thread, deterministic kernels."""
    tf.keras.utils.set_random_seed(SEED)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()


def training_inputs() -> FloatArray:
    """Angles over one period, [POINTS, 1], radians."""
    return np.linspace(0.0, 2.0 * np.pi, POINTS, dtype=np.float32).reshape(-1, 1)


def train(x: FloatArray) -> tf.keras.Model:
    """A 1→16→16→1 perceptron fitted to sin(x)."""
    model = tf.keras.Sequential(
        [
            tf.keras.Input((1,), name="angle"),
            tf.keras.layers.Dense(16, activation="relu", name="hidden1"),
            tf.keras.layers.Dense(16, activation="relu", name="hidden2"),
            tf.keras.layers.Dense(1, name="sine"),
        ],
        name="hello",
    )
    rate = tf.keras.optimizers.schedules.CosineDecay(0.01, decay_steps=EPOCHS * math.ceil(POINTS / BATCH))
    model.compile(optimizer=tf.keras.optimizers.Adam(rate), loss="mse")
    model.fit(x, np.sin(x), batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return model


def convert(model: tf.keras.Model, calibration: FloatArray) -> bytes:
    """The model as a .tflite of int8 weights, activations, input and output."""

    def representative() -> Iterator[list[FloatArray]]:
        for row in calibration:
            yield [row.reshape(1, 1)]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    with contextlib.redirect_stdout(io.StringIO()):  # the exporter lists the model's endpoints there
        return bytes(converter.convert())


def measure(model: bytes) -> dict[str, float | int | str]:
    """The error against sin(x) over every one of the 256 inputs the model can be given, computed by TFLM."""
    interpreter = runtime.Interpreter.from_bytes(model)
    (in_scale,), (in_zero,) = _quantization(interpreter.get_input_details(0))
    (out_scale,), (out_zero,) = _quantization(interpreter.get_output_details(0))
    inputs = np.arange(-128, 128, dtype=np.int8)
    outputs = np.empty(inputs.shape, np.float64)
    for index, value in enumerate(inputs):
        interpreter.set_input(np.array([[value]], np.int8), 0)
        interpreter.invoke()
        outputs[index] = (int(interpreter.get_output(0)[0, 0]) - out_zero) * out_scale
    error = outputs - np.sin((inputs.astype(np.float64) - in_zero) * in_scale)
    return {
        "sha256": hashlib.sha256(model).hexdigest(),
        "model_bytes": len(model),
        "rmse": round(float(np.sqrt(np.mean(error**2))), 4),
        "max_error": round(float(np.max(np.abs(error))), 4),
    }


def _quantization(details: dict[str, Any]) -> tuple[list[float], list[int]]:
    parameters = details["quantization_parameters"]
    return [float(s) for s in parameters["scales"]], [int(z) for z in parameters["zero_points"]]


def write(model: bytes, results: dict[str, float | int | str], folder: Path) -> None:
    golden = np.linspace(-128, 127, GOLDEN_VECTORS).round().astype(np.int8).reshape(-1, 1)
    (folder / "hello.tflite").write_bytes(model)
    np.savez_compressed(folder / "golden.npz", x=golden)
    (folder / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def check(model: bytes, results: dict[str, float | int | str]) -> bool:
    """Whether the files this run would write are the committed ones; prints one line a file."""
    with tempfile.TemporaryDirectory() as name:
        fresh = Path(name)
        write(model, results, fresh)
        return is_identical(fresh, HERE)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write none")
    options = parser.parse_args()
    fix_randomness()
    x = training_inputs()
    model = convert(train(x), x)
    results = measure(model)
    print(json.dumps(results, indent=2))
    if options.check:
        return 0 if check(model, results) else 1
    write(model, results, HERE)
    pin(HERE / "project.yaml", str(results["sha256"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
