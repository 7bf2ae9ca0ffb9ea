"""Tensors from the .tflite tables: shape, type, quantization and constant data, each checked before it is believed."""

from __future__ import annotations

import math

from mcuforge.model.flatbuffer import Field, Table, TableVector, shorten
from mcuforge.model.graph import DType, Quantization, Tensor
from mcuforge.model.schema import TENSOR_TYPES, BufferTable, ModelTable, QuantizationTable, TensorTable
from mcuforge.units import format_size

MAX_RANK = 8
MAX_TENSOR_BYTES = (1 << 31) - 1
_UNKNOWN = -1

_SUPPORTED_TYPES = ", ".join(dtype.label for dtype in DType)
_FIXED_SHAPE_HINT = "convert the model again with an input of fixed shape: firmware sets memory aside at build time"
_AFFINE_HINT = "quantize with TensorFlow Lite's full-integer scheme: one scale for a tensor, or one for each channel"

# Zero points are 32 bits in every runtime, whatever the element type.
_MAX_ZERO_POINT_BITS = 32
_SIGNED = (DType.INT4, DType.INT8, DType.INT16, DType.INT32, DType.INT64)
_UNSIGNED = (DType.UINT8, DType.UINT16, DType.UINT32, DType.UINT64)


class Buffers:
    """The model's constant data, as views into the file; index 0 is empty by convention."""

    def __init__(self, model: Table) -> None:
        self._tables: TableVector = model.tables(ModelTable.BUFFERS, "buffer")
        self._views: dict[int, memoryview] = {}

    def __getitem__(self, index: int) -> memoryview:
        """The bytes of a buffer, empty when it has none. Raises UserError for data kept outside the flatbuffer."""
        if index not in self._views:
            self._views[index] = self._read(self._tables[index])
        return self._views[index]

    def __len__(self) -> int:
        return len(self._tables)

    def _read(self, table: Table) -> memoryview:
        # Converters write 1 into both fields as a placeholder; only larger values mean data after the flatbuffer.
        if max(table.integer(BufferTable.OFFSET, "uint64"), table.integer(BufferTable.SIZE, "uint64")) > 1:
            raise table.error(
                "its data lies outside the flatbuffer, where TensorFlow Lite Micro does not look",
                hint="convert the model again without the buffer-offset option (a model below 2 GiB does not need it)",
            )
        data = table.data(BufferTable.DATA)
        return memoryview(b"") if data is None else data


def read_tensor(table: Table, index: int, buffers: Buffers) -> Tensor:
    """One tensor. Raises UserError naming it for whatever mcuforge cannot take at its word."""
    name = table.string(TensorTable.NAME)
    if name:
        table.label += f" `{shorten(name)}`"
    _refuse_exotic_storage(table)
    shape = _read_shape(table)
    dtype = _read_dtype(table)
    tensor = Tensor(
        index=index,
        name=name,
        shape=shape,
        dtype=dtype,
        quantization=_read_quantization(table, shape, dtype),
        data=_read_data(table, buffers, is_empty=0 in shape),
        is_state=bool(table.scalar(TensorTable.IS_VARIABLE, "bool", False)),
    )
    _check_size(table, tensor)
    return tensor


def _refuse_exotic_storage(table: Table) -> None:
    if table.has(TensorTable.SPARSITY):
        raise table.error("sparse tensors are not supported", hint="convert the model again without sparsity encoding")
    if table.integer(TensorTable.EXTERNAL_BUFFER, "uint32"):
        raise table.error(
            "its data is in another file, which is not supported", hint="convert the model again into a single file"
        )


def _read_shape(table: Table) -> tuple[int, ...]:
    """The shape; () for a scalar. A dimension that the signature leaves open counts as what the shape says.

    A dimension of 0 makes a constant, such as an empty list of axes: nothing is ever computed into it.

    Converters write 1 for an open dimension. That is right for the leading one, the batch, since firmware infers one
    sample at a time; anywhere else a 1 is a stand-in for a size nobody knows.
    """
    shape = _dimensions(table, TensorTable.SHAPE)
    signature = _dimensions(table, TensorTable.SHAPE_SIGNATURE) or shape
    if len(signature) != len(shape):
        raise table.error(f"its shape has {len(shape)} dimensions, its shape_signature {len(signature)}")
    for axis, (size, declared) in enumerate(zip(shape, signature, strict=True)):
        is_placeholder = declared == _UNKNOWN and size == 1 and axis > 0
        if size == _UNKNOWN or is_placeholder:
            raise table.error(f"dimension {axis} of its shape is dynamic", hint=_FIXED_SHAPE_HINT)
        if size < 0:
            raise table.error(f"dimension {axis} of its shape is {size}; a dimension cannot be negative")
        if declared not in (size, _UNKNOWN):
            raise table.error(f"dimension {axis} is {size} in its shape and {declared} in its shape_signature")
    return shape


