"""The network and its training: a depthwise-separable CNN after DS-CNN (S) of "Hello Edge" (2017)."""

from __future__ import annotations

import json
import os
import re
import tempfile
import zipfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read by TensorFlow on import

import numpy as np
import numpy.typing as npt
import tensorflow as tf
from corpus import Dataset
from features import COEFFICIENTS, FRAMES, Float32Array, as_float
from voices import LABELS

layers = tf.keras.layers

CHANNELS = 64
BLOCKS = 4
DROPOUT = 0.2
LABEL_SMOOTHING = 0.1
BATCH = 100
EPOCHS = 15
LEARNING_RATE = 2e-3
THREADS = 2  # fixed: the number of threads decides in which order gradients are summed
SEED = 1


def fix_randomness() -> None:
    """Make two runs on one machine agree bit for bit. Call before anything else of TensorFlow."""
    tf.keras.utils.set_random_seed(SEED)
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()


def build() -> tf.keras.Model:
    """Features float32 [n, 49, 10, 1] → probabilities [n, 12]. Conversion folds normalisation into the convolutions."""
    stack = [tf.keras.Input((FRAMES, COEFFICIENTS, 1), name="features")]
    stack += _normalised(layers.Conv2D(CHANNELS, (10, 4), strides=2, padding="same", use_bias=False, name="conv"))
    for block in range(1, BLOCKS + 1):
        stack += _normalised(layers.DepthwiseConv2D(3, padding="same", use_bias=False, name=f"depthwise{block}"))
        stack += _normalised(layers.Conv2D(CHANNELS, 1, use_bias=False, name=f"pointwise{block}"))
    stack += [
        layers.GlobalAveragePooling2D(name="mean"),
        layers.Dropout(DROPOUT, name="dropout"),
        layers.Dense(len(LABELS), name="scores"),
        layers.Softmax(name="probabilities"),
    ]
    return tf.keras.Sequential(stack, name="kws")


def _normalised(convolution: tf.keras.Layer) -> list[tf.keras.Layer]:
    name = convolution.name
    return [convolution, layers.BatchNormalization(name=f"{name}_norm"), layers.ReLU(name=f"{name}_relu")]


def train(data: Dataset, validation: Dataset) -> tf.keras.Model:
    """The float model after EPOCHS epochs; validation accuracy is printed, and decides nothing."""
    model = build()
    steps = EPOCHS * -(-data.y.size // BATCH)
    model.compile(
        optimizer=tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)),
        loss=tf.keras.losses.CategoricalCrossentropy(label_smoothing=LABEL_SMOOTHING),
        metrics=["accuracy"],
    )
    held_out = (as_float(validation.x), one_hot(validation.y))
    model.fit(as_float(data.x), one_hot(data.y), batch_size=BATCH, epochs=EPOCHS, validation_data=held_out, verbose=2)
    return model


def one_hot(labels: npt.NDArray[np.int64]) -> Float32Array:
    return np.eye(len(LABELS), dtype=np.float32)[labels]


def save(model: tf.keras.Model, path: Path) -> None:
    """Write a .keras file without the optimizer and without what differs from run to run: equal weights, equal file."""
    inference = build()
    inference.set_weights(model.get_weights())
    with tempfile.TemporaryDirectory() as folder:
        stamped = Path(folder) / "model.keras"
        inference.save(stamped)
        with zipfile.ZipFile(stamped) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for entry in sorted(source.namelist()):
                content = _RUN_DEPENDENT[entry](source.read(entry)) if entry in _RUN_DEPENDENT else source.read(entry)
                target.writestr(zipfile.ZipInfo(entry), content, zipfile.ZIP_DEFLATED)


def _without_date(metadata: bytes) -> bytes:
    return json.dumps(json.loads(metadata) | {"date_saved": ""}).encode()


def _with_numbered_objects(config: bytes) -> bytes:
    """Keras names objects that layers share by their addresses in memory: number them in the order they appear."""
    numbers: dict[bytes, int] = {}
    return re.sub(
        rb'(?<="shared_object_id": )\d+', lambda found: b"%d" % numbers.setdefault(found[0], len(numbers)), config
    )


_RUN_DEPENDENT = {"metadata.json": _without_date, "config.json": _with_numbered_objects}


def predicted_labels(model: tf.keras.Model, data: Dataset) -> npt.NDArray[np.int64]:
    """What the float model takes each example for."""
    probabilities: Float32Array = model.predict(as_float(data.x), batch_size=256, verbose=0)
    labels: npt.NDArray[np.int64] = probabilities.argmax(axis=1)
    return labels
