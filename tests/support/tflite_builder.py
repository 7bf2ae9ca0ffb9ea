"""Builds .tflite files for tests, from the schema that ships in the `tflite-micro` wheel.

    model = ModelBuilder()
    x = model.tensor("x", (1, 4), "INT8", scale=0.5, zero_point=-3)
    w = model.tensor("w", (2, 4), "INT8", scale=[0.1, 0.2], axis=0, data=np.ones((2, 4), np.int8))
    y = model.tensor("y", (1, 2), "INT8", scale=0.25)
    model.operator("FULLY_CONNECTED", [x, w, None], [y], {"fused_activation_function": 1})
    data = model.build([x], [y])

A test that wants a damaged file takes `to_object`, spoils the object tree, and hands it to `pack`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import flatbuffers
import numpy as np
import numpy.typing as npt
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

from mcuforge.model.graph import DType

__all__ = ["FILE_IDENTIFIER", "SCHEMA_VERSION", "ModelBuilder", "SubgraphBuilder", "options_object", "pack", "schema"]

FILE_IDENTIFIER = b"TFL3"
BUFFER_ALIGNMENT = 16
SCHEMA_VERSION = 3
ABSENT_INPUT = -1

_DEFAULTS: Mapping[str, Any] = MappingProxyType({})
_LAST_DEPRECATED_CODE = schema.BuiltinOperator.PLACEHOLDER_FOR_GREATER_OP_CODES

# Operators whose options table is not simply named after them.
_SHARED_OPTIONS = {
    **dict.fromkeys(("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"), "Pool2DOptions"),
    **dict.fromkeys(
        ("MEAN", "SUM", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_ANY", "REDUCE_ALL"), "ReducerOptions"
    ),
    **dict.fromkeys(("MAXIMUM", "MINIMUM"), "MaximumMinimumOptions"),
    **dict.fromkeys(("RANDOM_STANDARD_NORMAL", "RANDOM_UNIFORM", "MULTINOMIAL"), "RandomOptions"),
    "CONV_3D_TRANSPOSE": "Conv3DOptions",
    "L2_NORMALIZATION": "L2NormOptions",
    "UNIDIRECTIONAL_SEQUENCE_RNN": "SequenceRNNOptions",
}


class AlignedBufferT(schema.BufferT):  # type: ignore[misc]
    """A model buffer whose bytes start at a multiple of 16 in the file, as the schema's `force_align` asks."""

    def Pack(self, builder: flatbuffers.Builder) -> int:  # noqa: N802 (the object API's name)
        vector = None if self.data is None else _aligned_vector(builder, bytes(self.data))
        schema.BufferStart(builder)
        if vector is not None:
            schema.BufferAddData(builder, vector)
        schema.BufferAddOffset(builder, self.offset)
        schema.BufferAddSize(builder, self.size)
        end: int = schema.BufferEnd(builder)
        return end


class SubgraphBuilder:
    """One subgraph under construction. Indices returned are those of the file."""

    def __init__(self, model: ModelBuilder, name: str) -> None:
        self._model = model
        self._object = schema.SubGraphT(tensors=[], inputs=[], outputs=[], operators=[], name=name)

    def tensor(
        self,
        name: str,
        shape: Sequence[int],
        dtype: DType | str,
        *,
        scale: float | Sequence[float] | None = None,
        zero_point: int | Sequence[int] = 0,
        axis: int = 0,
        data: npt.NDArray[Any] | bytes | None = None,
        is_variable: bool = False,
        shape_signature: Sequence[int] | None = None,
    ) -> int:
        """Adds a tensor and returns its index.

        dtype       a DType or the schema's name (`INT8`, `STRING`)
        scale       one number, or one for each index of `axis`; None for a tensor without quantization
        zero_point  a single int counts for every scale; a sequence is written as it is
        data        an array of the tensor's shape and type (INT4 from int8), or bytes, which are not checked
        """
        label = dtype.label if isinstance(dtype, DType) else dtype
        self._object.tensors.append(
            schema.TensorT(
                shape=list(shape),
                type=getattr(schema.TensorType, label.upper()),
                buffer=0 if data is None else self._model.buffer(_tensor_bytes(name, shape, label, data)),
                name=name,
                quantization=_quantization(scale, zero_point, axis),
                isVariable=is_variable,
                shapeSignature=None if shape_signature is None else list(shape_signature),
                hasRank=True,
            )
        )
        return len(self._object.tensors) - 1

    def operator(
        self,
        kind: str,
        inputs: Sequence[int | None],
        outputs: Sequence[int],
        options: Mapping[str, Any] | None = _DEFAULTS,
        *,
        version: int = 1,
        custom_options: bytes | None = None,
        intermediates: Sequence[int] | None = None,
    ) -> int:
        """Adds an operator and returns its index.

        kind     a BuiltinOperator name, or `CUSTOM:<name>`
        options  fields of the kind's options table by their schema names; the rest keeps its default;
                 None leaves the table out
        """
        options_type, options_table = options_object(kind, options)
        in_second_union = options_type and not hasattr(schema.BuiltinOptions, type(options_table).__name__[:-1])
        suffix = "2" if in_second_union else ""
        self._object.operators.append(
            schema.OperatorT(
                opcodeIndex=self._model.operator_code(kind, version),
                inputs=[ABSENT_INPUT if index is None else index for index in inputs],
                outputs=list(outputs),
                customOptions=None if custom_options is None else np.frombuffer(custom_options, np.uint8),
                intermediates=None if intermediates is None else list(intermediates),
                **{f"builtinOptions{suffix}Type": options_type, f"builtinOptions{suffix}": options_table},
            )
        )
        return len(self._object.operators) - 1

    def set_io(self, inputs: Sequence[int], outputs: Sequence[int]) -> None:
        """Names the tensors that enter and leave the subgraph. `ModelBuilder.build` does it for the main one."""
        self._object.inputs = list(inputs)
        self._object.outputs = list(outputs)

    @property
    def object(self) -> Any:
        return self._object


