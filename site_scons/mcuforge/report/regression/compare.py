"""Two builds → what changed and why: the model's weights, kernels, the planner, the compiler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mcuforge.report.names import ascii_only
from mcuforge.report.regression.baseline import Measured
from mcuforge.report.regression.change import Change, Comparison, Reason
from mcuforge.report.types import CAUSES, Cause, StackUse

_GROUPS = 3
_SHA_SHOWN = 12


def changes(old: Measured, new: Measured) -> tuple[Change, ...]:
    """Every number that has a limit or could have one, changed or not."""
    used = [{region.name: region.used for region in measured.size.regions} for measured in (old, new)]
    found = [Change(name, used[0].get(name), used[1].get(name)) for name in dict.fromkeys((*used[0], *used[1]))]
    found.append(Change("arena", old.size.arena.used, new.size.arena.used))
    found.append(Change("stack", stack_bytes(old.size.stack), stack_bytes(new.size.stack)))
    found.append(Change("instructions", old.instructions, new.instructions, unit=""))
    found.append(accuracy_change(old, new))
    return tuple(change for change in found if (change.old, change.new) != (None, None))


def accuracy_change(old: Measured, new: Measured) -> Change:
    """By the new build's metric; None for a build that was not measured by it."""
    metric = (new.accuracy or old.accuracy or {}).get("metric", "accuracy")
    before, after = (
        measured.accuracy["converted"] if measured.accuracy and measured.accuracy["metric"] == metric else None
        for measured in (old, new)
    )
    return Change(metric, before, after, unit="")


def stack_bytes(stack: StackUse) -> int:
    """Of one inference where that is known, else what is reserved."""
    return stack.reserved if stack.bound is None else stack.bound


def reasons(old: Measured, new: Measured) -> tuple[Reason, ...]:
    """What differs between the builds themselves, one line each; then where the bytes went."""
    origins = (Reason("", text) for text in _origins(old, new))
    planner = (Reason("arena", text) for text in _planner(old, new))
    return (*origins, *planner, *_causes(old, new))


def _origins(old: Measured, new: Measured) -> Iterator[str]:
    before, after = old.size.provenance, new.size.provenance
    for what, first, second in (
        ("project", before.project, after.project),
        ("board", before.board, after.board),
        ("runtime", before.runtime, after.runtime),
        ("compiler", before.toolchain, after.toolchain),
        ("mcuforge", old.mcuforge, new.mcuforge),
    ):
        if first != second and None not in (first, second):
            yield f"{what}: {first} -> {second}"
    if before.model_sha256 != after.model_sha256:
        yield f"model: {before.model_sha256[:_SHA_SHOWN]} -> {after.model_sha256[:_SHA_SHOWN]}"
    if before.macs != after.macs:
        yield f"work: {before.macs:,} -> {after.macs:,} MACs"
    for kind in sorted({*before.operators, *after.operators}):
        count = before.operators.get(kind, 0), after.operators.get(kind, 0)
        if count[0] != count[1]:
            yield f"operators: {kind} {count[0]} -> {count[1]}"


def _planner(old: Measured, new: Measured) -> Iterator[str]:
    before, after = old.size.arena, new.size.arena
    if before.lower_bound != after.lower_bound:
        yield f"arena: the layers need {before.lower_bound:,} -> {after.lower_bound:,} B at once (lower bound)"
    elif before.used != after.used:
        yield f"planner: arena {_signed(after.used - before.used)} B at the same lower bound of {after.lower_bound:,} B"


def _causes(old: Measured, new: Measured) -> Iterator[Reason]:
    for region in dict.fromkeys(part.name for measured in (old, new) for part in measured.size.regions):
        first, second = ({cause.name: cause for cause in item.size.causes_of(region)} for item in (old, new))
        deltas = {name: _bytes(second.get(name)) - _bytes(first.get(name)) for name in CAUSES}
        for name in sorted(filter(deltas.get, deltas), key=lambda name: -abs(deltas[name])):
            parts = "; ".join(_parts(first.get(name), second.get(name)))
            where = f" ({parts})" if parts else ""
            yield Reason(region, f"{region}: {name} {_signed(deltas[name])} B{where}")


def _parts(old: Cause | None, new: Cause | None) -> Iterator[str]:
    """The layers, kernels or objects that changed most, where both builds tell them."""
    first, second = _groups(old), _groups(new)
    if (_bytes(old) and not first) or (_bytes(new) and not second):
        return
    deltas = {name: second.get(name, 0) - first.get(name, 0) for name in {**first, **second}}
    changed = sorted(filter(deltas.get, deltas), key=lambda name: (-abs(deltas[name]), name))
    for name in changed[:_GROUPS]:
        yield f"{ascii_only(name)} {_signed(deltas[name])}"
    if len(changed) > _GROUPS:
        yield f"{len(changed) - _GROUPS} more"


def _groups(cause: Cause | None) -> Mapping[str, int]:
    return {} if cause is None else {child.name: child.bytes for child in cause.children}


def _bytes(cause: Cause | None) -> int:
    return 0 if cause is None else cause.bytes


def compared(baseline: str, old: Measured, new: Measured) -> Comparison:
    """`baseline` is what a person calls the old build."""
    return Comparison(baseline, changes(old, new), reasons(old, new))


def table(found: Comparison) -> str:
    """What changed, and why; plain ASCII."""
    rows = [("", "before", "after", "change", ""), *(change_cells(change) for change in found.changes)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  " + "  ".join(cell.ljust(width) if not at else cell.rjust(width) for at, (cell, width) in enumerate(pairs))
        for pairs in (tuple(zip(row, widths, strict=True)) for row in rows)
    ]
    lines += [f"  why: {reason.text}" for reason in found.reasons] if found.reasons else ["  nothing else differs"]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def change_cells(change: Change) -> tuple[str, str, str, str, str]:
    """Name, before, after, change and its share, as people read them; empty where nothing is known or changed."""
    delta = change.delta
    share = f"{100 * delta / change.old:+.2f} %" if delta and change.old else ""
    shown = "" if delta is None else "same" if not delta else _signed(delta)
    return change.name, _number(change.old), _number(change.new), shown, share


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,}"


def _signed(value: float) -> str:
    return f"{value:+,}" if isinstance(value, int) else f"{value:+.4f}"
