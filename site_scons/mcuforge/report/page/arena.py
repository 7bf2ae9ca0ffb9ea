"""The arena over time: operators from left to right, addresses from bottom to top, each block a bar."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.report.names import printable
from mcuforge.report.plan_facts import ArenaBlock, PlanFacts
from mcuforge.report.types import SizeReport
from mcuforge.units import format_size

HEIGHT_PX = 300
_REFERENCE_PX = 1000
_COLUMN_PX = 30
_MANY = 64
"""Operators beyond which columns get narrow and lose their names."""
_LABELLED_PX = (64, 16)


@dataclass(frozen=True)
class Bar:
    """`x` and `width` in percent, `y` and `height` in pixels from the top. `label` is empty where none fits."""

    x: float
    width: float
    y: float
    height: float
    kind: str
    title: str
    label: str


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
    """`peak_x` and `peak_width` mark the operator with the most live bytes, in percent."""

    bars: tuple[Bar, ...]
    columns: tuple[Column, ...]
    used: Line
    bound: Line
    rows: tuple[Row, ...]
    peak_x: float
    peak_width: float
    min_width_px: int
    shows_names: bool


def arena_chart(report: SizeReport, plan: PlanFacts) -> ArenaChart | None:
    """None when the runtime does not say where tensors lie, or there is nothing to lay out."""
    if not plan.blocks:
        return None
    count = 1 + max(block.last_use for block in plan.blocks)
    top = max(report.arena.used, *(block.end for block in plan.blocks))
    peak = plan.peak.layer if plan.peak else -1
    shows_names = count <= _MANY
    names = {operator.index: operator.op for operator in plan.graph.operators}
    step = 1 if shows_names else -(-count // 40)
    return ArenaChart(
        bars=tuple(_bar(block, count, top, peak) for block in plan.blocks),
        columns=tuple(
            Column(at, names.get(at, ""), round(100 * (at + 0.5) / count, 3), at % step == 0) for at in range(count)
        ),
        used=Line("reserved", report.arena.used, _height(report.arena.used, top)),
        bound=Line("lower bound", plan.lower_bound, _height(plan.lower_bound, top)),
        rows=tuple(_row(block, peak) for block in plan.blocks),
        peak_x=round(100 * peak / count, 3),
        peak_width=round(100 / count, 3) if plan.peak else 0,
        min_width_px=count * (_COLUMN_PX if shows_names else 8),
        shows_names=shows_names,
    )


def _bar(block: ArenaBlock, count: int, top: int, peak: int) -> Bar:
    width = 100 * (block.last_use - block.first_use + 1) / count
    height = HEIGHT_PX * block.size / top
    fits = width / 100 * _REFERENCE_PX >= _LABELLED_PX[0] and height >= _LABELLED_PX[1]
    return Bar(
        x=round(100 * block.first_use / count, 3),
        width=round(width, 3),
        y=_height(block.end, top),
        height=round(max(height, 1.5), 2),
        kind="peak" if block.first_use <= peak <= block.last_use else "scratch" if not block.tensors else "plain",
        title=(
            f"{printable(block.name, 120)}: {block.size:,} B at offset {block.offset:,}, "
            f"operators {block.first_use} to {block.last_use}"
        ),
        label=f"{short_name(block)} {format_size(block.size)}" if fits else "",
    )


def _height(count: int, top: int) -> float:
    return round(HEIGHT_PX * (1 - count / top), 2) if top else HEIGHT_PX


def _row(block: ArenaBlock, peak: int) -> Row:
    at_peak = block.first_use <= peak <= block.last_use
    return Row(printable(block.name, 120), block.offset, block.size, block.first_use, block.last_use, at_peak)


def short_name(block: ArenaBlock) -> str:
    """Converters name a tensor after everything fused into it, with the path of each: the last word says most."""
    if not block.tensors:
        return "scratch"
    return printable(block.tensors[0].split(";")[-1].rsplit("/", 1)[-1] or block.tensors[0], 24)