def _dimensions(table: Table, field: Field) -> tuple[int, ...]:
    dimensions = table.vector(field, "int32")
    if len(dimensions) > MAX_RANK:
        raise table.error(f"its {field.name} has {len(dimensions)} dimensions; at most {MAX_RANK} are supported")
    return dimensions


def _read_dtype(table: Table) -> DType:
    code = table.integer(TensorTable.TYPE, "int8")
    if not 0 <= code < len(TENSOR_TYPES):
        raise table.error(f"its element type has the unknown code {code}", hint=f"supported types: {_SUPPORTED_TYPES}")
    dtype = TENSOR_TYPES[code]
    if isinstance(dtype, str):
        raise table.error(f"element type {dtype} is not supported", hint=f"supported types: {_SUPPORTED_TYPES}")
    return dtype


def _check_size(table: Table, tensor: Tensor) -> None:
    if tensor.size_bytes > MAX_TENSOR_BYTES:
        raise table.error(f"a tensor of {tensor.elements} elements does not fit in 2 GiB")
    if tensor.data is None:
        return
    if tensor.is_state:
        raise table.error(f"it is a state variable, and yet it has {'constant data' if tensor.data else 'no elements'}")
    if len(tensor.data) != tensor.size_bytes:
        held, needed = format_size(len(tensor.data)), format_size(tensor.size_bytes)
        raise table.error(f"its buffer holds {held} of data, its shape and type need {needed}")


def _read_data(table: Table, buffers: Buffers, *, is_empty: bool) -> memoryview | None:
    """The constant's bytes; None for a tensor with elements that names an empty buffer: it is computed at run time."""
    index = table.integer(TensorTable.BUFFER, "uint32")
    if index >= max(1, len(buffers)):
        raise table.error(f"it names buffer {index}; the model has {len(buffers)} buffers")
    data = buffers[index] if len(buffers) else memoryview(b"")
    return data if data or is_empty else None


def _read_quantization(table: Table, shape: tuple[int, ...], dtype: DType) -> Quantization | None:
    """The scales and zero points of an integer tensor; None where there are none.

    Converters leave a bare range (min, max), and now and then a scale, on float tensors: no kernel looks at it.
    """
    details = table.table(TensorTable.QUANTIZATION, f"quantization of {table.label}")
    if details is None:
        return None
    if details.integer(QuantizationTable.DETAILS_TYPE, "uint8"):
        raise details.error("only scales and zero points are supported", hint=_AFFINE_HINT)
    scales = details.vector(QuantizationTable.SCALE, "float32")
    if not scales or dtype not in _SIGNED + _UNSIGNED:
        return None
    axis = _read_axis(details, shape, len(scales))
    _check_scales(details, scales)
    return Quantization(scales, _read_zero_points(details, dtype, len(scales)), axis)


def _read_axis(details: Table, shape: tuple[int, ...], count: int) -> int | None:
    if count == 1:
        return None
    axis = details.integer(QuantizationTable.QUANTIZED_DIMENSION, "int32")
    if not 0 <= axis < len(shape):
        raise details.error(f"its quantized dimension is {axis}; the tensor has {len(shape)} dimensions")
    if count != shape[axis]:
        raise details.error(
            f"it has {count} scales, and dimension {axis} has {shape[axis]} channels", hint=_AFFINE_HINT
        )
    return axis


def _check_scales(details: Table, scales: tuple[float, ...]) -> None:
    for index, scale in enumerate(scales):
        if not (math.isfinite(scale) and scale > 0):
            raise details.error(f"scale {index} is {scale:g}; a scale must be finite and above zero")


def _read_zero_points(details: Table, dtype: DType, count: int) -> tuple[int, ...]:
    """One zero point for each scale. A single one counts for all channels, as it does in TensorFlow Lite Micro."""
    zero_points = details.vector(QuantizationTable.ZERO_POINT, "int64")
    if len(zero_points) not in (1, count):
        raise details.error(
            f"the numbers of scales ({count}) and zero points ({len(zero_points)}) differ", hint=_AFFINE_HINT
        )
    bits = min(dtype.bits, _MAX_ZERO_POINT_BITS)
    lowest, highest = (-(1 << bits - 1), (1 << bits - 1) - 1) if dtype in _SIGNED else (0, (1 << bits) - 1)
    for index, zero_point in enumerate(zero_points):
        if not lowest <= zero_point <= highest:
            raise details.error(f"zero point {index} is {zero_point}, outside {lowest} to {highest} of {dtype}")
    return zero_points if len(zero_points) == count else zero_points * count
