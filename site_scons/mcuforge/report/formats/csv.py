"""Each byte once, in rows that add up to what a region uses: for spreadsheets and for comparing builds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from mcuforge.report.build_report import BuildReport
from mcuforge.report.formats.tree import LEVELS
from mcuforge.report.types import Cause, SizeReport

FILE = "report.csv"
COLUMNS = ("region", "cause", "group", "symbol", "bytes", "note")
# A cell that begins so is a formula to spreadsheets; names come from the model.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(report: BuildReport) -> str:
    return render_size(report.size, None)


def render_size(report: SizeReport, depth: int | None) -> str:
    """One row for each leaf of the tree, cut off at `depth`; columns below that are empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for region in report.regions:
        for cause in report.largest(region.name, len(report.causes)):
            for path, leaf in _leaves(cause, (cause.name,), LEVELS if depth is None else depth):
                names = (region.name, *path, *("",) * (LEVELS - len(path)))
                writer.writerow([*map(_inert, names), leaf.bytes, _inert(leaf.note)])
    return text.getvalue()


def _leaves(cause: Cause, path: tuple[str, ...], depth: int) -> Iterator[tuple[tuple[str, ...], Cause]]:
    if depth == 1 or not cause.children:
        yield path, cause
        return
    for child in cause.children:
        yield from _leaves(child, (*path, child.name), depth - 1)


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
