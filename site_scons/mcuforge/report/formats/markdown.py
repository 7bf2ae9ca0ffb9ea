"""A summary for pull requests: the verdict, a table of limits, what takes the memory, and the layers that work most."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mcuforge.errors import UserError, display_path
from mcuforge.report.build_report import BuildReport, Check
from mcuforge.report.names import printable
from mcuforge.report.regression.change import Comparison
from mcuforge.report.regression.compare import change_cells
from mcuforge.report.types import SizeReport
from mcuforge.units import format_size

FILE = "report.md"
_SHOWN_LAYERS = 5
# What Markdown and HTML give a meaning to, `@` and `#` for mentions included: names are shown, never obeyed.
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>()#+!|~&@$:]")


def render(report: BuildReport) -> str:
    blocks = [f"### {_mark(report.ok)} {escape(report.title)}: {report.headline}"]
    blocks += [_limits(report), _checks(report.checks)]
    blocks += [_problem(problem) for problem in report.problems]
    blocks += [_since(report.comparison), _causes(report.size)]
    if report.emulation is not None:
        blocks += [_replay(report), _layers(report)]
    facts = report.size.provenance
    blocks.append(
        f"<sub>{facts.macs:,} MACs · arena lower bound {format_size(report.size.arena.lower_bound)} · "
        f"{escape(facts.toolchain)} · mcuforge {escape(report.build.version)} · "
        f"model {facts.model_sha256[:12]}</sub>"
    )
    return "\n\n".join(block for block in blocks if block) + "\n"


def escape(text: str) -> str:
    """Text that renders as itself, in a table too."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", printable(text))


def _mark(ok: bool) -> str:
    return "✅" if ok else "❌"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], left: int) -> str:
    """Columns from `left` on are numbers and stand to the right."""
    rule = [":--" if at < left else "--:" for at in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def _limits(report: BuildReport) -> str:
    rows = []
    for judgement in report.judgements:
        verdict = judgement.verdict
        share = f"{100 * verdict.used / verdict.limit:.1f} %" if verdict.limit else "–"
        word = f"{_mark(verdict.ok)} {'ok' if verdict.ok else 'over'}"
        rows.append(
            (
                *(word, escape(verdict.region), verdict.kind),
                *(f"{verdict.used:,}", f"{verdict.limit:,}", f"{verdict.limit - verdict.used:,}", share),
            )
        )
    return _table(("", "limit", "kind", "used (B)", "allowed (B)", "room (B)", "share"), rows, left=3)


def _checks(checks: Sequence[Check]) -> str:
    """Those that hold in a line; what does not is told below."""
    if not checks:
        return ""
    broken = [check.title for check in checks if check.problem is not None]
    held = list(dict.fromkeys(check.title for check in checks if check.problem is None))
    lines = [f"{_mark(False)} {escape(', '.join(broken))}"] if broken else []
    lines += [f"{_mark(True)} {escape_line(', '.join(held))}"] if held else []
    lines += [f"note: {escape_line(check.note)}" for check in checks if check.note]
    return "  \n".join(lines)


def _since(found: Comparison | None) -> str:
    if found is None:
        return ""
    rows = [tuple(map(escape, change_cells(change))) for change in found.changes]
    title = f"since {escape(found.baseline)}"
    why = [f"- {escape_line(reason.text)}" for reason in found.reasons]
    return "\n\n".join(filter(None, (_table((title, "before", "after", "change", ""), rows, left=1), "\n".join(why))))


def _problem(problem: UserError) -> str:
    place = problem.location
    where = f" ({escape(f'{display_path(place.file)}:{place.line}')})" if place is not None else ""
    lines = [f"**{escape_line(problem.message)}**{where}", *map(escape_line, problem.details)]
    if problem.hint:
        lines.append(f"hint: {escape_line(problem.hint)}")
    return "  \n".join(lines)


def escape_line(text: str) -> str:
    """A whole sentence: nothing is left out of it."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", printable(text, limit=10_000))


def _causes(size: SizeReport) -> str:
    regions = [region for region in size.regions if region.used]
    rows = []
    for name in dict.fromkeys(cause.name for cause in size.causes if cause.bytes):
        counts = [
            next(cause.bytes for cause in size.causes_of(region.name) if cause.name == name) for region in regions
        ]
        rows.append((name, *(f"{count:,}" if count else "" for count in counts)))
    rows.append(("**sum**", *(f"**{region.used:,}**" for region in regions)))
    return _table(("cause", *(f"{escape(region.name)} (B)" for region in regions)), rows, left=1)


def _replay(report: BuildReport) -> str:
    facts = report.emulation
    assert facts is not None
    words = f"{_mark(not facts.mismatches)} {facts.outputs:,} output bytes of {facts.vectors} vectors compared with "
    words += f"TensorFlow Lite Micro on {escape(facts.machine)}: {facts.mismatches:,} differ."
    if facts.instructions is not None:
        density = f" ({facts.instructions / report.plan.macs:.2f} per MAC)" if report.plan.macs else ""
        words += f" {facts.instructions:,} instructions per inference{density}."
    return words


def _layers(report: BuildReport) -> str:
    counted = [(layer, count) for layer in report.plan.layers if (count := report.instructions_of(layer)) is not None]
    total = sum(count for _, count in counted)
    if not total:
        return ""
    rows = [
        (
            *(f"{layer.index} {escape(layer.op)}", escape(layer.kernel), f"{layer.macs:,}", f"{count:,}"),
            *(f"{count / layer.macs:.2f}" if layer.macs else "", f"{100 * count / total:.1f} %"),
        )
        for layer, count in sorted(counted, key=lambda pair: (-pair[1], pair[0].index))[:_SHOWN_LAYERS]
    ]
    return _table(("layer", "kernel", "MACs", "instructions", "per MAC", "share"), rows, left=2)
