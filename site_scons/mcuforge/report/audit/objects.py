"""The object files that an image was linked from, in archives or not: what audits ask of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import SymbolTableSection

from mcuforge.report.archive import archive_members
from mcuforge.report.audit.attributes import read_attributes
from mcuforge.report.audit.riscv_attributes import read_arch

_MEMBER = re.compile(r"^(.*\.a)\((.*)\)$")


@dataclass(frozen=True)
class ObjectFile:
    """`name` is a path, or ``libm.a(exp.o)``. `calls`: what each section, by name, refers to outside itself.

    `attributes` are those of ARM, empty for other machines; `arch` and `flags` are RISC-V's, empty and 0 for others.
    """

    name: str
    attributes: Mapping[int, int] = field(hash=False)
    defined: tuple[str, ...]
    calls: Mapping[str, frozenset[str]] = field(hash=False)
    arch: str = ""
    flags: int = 0


def read_objects(origins: Iterable[str], folders: Sequence[Path] = (Path(),)) -> Iterator[ObjectFile]:
    """The objects a map file names, relative to the first of `folders` that has them: wherever the linker ran.

    Those that are gone or no ELF files are left out.
    """
    archives: dict[str, dict[str, bytes]] = {}
    for origin in sorted(set(origins)):
        member = _MEMBER.match(origin)
        if member:
            if member[1] not in archives:
                archives[member[1]] = dict(archive_members(_found(member[1], folders)))
            content = archives[member[1]].get(member[2])
        else:
            path = _found(origin, folders)
            content = path.read_bytes() if path.is_file() else None
        if content is not None:
            found = _read(origin, content)
            if found is not None:
                yield found


def _found(name: str, folders: Sequence[Path]) -> Path:
    return next((folder / name for folder in folders if (folder / name).is_file()), Path(name))


def _read(name: str, content: bytes) -> ObjectFile | None:
    try:
        elf = ELFFile(io.BytesIO(content))
    except ELFError:
        return None
    table = elf.get_section_by_name(".symtab")
    entries = table.iter_symbols() if isinstance(table, SymbolTableSection) else ()
    symbols = [(symbol.name, symbol.entry) for symbol in entries]
    attributes = elf.get_section_by_name(".ARM.attributes")
    riscv = elf.get_section_by_name(".riscv.attributes")
    return ObjectFile(
        name=name,
        attributes=read_attributes(attributes.data()) if attributes is not None else {},
        defined=tuple(
            symbol
            for symbol, entry in symbols
            if entry["st_info"]["bind"] in ("STB_GLOBAL", "STB_WEAK") and entry["st_shndx"] != "SHN_UNDEF"
        ),
        calls=_calls(elf, [symbol for symbol, _ in symbols]),
        arch=read_arch(riscv.data()) if riscv is not None else "",
        flags=elf["e_flags"] if elf["e_machine"] == "EM_RISCV" else 0,
    )


def _calls(elf: ELFFile, symbols: list[str]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for section in elf.iter_sections():
        if isinstance(section, RelocationSection):
            target = elf.get_section(section["sh_info"]).name
            if not target.startswith(".debug"):
                used = {symbols[relocation["r_info_sym"]] for relocation in section.iter_relocations()}
                found[target] = found.get(target, frozenset()) | (used - {""})
    return found
