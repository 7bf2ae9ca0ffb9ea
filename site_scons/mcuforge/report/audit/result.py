"""audit.json: what was audited and what was found."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

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


def read_audit(path: Path) -> AuditResult:
    document = json.loads(path.read_text(encoding="utf-8"))
    findings = (Finding(**{**item, "details": tuple(item["details"])}) for item in document["findings"])
    return AuditResult(tuple(document["audits"]), tuple(findings))
