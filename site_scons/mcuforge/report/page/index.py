"""Many report.json → index.html: one row for each project on each board, with a link to its report."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from mcuforge.report.formats.json import read_json
from mcuforge.report.page.page import dense_asset, page_policy, templates
from mcuforge.report.regression.compare import stack_bytes
from mcuforge.report.types import RegionUse, SizeReport


@dataclass(frozen=True)
class IndexRow:
    """A build; `link` is relative to the index page."""

    size: SizeReport
    document: Mapping[str, Any]
    link: str

    @property
    def project(self) -> str:
        return self.size.provenance.project

    @property
    def board(self) -> str:
        return self.size.provenance.board

    @property
    def runtime(self) -> str:
        return self.size.provenance.runtime

    @property
    def ok(self) -> bool:
        return bool(self.document["verdict"] == "ok")

    @property
    def headline(self) -> str:
        return str(self.document["headline"])

    @property
    def word(self) -> str:
        """The verdict for the overview, where there is no room for more: ``✗ over``."""
        return f"{'✓' if self.ok else '✗'} {self.headline.partition(':')[0].lower()}"

    @property
    def regions(self) -> tuple[RegionUse, ...]:
        return tuple(region for region in self.size.regions if region.used)

    @property
    def arena(self) -> int:
        return self.size.arena.used

    @property
    def stack(self) -> int:
        return stack_bytes(self.size.stack)

    @property
    def instructions(self) -> str:
        counted = (self.document["emulation"] or {}).get("instructions_per_inference")
        return "–" if counted is None else f"{counted:,}"

    @property
    def proof(self) -> str:
        emulation = self.document["emulation"]
        if emulation is None:
            return "not emulated"
        return f"{emulation['mismatches']:,} bytes differ" if emulation["mismatches"] else "bit-exact"


@dataclass(frozen=True)
class RefusedRow:
    """A project that cannot be built for a board, and why. No verdict: nobody promised it."""

    project: str
    board: str
    reason: str


def read_refusal(text: str) -> RefusedRow:
    """``kws/tiny=the flash budget is more than tiny has``"""
    place, _, reason = text.partition("=")
    project, _, board = place.partition("/")
    return RefusedRow(project, board, reason)


def read_row(report: Path, index: Path) -> IndexRow:
    """`report` is a report.json; its page lies beside it."""
    page = Path(os.path.relpath(report.with_suffix(".html"), index.parent))
    document = json.loads(report.read_text(encoding="utf-8"))
    return IndexRow(read_json(report), document, quote(page.as_posix()))


def render_index(rows: Sequence[IndexRow], refused: Sequence[RefusedRow] = ()) -> str:
    """By project and board; one file without a script or a reference to anything but the reports."""
    style = dense_asset("style.css")
    ordered = sorted(rows, key=lambda row: (row.project, row.board))
    cells: dict[tuple[str, str], IndexRow | RefusedRow] = {(row.project, row.board): row for row in refused}
    cells |= {(row.project, row.board): row for row in ordered}
    return (
        templates()
        .get_template("index.html.j2")
        .render(
            rows=ordered,
            refused=sorted(refused, key=lambda row: (row.project, row.board)),
            cells=cells,
            projects=sorted({project for project, _ in cells}),
            boards=sorted({board for _, board in cells}),
            headline=_headline(ordered),
            ok=all(row.ok for row in ordered),
            style=Markup(style),
            policy=page_policy(style, ""),
        )
    )


def _headline(rows: Sequence[IndexRow]) -> str:
    failed = sum(not row.ok for row in rows)
    if failed:
        return f"{failed} of {len(rows)} builds {'fails' if failed == 1 else 'fail'}"
    return "The build fits" if len(rows) == 1 else f"All {len(rows)} builds fit"
