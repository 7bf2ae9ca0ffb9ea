"""audit.json: what was audited and what was found; and the errors that follow from it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from mcuforge.errors import UserError
from mcuforge.manifest.types import Project

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Finding:
    """What an audit objects to. A note is worth knowing and fails nothing."""

    audit: str
    message: str
    details: tuple[str, ...] = ()
    hint: str | None = None
    is_note: bool = False


@dataclass(frozen=True)
class AuditResult:
    """`audits` are the names of those that were made."""

    audits: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> str:
        findings = [asdict(finding) for finding in self.findings]
        document = {"schema_version": SCHEMA_VERSION, "audits": list(self.audits), "findings": findings}
        return json.dumps(document, indent=1) + "\n"

    def errors(self, project: Project) -> tuple[UserError, ...]:
        """One for each finding that is no note, at the manifest's `audit:`."""
        place = project.positions.at("audit")
        return tuple(
            UserError(f"audit {item.audit}: {item.message}", location=place, details=item.details, hint=item.hint)
            for item in self.findings
            if not item.is_note
        )

    def notes(self, project: Project) -> str:
        """Lines, each with its end; empty when there is nothing to note."""
        place = project.positions.at("audit")
        lines = [f"{place}: note: {item.message}; {item.hint}" for item in self.findings if item.is_note]
        return "".join(f"{line}\n" for line in lines)


def read_audit(path: Path) -> AuditResult:
    document = json.loads(path.read_text(encoding="utf-8"))
    findings = (Finding(**{**item, "details": tuple(item["details"])}) for item in document["findings"])
    return AuditResult(tuple(document["audits"]), tuple(findings))
