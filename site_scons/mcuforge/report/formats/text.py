"""The size table that every build prints: plain ASCII, the same in a terminal and in a CI log."""

from __future__ import annotations

from mcuforge.report.formats.tree import tree_lines
from mcuforge.report.types import RegionUse, SizeReport, StackUse, Verdict
from mcuforge.units import format_size

_BAR_CELLS = 30


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
