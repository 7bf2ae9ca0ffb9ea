"""BuildReport → report.html: facts in the order a reader asks for them, verdict first."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jinja2
from markupsafe import Markup

from mcuforge.errors import UserError
from mcuforge.report.build_report import BuildReport, Check
from mcuforge.report.page.accuracy import accuracy_view
from mcuforge.report.page.arena import HEIGHT_PX, ArenaChart, arena_chart
from mcuforge.report.page.graph import BOX_HEIGHT, BOX_WIDTH, draw_graph, shape_text
from mcuforge.report.page.memory import memory_bars
from mcuforge.report.page.treemap import treemap
from mcuforge.report.plan_facts import LayerWork
from mcuforge.report.regression.compare import change_cells
from mcuforge.report.types import CAUSES, Cause
from mcuforge.units import format_size

# What the treemap is drawn for: a desktop, and a phone held upright.
_WIDE, _NARROW = (1040, 440), (330, 480)
_DRAWN = 500
"""Operators beyond which the model is not drawn: nobody reads that, and the page is to stay small."""
_INDENTATION = re.compile(r"\n\s+")


@dataclass(frozen=True)
class KeyFact:
    """`value` large, `detail` small below it."""

    name: str
    value: str
    detail: str
    ok: bool = True


@dataclass(frozen=True)
class LayerRow:
    """A layer in the table; `share` is its part of all instructions, or of all MACs where none were counted."""

    layer: LayerWork
    shapes: str
    weights: int
    instructions: int | None
    share: float

    @property
    def per_mac(self) -> str:
        return f"{self.instructions / self.layer.macs:.2f}" if self.instructions and self.layer.macs else ""


@dataclass(frozen=True)
class TreeRow:
    """A line of the table of causes; `level` 0 is a cause, 1 a group."""

    level: int
    name: str
    cause: str
    bytes: int
    share: float


def render_page(report: BuildReport) -> str:
    """One file without a reference to anything outside itself."""
    chart = arena_chart(report.size, report.plan)
    style = _dense(_asset("style.css") + _generated_style(chart))
    script = dense_asset("script.js")
    page = templates().get_template("page.html.j2")
    context = _context(report, chart)
    return _dense(page.render(context, style=Markup(style), script=Markup(script), policy=page_policy(style, script)))


def _dense(text: str) -> str:
    """Without the indentation, which is a fifth of the page."""
    return _INDENTATION.sub("\n", text)


def templates() -> jinja2.Environment:
    """Autoescape: names of tensors come from a file that nobody has read."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("mcuforge.report.page", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["size"] = format_size
    return environment


def dense_asset(name: str) -> str:
    return _dense(_asset(name))


def _asset(name: str) -> str:
    loader = templates().loader
    assert loader is not None
    return loader.get_source(templates(), name)[0]


def _generated_style(chart: ArenaChart | None) -> str:
    """Rules, because the page's policy allows no style attributes."""
    return f".arena svg {{ min-width: {chart.min_width_px}px; }}\n" if chart else ""


def page_policy(style: str, script: str) -> str:
    """Nothing is fetched, and only our own script runs, whatever a name may contain."""
    style_hash, script_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)
    )
    return f"default-src 'none'; style-src 'sha256-{style_hash}'; script-src 'sha256-{script_hash}'"


def _context(report: BuildReport, chart: ArenaChart | None) -> dict[str, Any]:
    code = report.size.region(report.build.code_region)
    causes = report.size.causes_of(code.name)
    return {
        "report": report,
        "facts": report.size.provenance,
        "key_facts": tuple(_key_facts(report)),
        "place": _place,
        "checks": _check_rows(report.checks),
        "since": report.comparison,
        "change_cells": change_cells,
        "bars": memory_bars(report.size),
        "cause_names": [
            name for name in CAUSES if any(cause.bytes for cause in report.size.causes if cause.name == name)
        ],
        "arena": chart,
        "arena_height": HEIGHT_PX,
        "treemaps": [] if not code.used else [("wide", treemap(causes, *_WIDE)), ("narrow", treemap(causes, *_NARROW))],
        "code": code,
        "trees": [(region, tuple(_tree(report, region.name))) for region in report.size.regions if region.used],
        "layers": _layer_rows(report),
        "graph": draw_graph(report) if len(report.plan.graph.operators) <= _DRAWN else None,
        "box": (BOX_WIDTH, BOX_HEIGHT),
        "accuracy": accuracy_view(report.accuracy),
    }


