"""GNU ld's map file → which object put how many bytes into which output section.

Format: binutils' `ldlang.c` (`print_output_section_statement`, `print_input_section`). A name that is too long has its
numbers on the next line. Strings that the linker merged are listed once with what is left of them and then again, with
the size they had, at addresses where something else stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from mcuforge.errors import InternalError

_START = "\nLinker script and memory map\n"
_OUTPUT = re.compile(r"^(\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)(?: load address 0x[0-9a-f]+)?$", re.MULTILINE)
# Blanks and not \s at the line's end: an object's path may hold spaces.
_INPUT = re.compile(r"^ (\S+)\s+0x([0-9a-f]+) +0x([0-9a-f]+)(?: (.+))?$", re.MULTILINE)
_FILL = "*fill*"
_CONFIGURATION = "\nMemory Configuration\n"
_REGION = re.compile(r"^(\S+) +0x([0-9a-f]+) +0x([0-9a-f]+)(?: +\S+)?$", re.MULTILINE)


@dataclass(frozen=True)
class Piece:
    """An input section in its place. `origin` is an object's path, `archive.a(member.o)`, or empty for filling."""

    section: str
    address: int
    size: int
    origin: str

    @property
    def end(self) -> int:
        return self.address + self.size


def linked_regions(text: str) -> dict[str, tuple[int, int]]:
    """{region of the linker script: (origin, length)}"""
    start = text.find(_CONFIGURATION)
    rows = _REGION.finditer(text, start, text.find(_START)) if start >= 0 else ()
    return {row[1]: (int(row[2], 16), int(row[3], 16)) for row in rows}


def read_map(text: str) -> Mapping[str, tuple[Piece, ...]]:
    """{output section: its pieces by rising address}; bytes between pieces are alignment. Raises InternalError."""
    start = text.find(_START)
    if start < 0:
        raise InternalError("this is not a map file of GNU ld")
    headers = list(_OUTPUT.finditer(text, start + len(_START)))
    ends = [*(following.start() for _, following in pairwise(headers)), len(text)]
    found: dict[str, tuple[Piece, ...]] = {}
    for header, end in zip(headers, ends, strict=True):
        address, size = int(header[2], 16), int(header[3], 16)
        found[header[1]] = _present(list(_pieces(text, header.end(), end)), address + size)
    return found


def _pieces(text: str, start: int, end: int) -> Iterator[Piece]:
    for match in _INPUT.finditer(text, start, end):
        name, address, size, origin = match.groups()
        if int(size, 16) and name != _FILL and origin is not None:
            yield Piece(name, int(address, 16), int(size, 16), origin)


def _present(pieces: list[Piece], end: int) -> tuple[Piece, ...]:
    """Without the pieces that were merged into others: those overlap what follows."""
    ended = (*pieces, Piece("", end, 0, ""))
    return tuple(piece for piece, following in pairwise(ended) if piece.end <= following.address)
