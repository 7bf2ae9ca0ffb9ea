"""Synthesise vibration, train the autoencoder and write everything this folder commits that was not written by hand.

    python train.py           write the files
    python train.py --check   write them into a temporary folder instead, then compare with the committed ones

Needs the package's `train` and `emulate` extras.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read by TensorFlow on import

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from vibration import BANDS, FAULTS, draw_machine, spectrum, vibration

from mcuforge.convert.recipe import main, write_results

HERE = Path(__file__).resolve().parent
TRAINING_EXAMPLES = 2_000
CALIBRATION_EXAMPLES = 128
TEST_EXAMPLES = 200  # of each, healthy and damaged
GOLDEN_EXAMPLES = 16
SEVERITIES = (0.5, 3.0)  # from barely there to plain
EPOCHS = 60
BATCH = 50
LEARNING_RATE = 2e-3
SEED = 1

Array = npt.NDArray[np.float32]


def healthy(count: int, seed: int) -> Array:
    """Spectra [count, BANDS] of healthy bearings, each of another machine."""
    random = np.random.Generator(np.random.PCG64(seed))
    return np.stack([spectrum(vibration(random, draw_machine(random), None, 0.0)) for _ in range(count)])


def damaged(count: int, seed: int) -> Array:
    """The same with one fault each, of every kind in turn."""
    random = np.random.Generator(np.random.PCG64(seed))
    low, high = np.log(SEVERITIES)
    return np.stack(
        [
            spectrum(
                vibration(random, draw_machine(random), FAULTS[at % len(FAULTS)], np.exp(random.uniform(low, high)))
            )
            for at in range(count)
        ]
    )


def build() -> keras.Model:
    """A spectrum squeezed through 8 numbers and back."""
    dense = keras.layers.Dense
    return keras.Sequential(
        [
            keras.Input((BANDS,), name="spectrum"),
            dense(48, activation="relu", name="encode1"),
            dense(24, activation="relu", name="encode2"),
            dense(8, activation="relu", name="code"),
            dense(24, activation="relu", name="decode1"),
            dense(48, activation="relu", name="decode2"),
            dense(BANDS, name="reconstruction"),
        ],
        name="anomaly",
    )


def train(x: Array) -> keras.Model:
    """Trained on healthy bearings only: what it has never seen it gives back badly."""
    keras.utils.set_random_seed(SEED)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    model = build()
    steps = EPOCHS * -(-len(x) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    model.fit(x, x, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return model


def save(model: keras.Model, path: Path) -> None:
    """Write a .keras file without the optimizer and without what differs from run to run: equal weights, equal file."""
    inference = build()
    inference.set_weights(model.get_weights())
    with tempfile.TemporaryDirectory() as folder:
        stamped = Path(folder) / "model.keras"
        inference.save(stamped)
        with zipfile.ZipFile(stamped) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for entry in sorted(source.namelist()):
                content = source.read(entry)
                if entry == "metadata.json":
                    content = json.dumps(json.loads(content) | {"date_saved": ""}).encode()
                # Objects that layers share are named by their addresses in memory; nothing here shares any.
                content = re.sub(rb'(?<="shared_object_id": )\d+', b"0", content) if entry == "config.json" else content
                target.writestr(zipfile.ZipInfo(entry), content, zipfile.ZIP_DEFLATED)


def write(folder: Path) -> None:
    """Everything that is committed, into a folder that holds project.yaml already."""
    x = healthy(TRAINING_EXAMPLES, seed=1)
    save(train(x), folder / "anomaly.keras")
    good, bad = healthy(TEST_EXAMPLES, seed=2), damaged(TEST_EXAMPLES, seed=3)
    labels = np.repeat([0, 1], TEST_EXAMPLES).astype(np.int64)
    np.savez_compressed(folder / "calibration.npz", x=x[:CALIBRATION_EXAMPLES])
    np.savez_compressed(folder / "test.npz", x=np.concatenate([good, bad]), y=labels)
    half = GOLDEN_EXAMPLES // 2
    np.savez_compressed(folder / "golden.npz", x=np.concatenate([good[:half], bad[:half]]))
    write_results(folder)


if __name__ == "__main__":
    sys.exit(main(write, HERE, __doc__))
