"""The arena over time: operators from left to right, addresses from bottom to top, each block a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mcuforge.report.names import printable, short_name
from mcuforge.report.plan_facts import ArenaBlock, PlanFacts
from mcuforge.report.types import SizeReport
from mcuforge.units import format_size

HEIGHT_PX = 300
_REFERENCE_PX = 1000
_MANY = 64
"""Operators beyond which columns get narrow and lose their names."""
_CHARACTER_PX, _LINE_PX, _SHORTEST = 6.2, 13, 6


@dataclass(frozen=True)
class Bar:
    """`x` and `width` in percent, `y` and `height` in pixels from the top. `label` has the lines that fit."""

    x: float
    width: float
    y: float
    height: float
    kind: str
    title: str
    label: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """An operator: its middle in percent."""

    index: int
    op: str
    x: float
    is_labelled: bool


@dataclass(frozen=True)
class Line:
    """A number of bytes at `y` pixels from the top."""

    name: str
    bytes: int
    y: float


@dataclass(frozen=True)
class Row:
    """A block in words, for the table."""

    name: str
    offset: int
    size: int
    first_use: int
    last_use: int
    at_peak: bool


@dataclass(frozen=True)
class ArenaChart:
    """`peak_x` and `peak_width` mark the operator with the most live bytes, in percent.

    `shared` is what blocks have in common at the peak: bytes of an output on input that has been read. `grid` are the
    lines of the scale; `foot_px` is room for the operators' names below.
    """

    bars: tuple[Bar, ...]
    columns: tuple[Column, ...]
    used: Line
    bound: Line
    grid: tuple[Line, ...]
    shared: int
    rows: tuple[Row, ...]
    peak_x: float
    peak_width: float
    min_width_px: int
    foot_px: int
    shows_names: bool


def arena_chart(report: SizeReport, plan: PlanFacts) -> ArenaChart | None:
    """None when the runtime does not say where tensors lie, or there is nothing to lay out."""
    if not plan.blocks:
        return None
    count = 1 + max(block.last_use for block in plan.blocks)
    top = max(report.arena.used, *(block.end for block in plan.blocks))
    peak = plan.peak.layer if plan.peak else -1
    shows_names = count <= _MANY
    names = {operator.index: printable(operator.op, 24) for operator in plan.graph.operators}
    step = 1 if shows_names else -(-count // 40)
    return ArenaChart(
        bars=tuple(_bar(plan.blocks, at, count, top, peak) for at in range(len(plan.blocks))),
        columns=tuple(
            Column(at, names.get(at, ""), round(100 * (at + 0.5) / count, 3), at % step == 0) for at in range(count)
        ),
        used=Line("reserved", report.arena.used, _height(report.arena.used, top)),
        bound=Line("lower bound", plan.lower_bound, _height(plan.lower_bound, top)),
        grid=tuple(Line("", at, _height(at, top)) for at in range(0, top + 1, _step(top))),
        shared=_shared([block for block in plan.blocks if block.first_use <= peak <= block.last_use]),
        rows=tuple(_row(block, peak) for block in plan.blocks),
        peak_x=round(100 * peak / count, 3),
        peak_width=round(100 / count, 3) if plan.peak else 0,
        min_width_px=count * _column_px(count),
        foot_px=34 + (round(max(map(len, names.values()), default=0) * _CHARACTER_PX) if shows_names else 0),
        shows_names=shows_names,
    )


def _bar(blocks: Sequence[ArenaBlock], place: int, count: int, top: int, peak: int) -> Bar:
    block = blocks[place]
    height = HEIGHT_PX * block.size / top
    column_px = max(_REFERENCE_PX / count, _column_px(count))
    return Bar(
        x=round(100 * block.first_use / count, 3),
        width=round(100 * (block.last_use - block.first_use + 1) / count, 3),
        y=_height(block.end, top),
        height=round(max(height, 1.5), 2),
        kind="peak" if block.first_use <= peak <= block.last_use else "scratch" if not block.tensors else "plain",
        title=(
            f"{printable(block.name, 120)}: {block.size:,} B at offset {block.offset:,}, "
            f"operators {block.first_use} to {block.last_use}"
        ),
        label=_label(block, _visible(block, blocks[place + 1 :], top) * column_px, height),
    )


def _column_px(count: int) -> int:
    """The least width of a column: where the screen has less, the chart is scrolled."""
    return 62 if count <= 16 else 30 if count <= _MANY else 8


def _visible(block: ArenaBlock, later: Sequence[ArenaBlock], top: int) -> int:
    """Columns in which the middle of a block, where its label stands, is not yet drawn over."""
    middle, margin = block.offset + block.size / 2, _LINE_PX * top / HEIGHT_PX
    covered = [
        other.first_use
        for other in later
        if other.first_use <= block.last_use and other.offset < middle + margin and middle - margin < other.end
    ]
    return min([*covered, block.last_use + 1]) - block.first_use


def _label(block: ArenaBlock, width_px: float, height_px: float) -> tuple[str, ...]:
    room, lines = int((width_px - 8) / _CHARACTER_PX), int((height_px - 2) / _LINE_PX)
    name = short_name(block.tensors[0]) if block.tensors else "scratch"
    size = format_size(block.size)
    if room < _SHORTEST or not lines:
        return ()
    if lines == 1:
        return (f"{name} {size}",) if len(name) + len(size) < room else (size,) if len(size) <= room else ()
    return (name if len(name) <= room else name[: room - 1] + "…", size)


def _shared(live: Sequence[ArenaBlock]) -> int:
    """Bytes that are counted more than once when the blocks' sizes are added up."""
    covered, end = 0, 0
    for block in sorted(live, key=lambda block: block.offset):
        covered += max(block.end - max(block.offset, end), 0)
        end = max(end, block.end)
    return sum(block.size for block in live) - covered


def _step(top: int) -> int:
    """A round number of bytes that divides the scale into four to eight."""
    step = 16
    while top > 8 * step:
        step *= 2
    return step


def _height(count: int, top: int) -> float:
    return round(HEIGHT_PX * (1 - count / top), 2) if top else HEIGHT_PX


def _row(block: ArenaBlock, peak: int) -> Row:
    at_peak = block.first_use <= peak <= block.last_use
    return Row(printable(block.name, 120), block.offset, block.size, block.first_use, block.last_use, at_peak)
