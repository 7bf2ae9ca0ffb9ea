"""Removes whole channels, those of least L1 norm in each layer (Li et al., Pruning Filters for Efficient ConvNets).

Channels are last. A layer is only narrowed when everything behind it, up to the next layer with weights that mix
channels, can follow: where branches meet (Add, Concatenate) and at the model's output, widths stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.errors import Location, UserError

Indices = npt.NDArray[np.int64]
Weights = list[npt.NDArray[np.float32]]

_MIXING = ("Conv1D", "Conv2D", "Dense")
_PER_CHANNEL = ("BatchNormalization", "DepthwiseConv2D", "DepthwiseConv1D")
_PASSING = (
    *("Activation", "ReLU", "LeakyReLU", "ELU", "Dropout", "SpatialDropout2D", "SpatialDropout1D"),
    *("MaxPooling1D", "MaxPooling2D", "AveragePooling1D", "AveragePooling2D", "ZeroPadding1D", "ZeroPadding2D"),
    *("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D", "Flatten"),
)
_WIDTH_SETTING = {"Dense": "units", "Conv1D": "filters", "Conv2D": "filters"}


def remove_channels(source: Path, model: Any, share: float) -> Any:
    """A narrower Keras 2 model; at least one channel of a layer stays. Raises UserError when none can be narrowed."""
    import tf_keras

    narrowed = {layer.name for layer in model.layers if _kind(layer) in _MIXING and _may_narrow(model, layer)}
    if not narrowed:
        raise UserError(
            "no layer of this model can lose channels: its branches or its output fix all widths",
            location=Location(source),
            hint="use `prune:` instead",
        )
    kept: dict[str, Indices] = {}
    weights: dict[str, Weights] = {}
    config = model.get_config()
    for layer, entry in zip(model.layers, _entries(config, model), strict=True):
        before = _incoming(layer, kept)
        weights[layer.name], kept[layer.name] = _narrow(layer, before, share if layer.name in narrowed else 0.0)
        if layer.name in narrowed:
            entry["config"][_WIDTH_SETTING[_kind(layer)]] = len(kept[layer.name])
    smaller = tf_keras.Model.from_config(config)
    for name, values in weights.items():
        if values:
            smaller.get_layer(name).set_weights(values)
    return smaller


def functional(model: Any) -> Any:
    """A model of Sequential or any other class as a graph of layers."""
    import tf_keras

    return tf_keras.Model(model.inputs, model.outputs, name=model.name)


def _kind(layer: Any) -> str:
    return type(layer).__name__


def _entries(config: Any, model: Any) -> list[Any]:
    by_name = {entry["config"]["name"]: entry for entry in config["layers"]}
    return [by_name[layer.name] for layer in model.layers]


def _next(layer: Any) -> Iterator[Any]:
    return (node.outbound_layer for node in layer._outbound_nodes)


def _may_narrow(model: Any, layer: Any) -> bool:
    if getattr(layer, "groups", 1) != 1:
        return False
    outputs = {id(tensor) for tensor in model.outputs}
    pending = [layer]
    while pending:
        current = pending.pop()
        if id(current.output) in outputs:
            return False
        for following in _next(current):
            if _kind(following) in _MIXING and getattr(following, "groups", 1) == 1:
                continue
            if _kind(following) not in (*_PER_CHANNEL, *_PASSING):
                return False
            pending.append(following)
    return True


def _incoming(layer: Any, kept: dict[str, Indices]) -> Indices:
    """Which channels of its input are left; all, where branches meet."""
    parents = [parent for node in layer._inbound_nodes for parent in _as_list(node.inbound_layers)]
    width = int(_as_list(layer.input)[0].shape[-1])
    return kept[parents[0].name] if len(parents) == 1 else np.arange(width)


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _narrow(layer: Any, before: Indices, share: float) -> tuple[Weights, Indices]:
    """The layer's weights for the channels that are left, and which of its outputs are."""
    kind, weights = _kind(layer), layer.get_weights()
    if kind in _MIXING:
        kernel = weights[0][..., before, :]
        after = _strongest(kernel, share)
        return [kernel[..., after], *(bias[after] for bias in weights[1:])], after
    if kind == "BatchNormalization":
        return [values[before] for values in weights], before
    if kind in _PER_CHANNEL:
        multiplier = weights[0].shape[-1]
        after = (before[:, np.newaxis] * multiplier + np.arange(multiplier)).reshape(-1)
        return [weights[0][..., before, :], *(bias[after] for bias in weights[1:])], after
    if kind == "Flatten":
        shape = layer.input.shape[1:]
        places = np.arange(int(np.prod(shape))).reshape(shape)
        return [], places[..., before].reshape(-1)
    if kind in _PASSING:
        return weights, before
    return weights, np.arange(int(layer.output.shape[-1]))


def _strongest(kernel: npt.NDArray[np.float32], share: float) -> Indices:
    """The output channels to keep, in order: the sum of |weights| of each decides."""
    width = kernel.shape[-1]
    norms = np.abs(kernel.astype(np.float64)).reshape(-1, width).sum(axis=0)
    keep = max(1, width - round(width * share))
    return np.sort(np.argsort(-norms, kind="stable")[:keep])
