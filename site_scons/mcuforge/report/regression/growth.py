"""Growth over a baseline, against the manifest's `budgets.growth`: creep fails like a broken budget."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from mcuforge.errors import UserError
from mcuforge.manifest.types import Project
from mcuforge.report.regression.baseline import Measured
from mcuforge.report.regression.compare import Change, changes, reasons


def growth_errors(old: Measured, new: Measured, project: Project) -> tuple[UserError, ...]:
    """One for each number that grew by more than its share, at its line of the manifest.

    What a baseline does not tell is an error too: a limit that nothing checks holds nobody.
    """
    return tuple(_errors(old, new, project))


def allowed(old: int, share: Fraction) -> int:
    """The most that `old` may have become, in whole bytes or instructions."""
    return old + int(old * share)


def _errors(old: Measured, new: Measured, project: Project) -> Iterator[UserError]:
    found = {change.name: change for change in changes(old, new)}
    why = reasons(old, new)
    for name, share in project.growth.items():
        place = project.positions.at("budgets", "growth", name)
        change = found.get(name, Change(name, None, None))
        if change.old is None or change.new is None:
            which = "baseline" if change.old is None else "build"
            yield UserError(
                f"the growth of {name} cannot be told: the {which} does not know it",
                location=place,
                hint="`scons … emulate` counts instructions" if name == "instructions" else None,
            )
            continue
        limit = allowed(int(change.old), share)
        if change.new > limit:
            grown = 100 * (change.new - change.old) / change.old if change.old else 100.0
            unit = f" {change.unit}".rstrip()
            yield UserError(
                f"{name} grew by {grown:.2f} %: {change.old:,} to {change.new:,}{unit}, "
                f"{change.new - limit:,} more than {float(100 * share):g} % allows",
                location=place,
                details=tuple(reason.text for reason in why if reason.about in ("", name)),
                hint="make it smaller again, or take this build for the new baseline",
            )
