"""The data set of the accuracy gate: inputs as each model takes them, and what the outputs should have been."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mcuforge.arrays import Array, ArrayPlace, expect_finite, find_array, read_npz
from mcuforge.convert.metrics import Floats
from mcuforge.manifest.types import Accuracy

WHAT = "test data"
_CLASS_METRICS = ("top1", "auc")


def wanted_outputs(accuracy: Accuracy, rows: int, outputs: int) -> Floats:
    """Array `y`: class numbers [n] (or one-hot [n, classes]) for top1, 0 or 1 [n] for auc, else [n, *output].

    `rows` is the number of inputs, `outputs` that of values in the model's output. Raises UserError.
    """
    file = accuracy.dataset
    arrays = read_npz(file, WHAT)
    array = arrays[find_array(file, arrays, ("y",), WHAT, f"the metric {accuracy.metric}")]
    place = ArrayPlace(file, "y")
    if array.dtype.kind not in "iufb":
        raise place.error(f"elements of type {array.dtype} are not numbers")
    if array.ndim == 0 or len(array) != rows:
        raise place.error(f"it holds {len(array) if array.ndim else 0} rows, and `x` holds {rows}")
    expect_finite(place, array)
    if accuracy.metric in _CLASS_METRICS:
        return _classes(place, array, accuracy.metric, outputs)
    flat = array.reshape(rows, -1).astype(np.float64)
    if flat.shape[1] != outputs:
        raise place.error(f"its rows have {flat.shape[1]} values, and the model gives {outputs}")
    return flat


def _classes(place: ArrayPlace, array: Array, metric: str, outputs: int) -> Floats:
    if metric == "top1" and array.ndim == 2 and array.shape[1] == outputs > 1:
        array = np.argmax(array, axis=1)
    labels = array.reshape(len(array), -1).astype(np.float64)
    if labels.shape[1] != 1:
        raise place.error(f"its rows have {labels.shape[1]} values; {metric} takes one class number a row")
    labels = labels[:, 0]
    count = max(outputs, 2) if metric == "top1" else 2
    _expect_classes(place, labels, count)
    if metric == "auc" and len(set(labels.tolist())) == 1:
        raise place.error(f"all labels are {int(labels[0])}; auc needs both 0 and 1")
    return labels


def _expect_classes(place: ArrayPlace, labels: Floats, count: int) -> None:
    wrong = np.flatnonzero((labels < 0) | (labels >= count) | (labels != np.floor(labels)))
    if wrong.size:
        at = int(wrong[0])
        raise place.error(f"row {at} has the label {labels[at]:g}; there are classes 0 to {count - 1}")


def inputs_of(file: Path, rows: int) -> Floats:
    """Array `x` as [rows, elements], for metrics that compare outputs with inputs. Raises UserError."""
    arrays = read_npz(file, WHAT)
    array = arrays[find_array(file, arrays, ("x",), WHAT, "the model's input")]
    return array.reshape(rows, -1).astype(np.float64)
