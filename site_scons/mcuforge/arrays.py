"""Arrays that people hand over, from .npz files: checked before use, and nothing in them is ever unpickled."""

from __future__ import annotations

import lzma
import tokenize
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.errors import Location, UserError
from mcuforge.units import format_size

MAX_FILE_BYTES = 1 << 30

Array = npt.NDArray[Any]

# What zipfile and NumPy raise for damaged files, besides ValueError. RuntimeError: encrypted, or compressed in a way
# that nobody reads; TokenError, TypeError: an array's header; MemoryError: a header that promises more than fits.
_DAMAGED = (
    *(OSError, EOFError, RuntimeError, TypeError, MemoryError, OverflowError),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, tokenize.TokenError),
)


def read_npz(file: Path, what: str) -> Mapping[str, Array]:
    """All arrays of the file; `what` names it in messages: "golden inputs".

    Raises UserError for a file that does not exist, is no .npz, is damaged, unpacks to more than 1 GiB or holds
    pickles: a pickle runs code.
    """
    location = Location(file)
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > MAX_FILE_BYTES:
            raise UserError(f"the {what} unpack to {format_size(size)}", location=location)
        with np.load(file, allow_pickle=False) as content:
            return {name: np.asarray(content[name]) for name in content.files}
    except FileNotFoundError:
        raise UserError(f"the {what} do not exist", location=location) from None
    except _DAMAGED as failure:
        reason = failure.args[0] if isinstance(failure, tokenize.TokenError) else failure
        raise UserError(
            f"the {what} are not an .npz file: {reason}",
            location=location,
            hint="write it with numpy.savez(file, x=…)",
        ) from None
    except ValueError as failure:
        raise UserError(
            f"the {what} hold something else than plain arrays: {failure}",
            location=location,
            hint="arrays of Python objects are pickles, which are never loaded; save numbers",
        ) from None


class ArrayPlace:
    """An array in a file, for messages."""

    def __init__(self, file: Path, name: str) -> None:
        self._file = file
        self._name = name

    def error(self, message: str, hint: str | None = None) -> UserError:
        return UserError(f"array `{self._name}`: {message}", location=Location(self._file), hint=hint)


def find_array(file: Path, arrays: Mapping[str, Array], names: Sequence[str], what: str, use: str) -> str:
    """The first of `names` that the file has. Raises UserError, listing what there is; `use` says what it is for."""
    names = tuple(dict.fromkeys(names))
    for name in names:
        if name in arrays:
            return name
    raise UserError(
        f"the {what} have no array `{names[0]}` for {use}",
        location=Location(file),
        details=("arrays found: " + (", ".join(f"`{name}`" for name in arrays) or "none"),),
        hint=f"name it {' or '.join(f'`{name}`' for name in names)}",
    )


def expect_rows(place: ArrayPlace, array: Array, shapes: Sequence[tuple[int, ...]], use: str) -> None:
    """At least one row, each of one of `shapes`. Raises UserError."""
    if array.ndim == 0 or array.shape[1:] not in shapes:
        wanted = " or ".join(_written(("n", *shape)) for shape in shapes)
        raise place.error(f"shape {_written(array.shape)} is not {wanted} of {use}")
    if len(array) == 0:
        raise place.error("it holds no vectors")


def row_shapes(shape: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The shapes that rows for a tensor may have: its own, and without the batch dimension of 1 that most have."""
    return (shape, shape[1:]) if shape[:1] == (1,) else (shape,)


def expect_finite(place: ArrayPlace, array: Array) -> None:
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise place.error("it holds NaN or infinity")


def as_float32(place: ArrayPlace, array: Array) -> npt.NDArray[np.float32]:
    """Finite numbers as float32. Raises UserError for what float32 cannot hold."""
    with np.errstate(over="ignore"):
        narrowed = array.astype(np.float32)
    if not np.isfinite(narrowed).all():
        raise place.error("it holds values beyond the range of float32")
    return narrowed


def _written(shape: Sequence[int | str]) -> str:
    return "[" + ", ".join(map(str, shape)) + "]"
