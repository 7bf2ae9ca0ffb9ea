"""Object files and archives → the sections that `--gc-sections` will keep.

The linker's own rules (GNU ld manual, "Options" and "KEEP"): archive members are taken for names that are still
undefined, and a section is kept when a kept one refers to it. Sections merge no strings here, which costs a few bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import Symbol, SymbolTableSection

from mcuforge.report.archive import archive_index, archive_member

_ROOTS = (".vectors",)


@dataclass(frozen=True)
class InputSection:
    """`uses` are the names it refers to; `near` the sections of its own object, by index."""

    name: str
    size: int
    alignment: int
    uses: frozenset[str] = field(repr=False)
    near: frozenset[int] = field(repr=False)


@dataclass(frozen=True)
class _Object:
    sections: Mapping[int, InputSection]
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
        for index, section in item.sections.items()
        if section.name in _ROOTS
    ]
    waiting += [owners[entry]] if entry in owners else []
    kept: set[tuple[int, int]] = set()
    while waiting:
        place = waiting.pop()
        number, index = place
        if place in kept or index not in found[number].sections:
            continue
        kept.add(place)
        section = found[number].sections[index]
        waiting += [(number, other) for other in section.near]
        waiting += [owners[name] for name in section.uses if name in owners]
    return tuple(found[number].sections[index] for number, index in sorted(kept))


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
    uses: dict[int, set[str]] = {}
    near: dict[int, set[int]] = {}
    for section in elf.iter_sections():
        if isinstance(section, RelocationSection):
            for relocation in section.iter_relocations():
                symbol = symbols[relocation["r_info_sym"]]
                index = symbol["st_shndx"]
                if isinstance(index, int) and symbol["st_info"]["bind"] == "STB_LOCAL":
                    near.setdefault(section["sh_info"], set()).add(index)
                else:
                    uses.setdefault(section["sh_info"], set()).add(symbol.name)
    return _Object(
        sections={
            index: InputSection(
                section.name,
                section["sh_size"],
                max(1, section["sh_addralign"]),
                frozenset(uses.get(index, ())),
                frozenset(near.get(index, ())),
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


def _defined(symbols: Iterable[Symbol]) -> Iterator[tuple[str, int]]:
    for symbol in symbols:
        index = symbol["st_shndx"]
        if isinstance(index, int) and symbol["st_info"]["bind"] != "STB_LOCAL":
            yield symbol.name, index
