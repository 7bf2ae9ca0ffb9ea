"""The tree of causes, exact to the byte: region, cause, group, symbol. ASCII, as logs want it."""

from __future__ import annotations

from collections.abc import Iterator

from mcuforge.report.names import ascii_only
from mcuforge.report.types import Cause, SizeReport

LEVELS = 3
_NAME_WIDTH = 44


def render_size(report: SizeReport, depth: int | None) -> str:
    """Every region with its causes; `depth` levels of them, all when None."""
    lines = []
    for region in report.regions:
        lines.append(_line(region.name, region.used, region.used, 0))
        lines += tree_lines(report, region.name, LEVELS if depth is None else depth, indent=2)
    return "\n".join(lines) + "\n"


def tree_lines(report: SizeReport, region: str, depth: int, indent: int) -> Iterator[str]:
    """One line for each cause that has bytes, and for what is in it down to `depth`; the largest first."""
    used = report.region(region).used
    for cause in report.largest(region, len(report.causes)):
        yield from _below(cause, used, depth, indent)


def _below(cause: Cause, used: int, depth: int, indent: int) -> Iterator[str]:
    yield _line(cause.name, cause.bytes, used, indent) + (f"  {ascii_only(cause.note)}" if cause.note else "")
    if depth > 1:
        for child in cause.children:
            yield from _below(child, used, depth - 1, indent + 2)


def _line(name: str, count: int, used: int, indent: int) -> str:
    share = 100 * count / used if used else 0
    return f"{' ' * indent}{ascii_only(name):{_NAME_WIDTH - indent}} {count:9} B {share:5.1f} %"
