"""What the reader needs of the .tflite schema (version 3, revision 3d): the slots of fields, and the tensor types."""

from __future__ import annotations

from mcuforge.model.flatbuffer import Field
from mcuforge.model.graph import DType

FILE_IDENTIFIER = b"TFL3"
VERSION = 3
ABSENT_TENSOR = -1


class ModelTable:
    VERSION = Field(0, "version")
    OPERATOR_CODES = Field(1, "operator_codes")
    SUBGRAPHS = Field(2, "subgraphs")
    DESCRIPTION = Field(3, "description")
    BUFFERS = Field(4, "buffers")
    METADATA = Field(6, "metadata")


class OperatorCodeTable:
    DEPRECATED_BUILTIN_CODE = Field(0, "deprecated_builtin_code")
    CUSTOM_CODE = Field(1, "custom_code")
    VERSION = Field(2, "version")
    BUILTIN_CODE = Field(3, "builtin_code")


class SubgraphTable:
    TENSORS = Field(0, "tensors")
    INPUTS = Field(1, "inputs")
    OUTPUTS = Field(2, "outputs")
    OPERATORS = Field(3, "operators")
    NAME = Field(4, "name")


class TensorTable:
    SHAPE = Field(0, "shape")
    TYPE = Field(1, "type")
    BUFFER = Field(2, "buffer")
    NAME = Field(3, "name")
    QUANTIZATION = Field(4, "quantization")
    IS_VARIABLE = Field(5, "is_variable")
    SPARSITY = Field(6, "sparsity")
    SHAPE_SIGNATURE = Field(7, "shape_signature")
    EXTERNAL_BUFFER = Field(10, "external_buffer")


class QuantizationTable:
    SCALE = Field(2, "scale")
    ZERO_POINT = Field(3, "zero_point")
    DETAILS_TYPE = Field(4, "details_type")
    QUANTIZED_DIMENSION = Field(6, "quantized_dimension")


class OperatorTable:
    OPCODE_INDEX = Field(0, "opcode_index")
    INPUTS = Field(1, "inputs")
    OUTPUTS = Field(2, "outputs")
    BUILTIN_OPTIONS_TYPE = Field(3, "builtin_options_type")
    BUILTIN_OPTIONS = Field(4, "builtin_options")
    INTERMEDIATES = Field(8, "intermediates")
    LARGE_CUSTOM_OPTIONS_OFFSET = Field(9, "large_custom_options_offset")


class BufferTable:
    DATA = Field(0, "data")
    OFFSET = Field(1, "offset")
    SIZE = Field(2, "size")


class MetadataTable:
    NAME = Field(0, "name")
    BUFFER = Field(1, "buffer")


# enum TensorType, by code; those without a DType have no kernels in any runtime mcuforge has.
TENSOR_TYPES: tuple[DType | str, ...] = (
    DType.FLOAT32,
    DType.FLOAT16,
    DType.INT32,
    DType.UINT8,
    DType.INT64,
    "STRING",
    DType.BOOL,
    DType.INT16,
    "COMPLEX64",
    DType.INT8,
    DType.FLOAT64,
    "COMPLEX128",
    DType.UINT64,
    DType.RESOURCE,
    "VARIANT",
    DType.UINT32,
    DType.UINT16,
    DType.INT4,
    "BFLOAT16",
    "INT2",
    "UINT4",
    "FLOAT8_E4M3FN",
    "FLOAT8_E5M2",
)
