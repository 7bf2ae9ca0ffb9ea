"""Keras files, of Keras 3 and of Keras 2: looked through for code first, then opened by whichever generation can."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mcuforge.convert.loader import Input, fixed_shape
from mcuforge.convert.tensorflow_model import TensorFlowModel, first_line
from mcuforge.errors import Location, UserError

_UNKNOWN_LAYER = re.compile(r"(?:Unknown (?:layer|object)|Could not locate class):? '?([\w>]+)'?")
_OWN_MODULES = ("keras", "tensorflow.keras", "tf_keras", "builtins")
_SHAPE_HINT = "give the model's input its size, for example keras.Input((49, 10, 1)), and save it again"

OpenedModel = tuple[Any, str]
"""A Keras model of either generation, and who opened it."""


def refuse_code(source: Path, config: str) -> None:
    """Looks through a model's JSON before Keras does: what it names gets imported, and Lambda layers are byte code.

    Raises UserError naming the layer that needs code.
    """
    try:
        tree = json.loads(config)
    except ValueError:
        raise UserError("the file's description of the model is not JSON", location=Location(source)) from None
    for item in _dictionaries(tree):
        kind = item.get("class_name")
        if kind in ("Lambda", "__lambda__"):
            name = (item.get("config") or {}).get("name", "") if isinstance(item.get("config"), dict) else ""
            raise UserError(
                f"the layer {f'`{name}` ' if name else ''}is a Lambda: Python code inside the file, which is never run",
                location=Location(source),
                hint="replace it with a standard layer: Rescaling, Reshape, Permute, Activation, …",
            )
        module = item.get("module")
        if isinstance(kind, str) and isinstance(module, str) and not _is_own(module):
            raise _needs_code(source, kind)
        registered = item.get("registered_name")
        if isinstance(kind, str) and "module" in item and module is None and isinstance(registered, str):
            raise _needs_code(source, kind)


def _is_own(module: str) -> bool:
    return any(module == own or module.startswith(f"{own}.") for own in _OWN_MODULES)


def _needs_code(source: Path, kind: str) -> UserError:
    return UserError(
        f"the layer class `{kind}` is not part of Keras: it needs custom code, which the file does not hold",
        location=Location(source),
        hint="build it from standard layers, or export a SavedModel, which holds the computation itself",
    )


def _dictionaries(tree: Any) -> Iterator[dict[str, Any]]:
    pending = [tree]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            yield item
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def open_keras(source: Path) -> OpenedModel:
    """Tries Keras 3, then Keras 2 (tf-keras). Raises UserError with what both said when neither opens the file."""
    reasons = []
    for open_with in (_open_with_keras_3, _open_with_keras_2):
        try:
            return open_with(source)
        except Exception as error:  # whatever a Keras of the wrong generation stumbles over
            reasons.append(f"{type(error).__name__}: {_reason(error)}")
            unknown = _UNKNOWN_LAYER.search(str(error))
            if unknown is not None and open_with is _open_with_keras_2:
                raise _needs_code(source, unknown[1]) from error
    raise UserError(
        "neither Keras 3 nor Keras 2 opens this file",
        location=Location(source),
        details=(f"Keras 3 says {reasons[0]}", f"Keras 2 says {reasons[1]}"),
        hint="save it again with model.save(…), without custom objects",
    )


def _reason(error: Exception) -> str:
    return first_line(re.sub(r"\s+", " ", str(error)))


def _open_with_keras_3(source: Path) -> OpenedModel:
    import keras

    return keras.models.load_model(source, compile=False, safe_mode=True), f"Keras {keras.__version__}"


def _open_with_keras_2(source: Path) -> OpenedModel:
    import tf_keras

    model = tf_keras.models.load_model(source, compile=False, safe_mode=True)
    return model, f"tf-keras {version('tf-keras')} (Keras 2)"


def tensorflow_model(source: Path, model: Any, loader: str) -> TensorFlowModel:
    """A Keras model with its shapes fixed. Raises UserError for inputs that no microcontroller can be given."""
    tensors = getattr(model, "inputs", None)
    if not tensors:
        raise UserError("the model does not say what its inputs are", location=Location(source), hint=_SHAPE_HINT)
    inputs = tuple(_input(source, tensor) for tensor in tensors)
    return TensorFlowModel(source, loader, inputs, _inference(model, len(inputs)))


def _input(source: Path, tensor: Any) -> Input:
    name = str(tensor.name).split(":")[0]
    kind = getattr(tensor.dtype, "name", tensor.dtype)
    if kind != "float32":
        raise UserError(
            f"the input `{name}` takes {kind}, not float32",
            location=Location(source),
            hint="cast inside the model, so that it is fed float32; the build quantizes its inputs",
        )
    return Input(name, fixed_shape(source, name, tuple(tensor.shape), _SHAPE_HINT))


def _inference(model: Any, count: int) -> Callable[..., Any]:
    def call(*tensors: Any) -> Any:
        return model(tensors[0] if count == 1 else list(tensors), training=False)

    return call
