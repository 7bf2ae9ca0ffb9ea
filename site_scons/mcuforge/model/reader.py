"""The gate for models: bytes of a .tflite file → `Graph`, or one UserError that names what is wrong and where.

The file may come from anywhere. Nothing in it is believed before it was checked, constants stay views into the file,
and both time and memory are bounded by the file's size (see `flatbuffer`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from mcuforge.errors import Location, UserError
from mcuforge.model.builtin_codes import BUILTIN_NAMES, CUSTOM
from mcuforge.model.dataflow import check_dataflow
from mcuforge.model.flatbuffer import MAX_FILE_BYTES, Field, FlatBuffer, Table, shorten
from mcuforge.model.graph import Graph, Operator, Subgraph, Tensor
from mcuforge.model.operator_kind import operator_kinds
from mcuforge.model.options_reader import read_options
from mcuforge.model.schema import (
    ABSENT_TENSOR,
    FILE_IDENTIFIER,
    VERSION,
    MetadataTable,
    ModelTable,
    OperatorCodeTable,
    OperatorTable,
    SubgraphTable,
)
from mcuforge.model.tensor_reader import Buffers, read_tensor

# What people hand over by mistake: how it begins, and what to do about it.
_OTHER_FORMATS = (
    (b"\x89HDF", "this is a Keras HDF5 file; name it .h5 in the manifest, or convert it to .tflite"),
    (b"PK\x03\x04", "this is a zip archive, such as a .keras or PyTorch file; convert it to .tflite"),
    (b"version https://git-lfs", "this is a Git LFS pointer, not the model itself; run `git lfs pull`"),
    (b"<", "this is a web page, not a model; download the raw file"),
)


class _OperatorCode(NamedTuple):
    kind: str
    version: int


def read_model(path: Path) -> Graph:
    """The model in a .tflite file. Raises UserError when the file cannot be read or is not a sound model."""
    source = Location(path)
    try:
        if not path.is_file():
            problem = "is not a regular file" if path.exists() else "does not exist"
            raise UserError(f"the model {problem}", location=source)
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UserError("the model is larger than 2 GiB", location=source, hint="no microcontroller can hold it")
        data = path.read_bytes()
    except OSError as failure:
        raise UserError(f"the model cannot be read: {failure.strerror}", location=source) from None
    return parse_model(data, source)


def parse_model(data: bytes, source: Location) -> Graph:
    """The model in `data`; `source` is what messages and the graph name as its file. Raises UserError."""
    buffer = FlatBuffer(data, source)
    _check_identifier(data, buffer)
    model = buffer.root("model")
    version = model.integer(ModelTable.VERSION, "uint32")
    if version != VERSION:
        raise model.error(f"schema version {version} is not supported, only {VERSION}", hint="convert the model again")
    buffers = Buffers(model)
    return Graph(
        subgraphs=_read_subgraphs(model, buffers),
        metadata=_read_metadata(model, buffers),
        sha256=hashlib.sha256(data).hexdigest(),
        source=source,
        description=model.string(ModelTable.DESCRIPTION),
    )


def _check_identifier(data: bytes, buffer: FlatBuffer) -> None:
    if not data:
        raise UserError("the model is an empty file", location=buffer.source)
    if data[4:8] == FILE_IDENTIFIER:
        return
    hint = next((hint for magic, hint in _OTHER_FORMATS if data.startswith(magic)), None)
    if len(data) < 8 and hint is None:
        raise UserError(f"the model is truncated: the file has {len(data)} bytes", location=buffer.source)
    found = "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in buffer.identifier())
    raise UserError(
        f"not a TensorFlow Lite model: identifier is `{found}`, expected `{FILE_IDENTIFIER.decode()}`",
        location=buffer.source,
        hint=hint,
    )


def _read_subgraphs(model: Table, buffers: Buffers) -> tuple[Subgraph, ...]:
    codes = tuple(_read_operator_code(table) for table in model.tables(ModelTable.OPERATOR_CODES, "operator code"))
    tables = model.tables(ModelTable.SUBGRAPHS, "subgraph")
    if not len(tables):
        raise model.error("it has no subgraph")
    subgraphs = tuple(_read_subgraph(table, index, codes, buffers) for index, table in enumerate(tables))
    for role, tensors in (("inputs", subgraphs[0].inputs), ("outputs", subgraphs[0].outputs)):
        if not tensors:
            raise model.error(f"its main subgraph has no {role}")
    return subgraphs


def _read_operator_code(table: Table) -> _OperatorCode:
    # Codes above 127 only fit the newer field, and old files only have the older one: the larger is the code.
    older = table.integer(OperatorCodeTable.DEPRECATED_BUILTIN_CODE, "int8")
    code = max(older, table.integer(OperatorCodeTable.BUILTIN_CODE, "int32"))
    kind = BUILTIN_NAMES.get(code)
    if kind is None:
        raise table.error(f"there is no builtin operator {code}", hint="the model may be newer than this reader")
    if kind == CUSTOM:
        name = table.string(OperatorCodeTable.CUSTOM_CODE)
        if not name:
            raise table.error("it is a custom operator without a name")
        kind = f"{CUSTOM}:{name}"
    version = table.integer(OperatorCodeTable.VERSION, "int32", 1)
    if version < 1:
        raise table.error(f"version {version} of {shorten(kind)} does not exist")
    return _OperatorCode(kind, version)


def _read_subgraph(table: Table, index: int, codes: tuple[_OperatorCode, ...], buffers: Buffers) -> Subgraph:
    place = "" if index == 0 else f" of subgraph {index}"
    tensors = tuple(
        read_tensor(item, number, buffers)
        for number, item in enumerate(table.tables(SubgraphTable.TENSORS, "tensor", place))
    )
    operators = tuple(
        _read_operator(item, number, codes, tensors)
        for number, item in enumerate(table.tables(SubgraphTable.OPERATORS, "layer", place))
    )
    subgraph = Subgraph(
        index=index,
        name=table.string(SubgraphTable.NAME),
        tensors=tensors,
        operators=operators,
        inputs=_tensor_indices(table, SubgraphTable.INPUTS, tensors),
        outputs=_tensor_indices(table, SubgraphTable.OUTPUTS, tensors),
    )
    check_dataflow(subgraph, table.error)
    return subgraph


def _read_operator(table: Table, index: int, codes: tuple[_OperatorCode, ...], tensors: tuple[Tensor, ...]) -> Operator:
    number = table.integer(OperatorTable.OPCODE_INDEX, "uint32")
    if number >= len(codes):
        raise table.error(f"it names operator code {number}; the model has {len(codes)} operator codes")
    code = codes[number]
    table.label += f" {shorten(code.kind)}"
    if table.integer(OperatorTable.LARGE_CUSTOM_OPTIONS_OFFSET, "uint64") > 1:
        raise table.error("its custom options lie outside the flatbuffer, which is not supported")
    kind = operator_kinds().get(code.kind)
    return Operator(
        index=index,
        kind=code.kind,
        version=code.version,
        inputs=_optional_tensor_indices(table, OperatorTable.INPUTS, tensors),
        outputs=_tensor_indices(table, OperatorTable.OUTPUTS, tensors),
        options=None if kind is None else read_options(table, kind),
        intermediates=_tensor_indices(table, OperatorTable.INTERMEDIATES, tensors),
    )


def _tensor_indices(table: Table, field: Field, tensors: tuple[Tensor, ...]) -> tuple[int, ...]:
    """The indices in a vector of tensors, all in range and present."""
    indices = []
    for position, index in enumerate(_optional_tensor_indices(table, field, tensors)):
        if index is None:
            raise table.error(
                f"{field.name}[{position}] is absent ({ABSENT_TENSOR}), which only an operator's input may be"
            )
        indices.append(index)
    return tuple(indices)


def _optional_tensor_indices(table: Table, field: Field, tensors: tuple[Tensor, ...]) -> tuple[int | None, ...]:
    """The indices in a vector of tensors, all in range; None marks an absent one."""
    indices = table.vector(field, "int32")
    for position, index in enumerate(indices):
        if not (0 <= index < len(tensors) or index == ABSENT_TENSOR):
            raise table.error(f"{field.name}[{position}] is tensor {index}; the subgraph has {len(tensors)} tensors")
    return tuple(None if index == ABSENT_TENSOR else index for index in indices)


def _read_metadata(model: Table, buffers: Buffers) -> dict[str, bytes]:
    """Name → bytes. Of entries with the same name the last one counts, as it does in TensorFlow Lite Micro."""
    metadata = {}
    for table in model.tables(ModelTable.METADATA, "metadata"):
        name = table.string(MetadataTable.NAME)
        table.label += f" `{shorten(name)}`"
        index = table.integer(MetadataTable.BUFFER, "uint32")
        if index >= len(buffers):
            raise table.error(f"it names buffer {index}; the model has {len(buffers)} buffers")
        view = buffers[index]
        model.buffer.charge(len(view), table.label, table.position)
        metadata[name] = bytes(view)
    return metadata
