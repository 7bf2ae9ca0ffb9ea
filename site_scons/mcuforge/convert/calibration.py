"""Calibration data: what the quantizer sees of the world, checked against the model's inputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mcuforge.arrays import ArrayPlace, as_float32, expect_finite, expect_rows, find_array, read_npz, row_shapes
from mcuforge.convert.loader import Floats, Input, Row
from mcuforge.errors import Location, UserError

FEW_ROWS = 16
_WITHOUT_RANGES = ("float16", "none")
_WHAT = "calibration data"


def calibration_rows(file: Path, inputs: Sequence[Input]) -> list[Row]:
    """The rows of array `x`; of several inputs `x0`, `x1`, … or their names.

    Raises UserError, naming file and array, for missing arrays, wrong shapes, other types than floats, NaN, and arrays
    of different lengths.
    """
    arrays = read_npz(file, _WHAT)
    columns = []
    for position, item in enumerate(inputs):
        names = ("x" if len(inputs) == 1 else f"x{position}", item.name)
        use = f"the input `{item.name}` [{', '.join(map(str, item.shape))}]"
        name = find_array(file, arrays, tuple(dict.fromkeys(names)), _WHAT, use)
        columns.append(_column(ArrayPlace(file, name), arrays[name], item, use))
    if len({len(column) for column in columns}) > 1:
        lengths = ", ".join(str(len(column)) for column in columns)
        raise UserError(f"the arrays of the {_WHAT} hold different numbers of rows: {lengths}", location=Location(file))
    return [tuple(values) for values in zip(*columns, strict=True)]


def _column(place: ArrayPlace, array: Floats, item: Input, use: str) -> Floats:
    expect_rows(place, array, row_shapes(item.shape), use)
    if array.dtype.kind != "f":
        raise place.error(
            f"elements of type {array.dtype} are not what the model is fed: it takes float32",
            hint="save the inputs as the model sees them in training, with .astype(numpy.float32)",
        )
    expect_finite(place, array)
    return as_float32(place, array).reshape(len(array), *item.shape)


def calibration_notes(scheme: str, rows: Sequence[Row]) -> list[str]:
    """What is suspicious about the rows, though not wrong."""
    if scheme in _WITHOUT_RANGES:
        return [f"the scheme {scheme} needs no calibration data: the rows do not change the model"]
    notes = []
    if len(rows) < FEW_ROWS:
        notes.append(f"the calibration data has only {len(rows)} rows: ranges of activations will be narrow")
    for position in range(len(rows[0])):
        if all((row[position] == rows[0][position]).all() for row in rows[1:]) and len(rows) > 1:
            notes.append(f"all {len(rows)} rows of the calibration data are the same")
    return notes
