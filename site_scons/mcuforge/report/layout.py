"""Sections → memory regions: what is loaded counts where it is loaded, what is reserved where it is reserved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mcuforge.errors import Location, UserError
from mcuforge.manifest.types import Board
from mcuforge.report.elf import Section
from mcuforge.toolchain.memory_map import Region
from mcuforge.units import format_size


@dataclass(frozen=True)
class Span:
    """A section's bytes in one region; initialised data has two spans, one where it runs and one where it is loaded."""

    section: Section
    start: int

    @property
    def end(self) -> int:
        return self.start + self.section.size


@dataclass(frozen=True)
class Layout:
    """Spans by rising address and bytes used, gaps included, of one region."""

    spans: tuple[Span, ...]
    used: int


def lay_out(sections: Iterable[Section], regions: Sequence[Region], image: Location) -> Mapping[str, Layout]:
    """{region: layout}. `image` is the ELF file, for errors.

    Raises UserError for a section that straddles the end of a region, lies in none, or overlaps another.
    """
    spans: dict[str, list[Span]] = {region.name: [] for region in regions}
    for section in sections:
        for start in dict.fromkeys((section.address, section.load_address)):
            if start is not None:
                span = Span(section, start)
                spans[_region_of(span, regions, image).name].append(span)
    return {region.name: _layout(spans[region.name], region.origin, image) for region in regions}


def lay_out_hosted(sections: Iterable[Section], board: Board) -> Mapping[str, Layout]:
    """{region: layout} of a program for an operating system, which places it: what is written to counts as RAM."""
    placement = board.placement
    spans: dict[str, list[Span]] = {region: [] for region in board.memory}
    for section in sections:
        spans[placement.data if section.is_writable else placement.code].append(Span(section, section.address))
    return {
        region: Layout(tuple(found), used=sum(span.section.size for span in found)) for region, found in spans.items()
    }


def _region_of(span: Span, regions: Sequence[Region], image: Location) -> Region:
    for region in regions:
        if region.origin <= span.start < region.end:
            if span.end <= region.end:
                return region
            over = format_size(span.end - region.end)
            raise UserError(
                f"section `{span.section.name}` passes the end of {region.name} by {over}: {_addresses(span)}",
                location=image,
            )
    raise UserError(
        f"section `{span.section.name}` lies in no memory region of the board: {_addresses(span)}",
        location=image,
        hint="place it in a region of the board file, or describe the region there",
    )


def _layout(spans: list[Span], origin: int, image: Location) -> Layout:
    ordered = tuple(sorted(spans, key=lambda span: (span.start, span.end)))
    for before, after in pairwise(ordered):
        if after.start < before.end:
            raise UserError(
                f"sections `{before.section.name}` and `{after.section.name}` overlap at 0x{after.start:08x}",
                location=image,
            )
    return Layout(ordered, used=max((span.end for span in ordered), default=origin) - origin)


def _addresses(span: Span) -> str:
    return f"0x{span.start:08x} to 0x{span.end:08x}"
