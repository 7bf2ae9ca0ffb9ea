"""What audits look at: the image, its map file and the objects in it, read once."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile

from mcuforge.manifest.types import Board
from mcuforge.report.audit.objects import ObjectFile, read_objects
from mcuforge.report.causes import object_stem
from mcuforge.report.elf import Section, read_sections
from mcuforge.report.mapfile import Piece, read_map
from mcuforge.report.plan_facts import PlanFacts
from mcuforge.report.symbols import Symbol, read_symbols

_REASON = re.compile(r"^(\S.*\.a\(.*\))\n? +(.+) \((.+)\)$", re.MULTILINE)
_REASONS_END = "\nMemory Configuration\n"


@dataclass(frozen=True)
class AuditedImage:
    """`is_hosts`: linked by somebody else's build, of which the model is a part."""

    elf: Path
    map_file: Path
    board: Board
    plan: PlanFacts
    is_hosts: bool = False

    @functools.cached_property
    def sections(self) -> tuple[Section, ...]:
        return read_sections(self.elf)

    @functools.cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        return read_symbols(self.elf)

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """Every symbol the image defines or, on a host, takes from shared libraries."""
        with self.elf.open("rb") as stream:
            table = ELFFile(stream).get_section_by_name(".symtab")
            content = b"" if table is None else ELFFile(stream).get_section(table["sh_link"]).data()
        return frozenset(name.partition("@")[0] for name in content.decode("utf-8", "replace").split("\0"))

    @functools.cached_property
    def map_text(self) -> str:
        return self.map_file.read_text(encoding="utf-8", errors="surrogateescape")

    @functools.cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """All that takes memory."""
        kept = {section.name for section in self.sections}
        return tuple(piece for name, pieces in read_map(self.map_text).items() if name in kept for piece in pieces)

    @functools.cached_property
    def objects(self) -> tuple[ObjectFile, ...]:
        folders = (Path(), *(self.elf.absolute().parents if self.is_hosts else ()))
        return tuple(read_objects((piece.origin for piece in self.pieces), folders))

    @functools.cached_property
    def reasons(self) -> Mapping[str, str]:
        """{symbol: object that needs it} of what archives were searched for."""
        head = self.map_text.partition(_REASONS_END)[0]
        return {match[3]: Path(match[2]).name for match in _REASON.finditer(head)}

    def is_own(self, item: ObjectFile) -> bool:
        """Whether the object was generated from the model."""
        name = self.plan.name
        return object_stem(item.name) in (
            name,
            *(f"{name}_{part}" for part in ("layers", "weights", "kernels", "model")),
        )
