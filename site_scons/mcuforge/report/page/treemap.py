"""A squarified treemap: areas in proportion to bytes, cells as near to squares as they come.

Algorithm: M. Bruls, K. Huizing, J. J. van Wijk, "Squarified Treemaps", 2000.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mcuforge.report.types import Cause
from mcuforge.units import format_size

# A cell below this share of the picture has no lines of its own inside.
_DIVIDED = 0.004
_LABEL_HEIGHT_PX = 20
_SIZE_HEIGHT_PX = 36
_CHARACTER_PX = 6.6


@dataclass(frozen=True)
class Box:
    """In any unit; x to the right, y downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        return self.width * self.height


@dataclass(frozen=True)
class Cell:
    """A group in percent of the picture. `lines` are its symbols' boxes, in percent of the cell.

    `label` and `size` are empty where they would not fit.
    """

    box: Box
    cause: str
    title: str
    label: str
    size: str
    lines: tuple[Box, ...]


def treemap(causes: Sequence[Cause], width_px: int, height_px: int) -> tuple[Cell, ...]:
    """`width_px` and `height_px` are what the picture is drawn for: proportions and labels follow from them."""
    present = [cause for cause in sorted(causes, key=lambda cause: -cause.bytes) if cause.bytes]
    whole = Box(0, 0, width_px, height_px)
    total = sum(cause.bytes for cause in present)
    cells = []
    for cause, area in zip(present, squarify([cause.bytes for cause in present], whole), strict=True):
        groups = cause.children or (cause,)
        for group, box in zip(groups, squarify([group.bytes for group in groups], area), strict=True):
            cells.append(_cell(cause, group, box, whole, total))
    return tuple(cells)


def _cell(cause: Cause, group: Cause, box: Box, whole: Box, total: int) -> Cell:
    fits = box.height >= _LABEL_HEIGHT_PX and box.width >= _CHARACTER_PX * 5
    room = int((box.width - 10) / _CHARACTER_PX)
    label = group.name if len(group.name) <= room else group.name[: room - 1] + "…"
    lines: tuple[Box, ...] = ()
    if box.area > _DIVIDED * whole.area and len(group.children) > 1:
        unit = Box(0, 0, box.width, box.height)
        parts = squarify([symbol.bytes for symbol in group.children], unit)
        lines = tuple(_percent(part, unit) for part in parts if min(part.width, part.height) > 2)
    return Cell(
        box=_percent(box, whole),
        cause=cause.name,
        title=f"{cause.name}, {group.name}: {group.bytes:,} B, {100 * group.bytes / total:.1f} %",
        label=label if fits else "",
        size=format_size(group.bytes) if fits and box.height >= _SIZE_HEIGHT_PX else "",
        lines=lines,
    )


def _percent(box: Box, whole: Box) -> Box:
    return Box(
        *(round(100 * part, 3) for part in (box.x / whole.width, box.y / whole.height)),
        *(round(100 * part, 3) for part in (box.width / whole.width, box.height / whole.height)),
    )


def squarify(sizes: Sequence[int], box: Box) -> list[Box]:
    """One box for each size, in their order; sizes are to fall and to be positive. Areas sum to the box's."""
    scale = box.area / sum(sizes) if sizes else 0
    areas = [size * scale for size in sizes]
    placed: list[Box] = []
    while len(placed) < len(areas):
        side = min(box.width, box.height)
        row = _row(areas[len(placed) :], side)
        boxes, box = _place(row, box)
        placed += boxes
    return placed


def _row(areas: Sequence[float], side: float) -> list[float]:
    """As many areas as make the row's worst proportion no worse."""
    row = [areas[0]]
    for area in areas[1:]:
        if _worst([*row, area], side) > _worst(row, side):
            break
        row.append(area)
    return row


def _worst(row: Sequence[float], side: float) -> float:
    total = sum(row)
    return max(side**2 * max(row) / total**2, total**2 / (side**2 * min(row)))


def _place(row: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """The row along the box's shorter side, and what is left of the box."""
    total = sum(row)
    if box.width >= box.height:
        thickness = total / box.height
        boxes = [Box(box.x, y, thickness, part) for y, part in _stack(row, box.y, thickness)]
        return boxes, Box(box.x + thickness, box.y, max(box.width - thickness, 0), box.height)
    thickness = total / box.width
    boxes = [Box(x, box.y, part, thickness) for x, part in _stack(row, box.x, thickness)]
    return boxes, Box(box.x, box.y + thickness, box.width, max(box.height - thickness, 0))


def _stack(row: Sequence[float], start: float, thickness: float) -> Iterator[tuple[float, float]]:
    for area in row:
        length = area / thickness
        yield start, length
        start += length
