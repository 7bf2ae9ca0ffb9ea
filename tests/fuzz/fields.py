"""Where in a .tflite file the values stand that describe tensors and operators, and other values to put there."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.tflite_builder import schema

_FLOATS = (0.0, -1.0, 1e-30, 1e-6, 0.5, 1.0, 3.0, 1e6, 1e30, float("inf"), float("nan"))
_INTEGERS = (0, 1, 2, 3, 4, 5, 9, 32, 118, -1, 1 << 15, 1 << 20, 1 << 30)
_VTABLE_HEADER = 4


@dataclass(frozen=True)
class Field:
    """A value of struct type `code` at an offset of the file."""

    offset: int
    code: str

    def change(self, data: bytearray, chance: random.Random) -> None:
        size = struct.calcsize(self.code)
        (value,) = struct.unpack_from(f"<{self.code}", data, self.offset)
        if self.code == "f":
            struct.pack_into("<f", data, self.offset, chance.choice((*_FLOATS, value * 2, value / 3)))
            return
        limit = 1 << (8 * size)
        others = (
            0,
            1,
            2,
            3,
            4,
            5,
            9,
            32,
            118,
            -1,
            value - 1,
            value + 1,
            value * 2,
            value // 2,
            1 << 15,
            1 << 20,
            1 << 30,
        )
        data[self.offset : self.offset + size] = (chance.choice(others) % limit).to_bytes(size, "little")


def fields_of(data: bytes) -> tuple[Field, ...]:
    """The fields of a sound model."""
    model = schema.Model.GetRootAs(data, 0)
    found = []
    for code in range(model.OperatorCodesLength()):
        found += _scalars(model.OperatorCodes(code), {0: "b", 3: "i"})
    for index in range(model.SubgraphsLength()):
        subgraph = model.Subgraphs(index)
        found += _vector(subgraph, 1, "i")
        found += _vector(subgraph, 2, "i")
        for number in range(subgraph.TensorsLength()):
            found += _tensor(subgraph.Tensors(number))
        for number in range(subgraph.OperatorsLength()):
            found += _operator(subgraph.Operators(number))
    return tuple(found)


def _tensor(tensor: Any) -> Iterator[Field]:
    yield from _vector(tensor, 0, "i")
    yield from _scalars(tensor, {1: "b", 2: "I", 5: "b"})
    quantization = tensor.Quantization()
    if quantization is not None:
        yield from _vector(quantization, 2, "f")
        yield from _vector(quantization, 3, "q")
        yield from _scalars(quantization, {6: "i"})


def _operator(operator: Any) -> Iterator[Field]:
    yield from _scalars(operator, {0: "I", 3: "B"})
    yield from _vector(operator, 1, "i")
    yield from _vector(operator, 2, "i")
    options = operator.BuiltinOptions()
    if options is not None:
        # Which fields it has only its kind knows: each is taken for a byte.
        yield from _scalars(options, dict.fromkeys(range(12), "b"))


def _scalars(table: Any, slots: dict[int, str]) -> Iterator[Field]:
    """Fields that the table really holds, by slot."""
    inner = table if hasattr(table, "Offset") else table._tab
    for slot, code in slots.items():
        offset = inner.Offset(_VTABLE_HEADER + 2 * slot)
        if offset:
            yield Field(inner.Pos + offset, code)


def _vector(table: Any, slot: int, code: str) -> Iterator[Field]:
    offset = table._tab.Offset(_VTABLE_HEADER + 2 * slot)
    if not offset:
        return
    start, length = table._tab.Vector(offset), table._tab.VectorLen(offset)
    # Of long ones (a scale for each channel) the first few will do.
    for at in range(min(length, 8)):
        yield Field(start + at * struct.calcsize(code), code)
