"""The same model in Keras 2, which is what tensorflow-model-optimization works on."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mcuforge.convert.tensorflow_model import first_line
from mcuforge.errors import Location, UserError

# Where the weights come from, and how they were trained: both are replaced.
_DROPPED_SUFFIXES = ("_initializer", "_regularizer", "_constraint")
_TOLERANCE = 1e-4


def as_keras_2(source: Path, model: Any) -> Any:
    """A Keras 2 model that computes the same. Raises UserError for a layer that Keras 2 lacks."""
    import tf_keras

    if isinstance(model, tf_keras.Model):
        return model
    try:
        twin = _rebuild(model)
        for layer in model.layers:
            if layer.get_weights():
                twin.get_layer(layer.name).set_weights(layer.get_weights())
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _cannot(source, first_line(str(error))) from error
    generator = np.random.Generator(np.random.PCG64(1))
    rows = [generator.standard_normal((2, *item.shape[1:])).astype(np.float32) for item in model.inputs]
    expected, found = (np.asarray(one(rows if len(rows) > 1 else rows[0], training=False)) for one in (model, twin))
    if not np.allclose(expected, found, rtol=_TOLERANCE, atol=_TOLERANCE):
        raise _cannot(source, "the rebuilt model computes something else")
    return twin


def _cannot(source: Path, reason: str) -> UserError:
    return UserError(
        f"the model cannot be rebuilt in Keras 2, which compression needs: {reason}",
        location=Location(source),
        hint="use layers that Keras 2 has, or save the model with tf-keras",
    )


def _rebuild(model: Any) -> Any:
    """Layer by layer along the graph, so that neither generation's file format matters."""
    import tf_keras

    made: dict[int, Any] = {}
    for tensor in model.inputs:
        made[id(tensor)] = tf_keras.Input(tuple(tensor.shape[1:]), name=_layer_name(tensor))
    for operation in model._functional.operations if hasattr(model, "_functional") else model.operations:
        for node in operation._inbound_nodes:
            if not node.input_tensors or not all(id(tensor) in made for tensor in node.input_tensors):
                continue
            inputs = [made[id(tensor)] for tensor in node.input_tensors]
            layer = _twin_layer(operation)
            output = layer(inputs if len(inputs) > 1 else inputs[0])
            made[id(node.outputs[0])] = output
    return tf_keras.Model(
        [made[id(tensor)] for tensor in model.inputs], [made[id(tensor)] for tensor in model.outputs], name=model.name
    )


def _layer_name(tensor: Any) -> str:
    return str(tensor._keras_history.operation.name)


def _twin_layer(layer: Any) -> Any:
    import tf_keras

    kind = getattr(tf_keras.layers, type(layer).__name__, None)
    if kind is None:
        raise ValueError(f"it has no layer {type(layer).__name__}")
    return kind(**_settings(layer.get_config(), kind))


def _settings(config: Mapping[str, Any], kind: Any) -> dict[str, Any]:
    """The settings that both generations have; a difference that matters shows when the two are compared."""
    known = {name for base in inspect.getmro(kind) for name in _parameters(base)}
    settings = {}
    for name, value in config.items():
        if name in ("dtype", "registered_name", "batch_shape", "build_config") or name.endswith(_DROPPED_SUFFIXES):
            continue
        if name in known or name in ("name", "trainable"):
            settings[name] = value
    return settings


def _parameters(kind: Any) -> list[str]:
    try:
        return list(inspect.signature(kind.__init__).parameters)
    except (TypeError, ValueError):
        return []
