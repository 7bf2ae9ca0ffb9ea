"""Where quantization loses the signal: each layer's output in the float and in the quantized model, side by side.

The signal-to-quantization-noise ratio of a tensor is 10 log10(Σ f² / Σ (f − q)²) over some examples, in dB; 6 dB are
one bit. What a layer's inputs have lost already is in it: what the layer itself adds is the difference.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mcuforge.model.graph import DType, Graph, Node, Tensor
from mcuforge.report.names import short_name

Floats = npt.NDArray[np.float64]
Traces = Sequence[Mapping[int, bytes]]

PERFECT_DB = 200.0
_QUANTIZED = (DType.INT8, DType.UINT8, DType.INT16)
_CONVERSIONS = ("QUANTIZE", "DEQUANTIZE")
_OUTSIDE_TOLERANCE = 0.25
"""Of the calibrated range: a test set always reaches a little further."""


@dataclass(frozen=True)
class Pair:
    """The same value in both models. `layer` is its operator in the quantized one; -1 for the model's input."""

    layer: int
    op: str
    label: str
    sources: tuple[int, ...]
    exact: Tensor
    quantized: Tensor


@dataclass(frozen=True)
class LayerNoise:
    """`sqnr_db` of what a layer puts out; `loss_db` is how much of it the layer itself costs.

    `clipped` is how far beyond the representable range the float model goes, as a share of that range.
    """

    layer: int
    op: str
    label: str
    tensor: str
    sqnr_db: float
    loss_db: float
    clipped: float
    reaches: tuple[float, float]
    range: tuple[float, float]


def pairs(exact: Graph, quantized: Graph) -> tuple[Pair, ...]:
    """Layers that correspond; empty when the two models are not built alike."""
    first, second = list(_computing(exact)), list(_computing(quantized))
    if [node.op.kind for node in first] != [node.op.kind for node in second]:
        return ()
    found = list(_inputs(exact, quantized))
    found += [
        Pair(b.op.index, b.op.kind, b.label, _sources(quantized, b), a.output(), b.output())
        for a, b in zip(first, second, strict=True)
    ]
    return tuple(pair for pair in found if _is_comparable(pair))


def _computing(graph: Graph) -> Iterator[Node]:
    return (node for node in graph.nodes() if node.op.kind not in _CONVERSIONS)


def _inputs(exact: Graph, quantized: Graph) -> Iterator[Pair]:
    for a, b in zip(exact.main.inputs, quantized.main.inputs, strict=False):
        inside = _behind_conversion(quantized, b)
        tensor = quantized.main.tensors[inside]
        yield Pair(-1, "INPUT", f"the input `{tensor.name}`", (), exact.main.tensors[a], tensor)


def _behind_conversion(graph: Graph, index: int) -> int:
    """The tensor that a QUANTIZE at the model's input makes of it."""
    for node in graph.nodes():
        if node.op.kind == "QUANTIZE" and node.op.inputs == (index,):
            return node.op.outputs[0]
    return index


def _sources(graph: Graph, node: Node) -> tuple[int, ...]:
    """The tensors that a layer reads, before conversions in between."""
    made_by = {output: other for other in graph.nodes() for output in other.op.outputs if other.op.kind in _CONVERSIONS}
    found = []
    for index in node.op.inputs:
        if index is None or graph.main.tensors[index].is_constant:
            continue
        other = made_by.get(index)
        source = other.op.inputs[0] if other is not None and other.op.inputs[0] is not None else index
        found += [index, source]
    return tuple(found)


def _is_comparable(pair: Pair) -> bool:
    if pair.exact.dtype is not DType.FLOAT32 or pair.exact.shape != pair.quantized.shape:
        return False
    if pair.quantized.dtype is DType.FLOAT32:
        return True
    quantization = pair.quantized.quantization
    return pair.quantized.dtype in _QUANTIZED and quantization is not None and len(quantization.scales) == 1


def layer_noise(chosen: Sequence[Pair], exact: Traces, quantized: Traces) -> tuple[LayerNoise, ...]:
    """`exact` and `quantized` hold, for each example, the values of all tensors that the pairs name."""
    ratios: dict[int, float] = {}
    found = []
    for pair in chosen:
        wanted = np.stack([values(pair.exact, trace[pair.exact.index]) for trace in exact])
        got = np.stack([values(pair.quantized, trace[pair.quantized.index]) for trace in quantized])
        ratio = sqnr_db(wanted, got)
        inputs = [ratios[source] for source in pair.sources if source in ratios]
        before = min([_ideal_db(pair.quantized), *inputs])
        ratios[pair.quantized.index] = ratio
        low, high = _range(pair.quantized)
        reaches = (float(wanted.min()), float(wanted.max()))
        beyond = max(low - reaches[0], reaches[1] - high, 0.0) / (high - low) if high > low else 0.0
        found.append(
            LayerNoise(
                pair.layer,
                pair.op,
                pair.label,
                short_name(pair.quantized.name),
                round(ratio, 1),
                round(max(before - ratio, 0.0), 1),
                round(beyond, 3),
                reaches,
                (low, high),
            )
        )
    return tuple(found)


def values(tensor: Tensor, data: bytes) -> Floats:
    """The real numbers that a tensor's bytes stand for, flat."""
    raw = np.frombuffer(data, tensor.dtype.numpy).astype(np.float64)
    if tensor.quantization is None or tensor.dtype is DType.FLOAT32:
        return raw
    return (raw - tensor.quantization.zero_point) * tensor.quantization.scale


def sqnr_db(exact: Floats, quantized: Floats) -> float:
    signal, noise = float(np.sum(exact**2)), float(np.sum((exact - quantized) ** 2))
    if noise == 0:
        return PERFECT_DB
    return min(10 * math.log10(signal / noise), PERFECT_DB) if signal else 0.0


def _ideal_db(tensor: Tensor) -> float:
    """What a full-scale sine keeps in so many bits: 6.02 a bit + 1.76 (Widrow and Kollár, Quantization Noise, 2008)."""
    return 6.02 * tensor.dtype.bits + 1.76


def _range(tensor: Tensor) -> tuple[float, float]:
    """The real numbers that a quantized tensor can hold."""
    if tensor.quantization is None or tensor.dtype is DType.FLOAT32:
        return -math.inf, math.inf
    limits = np.iinfo(tensor.dtype.numpy)
    scale, zero = tensor.quantization.scale, tensor.quantization.zero_point
    return (limits.min - zero) * scale, (limits.max - zero) * scale


def culprit(layers: Sequence[LayerNoise]) -> LayerNoise | None:
    """The layer that costs most of the signal."""
    return max(layers, key=lambda layer: layer.loss_db, default=None)


def outside_calibration(layers: Sequence[LayerNoise]) -> tuple[LayerNoise, ...]:
    """Tensors whose values in the test set go well beyond what calibration saw; what only moves them is left out."""
    found = {(layer.range, layer.reaches): layer for layer in reversed(layers) if layer.clipped > _OUTSIDE_TOLERANCE}
    return tuple(reversed(found.values()))