def _key_facts(report: BuildReport) -> Iterator[KeyFact]:
    for judgement in report.judgements:
        verdict = judgement.verdict
        share = f"{100 * verdict.used / verdict.limit:.0f} % of " if verdict.limit else "of "
        yield KeyFact(
            verdict.region, format_size(verdict.used), f"{share}{format_size(verdict.limit)} {verdict.kind}", verdict.ok
        )
    judged = {judgement.verdict.region for judgement in report.judgements}
    if "arena" not in judged:
        bound = format_size(report.plan.lower_bound)
        yield KeyFact("arena", format_size(report.size.arena.used), f"lower bound {bound}")
    if "stack" not in judged:
        yield KeyFact("stack", format_size(report.size.stack.reserved), "reserved")
    yield KeyFact("work", f"{report.plan.macs:,}", "MACs per inference")
    emulation = report.emulation
    if emulation is not None and emulation.instructions is not None:
        per_mac = f", {emulation.instructions / report.plan.macs:.2f} per MAC" if report.plan.macs else ""
        yield KeyFact("instructions", f"{emulation.instructions:,}", f"per inference{per_mac}")
    if emulation is not None:
        word = "bit-exact" if not emulation.mismatches else f"{emulation.mismatches:,} differ"
        detail = f"{emulation.outputs:,} output bytes against TFLM"
        yield KeyFact("proof", word, detail, not emulation.mismatches)


def _place(problem: UserError) -> str:
    return str(problem.location or "")


def _check_rows(checks: Sequence[Check]) -> tuple[tuple[str, str, str], ...]:
    """(kind, sign and word, names) of what was checked besides limits; those that fail stand by themselves."""
    rows = []
    for kind in dict.fromkeys(check.kind for check in checks):
        of_kind = [check for check in checks if check.kind == kind]
        for mark, held in (("✗ fails", False), ("✓ holds", True)):
            names = dict.fromkeys(check.name for check in of_kind if (check.problem is None) == held)
            if names:
                rows.append((kind, mark, ", ".join(names)))
    return tuple(rows)


def _tree(report: BuildReport, region: str) -> Iterator[TreeRow]:
    used = report.size.region(region).used
    for cause in report.size.largest(region, len(report.size.causes)):
        yield _tree_row(0, cause, cause, used)
        for group in cause.children:
            yield _tree_row(1, group, cause, used)


def _tree_row(level: int, item: Cause, cause: Cause, used: int) -> TreeRow:
    return TreeRow(level, item.name, cause.name, item.bytes, 100 * item.bytes / used)


def _layer_rows(report: BuildReport) -> tuple[LayerRow, ...]:
    counts = {layer.index: report.instructions_of(layer) for layer in report.plan.layers}
    measured = all(count is not None for count in counts.values())
    work = {layer.index: (counts[layer.index] or 0) if measured else layer.macs for layer in report.plan.layers}
    total = sum(work.values()) or 1
    shapes = _shapes(report)
    return tuple(
        LayerRow(
            layer=layer,
            shapes=shapes.get(layer.index, ""),
            weights=report.plan.weights_of(layer.index),
            instructions=counts[layer.index],
            share=round(100 * work[layer.index] / total, 2),
        )
        for layer in report.plan.layers
    )


def _shapes(report: BuildReport) -> dict[int, str]:
    """{operator: shape and type of what it makes}"""
    tensors = report.plan.graph.tensors
    return {
        operator.index: shape_text(tensors[operator.outputs[0]])
        for operator in report.plan.graph.operators
        if operator.outputs
    }
