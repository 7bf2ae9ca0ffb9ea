"""The size table that every build prints, and report.txt: plain text, the same in a terminal and in a CI log."""

from __future__ import annotations

from collections.abc import Iterable

from mcuforge.report.build_report import BuildReport, Check
from mcuforge.report.formats.tree import tree_lines
from mcuforge.report.types import RegionUse, SizeReport, StackUse, Verdict
from mcuforge.units import format_size

FILE = "report.txt"
_BAR_CELLS = 30


def render(report: BuildReport) -> str:
    """The verdict, the table, each limit and check in a line, and what is said of those that do not hold."""
    blocks = [f"{report.headline}\n", to_text(report.size)]
    lines = [f"{verdict_line(judgement.verdict)}\n" for judgement in report.judgements]
    lines += [f"{'ok' if check.problem is None else 'FAIL':4} {check.title}\n" for check in report.checks]
    blocks += ["".join(lines), note_lines(report.checks)]
    blocks += [f"{problem.render()}\n" for problem in report.problems]
    return "\n".join(filter(None, blocks))


def render_size(report: SizeReport, depth: int | None) -> str:
    return to_text(report, 1 if depth is None else depth)


def to_text(report: SizeReport, depth: int = 1) -> str:
    """A bar per region with its causes, then arena and stack. Deeper than 1, causes are listed as a tree."""
    width = max(len(name) for name in (*(region.name for region in report.regions), "arena", "stack"))
    facts = report.provenance
    lines = [f"{facts.project} on {facts.board} ({facts.runtime})"]
    for region in report.regions:
        lines.append(f"  {region.name:{width}}  {_bar(region)}  {_use(region)}")
        if depth > 1:
            lines += tree_lines(report, region.name, depth, indent=width + 4)
        elif causes := ", ".join(
            f"{cause.name} {format_size(cause.bytes)}" for cause in report.largest(region.name, len(report.causes))
        ):
            lines.append(f"  {'':{width}}  {causes}")
    lines.append(
        f"  {'arena':{width}}  {format_size(report.arena.used)}{_allowed(report.arena.budget)}, "
        f"lower bound {format_size(report.arena.lower_bound)}"
    )
    lines.append(f"  {'stack':{width}}  {_stack(report.stack)}")
    return "\n".join(lines) + "\n"


def _stack(stack: StackUse) -> str:
    reserved = f"{format_size(stack.reserved)} reserved"
    if stack.bound is None:
        return reserved
    return f"{format_size(stack.bound)}{_allowed(stack.budget)} at most in one inference, {reserved}"


def note_lines(checks: Iterable[Check]) -> str:
    """What is worth knowing and fails nothing: a line each, with its end; empty when there is nothing."""
    return "".join(f"{check.location}: note: {check.note}\n" for check in checks if check.note)


def verdict_line(verdict: Verdict) -> str:
    """``ok   flash  22528 of 98304 bytes (budget)``: exact, one line per limit."""
    word = "ok" if verdict.ok else "over"
    return f"{word:4} {verdict.region}: {verdict.used} of {verdict.limit} bytes ({verdict.kind})"


def _bar(region: RegionUse) -> str:
    """Each cell that anything is in is drawn full; what passes the limit stands as `!`."""
    filled = -(-region.used * _BAR_CELLS // region.limit) if region.limit else _BAR_CELLS + 1
    if not region.ok:
        return f"[{'#' * (_BAR_CELLS - 1)}!]"
    return f"[{'#' * filled}{'.' * (_BAR_CELLS - filled)}]"


def _use(region: RegionUse) -> str:
    kind = "capacity" if region.budget is None else "budget"
    share = f" {100 * region.used / region.limit:5.1f} %" if region.limit else ""
    return f"{format_size(region.used):>10} of {format_size(region.limit):>10} ({kind}){share}"


def _allowed(budget: int | None) -> str:
    return "" if budget is None else f" of {format_size(budget)}"
