"""Reads a flatbuffer that nobody has vouched for.

Every offset, length and vtable is checked before it is used, and everything read is charged to a budget that grows with
the file: tables may refer to the same bytes many times, so a small file could otherwise describe a huge graph.
Bulk data is never copied; it is handed out as views. The layout is that of the FlatBuffers "internals" documentation.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from mcuforge.errors import Location, UserError
from mcuforge.units import format_size

MAX_FILE_BYTES = (1 << 31) - 1
"""Flatbuffer offsets are 32 bits and signed towards vtables."""

# What a reader may keep in memory for a file of `size` bytes, beside the file itself: size × GROWTH + ALLOWANCE.
GROWTH = 8
ALLOWANCE = 1 << 20
# What one table, and one element of a vector, costs as Python objects once read (measured, rounded up).
TABLE_COST = 200
ELEMENT_COST = 40
# A str stores each character in up to four bytes, and takes half as much again while it is decoded or escaped.
CHARACTER_COST = 6

_IDENTIFIER_END = 8
_NAME_IN_MESSAGES = 60
_UOFFSET = struct.Struct("<I")
_SOFFSET = struct.Struct("<i")
_VTABLE_HEAD = struct.Struct("<HH")
_VOFFSET = struct.Struct("<H")
_DAMAGED = "the file is damaged or truncated; copy or convert it again"

_FORMATS = {
    "bool": "?",
    "int8": "b",
    "uint8": "B",
    "int32": "i",
    "uint32": "I",
    "int64": "q",
    "uint64": "Q",
    "float32": "f",
}
_SCALARS = {kind: struct.Struct(f"<{code}") for kind, code in _FORMATS.items()}


class Field(NamedTuple):
    """A field of a table: its slot in the vtable, and its name for messages."""

    slot: int
    name: str


class FlatBuffer:
    """The bytes of one file. `error` makes the UserError for every fault found in it."""

    def __init__(self, data: bytes, source: Location) -> None:
        self.view = memoryview(data).toreadonly()
        self.size = len(data)
        self.source = source
        self._budget = self.size * GROWTH + ALLOWANCE

    def identifier(self) -> bytes:
        """The four bytes that name the file's type (fewer when the file ends before them)."""
        return bytes(self.view[_UOFFSET.size : _IDENTIFIER_END])

    def root(self, label: str) -> Table:
        self.require(0, _IDENTIFIER_END, 4, f"{label}: the file header")
        return Table(self, self.follow(0, f"{label}: the root offset"), label)

    def require(self, position: int, size: int, alignment: int, what: str) -> None:
        """Raises UserError unless `size` bytes at `position` lie inside the file, suitably aligned."""
        if position < 0 or position + size > self.size:
            raise self.error(f"{what} lies outside the file", position, hint=_DAMAGED)
        if position % alignment:
            raise self.error(f"{what} is not aligned to {alignment} bytes", position, hint=_DAMAGED)

    def follow(self, position: int, what: str) -> int:
        """The target of the offset stored at `position`, which must be inside the file and aligned already."""
        (distance,) = _UOFFSET.unpack_from(self.view, position)
        if distance == 0:
            raise self.error(f"{what} is zero", position, hint=_DAMAGED)
        return position + int(distance)

    def charge(self, cost: int, what: str, position: int) -> None:
        """Counts memory that reading takes. Raises UserError when the file asks for too much of it."""
        self._budget -= cost
        if self._budget < 0:
            raise self.error(
                f"{what}: reading on takes more than {GROWTH} times the size of the file",
                position,
                hint="the file refers to the same data again and again, which no converter does: do not trust it",
            )

    def error(self, message: str, position: int, hint: str | None = None) -> UserError:
        where = f"at byte {position} of {self.size}"
        return UserError(message, location=self.source, hint=hint, details=(where,))


