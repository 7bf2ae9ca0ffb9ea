"""SavedModel: a directory with TensorFlow's own description of a computation."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from mcuforge.convert.loader import Input, Loader, Say, TrainedModel, fixed_shape, register
from mcuforge.convert.tensorflow_model import TensorFlowModel, first_line
from mcuforge.errors import Location, UserError

_SIGNATURE = "serving_default"
_FILES = ("saved_model.pb", "saved_model.pbtxt")


@register
class SavedModelLoader(Loader):
    format = "saved_model"
    extra = "keras"
    packages = ("tensorflow-cpu",)
    dense_marks = (b"MatMul",)

    def inspect(self, source: Path) -> None:
        if not source.is_dir() or not any((source / name).is_file() for name in _FILES):
            raise UserError(
                f"not a SavedModel: there is no directory with a {_FILES[0]}",
                location=Location(source),
                hint="write it with model.export(…), or name a .keras, .h5, .onnx, .pt2 or .tflite file",
            )

    def load(self, source: Path, folder: Path, say: Say) -> TrainedModel:
        import tensorflow as tf

        try:
            loaded = tf.saved_model.load(str(source))
        except Exception as error:  # TensorFlow has no common class for what can be wrong with one
            raise UserError(
                f"TensorFlow cannot read this SavedModel: {first_line(str(error))}", location=Location(source)
            ) from error
        function = _signature(source, loaded)
        inputs = tuple(_inputs(source, function))
        names = [item.name for item in inputs]

        def call(*tensors: Any) -> Any:
            results = function(**dict(zip(names, tensors, strict=True)))
            return [results[name] for name in sorted(results)]

        # Its computation may write files: it is converted, and not run for comparison.
        return TensorFlowModel(source, f"TensorFlow {version('tensorflow-cpu')}", inputs, call, may_run=False)


def _signature(source: Path, loaded: Any) -> Any:
    signatures = dict(loaded.signatures)
    if _SIGNATURE in signatures:
        return signatures[_SIGNATURE]
    if len(signatures) == 1:
        return next(iter(signatures.values()))
    raise UserError(
        f"the SavedModel has no signature `{_SIGNATURE}`",
        location=Location(source),
        details=("signatures found: " + (", ".join(f"`{name}`" for name in sorted(signatures)) or "none"),),
        hint="export it with a signature: model.export(…), or tf.saved_model.save(…, signatures=…)",
    )


def _inputs(source: Path, function: Any) -> list[Input]:
    found = []
    for name, spec in sorted(function.structured_input_signature[1].items()):
        if spec.dtype.name != "float32":
            raise UserError(f"the input `{name}` takes {spec.dtype.name}, not float32", location=Location(source))
        if spec.shape.rank is None:
            raise UserError(f"the input `{name}` has no fixed number of dimensions", location=Location(source))
        hint = "export it with a signature of fixed sizes: tf.TensorSpec((1, 49, 10, 1))"
        found.append(Input(name, fixed_shape(source, name, spec.shape.as_list(), hint)))
    return found
