"""The symbols of a linked ELF file, and who owns the bytes of a piece of memory."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile

# Fields of a symbol table entry, in both sizes (System V ABI, chapter 4): name, info, other, section, value, size.
_ENTRY_32, _ENTRY_64 = "IIIBBH", "IBBHQQ"
_OBJECT, _FUNCTION, _NO_TYPE = 1, 2, 0
_GLOBAL = 1


@dataclass(frozen=True, order=True)
class Symbol:
    """`address` is where it lies (VMA), without the bit that marks Thumb code."""

    address: int
    size: int
    name: str

    @property
    def end(self) -> int:
        return self.address + self.size


def read_symbols(path: Path) -> tuple[Symbol, ...]:
    """Everything that has a size, by rising address. Of aliases one is kept: global before weak, then by name.

    Entries are unpacked here and not by the ELF library, which takes longer over them than the whole rest of a report.
    """
    with path.open("rb") as stream:
        elf = ELFFile(stream)
        table = elf.get_section_by_name(".symtab")
        if table is None:
            return ()
        names = elf.get_section(table["sh_link"]).data()
        order = "<" if elf.little_endian else ">"
        is_arm = elf["e_machine"] == "EM_ARM"
        content = table.data()
        wide = elf.elfclass == 64
    found: dict[int, tuple[tuple[bool, str], Symbol]] = {}
    for start, info, value, size in _entries(content, order, wide):
        kind = info & 15
        if not size or kind not in (_OBJECT, _FUNCTION, _NO_TYPE):
            continue
        name = names[start : names.index(b"\0", start)].decode("utf-8", "replace")
        address = value & ~1 if is_arm and kind == _FUNCTION else value
        rank = (info >> 4 != _GLOBAL, name)
        if address not in found or rank < found[address][0]:
            found[address] = (rank, Symbol(address, size, name))
    return tuple(sorted(symbol for _, symbol in found.values()))


def _entries(content: bytes, order: str, wide: bool) -> Iterator[tuple[int, int, int, int]]:
    """(offset of the name, info, value, size) of each entry."""
    if wide:
        for name, info, _, _, value, size in struct.iter_unpack(order + _ENTRY_64, content):
            yield name, info, value, size
    else:
        for name, value, size, info, _, _ in struct.iter_unpack(order + _ENTRY_32, content):
            yield name, info, value, size


def split(symbols: Sequence[Symbol], start: int, end: int, remainder: str) -> Iterator[tuple[str, int]]:
    """(name, bytes) of what lies in [start, end), in order; bytes of no symbol go by the name `remainder`.

    `symbols` by rising address. One that begins inside another counts for what it has beyond it.
    """
    at = start
    for symbol in symbols[bisect_left(symbols, start, key=lambda symbol: symbol.address) :]:
        if symbol.address >= end:
            break
        stop = min(symbol.end, end)
        if symbol.address > at:
            yield remainder, symbol.address - at
        if stop > at:
            yield symbol.name, stop - max(at, symbol.address)
            at = stop
    if end > at:
        yield remainder, end - at
