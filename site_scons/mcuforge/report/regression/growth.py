"""Growth over a baseline, against the manifest's `budgets.growth`: creep fails like a broken budget."""

from __future__ import annotations

from fractions import Fraction

from mcuforge.errors import Location, UserError
from mcuforge.manifest.types import ERROR_METRICS, Project
from mcuforge.report.build_report import Check
from mcuforge.report.regression.baseline import Measured
from mcuforge.report.regression.change import Change
from mcuforge.report.regression.compare import accuracy_change, changes, reasons

ACCURACY = "accuracy"
_HOW_TO_TELL = {
    "instructions": "`scons … emulate` counts instructions",
    ACCURACY: "the manifest's `accuracy:` measures it, in the baseline too and by the same metric",
}


def growth_checks(old: Measured, new: Measured, project: Project) -> tuple[Check, ...]:
    """One for each share of the manifest, at its line. What cannot be told fails: such a limit would hold nobody."""
    found = {change.name: change for change in changes(old, new)}
    why = reasons(old, new)
    checked = []
    for name, share in project.growth.items():
        place = project.positions.at("budgets", "growth", name)
        change = accuracy_change(old, new) if name == ACCURACY else found.get(name, Change(name, None, None))
        details = tuple(reason.text for reason in why if reason.about in ("", name))
        checked.append(Check("growth", name, place, _problem(name, change, share, place, details)))
    return tuple(checked)


def allowed(old: int, share: Fraction) -> int:
    """The most that `old` may have become, in whole bytes or instructions."""
    return old + int(old * share)


def _problem(name: str, change: Change, share: Fraction, place: Location, details: tuple[str, ...]) -> UserError | None:
    if change.old is None or change.new is None:
        which = "baseline" if change.old is None else "build"
        text = f"the growth of {name} cannot be told: the {which} does not know it"
        return UserError(text, location=place, hint=_HOW_TO_TELL.get(name))
    message = _fallen(change, share) if name == ACCURACY else _grown(change, share)
    hint = "make it smaller again, or take this build for the new baseline"
    if name == ACCURACY:
        hint = "`scons … accuracy` shows which classes lost; or take this build for the new baseline"
    return None if message is None else UserError(message, location=place, details=details, hint=hint)


def _grown(change: Change, share: Fraction) -> str | None:
    assert change.old is not None and change.new is not None
    limit = allowed(int(change.old), share)
    if change.new <= limit:
        return None
    grown = 100 * (change.new - change.old) / change.old if change.old else 100.0
    numbers = f"{change.old:,} to {change.new:,}{f' {change.unit}'.rstrip()}, {change.new - limit:,} more than"
    return f"{change.name} grew by {grown:.2f} %: {numbers} {_percent(share)} allows"


def _fallen(change: Change, share: Fraction) -> str | None:
    """Accuracy may get worse by the share: a score falls, an error rises. Decimal numbers as they are written."""
    assert change.old is not None and change.new is not None
    old, new = Fraction(str(change.old)), Fraction(str(change.new))
    is_error = change.name in ERROR_METRICS
    worse = new - old if is_error else old - new
    if worse <= abs(old) * share:
        return None
    by = f"{float(100 * worse / abs(old)):.2f} %" if old else f"{float(worse):g}"
    verb = "rose" if is_error else "fell"
    return f"{change.name} {verb} by {by}: {change.old:.6g} to {change.new:.6g}, and {_percent(share)} is allowed"


def _percent(share: Fraction) -> str:
    return f"{float(100 * share):g} %"
