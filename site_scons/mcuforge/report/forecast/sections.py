"""Object files and archives → the sections that `--gc-sections` will keep.

The linker's own rules (GNU ld manual, "Options" and "KEEP"): archive members are taken for names that are still
undefined, and a section is kept when a kept one refers to it. Sections merge no strings here, which costs a few bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import Symbol, SymbolTableSection

from mcuforge.report.archive import archive_index, archive_member

_ROOTS = (".vectors",)
# RISC-V ELF psABI, "Relocations" and "Linker Relaxation"; the flag of compressed instructions in `e_flags`.
_CALL, _CALL_PLT, _PCREL_HI20, _RVC = 18, 19, 23, 1


@dataclass(frozen=True)
class Shortcut:
    """An instruction pair that the linker may shorten: a call, or the address of something, by how many bytes.

    `target` is where it leads: the number of a kept section, None for what is in no section.
    """

    is_call: bool
    near_saving: int
    far_saving: int
    target: int | None


@dataclass(frozen=True)
class InputSection:
    """`shortcuts` are those of instruction sets whose linkers relax, as RISC-V's do."""

    name: str
    size: int
    alignment: int
    shortcuts: tuple[Shortcut, ...] = ()


@dataclass(frozen=True)
class _Reference:
    """To a name, or to a section of the same object by its index. `shortcut` where the linker may make it shorter."""

    name: str
    section: int | None
    shortcut: Shortcut | None


@dataclass(frozen=True)
class _Section:
    section: InputSection
    references: tuple[_Reference, ...] = field(repr=False)


@dataclass(frozen=True)
class _Object:
    sections: Mapping[int, _Section]
    defined: Mapping[str, int]
    undefined: frozenset[str]


def kept_sections(objects: Iterable[Path], archives: Iterable[Path], entry: str) -> tuple[InputSection, ...]:
    """In the order of the objects. `entry` is where the program starts; interrupt vectors are kept too."""
    found = [_read(path.read_bytes()) for path in objects]
    found += _members(found, list(archives))
    owners: dict[str, tuple[int, int]] = {}
    for number, item in enumerate(found):
        for name, index in item.defined.items():
            owners.setdefault(name, (number, index))
    waiting = [
        (number, index)
        for number, item in enumerate(found)
        for index, found_section in item.sections.items()
        if found_section.section.name in _ROOTS
    ]
    waiting += [owners[entry]] if entry in owners else []
    kept: set[tuple[int, int]] = set()
    while waiting:
        place = waiting.pop()
        number, index = place
        if place in kept or index not in found[number].sections:
            continue
        kept.add(place)
        references = found[number].sections[index].references
        waiting += [target for reference in references if (target := _target(reference, number, owners)) is not None]
    return tuple(_resolved(found, sorted(kept), owners))


def _target(reference: _Reference, number: int, owners: Mapping[str, tuple[int, int]]) -> tuple[int, int] | None:
    """The object and the section that a reference of object `number` leads to."""
    return owners.get(reference.name) if reference.section is None else (number, reference.section)


def _resolved(
    found: list[_Object], kept: list[tuple[int, int]], owners: Mapping[str, tuple[int, int]]
) -> Iterator[InputSection]:
    """The kept sections, their shortcuts by the numbers of those."""
    numbers = {place: at for at, place in enumerate(kept)}
    for number, index in kept:
        item = found[number].sections[index]
        shortcuts = (
            replace(reference.shortcut, target=numbers.get(_target(reference, number, owners) or (-1, -1)))
            for reference in item.references
            if reference.shortcut is not None
        )
        yield replace(item.section, shortcuts=tuple(shortcuts))


def _members(found: list[_Object], archives: list[Path]) -> list[_Object]:
    """Members of archives that define what is undefined, and what those need in turn."""
    defined = {name for item in found for name in item.defined}
    wanted = sorted({name for item in found for name in item.undefined} - defined)
    taken: list[_Object] = []
    indices = [(path, archive_index(path)) for path in archives]
    while wanted:
        name = wanted.pop()
        if name in defined:
            continue
        place = next(((path, index[name]) for path, index in indices if name in index), None)
        if place is None:
            continue
        member = _read(archive_member(*place))
        taken.append(member)
        defined.update(member.defined)
        wanted += sorted(member.undefined - defined)
    return taken


def _read(content: bytes) -> _Object:
    elf = ELFFile(io.BytesIO(content))
    table = elf.get_section_by_name(".symtab")
    symbols = list(table.iter_symbols()) if isinstance(table, SymbolTableSection) else []
    references = {
        section["sh_info"]: tuple(_references(elf, section, symbols))
        for section in elf.iter_sections()
        if isinstance(section, RelocationSection)
    }
    return _Object(
        sections={
            index: _Section(
                InputSection(section.name, section["sh_size"], max(1, section["sh_addralign"])),
                references.get(index, ()),
            )
            for index, section in enumerate(elf.iter_sections())
            if section["sh_flags"] & SH_FLAGS.SHF_ALLOC and not section.name.startswith(".ARM.ex")
        },
        defined=dict(_defined(symbols)),
        undefined=frozenset(
            symbol.name
            for symbol in symbols
            if symbol["st_shndx"] == "SHN_UNDEF" and symbol["st_info"]["bind"] == "STB_GLOBAL"
        ),
    )


def _references(elf: ELFFile, section: RelocationSection, symbols: list[Symbol]) -> Iterator[_Reference]:
    shortcut_of = _riscv_shortcuts(bool(elf["e_flags"] & _RVC)) if elf["e_machine"] == "EM_RISCV" else {}
    for relocation in section.iter_relocations():
        symbol = symbols[relocation["r_info_sym"]]
        index = symbol["st_shndx"]
        is_local = isinstance(index, int) and symbol["st_info"]["bind"] == "STB_LOCAL"
        shortcut = shortcut_of.get(relocation["r_info_type"])
        yield _Reference("" if is_local else symbol.name, index if is_local else None, shortcut)


def _riscv_shortcuts(compressed: bool) -> Mapping[int, Shortcut]:
    """`auipc` and `jalr` become one `jal`, near by a compressed one; `auipc` goes where the global pointer reaches."""
    call = Shortcut(is_call=True, near_saving=6 if compressed else 4, far_saving=4, target=None)
    return {_CALL: call, _CALL_PLT: call, _PCREL_HI20: Shortcut(False, near_saving=4, far_saving=0, target=None)}


def _defined(symbols: Iterable[Symbol]) -> Iterator[tuple[str, int]]:
    for symbol in symbols:
        index = symbol["st_shndx"]
        if isinstance(index, int) and symbol["st_info"]["bind"] != "STB_LOCAL":
            yield symbol.name, index
