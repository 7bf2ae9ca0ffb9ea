"""Golden inputs: recorded ones from an .npz file, or random ones from a seed, as the bytes a model's inputs hold.

A vector is `bytes`: all inputs of one inference in the model's order, back to back, little-endian.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mcuforge.errors import Location, UserError
from mcuforge.manifest.types import Project
from mcuforge.model.graph import DType, Graph, Tensor
from mcuforge.units import format_size

MAX_FILE_BYTES = 1 << 30
_INTEGERS = (DType.INT8, DType.UINT8, DType.INT16, DType.UINT16, DType.INT32, DType.UINT32, DType.INT64, DType.UINT64)
_QUANTIZED = (DType.INT8, DType.UINT8, DType.INT16)
_SUPPORTED = (*_INTEGERS, DType.BOOL, DType.FLOAT32)

Array = npt.NDArray[Any]


def golden_vectors(project: Project, graph: Graph) -> list[bytes]:
    """The manifest's golden inputs for this model, at least one. Raises UserError when they do not fit it."""
    golden = project.golden
    if golden.file is not None:
        return recorded_vectors(golden.file, graph)
    return random_vectors(graph, golden.count, golden.seed)


def input_tensors(graph: Graph) -> tuple[Tensor, ...]:
    """The model's inputs, in its order. Raises UserError for a type that no vector can be made of."""
    tensors = tuple(graph.main.tensors[index] for index in graph.main.inputs)
    for tensor in tensors:
        if tensor.dtype not in _SUPPORTED:
            raise UserError(
                f"an input of type {tensor.dtype} cannot be replayed: {tensor.describe()}", location=graph.source
            )
    return tensors


def random_vectors(graph: Graph, count: int, seed: int) -> list[bytes]:
    """`count` vectors drawn with PCG64 from `seed`: the first over each type's whole range, every further one over a
    range of its own within it, since uniform noise of one contrast makes all inferences alike."""
    generator = np.random.Generator(np.random.PCG64(seed))
    tensors = input_tensors(graph)
    return [b"".join(_draw(generator, tensor, whole=index == 0) for tensor in tensors) for index in range(count)]


def _draw(generator: np.random.Generator, tensor: Tensor, *, whole: bool) -> bytes:
    if tensor.dtype is DType.FLOAT32:
        magnitude = 1.0 if whole else 10.0 ** generator.uniform(-1, 1)
        return generator.uniform(-magnitude, magnitude, tensor.shape).astype("<f4").tobytes()
    if tensor.dtype is DType.BOOL:
        return generator.integers(0, 1, tensor.shape, endpoint=True).astype(np.bool_).tobytes()
    limits = np.iinfo(tensor.dtype.numpy)
    low, high = int(limits.min), int(limits.max)
    if not whole:
        low, high = sorted(int(end) for end in generator.integers(low, high, 2, tensor.dtype.numpy, endpoint=True))
    return generator.integers(low, high, tensor.shape, tensor.dtype.numpy, endpoint=True).tobytes()


def recorded_vectors(file: Path, graph: Graph) -> list[bytes]:
    """The vectors of an .npz file: array `x` of shape [n, *input]; several inputs are `x0`, `x1`, … or by their names.

    The batch dimension of 1 that most inputs have may be left out. Floats for a quantized input are quantized with its
    scale and zero point. Raises UserError, naming file and array, for anything that does not fit.
    """
    tensors = input_tensors(graph)
    arrays = _load(file)
    columns = []
    for position, tensor in enumerate(tensors):
        name = _array_name(file, arrays, position, tensor, single=len(tensors) == 1)
        columns.append(_convert(_ArrayPlace(file, name), arrays[name], tensor))
    counts = {len(column) for column in columns}
    if len(counts) > 1:
        raise UserError(
            "the arrays of the golden inputs hold different numbers of vectors: "
            + ", ".join(f"{len(column)}" for column in columns),
            location=Location(file),
        )
    return [b"".join(row) for row in zip(*columns, strict=True)]


def _load(file: Path) -> Mapping[str, Array]:
    """All arrays of the file. Nothing in it is ever unpickled: a pickle runs code."""
    location = Location(file)
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > MAX_FILE_BYTES:
            raise UserError(f"the golden inputs unpack to {format_size(size)}", location=location)
        with np.load(file, allow_pickle=False) as content:
            return {name: np.asarray(content[name]) for name in content.files}
    except FileNotFoundError:
        raise UserError("the golden inputs do not exist", location=location) from None
    except (OSError, zipfile.BadZipFile) as failure:
        raise UserError(
            f"the golden inputs are not an .npz file: {failure}",
            location=location,
            hint="write it with numpy.savez(file, x=…)",
        ) from None
    except ValueError as failure:
        raise UserError(
            f"the golden inputs hold something else than plain arrays: {failure}",
            location=location,
            hint="arrays of Python objects are pickles, which are never loaded; save numbers",
        ) from None


