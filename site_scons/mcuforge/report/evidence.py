"""What a build tells besides its sizes → the checks that its manifest asks for, and what changed since a baseline.

The verdict on the terminal and every format of the report go by the same files: no report can be of another opinion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mcuforge.errors import UserError, display_path
from mcuforge.manifest.types import Project
from mcuforge.report.audit.result import AuditResult, read_audit
from mcuforge.report.build_report import Check
from mcuforge.report.types import StackUse

if TYPE_CHECKING:
    from mcuforge.report.regression.baseline import Measured
    from mcuforge.report.regression.change import Comparison


@dataclass(frozen=True)
class Evidence:
    """Files, each None where nobody asked for what is in it; those named were made by this build.

    `size` is size.json or size.tree.json, `audit` audit.json, `accuracy` accuracy.json, `emulation` emulate.json (which
    need not exist). `baseline` is an earlier build's file. `locked_model` is held to the project's lock, `facts` being
    what its conversion tells (convert.json).
    """

    size: Path
    audit: Path | None = None
    accuracy: Path | None = None
    emulation: Path | None = None
    baseline: Path | None = None
    locked_model: Path | None = None
    facts: Path | None = None


def checks(evidence: Evidence, project: Project, stack: StackUse) -> tuple[Check, ...]:
    """Every condition but the limits, in the order of reports."""
    audited = read_audit(evidence.audit) if evidence.audit else AuditResult()
    return (
        *_stack(stack, project),
        *audit_checks(audited, project),
        *_growth(evidence, project),
        *_accuracy(evidence, project),
        *_lock(evidence, project),
    )


def _stack(stack: StackUse, project: Project) -> Iterator[Check]:
    """That inference has a bound, where that was looked for."""
    place = project.positions.at("budgets", "stack")
    if stack.unbounded:
        message, *details = stack.unbounded
        yield Check("stack", "bounded", place, UserError(message, location=place, details=tuple(details)))
    elif stack.bound is not None:
        yield Check("stack", "bounded", place)


def audit_checks(audited: AuditResult, project: Project) -> Iterator[Check]:
    """One for each finding, and for each audit that found nothing; at the manifest's `audit:`."""
    place = project.positions.at("audit")
    for name in audited.audits:
        found = [finding for finding in audited.findings if finding.audit == name]
        for item in found:
            message = f"audit {name}: {item.message}"
            if item.is_note:
                yield Check("audit", name, place, note="; ".join(filter(None, (item.message, item.hint))))
            else:
                error = UserError(message, location=place, details=item.details, hint=item.hint)
                yield Check("audit", name, place, error)
        if not found:
            yield Check("audit", name, place)


def comparison(evidence: Evidence) -> Comparison | None:
    """None without a baseline."""
    if evidence.baseline is None:
        return None
    # Imported here and below: most builds compare with none, measure no accuracy and have no lock.
    from mcuforge.report.regression.compare import compared

    return compared(display_path(evidence.baseline), *_then_and_now(evidence, evidence.baseline))


def _growth(evidence: Evidence, project: Project) -> tuple[Check, ...]:
    if evidence.baseline is None:
        return ()
    from mcuforge.report.regression.growth import growth_checks

    return growth_checks(*_then_and_now(evidence, evidence.baseline), project)


def _then_and_now(evidence: Evidence, baseline: Path) -> tuple[Measured, Measured]:
    from mcuforge.report.regression.baseline import measured_now, read_measured

    return read_measured(baseline), measured_now(evidence.size, evidence.emulation, evidence.accuracy)


def _accuracy(evidence: Evidence, project: Project) -> Iterator[Check]:
    limits = project.accuracy
    if evidence.accuracy is None or limits is None:
        return
    if (limits.minimum, limits.maximum, limits.max_drop) == (None, None, None):
        return
    from mcuforge.convert.accuracy import Assessment
    from mcuforge.convert.gate import gate_error

    found = Assessment.from_json(evidence.accuracy.read_text(encoding="utf-8"))
    error = gate_error(project, found)
    yield Check("accuracy", found.metric, project.positions.at("accuracy"), error)


def _lock(evidence: Evidence, project: Project) -> Iterator[Check]:
    if evidence.locked_model is None:
        return
    from mcuforge.convert.job import Facts
    from mcuforge.convert.lock import check_lock, entries
    from mcuforge.convert.locked_files import lock_path
    from mcuforge.errors import Location

    path = lock_path(project)
    facts = None if evidence.facts is None else Facts.from_json(evidence.facts.read_text(encoding="utf-8"))
    try:
        note = check_lock(path, entries(project, evidence.locked_model, facts))
    except UserError as error:
        yield Check("lock", path.name, error.location or Location(path), error)
    else:
        yield Check("lock", path.name, Location(path), note=note or "")