class Table:
    """A table whose extent and vtable were checked. `label` names it in messages: ``tensor 3 `conv/bias```."""

    __slots__ = ("_inline_size", "_slots", "_vtable", "buffer", "label", "position")

    def __init__(self, buffer: FlatBuffer, position: int, label: str) -> None:
        self.buffer = buffer
        self.position = position
        self.label = label
        buffer.charge(TABLE_COST, label, position)
        buffer.require(position, _SOFFSET.size, 4, f"{label}: its table")
        (back,) = _SOFFSET.unpack_from(buffer.view, position)
        self._vtable = position - back
        buffer.require(self._vtable, _VTABLE_HEAD.size, 2, f"{label}: its vtable")
        vtable_size, self._inline_size = _VTABLE_HEAD.unpack_from(buffer.view, self._vtable)
        if vtable_size < _VTABLE_HEAD.size or vtable_size % 2:
            raise buffer.error(f"{label}: its vtable cannot have {vtable_size} bytes", self._vtable, hint=_DAMAGED)
        if self._inline_size < _SOFFSET.size:
            raise buffer.error(f"{label}: its table cannot have {self._inline_size} bytes", self._vtable, hint=_DAMAGED)
        buffer.require(self._vtable, vtable_size, 2, f"{label}: its vtable")
        buffer.require(position, self._inline_size, 4, f"{label}: its table")
        self._slots = (vtable_size - _VTABLE_HEAD.size) // 2

    def error(self, message: str, hint: str | None = None) -> UserError:
        """A UserError that names the file, this table and where it lies; raise what is returned."""
        return self.buffer.error(f"{self.label}: {message}", self.position, hint=hint)

    def has(self, field: Field) -> bool:
        return self._locate(field, 1, 1) is not None

    def scalar(self, field: Field, kind: str, default: Any) -> Any:
        """A number or bool, `default` when the field is absent. `kind` is one of model/operator_kind's wire types."""
        layout = _SCALARS[kind]
        position = self._locate(field, layout.size, layout.size)
        return default if position is None else layout.unpack_from(self.buffer.view, position)[0]

    def integer(self, field: Field, kind: str, default: int = 0) -> int:
        return int(self.scalar(field, kind, default))

    def vector(self, field: Field, kind: str) -> tuple[Any, ...]:
        """All elements; empty when the field is absent."""
        layout = _SCALARS[kind]
        extent = self._extent(field, layout.size)
        if extent is None:
            return ()
        start, count = extent
        self.buffer.charge(count * ELEMENT_COST, self._name(field), start)
        return struct.unpack_from(f"<{count}{_FORMATS[kind]}", self.buffer.view, start)

    def data(self, field: Field) -> memoryview | None:
        """The bytes of a vector as a view into the file; None when the field is absent."""
        extent = self._extent(field, 1)
        return None if extent is None else self.buffer.view[extent[0] : sum(extent)]

    def string(self, field: Field, default: str = "") -> str:
        """Text, safe to print: what is not printable comes back escaped."""
        extent = self._extent(field, 1)
        if extent is None:
            return default
        start, size = extent
        self.buffer.require(start, size + 1, 1, self._name(field))
        self.buffer.charge(size * CHARACTER_COST, self._name(field), start)
        if self.buffer.view[start + size]:
            raise self.buffer.error(f"{self._name(field)} is not terminated", start + size, hint=_DAMAGED)
        try:
            text = str(self.buffer.view[start : start + size], "utf-8")
        except UnicodeDecodeError as bad:
            raise self.buffer.error(
                f"{self._name(field)} is not UTF-8 text", start + bad.start, hint=_DAMAGED
            ) from None
        return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")

    def table(self, field: Field, label: str) -> Table | None:
        position = self._target(field)
        return None if position is None else Table(self.buffer, position, label)

    def tables(self, field: Field, noun: str, place: str = "") -> TableVector:
        """The vector of tables in a field (empty when absent); element 3 is labelled `<noun> 3<place>`."""
        start, count = self._extent(field, _UOFFSET.size) or (0, 0)
        return TableVector(self.buffer, start, count, noun, place)

    def _name(self, field: Field) -> str:
        return f"{self.label}: field `{field.name}`"

    def _locate(self, field: Field, size: int, alignment: int) -> int | None:
        """Where a field of `size` bytes lies in the file; None when it is absent."""
        if field.slot >= self._slots:
            return None
        entry = self._vtable + _VTABLE_HEAD.size + field.slot * _VOFFSET.size
        (offset,) = _VOFFSET.unpack_from(self.buffer.view, entry)
        if offset == 0:
            return None
        if offset < _SOFFSET.size or offset + size > self._inline_size:
            raise self.buffer.error(f"{self._name(field)} lies outside its table", entry, hint=_DAMAGED)
        position = self.position + int(offset)
        if position % alignment:
            raise self.buffer.error(f"{self._name(field)} is not aligned to {alignment} bytes", position, hint=_DAMAGED)
        return position

    def _target(self, field: Field) -> int | None:
        position = self._locate(field, _UOFFSET.size, _UOFFSET.size)
        return None if position is None else self.buffer.follow(position, self._name(field))

    def _extent(self, field: Field, element_size: int) -> tuple[int, int] | None:
        """Start and element count of a vector that lies in the file entirely; None when the field is absent."""
        position = self._target(field)
        if position is None:
            return None
        self.buffer.require(position, _UOFFSET.size, 4, self._name(field))
        (count,) = _UOFFSET.unpack_from(self.buffer.view, position)
        start = position + _UOFFSET.size
        if start + count * element_size > self.buffer.size:
            size = format_size(count * element_size)
            raise self.buffer.error(
                f"{self._name(field)} runs past the end of the file ({size})", position, hint=_DAMAGED
            )
        return start, int(count)


class TableVector:
    """A vector of tables; each is checked when it is asked for."""

    def __init__(self, buffer: FlatBuffer, start: int, count: int, noun: str, place: str) -> None:
        self._buffer = buffer
        self._start = start
        self._count = count
        self._noun = noun
        self._place = place

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Table]:
        return (self[index] for index in range(self._count))

    def __getitem__(self, index: int) -> Table:
        """The table at `index`. Raises IndexError outside the vector: callers check indices that come from the file."""
        if not 0 <= index < self._count:
            raise IndexError(index)
        label = f"{self._noun} {index}{self._place}"
        target = self._buffer.follow(self._start + index * _UOFFSET.size, f"{label}: its offset")
        return Table(self._buffer, target, label)


def shorten(name: str) -> str:
    """A name fit for a message: converters join dozens of layer names into one."""
    return name if len(name) <= _NAME_IN_MESSAGES else f"{name[: _NAME_IN_MESSAGES - 1]}…"