def _array_name(file: Path, arrays: Mapping[str, Array], position: int, tensor: Tensor, *, single: bool) -> str:
    candidates = ("x", tensor.name) if single else (f"x{position}", tensor.name)
    for name in candidates:
        if name in arrays:
            return name
    raise UserError(
        f"the golden inputs have no array `{candidates[0]}` for {tensor.describe()}",
        location=Location(file),
        details=("arrays found: " + (", ".join(f"`{name}`" for name in arrays) or "none"),),
        hint=f"name it `{candidates[0]}` or `{tensor.name}`",
    )


class _ArrayPlace:
    """An array in a file, for messages."""

    def __init__(self, file: Path, name: str) -> None:
        self._file = file
        self._name = name

    def error(self, message: str, hint: str | None = None) -> UserError:
        return UserError(f"array `{self._name}`: {message}", location=Location(self._file), hint=hint)


def _convert(place: _ArrayPlace, array: Array, tensor: Tensor) -> list[bytes]:
    """One `bytes` for each vector of the array."""
    _check_shape(place, array, tensor)
    if array.dtype.kind == "f":
        values = _from_floats(place, array, tensor)
    elif array.dtype.kind in "iub":
        values = _from_integers(place, array, tensor)
    else:
        raise place.error(f"elements of type {array.dtype} are not numbers")
    little_endian = values.astype(tensor.dtype.numpy.newbyteorder("<"))
    return [vector.tobytes() for vector in little_endian]


def _check_shape(place: _ArrayPlace, array: Array, tensor: Tensor) -> None:
    accepted = [tensor.shape]
    if tensor.shape[:1] == (1,):
        accepted.append(tensor.shape[1:])
    if array.ndim == 0 or array.shape[1:] not in accepted:
        wanted = " or ".join(_vector_shape(shape) for shape in accepted)
        raise place.error(f"shape {_plain(array.shape)} is not {wanted} of {tensor.describe()}")
    if len(array) == 0:
        raise place.error("it holds no vectors")


def _vector_shape(shape: tuple[int, ...]) -> str:
    return "[" + ", ".join(["n", *map(str, shape)]) + "]"


def _plain(shape: tuple[int, ...]) -> str:
    return "[" + ", ".join(map(str, shape)) + "]"


def _from_floats(place: _ArrayPlace, array: Array, tensor: Tensor) -> Array:
    if not np.isfinite(array).all():
        raise place.error("it holds NaN or infinity")
    if tensor.dtype is DType.FLOAT32:
        with np.errstate(over="ignore"):
            narrowed = array.astype(np.float32)
        if not np.isfinite(narrowed).all():
            raise place.error("it holds values beyond the range of float32")
        return narrowed
    if tensor.dtype not in _QUANTIZED or tensor.quantization is None:
        raise place.error(f"it holds floats, and {tensor.describe()} has no quantization to turn them into integers")
    return quantize(array, tensor)


def quantize(array: Array, tensor: Tensor) -> Array:
    """round(x / scale) + zero point in float32, halves away from zero, clamped: TFLM's QUANTIZE (`AffineQuantize`)."""
    assert tensor.quantization is not None
    scaled = array.astype(np.float32) / np.float32(tensor.quantization.scale)
    limits = np.iinfo(tensor.dtype.numpy)
    steps = np.copysign(np.floor(np.abs(scaled.astype(np.float64)) + 0.5), scaled)
    quantized: Array = np.clip(steps + tensor.quantization.zero_point, limits.min, limits.max)
    return quantized.astype(tensor.dtype.numpy)


def _from_integers(place: _ArrayPlace, array: Array, tensor: Tensor) -> Array:
    if tensor.dtype is DType.FLOAT32 or (array.dtype.kind == "b") != (tensor.dtype is DType.BOOL):
        raise place.error(f"elements of type {array.dtype} do not fit {tensor.describe()}")
    if tensor.dtype is not DType.BOOL:
        limits = np.iinfo(tensor.dtype.numpy)
        low, high = int(array.min()), int(array.max())
        if low < limits.min or high > limits.max:
            raise place.error(f"values from {low} to {high} do not fit {tensor.dtype}")
    return array
