"""SARIF 2.1.0 (OASIS): one result for each limit that is passed, at the manifest's line of the budget."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mcuforge.errors import Location, display_path
from mcuforge.report.build_report import BuildReport, Judgement

FILE = "report.sarif"
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"


def render(report: BuildReport) -> str:
    document = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "mcuforge",
                        "version": report.build.version,
                        "rules": [_rule(judgement) for judgement in report.judgements],
                    }
                },
                "automationDetails": {"id": _category(report)},
                "columnKind": "utf16CodeUnits",
                "results": [
                    _result(index, judgement, report)
                    for index, judgement in enumerate(report.judgements)
                    if judgement.problem is not None
                ],
            }
        ],
    }
    return json.dumps(document, indent=1) + "\n"


def _category(report: BuildReport) -> str:
    """Keeps the alerts of one project on one board apart from all others'."""
    facts = report.size.provenance
    return f"mcuforge/{facts.project}/{facts.board}/"


def _rule_id(judgement: Judgement) -> str:
    return f"{judgement.verdict.kind}/{judgement.verdict.region}"


def _rule(judgement: Judgement) -> dict[str, Any]:
    verdict = judgement.verdict
    what = "The budget that the manifest sets" if verdict.kind == "budget" else "What the board has"
    return {
        "id": _rule_id(judgement),
        "name": f"{verdict.region.capitalize()}{verdict.kind.capitalize()}",
        "shortDescription": {"text": f"{what} for {verdict.region} holds."},
        "defaultConfiguration": {"level": "error"},
    }


def _result(index: int, judgement: Judgement, report: BuildReport) -> dict[str, Any]:
    problem, verdict = judgement.problem, judgement.verdict
    assert problem is not None
    hint = [f"hint: {problem.hint}"] if problem.hint else []
    return {
        "ruleId": _rule_id(judgement),
        "ruleIndex": index,
        "level": "error",
        "message": {"text": "\n".join([f"{report.title}: {problem.message}", *problem.details, *hint])},
        "locations": [{"physicalLocation": _place(verdict.location)}],
        "partialFingerprints": {"limit/v1": f"{_category(report)}{_rule_id(judgement)}"},
        "properties": {"used": verdict.used, "limit": verdict.limit},
    }


def _place(location: Location) -> dict[str, Any]:
    shown = Path(display_path(location.file))
    inside = {"uri": quote(shown.as_posix()), "uriBaseId": _ROOT}
    artifact = {"uri": shown.as_uri()} if shown.is_absolute() else inside
    region: dict[str, int] = {"startLine": location.line or 1}
    if location.column is not None:
        region["startColumn"] = location.column
    return {"artifactLocation": artifact, "region": region}
