"""SARIF 2.1.0 (OASIS): a result for each limit and check that does not hold, at its line of the manifest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mcuforge.errors import Location, UserError, display_path
from mcuforge.report.build_report import BuildReport, Check, Judgement

FILE = "report.sarif"
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"


@dataclass(frozen=True)
class _Item:
    """A rule of SARIF, and its result where there is one. `properties` are numbers for tools."""

    rule: str
    name: str
    description: str
    location: Location
    problem: UserError | None
    note: str
    properties: dict[str, Any]


def render(report: BuildReport) -> str:
    items = [*map(_limit, report.judgements), *map(_check, report.checks)]
    rules = {item.rule: _rule(item) for item in items}
    document = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "mcuforge", "version": report.build.version, "rules": list(rules.values())}
                },
                "automationDetails": {"id": _category(report)},
                "columnKind": "utf16CodeUnits",
                "results": list(_results(items, list(rules), report)),
            }
        ],
    }
    return json.dumps(document, indent=1) + "\n"


def _category(report: BuildReport) -> str:
    """Keeps the alerts of one project on one board apart from all others'."""
    facts = report.size.provenance
    return f"mcuforge/{facts.project}/{facts.board}/"


def _limit(judgement: Judgement) -> _Item:
    verdict = judgement.verdict
    what = "The budget that the manifest sets" if verdict.kind == "budget" else "What the board has"
    return _Item(
        rule=f"{verdict.kind}/{verdict.region}",
        name=f"{verdict.region.capitalize()}{verdict.kind.capitalize()}",
        description=f"{what} for {verdict.region} holds.",
        location=verdict.location,
        problem=judgement.problem,
        note="",
        properties={"used": verdict.used, "limit": verdict.limit},
    )


def _check(check: Check) -> _Item:
    words = {
        "stack": "The stack of one inference has a bound.",
        "audit": f"The image passes the audit {check.name}.",
        "growth": f"The growth of {check.name} over the baseline stays within its share.",
        "accuracy": f"The {check.name} of the model is within the limits of the manifest.",
        "lock": "The model's inputs are those that were locked.",
        "emulation": "Under emulation, outputs equal TensorFlow Lite Micro's byte for byte.",
    }
    return _Item(
        rule=check.kind if check.kind == "emulation" else f"{check.kind}/{check.name}",
        name="Emulation" if check.kind == "emulation" else f"{check.name.capitalize()}{check.kind.capitalize()}",
        description=words[check.kind],
        location=check.problem.location if check.problem and check.problem.location else check.location,
        problem=check.problem,
        note=check.note,
        properties={},
    )


def _rule(item: _Item) -> dict[str, Any]:
    return {
        "id": item.rule,
        "name": item.name,
        "shortDescription": {"text": item.description},
        "defaultConfiguration": {"level": "error"},
    }


def _results(items: list[_Item], rules: list[str], report: BuildReport) -> Iterator[dict[str, Any]]:
    seen: dict[str, int] = {}
    for item in items:
        if item.problem is None and not item.note:
            continue
        seen[item.rule] = seen.get(item.rule, 0) + 1
        # The first of a rule is the same alert as last time, whatever its numbers; a second one is another.
        number = f"/{seen[item.rule]}" if seen[item.rule] > 1 else ""
        yield {
            "ruleId": item.rule,
            "ruleIndex": rules.index(item.rule),
            "level": "note" if item.problem is None else "error",
            "message": {"text": f"{report.title}: {_message(item)}"},
            "locations": [{"physicalLocation": _place(item.location)}],
            "partialFingerprints": {"limit/v1": f"{_category(report)}{item.rule}{number}"},
            **({"properties": item.properties} if item.properties else {}),
        }


def _message(item: _Item) -> str:
    if item.problem is None:
        return item.note
    hint = [f"hint: {item.problem.hint}"] if item.problem.hint else []
    return "\n".join([item.problem.message, *item.problem.details, *hint])


def _place(location: Location) -> dict[str, Any]:
    shown = Path(display_path(location.file))
    inside = {"uri": quote(shown.as_posix()), "uriBaseId": _ROOT}
    artifact = {"uri": shown.as_uri()} if shown.is_absolute() else inside
    region: dict[str, int] = {"startLine": location.line or 1}
    if location.column is not None:
        region["startColumn"] = location.column
    return {"artifactLocation": artifact, "region": region}
