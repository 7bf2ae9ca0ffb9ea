"""Models that TensorFlow's own converter turns into .tflite: Keras of either generation, and SavedModel."""

from __future__ import annotations

import contextlib
import io as text_io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mcuforge.convert.loader import Floats, Input, Row
from mcuforge.errors import Location, UserError

TENSORFLOW_PACKAGES = ("tensorflow-cpu", "keras", "tf-keras")

_CUSTOM_OPS = re.compile(r"^\s*Flex ops: (.+)$|^\s*Custom ops: (.+)$", re.MULTILINE)


class TensorFlowModel:
    """`function` maps tensors, one for each input, to the outputs."""

    def __init__(
        self,
        source: Path,
        loader: str,
        inputs: tuple[Input, ...],
        function: Callable[..., Any],
        *,
        may_run: bool = True,
    ) -> None:
        self.loader = loader
        self.inputs = inputs
        self._source = source
        self._function = function
        self._may_run = may_run
        self._frozen = self._freeze()

    def _freeze(self) -> Any:
        """The function with its weights as constants and a batch of 1, so that no shape is computed on the device."""
        import tensorflow as tf
        from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

        specs = [tf.TensorSpec(item.shape, tf.float32, name=item.name) for item in self.inputs]
        return convert_variables_to_constants_v2(tf.function(self._function).get_concrete_function(*specs))

    def float_tflite(self) -> bytes:
        return self._convert(self._converter())

    def quantized(self, scheme: str, io: str, calibration: Sequence[Row]) -> bytes:
        import tensorflow as tf

        wide = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        converter = self._converter()
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if scheme == "float16":
            converter.target_spec.supported_types = [tf.float16]
            return self._convert(converter)
        converter.representative_dataset = lambda: _fed(calibration)
        converter.target_spec.supported_ops = [wide if scheme == "int16x8" else tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.dtypes.as_dtype(io)
        return self._convert(converter)

    def predict(self, row: Row) -> tuple[Floats, ...] | None:
        if not self._may_run:
            return None
        return tuple(np.asarray(output) for output in self._frozen(*map(_constant, row)))

    def _converter(self) -> Any:
        import tensorflow as tf

        return tf.lite.TFLiteConverter.from_concrete_functions([self._frozen])

    def _convert(self, converter: Any) -> bytes:
        from tensorflow.lite.python.convert import ConverterError

        try:
            # The exporter lists the model's endpoints on standard output.
            with contextlib.redirect_stdout(text_io.StringIO()):
                return bytes(converter.convert())
        except ConverterError as error:
            raise self._refusal(str(error)) from error
        except (RuntimeError, ValueError) as error:
            raise UserError(
                f"TensorFlow does not convert this model: {first_line(str(error))}", location=Location(self._source)
            ) from error

    def _refusal(self, text: str) -> UserError:
        found = [name for match in _CUSTOM_OPS.finditer(text) for name in match.groups() if name]
        if found:
            return UserError(
                f"the model needs operators that TensorFlow Lite does not have: {', '.join(found)}",
                location=Location(self._source),
                hint="replace these layers with standard ones; code for operators of your own cannot be converted",
            )
        return UserError(f"TensorFlow does not convert this model: {first_line(text)}", location=Location(self._source))


def _fed(rows: Sequence[Row]) -> Iterator[list[Floats]]:
    for row in rows:
        yield list(row)


def _constant(array: Floats) -> Any:
    import tensorflow as tf

    return tf.constant(array)


def first_line(text: str) -> str:
    """The first line that says something, short enough to read."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "it gives no reason")
    return line if len(line) <= 200 else line[:200] + "…"
