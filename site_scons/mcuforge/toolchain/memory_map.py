"""The memory regions an image is linked into: what the linker script says and what the size report measures by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mcuforge.errors import InternalError
from mcuforge.manifest.types import Board

ADDRESS_SPACE = 1 << 32
# Sections need no alignment beyond this, so that moving a region by a multiple of it changes no gap.
_ALIGNMENT_KEPT = 1 << 16


@dataclass(frozen=True)
class Region:
    """`length` is what the image may use: the board's reserved bytes are taken off the end."""

    name: str
    origin: int
    length: int
    access: str

    @property
    def end(self) -> int:
        return self.origin + self.length

    @property
    def is_writable(self) -> bool:
        return "w" in self.access


def has_memory_map(board: Board) -> bool:
    """False for boards that leave addresses to an operating system (`host`)."""
    return all(region.origin is not None for region in board.memory.values())


def memory_map(board: Board) -> tuple[Region, ...]:
    """The board's regions by rising address."""
    regions = []
    for region in board.memory.values():
        if region.origin is None:
            raise InternalError(f"{board.name} has no memory map: region {region.name} has no origin")
        regions.append(Region(region.name, region.origin, board.capacity_bytes(region.name), region.access))
    return tuple(sorted(regions, key=lambda region: region.origin))


def spread(regions: Iterable[Region]) -> tuple[Region, ...]:
    """The same regions, moved apart and grown so that an image too big for the chip can be linked and measured.

    Neighbouring regions would otherwise leave no room to grow. Gaps stay as they are: origins keep their alignment.
    """
    ordered = tuple(regions)
    share = ADDRESS_SPACE // len(ordered) // _ALIGNMENT_KEPT * _ALIGNMENT_KEPT
    moved = []
    for index, region in enumerate(ordered):
        origin = index * share + region.origin % _ALIGNMENT_KEPT
        moved.append(replace(region, origin=origin, length=(index + 1) * share - origin))
    return tuple(moved)