class ModelBuilder:
    """A model under construction; `tensor` and `operator` are those of its main subgraph."""

    def __init__(self, description: str = "built for a test") -> None:
        self._object = schema.ModelT(
            version=SCHEMA_VERSION,
            operatorCodes=[],
            subgraphs=[],
            description=description,
            buffers=[AlignedBufferT()],  # buffer 0 is empty by convention
            metadata=[],
        )
        self._operator_codes: dict[tuple[str, int], int] = {}
        self.main = self.subgraph("main")
        self.tensor = self.main.tensor
        self.operator = self.main.operator

    def subgraph(self, name: str) -> SubgraphBuilder:
        """Adds a further subgraph; call its `set_io` before `build`."""
        subgraph = SubgraphBuilder(self, name)
        self._object.subgraphs.append(subgraph.object)
        return subgraph

    def buffer(self, data: bytes) -> int:
        self._object.buffers.append(AlignedBufferT(data=data))
        return len(self._object.buffers) - 1

    def metadata(self, name: str, data: bytes) -> None:
        self._object.metadata.append(schema.MetadataT(name=name, buffer=self.buffer(data)))

    def operator_code(self, kind: str, version: int) -> int:
        """The index of an operator code, added when it is new."""
        key = (kind, version)
        if key not in self._operator_codes:
            builtin, _, custom = kind.partition(":")
            code = getattr(schema.BuiltinOperator, builtin)
            self._object.operatorCodes.append(
                schema.OperatorCodeT(
                    deprecatedBuiltinCode=min(code, _LAST_DEPRECATED_CODE),
                    customCode=custom or None,
                    version=version,
                    builtinCode=code,
                )
            )
            self._operator_codes[key] = len(self._object.operatorCodes) - 1
        return self._operator_codes[key]

    @property
    def object(self) -> Any:
        """The schema's object tree (`ModelT`) as it stands, for a model that names its ports by `main.set_io`."""
        return self._object

    def to_object(self, inputs: Sequence[int], outputs: Sequence[int]) -> Any:
        """The schema's object tree (`ModelT`), for a test to spoil before it calls `pack`."""
        self.main.set_io(inputs, outputs)
        return self._object

    def build(self, inputs: Sequence[int], outputs: Sequence[int]) -> bytes:
        """The file's bytes; `inputs` and `outputs` are those of the main subgraph."""
        return pack(self.to_object(inputs, outputs))


def pack(model: Any) -> bytes:
    """The bytes of a `ModelT`."""
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=FILE_IDENTIFIER)
    return bytes(builder.Output())


def options_object(kind: str, options: Mapping[str, Any] | None) -> tuple[int, Any]:
    """The union number and filled options table of an operator; (0, None) when it has none or `options` is None."""
    table_name = _options_name(kind)
    if options is None or table_name is None:
        if options:
            raise ValueError(f"{kind} has no options table, yet options are given: {dict(options)}")
        return 0, None
    table = getattr(schema, f"{table_name}T")()
    for name, value in options.items():
        attribute = _camel_case(name)
        if not hasattr(table, attribute):
            raise ValueError(f"{table_name} has no field `{name}`; it has {sorted(vars(table))}")
        setattr(table, attribute, value)
    return _union_numbers()[table_name], table


def _options_name(kind: str) -> str | None:
    if kind in _SHARED_OPTIONS:
        return _SHARED_OPTIONS[kind]
    wanted = f"{kind.replace('_', '')}OPTIONS"
    return next((name for name in _union_numbers() if name.upper() == wanted), None)


@functools.cache
def _union_numbers() -> dict[str, int]:
    """Options table → its number in the union that has it (BuiltinOptions, or BuiltinOptions2 for StableHLO)."""
    unions = (schema.BuiltinOptions, schema.BuiltinOptions2)
    return {name: number for union in unions for name, number in vars(union).items() if name.endswith("Options")}


def _camel_case(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _quantization(scale: float | Sequence[float] | None, zero_point: int | Sequence[int], axis: int) -> Any:
    if scale is None:
        return None
    scales = [scale] if isinstance(scale, int | float) else list(scale)
    zero_points = [zero_point] * len(scales) if isinstance(zero_point, int) else list(zero_point)
    return schema.QuantizationParametersT(scale=scales, zeroPoint=zero_points, quantizedDimension=axis)


def _tensor_bytes(name: str, shape: Sequence[int], label: str, data: npt.NDArray[Any] | bytes) -> bytes:
    if isinstance(data, bytes):
        return data
    dtype = DType[label.upper()]
    if data.shape != tuple(shape) or data.dtype != dtype.numpy:
        raise ValueError(f"tensor {name} is {tuple(shape)} {dtype}, its data {data.shape} {data.dtype}")
    if dtype is DType.INT4:
        nibbles = np.append(data.reshape(-1), np.zeros(data.size % 2, np.int8)).astype(np.uint8) & 15
        return (nibbles[0::2] | nibbles[1::2] << 4).tobytes()
    return data.astype(data.dtype.newbyteorder("<")).tobytes()


def _aligned_vector(builder: flatbuffers.Builder, data: bytes) -> int:
    builder.StartVector(1, len(data), BUFFER_ALIGNMENT)
    builder.head -= len(data)
    builder.Bytes[builder.head : builder.head + len(data)] = data
    end: int = builder.EndVector()
    return end
