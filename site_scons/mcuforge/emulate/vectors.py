"""Golden inputs: recorded ones from an .npz file, or random ones from a seed, as the bytes a model's inputs hold.

A vector is `bytes`: all inputs of one inference in the model's order, back to back, little-endian.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mcuforge.arrays import (
    Array,
    ArrayPlace,
    as_float32,
    expect_finite,
    expect_rows,
    find_array,
    read_npz,
    row_shapes,
)
from mcuforge.errors import Location, UserError
from mcuforge.manifest.types import Project
from mcuforge.model.graph import DType, Graph, Tensor

_INTEGERS = (DType.INT8, DType.UINT8, DType.INT16, DType.UINT16, DType.INT32, DType.UINT32, DType.INT64, DType.UINT64)
_QUANTIZED = (DType.INT8, DType.UINT8, DType.INT16)
_SUPPORTED = (*_INTEGERS, DType.BOOL, DType.FLOAT32)


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


def recorded_vectors(file: Path, graph: Graph, what: str = "golden inputs") -> list[bytes]:
    """The vectors of an .npz file: array `x` of shape [n, *input]; several inputs are `x0`, `x1`, … or by their names.

    The batch dimension of 1 that most inputs have may be left out. Floats for a quantized input are quantized with its
    scale and zero point. Raises UserError, naming file and array, for anything that does not fit.
    """
    tensors = input_tensors(graph)
    arrays = read_npz(file, what)
    columns = []
    for position, tensor in enumerate(tensors):
        names = ("x" if len(tensors) == 1 else f"x{position}", tensor.name)
        name = find_array(file, arrays, names, what, tensor.describe())
        columns.append(_convert(ArrayPlace(file, name), arrays[name], tensor))
    counts = {len(column) for column in columns}
    if len(counts) > 1:
        raise UserError(
            f"the arrays of the {what} hold different numbers of vectors: "
            + ", ".join(f"{len(column)}" for column in columns),
            location=Location(file),
        )
    return [b"".join(row) for row in zip(*columns, strict=True)]


def _convert(place: ArrayPlace, array: Array, tensor: Tensor) -> list[bytes]:
    """One `bytes` for each vector of the array."""
    expect_rows(place, array, row_shapes(tensor.shape), tensor.describe())
    if array.dtype.kind == "f":
        values = _from_floats(place, array, tensor)
    elif array.dtype.kind in "iub":
        values = _from_integers(place, array, tensor)
    else:
        raise place.error(f"elements of type {array.dtype} are not numbers")
    little_endian = values.astype(tensor.dtype.numpy.newbyteorder("<"))
    return [vector.tobytes() for vector in little_endian]


def _from_floats(place: ArrayPlace, array: Array, tensor: Tensor) -> Array:
    expect_finite(place, array)
    if tensor.dtype is DType.FLOAT32:
        return as_float32(place, array)
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


def _from_integers(place: ArrayPlace, array: Array, tensor: Tensor) -> Array:
    if tensor.dtype is DType.FLOAT32 or (array.dtype.kind == "b") != (tensor.dtype is DType.BOOL):
        raise place.error(f"elements of type {array.dtype} do not fit {tensor.describe()}")
    if tensor.dtype is not DType.BOOL:
        limits = np.iinfo(tensor.dtype.numpy)
        low, high = int(array.min()), int(array.max())
        if low < limits.min or high > limits.max:
            raise place.error(f"values from {low} to {high} do not fit {tensor.dtype}")
    return array
