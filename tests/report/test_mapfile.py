"""The map file's odd corners; whole images are in test_measure.py."""

from __future__ import annotations

import pytest

from mcuforge.errors import InternalError
from mcuforge.report.mapfile import Piece, read_map

MAP = """\
Discarded input sections

 .text          0x0000000000000000        0x8 dropped.o

Memory Configuration

Name             Origin             Length             Attributes
flash            0x0000000000000000 0x0000000000100000 xr

Linker script and memory map

LOAD a.o

.text           0x00000100       0x60
 *(.text .text.*)
 .text.short    0x00000100       0x10 a.o
                0x00000100                short
 .text.a_name_too_long_for_its_column
                0x00000110       0x20 build/path with spaces/b.o
 *fill*         0x00000130        0x4 00
 .text          0x00000134       0x2c /lib/libm.a(sf_exp.o)
 .text.empty    0x00000160        0x0 a.o

.a_section_name_that_is_too_long
                0x00000160       0x20
 .rodata.str1.4
                0x00000160       0x13 a.o
                                 0x1c (size before relaxing)
 .rodata.str1.4
                0x00000173       0x1c b.o
 *fill*         0x00000173        0x1 ff
 .rodata.table  0x00000174        0xc b.o

.data           0x20000000        0x4 load address 0x00000180
 .data.x        0x20000000        0x4 a.o
                0x00000180                load = LOADADDR (.data)

.comment        0x00000000       0x26
 .comment       0x00000000       0x26 a.o
"""


def test_pieces_are_found_by_output_section() -> None:
    found = read_map(MAP)
    assert list(found) == [".text", ".a_section_name_that_is_too_long", ".data", ".comment"]
    assert found[".text"] == (
        Piece(".text.short", 0x100, 0x10, "a.o"),
        Piece(".text.a_name_too_long_for_its_column", 0x110, 0x20, "build/path with spaces/b.o"),
        Piece(".text", 0x134, 0x2C, "/lib/libm.a(sf_exp.o)"),
    )
    assert found[".data"] == (Piece(".data.x", 0x2000_0000, 4, "a.o"),)


def test_strings_merged_into_anothers_are_not_counted_twice() -> None:
    assert read_map(MAP)[".a_section_name_that_is_too_long"] == (
        Piece(".rodata.str1.4", 0x160, 0x13, "a.o"),
        Piece(".rodata.table", 0x174, 0xC, "b.o"),
    )


def test_another_file_is_not_taken_for_a_map() -> None:
    with pytest.raises(InternalError, match="not a map file"):
        read_map("hello\n")
