"""Training data from the user's own file: it is imported, so it is code that the build runs, like an SConstruct."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.errors import Location, UserError

Array = npt.NDArray[Any]
_EXAMPLE = "def dataset(): return x, y   # float32 [n, *input] and labels [n] or values [n, *output]"


def training_data(file: Path, input_shape: tuple[int, ...]) -> tuple[Array, Array]:
    """What `dataset()` returns, checked: x float32 [n, *input_shape], y with as many rows. Raises UserError."""
    function = getattr(_load(file), "dataset", None)
    if not callable(function):
        raise UserError("it has no function `dataset`", location=Location(file), hint=_EXAMPLE)
    try:
        x, y = (np.asarray(array) for array in function())
    except Exception as error:  # whatever the user's code raises
        raise UserError(
            f"dataset() failed: {type(error).__name__}: {error}", location=Location(file), hint=_EXAMPLE
        ) from error
    _check(file, x, y, input_shape)
    return x.astype(np.float32), y


def _load(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location("mcuforge_training_data", file)
    if spec is None or spec.loader is None:
        raise UserError("it is not a Python file", location=Location(file), hint="name it train.py")
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(file.parent))  # it may import files beside it
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UserError(
            f"it cannot be imported: {type(error).__name__}: {error}",
            location=Location(file),
            hint="what trains and saves belongs below `if __name__ == '__main__':`",
        ) from error
    finally:
        sys.path.pop(0)
    return module


def _check(file: Path, x: Array, y: Array, input_shape: tuple[int, ...]) -> None:
    if x.ndim == 0 or x.shape[1:] != input_shape:
        raise UserError(
            f"dataset() returns x of shape {list(x.shape)}; the model takes {['n', *input_shape]}",
            location=Location(file),
        )
    if len(x) == 0 or y.ndim == 0 or len(x) != len(y):
        rows = len(y) if y.ndim else 0
        raise UserError(f"dataset() returns {len(x)} rows of x and {rows} of y", location=Location(file))
    for name, array in (("x", x), ("y", y)):
        if array.dtype.kind not in "iufb" or (array.dtype.kind == "f" and not np.isfinite(array).all()):
            raise UserError(
                f"dataset() returns {name} with something else than finite numbers", location=Location(file)
            )
