"""How good a model's outputs are, as one number. Scores (top1, auc, cosine) grow with it, errors (mae, rmse) shrink."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from mcuforge.manifest.types import ERROR_METRICS

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def is_error(metric: str) -> bool:
    return metric in ERROR_METRICS


def drop(metric: str, reference: float, value: float) -> float:
    """How much worse than the reference; negative when better."""
    return value - reference if is_error(metric) else reference - value


def predicted_classes(outputs: Floats) -> Integers:
    """The class of each row of [n, classes]; the first of equals. A single output is the probability of class 1."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > 0.5).astype(np.int64)
    return np.asarray(np.argmax(outputs, axis=1), np.int64)


def top1(outputs: Floats, labels: Floats) -> float:
    """The share of rows whose class is right."""
    return float(np.mean(predicted_classes(outputs) == labels))


def auc(scores: Floats, labels: Floats) -> float:
    """The area under the receiver operating characteristic: how often a 1 scores above a 0, ties counting half.

    The Mann-Whitney statistic, from ranks of the scores [n].
    """
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = labels == 1
    count = int(positives.sum())
    above = float(ranks[positives].sum()) - count * (count + 1) / 2
    return above / (count * (len(labels) - count))


def anomaly_scores(outputs: Floats, inputs: Floats) -> Floats:
    """For auc, [n]: the probability of class 1, or, where a model gives back its input, how badly it does so."""
    if outputs.shape[1] == 1:
        return outputs[:, 0]
    if outputs.shape[1] == 2 and inputs.shape[1] != 2:
        return outputs[:, 1]
    return np.asarray(np.mean((outputs - inputs) ** 2, axis=1))


def mae(outputs: Floats, wanted: Floats) -> float:
    return float(np.mean(np.abs(outputs - wanted)))


def rmse(outputs: Floats, wanted: Floats) -> float:
    return float(np.sqrt(np.mean((outputs - wanted) ** 2)))


def cosine(outputs: Floats, wanted: Floats) -> float:
    """The mean cosine of the angles between rows; a row of zeros counts 0."""
    norms = np.linalg.norm(outputs, axis=1) * np.linalg.norm(wanted, axis=1)
    products = np.sum(outputs * wanted, axis=1)
    return float(np.mean(np.divide(products, norms, out=np.zeros_like(products), where=norms > 0)))


_METRICS: Mapping[str, Callable[[Floats, Floats], float]] = {
    "top1": top1,
    "auc": auc,
    "mae": mae,
    "rmse": rmse,
    "cosine": cosine,
}


def measure(metric: str, outputs: Floats, inputs: Floats, wanted: Floats) -> float:
    """`outputs` [n, outputs], `inputs` [n, inputs], `wanted` [n] for top1 and auc, else [n, outputs]."""
    if metric == "auc":
        outputs = anomaly_scores(outputs, inputs)
    return round(_METRICS[metric](outputs, wanted), 6)
