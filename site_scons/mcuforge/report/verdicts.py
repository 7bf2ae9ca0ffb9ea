"""SizeReport → Verdicts, and what to say about a broken one."""

from __future__ import annotations

from collections.abc import Sequence

from mcuforge.errors import GroupedUserError, Location, UserError
from mcuforge.manifest.types import Board, Project
from mcuforge.report.advice import Alternative, advice
from mcuforge.report.names import short_name
from mcuforge.report.plan_facts import PlanFacts
from mcuforge.report.types import Frame, SizeReport, StackUse, Verdict
from mcuforge.units import format_size

_KIB = 1024


def verdicts(report: SizeReport, project: Project, board: Board) -> tuple[Verdict, ...]:
    """One per limit: a region's budget or, where it has none or is passed too, the board's capacity; arena; stack."""
    found = [_of_region(report, region.name, project, board) for region in report.regions]
    arena = project.budgets_bytes.get("arena")
    if arena is not None:
        found.append(Verdict("arena", report.arena.used, arena, "budget", _place(project, "arena")))
    return (*found, *_of_stack(report.stack, project))


def limits_error(
    found: Sequence[Verdict], report: SizeReport, board: Board, plan: PlanFacts
) -> GroupedUserError | None:
    """None when every verdict is ok."""
    errors = [problem(verdict, report, board, plan) for verdict in found if not verdict.ok]
    return GroupedUserError(errors) if errors else None


def problem(
    verdict: Verdict, report: SizeReport, board: Board, plan: PlanFacts, others: Sequence[Alternative] = ()
) -> UserError:
    """How far a limit is passed, what takes the most, and what would help: the error of a verdict that is not ok."""
    over = f"exceeded by {format_size(verdict.used - verdict.limit)} ({_of(verdict.used, verdict.limit)})"
    subject = f"{verdict.region} budget" if verdict.kind == "budget" else f"{verdict.region} of {board.name}"
    return UserError(
        f"{subject} {over}",
        location=verdict.location,
        details=_details(verdict, report, board, plan),
        hint=_hint(verdict, report, board, plan, others),
    )


def _of_region(report: SizeReport, region: str, project: Project, board: Board) -> Verdict:
    used, capacity, place = report.region(region).used, board.capacity_bytes(region), _place(project, region)
    budget = board.budget_bytes(project, region)
    if budget is None or used > capacity:
        return Verdict(region, used, capacity, "capacity", place)
    return Verdict(region, used, budget, "budget", place)


def _of_stack(stack: StackUse, project: Project) -> tuple[Verdict, ...]:
    """One inference against its budget, or else against what the image reserves for all of the stack."""
    place, budget = _place(project, "stack"), project.budgets_bytes.get("stack")
    if budget is not None:
        used = stack.reserved if stack.bound is None else stack.bound
        return (Verdict("stack", used, budget, "budget", place),)
    return () if stack.bound is None else (Verdict("stack", stack.bound, stack.reserved, "capacity", place),)


def _place(project: Project, name: str) -> Location:
    return project.positions.at("budgets", name)


def _of(used: int, limit: int) -> str:
    """Exact bytes where rounding would show two equal numbers."""
    shown = format_size(used), format_size(limit)
    return f"{shown[0]} of {shown[1]}" if shown[0] != shown[1] else f"{used} of {limit} bytes"


def _details(verdict: Verdict, report: SizeReport, board: Board, plan: PlanFacts) -> tuple[str, ...]:
    if verdict.region == "arena":
        tensors = sorted(plan.peak.tensors, key=lambda tensor: -tensor.bytes)[:3] if plan.peak else ()
        largest = [f"{short_name(tensor.name)} {format_size(tensor.bytes)}" for tensor in tensors]
    elif verdict.region == "stack":
        largest = [f"{frame.function} {format_size(frame.bytes)}" for frame in _deepest(report.stack)]
    else:
        largest = [f"{cause.name} {format_size(cause.bytes)}" for cause in report.largest(verdict.region)]
    reserved = [
        f"{format_size(item.length_bytes)} are reserved: {item.reason}"
        for item in board.reserved
        if item.region == verdict.region and verdict.kind == "capacity"
    ]
    return (*([f"largest: {', '.join(largest)}"] if largest else []), *reserved)


def _deepest(stack: StackUse) -> list[Frame]:
    return sorted(stack.chain, key=lambda frame: -frame.bytes)[:3]


def _hint(verdict: Verdict, report: SizeReport, board: Board, plan: PlanFacts, others: Sequence[Alternative]) -> str:
    region = board.placement.arena if verdict.region == "arena" else verdict.region
    parts = []
    if plan.peak is not None and (verdict.region == "arena" or _largest_is(report, region, "arena")):
        parts.append(f"the peak is {plan.peak.text}")
    if verdict.region not in board.memory or verdict.used <= board.capacity_bytes(verdict.region):
        parts.append(f"a budget of {_enough(verdict.used)} fits")
    else:
        parts.append(_in_general(report, verdict.region))
    return "; ".join((*parts, *advice(verdict, report, board, plan, others)))


def _largest_is(report: SizeReport, region: str, cause: str) -> bool:
    return any(largest.name == cause for largest in report.largest(region, 1))


def _in_general(report: SizeReport, region: str) -> str:
    """What to change when a chip is too small."""
    largest = report.largest(region, 1)[0]
    what = {
        "weights": "take a smaller model, or place weights in another region of the board",
        "arena": "take a model with smaller layers, or place the arena in another region of the board",
        "stack": "lower the stack budget",
        "app": "take data out of the app",
    }
    return f"{what.get(largest.name, f'make {largest.name} smaller')}, or take a larger chip"


def _enough(used: int) -> str:
    """The smallest size that a person would write."""
    return f"{used} B" if used < _KIB else f"{-(-used // _KIB)} KiB"
