"""One bar for each memory region: what fills it, the budget and the chip's capacity on one scale."""

from __future__ import annotations

from dataclasses import dataclass

from mcuforge.report.types import RegionUse, SizeReport

# A capacity this many times beyond all else is drawn past a break in the scale: what matters stays readable.
_FAR = 1.8
_BEFORE_BREAK = 84.0


@dataclass(frozen=True)
class Segment:
    """Bytes of one cause. `x` and `width` in percent of the bar."""

    cause: str
    bytes: int
    x: float
    width: float


@dataclass(frozen=True)
class Mark:
    """A limit at `x` percent; `anchor` is where its label's text begins, so that it stays inside."""

    name: str
    bytes: int
    x: float
    anchor: str


@dataclass(frozen=True)
class MemoryBar:
    """`break_x` is where the scale breaks off, None when it is whole."""

    region: RegionUse
    segments: tuple[Segment, ...]
    marks: tuple[Mark, ...]
    break_x: float | None


def memory_bars(report: SizeReport) -> tuple[MemoryBar, ...]:
    """Of regions that hold something or may."""
    return tuple(_bar(report, region) for region in report.regions if region.used or region.budget is not None)


def _bar(report: SizeReport, region: RegionUse) -> MemoryBar:
    near = max(region.used, region.budget or 0)
    is_far = region.budget is not None and region.capacity > _FAR * near
    top = near if is_far else max(near, region.capacity)
    width = _BEFORE_BREAK if is_far else 100.0
    segments, x = [], 0.0
    for cause in report.largest(region.name, len(report.causes)):
        share = width * cause.bytes / top
        segments.append(Segment(cause.name, cause.bytes, round(x, 3), round(share, 3)))
        x += share
    marks = [_mark("capacity", region.capacity, 100.0 if is_far else width * region.capacity / top)]
    if region.budget is not None:
        marks.insert(0, _mark("budget", region.budget, width * region.budget / top))
    return MemoryBar(region, tuple(segments), tuple(marks), _BEFORE_BREAK + 4 if is_far else None)


def _mark(name: str, count: int, x: float) -> Mark:
    return Mark(name, count, round(x, 3), "end" if x > 50 else "start")
