"""The sections of a linked ELF file that take memory: where they run and where they are loaded from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elftools.common.exceptions import ELFError
from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile

from mcuforge.errors import Location, UserError


@dataclass(frozen=True)
class Section:
    """`address` is where it runs (VMA), `load_address` where its bytes come from (LMA), None when none are loaded."""

    name: str
    address: int
    size: int
    load_address: int | None
    is_writable: bool


def read_sections(path: Path) -> tuple[Section, ...]:
    """Every section with addresses of its own that is not empty, in the file's order.

    Thread-local zeros have none: they are a pattern, whose room the linker script reserves elsewhere. Raises UserError
    when the file is no ELF file.
    """
    try:
        with path.open("rb") as stream:
            elf = ELFFile(stream)
            segments = [segment.header for segment in elf.iter_segments("PT_LOAD")]
            return tuple(
                _section(section.name, section.header, segments)
                for section in elf.iter_sections()
                if section["sh_flags"] & SH_FLAGS.SHF_ALLOC and section["sh_size"] and not _is_pattern(section.header)
            )
    except ELFError as error:
        raise UserError(f"this is not a whole ELF file: {error}", location=Location(path)) from error


def _is_pattern(header: Mapping[str, Any]) -> bool:
    return bool(header["sh_flags"] & SH_FLAGS.SHF_TLS) and header["sh_type"] == "SHT_NOBITS"


def _section(name: str, header: Mapping[str, Any], segments: Sequence[Mapping[str, Any]]) -> Section:
    address, size = header["sh_addr"], header["sh_size"]
    return Section(
        name=name,
        address=address,
        size=size,
        load_address=None if header["sh_type"] == "SHT_NOBITS" else _load_address(address, size, segments),
        is_writable=bool(header["sh_flags"] & SH_FLAGS.SHF_WRITE),
    )


def _load_address(address: int, size: int, segments: Sequence[Mapping[str, Any]]) -> int | None:
    """From the program headers, which is what loaders and flash tools go by."""
    for segment in segments:
        if segment["p_vaddr"] <= address and address + size <= segment["p_vaddr"] + segment["p_filesz"]:
            return int(address - segment["p_vaddr"] + segment["p_paddr"])
    return None
