"""Whether the float .tflite computes what the framework's model does: the first place where accuracy gets lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mcuforge.convert.loader import Floats, Input, Row, TrainedModel
from mcuforge.errors import Location, UserError

ROWS = 8
TOLERANCE = 1e-3
"""Of the largest output: float32 sums in another order differ by some 1e-6, a wrong layout by 1."""


def sample_rows(inputs: Sequence[Input], seed: int = 1) -> list[Row]:
    """Rows for models without calibration data, from a normal distribution."""
    generator = np.random.Generator(np.random.PCG64(seed))
    return [tuple(generator.standard_normal(item.shape).astype(np.float32) for item in inputs) for _ in range(ROWS)]


def check_parity(source: Path, model: TrainedModel, as_float: bytes, rows: Sequence[Row]) -> float | None:
    """The largest difference on some of the rows, relative to the largest output; None where it is not known.

    Raises UserError when it is more than TOLERANCE.
    """
    chosen = rows[:: max(1, len(rows) // ROWS)][:ROWS]
    expected = [model.predict(row) for row in chosen]
    if any(outputs is None for outputs in expected):
        return None
    interpreter = _interpreter(as_float)
    worst = largest = 0.0
    for row, outputs in zip(chosen, expected, strict=True):
        found = _run(interpreter, row)
        for got, wanted in zip(found, outputs or (), strict=True):
            largest = max(largest, float(np.abs(wanted).max()))
            worst = max(worst, float(np.abs(got.ravel() - np.asarray(wanted).ravel()).max()))
    difference = worst / largest if largest else worst
    if difference > TOLERANCE:
        raise UserError(
            f"the float .tflite computes something else than {model.loader}: off by {difference:.1%} of its output",
            location=Location(source),
            hint="a layer was converted wrongly; try another export of the model, and report it to the converter",
        )
    return float(f"{difference:.3g}")


def _interpreter(data: bytes) -> Any:
    """TensorFlow Lite, from whichever package is there: both hold the same interpreter."""
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        import tensorflow as tf

        Interpreter = tf.lite.Interpreter  # noqa: N806
    interpreter = Interpreter(model_content=data)
    interpreter.allocate_tensors()
    return interpreter


def _run(interpreter: Any, row: Row) -> list[Floats]:
    for details, values in zip(interpreter.get_input_details(), row, strict=True):
        interpreter.set_tensor(details["index"], values.reshape(details["shape"]))
    interpreter.invoke()
    return [np.asarray(interpreter.get_tensor(details["index"])) for details in interpreter.get_output_details()]
