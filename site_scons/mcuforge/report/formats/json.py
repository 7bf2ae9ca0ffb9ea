"""size.json: the report that other tools read (schema_version 1). Keys keep their order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mcuforge.report.types import CAUSES, ArenaUse, Cause, Provenance, RegionUse, SizeReport, StackUse

SCHEMA_VERSION = 1


def to_json(report: SizeReport) -> str:
    """The same report gives the same text."""
    facts = report.provenance
    document = {
        "schema_version": SCHEMA_VERSION,
        "project": facts.project,
        "board": facts.board,
        "runtime": facts.runtime,
        "regions": {
            region.name: {
                "used": region.used,
                "capacity": region.capacity,
                "budget": region.budget,
                "verdict": "ok" if region.ok else "over",
            }
            for region in report.regions
        },
        "causes": {
            name: {cause.region: cause.bytes for cause in report.causes if cause.name == name} for name in CAUSES
        },
        "arena": {
            "used": report.arena.used,
            "lower_bound": report.arena.lower_bound,
            "budget": report.arena.budget,
        },
        "stack": {"bound": report.stack.bound, "budget": report.stack.budget},
        "model": {"sha256": facts.model_sha256, "operators": dict(facts.operators), "macs": facts.macs},
        "toolchain": facts.toolchain,
    }
    return json.dumps(document, indent=1) + "\n"


def read_json(path: Path) -> SizeReport:
    """What `to_json` wrote, without the causes' children. Raises InternalError when causes do not add up."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    arena, stack, model = document["arena"], document["stack"], document["model"]
    return SizeReport(
        regions=tuple(
            RegionUse(name, region["used"], region["capacity"], region["budget"])
            for name, region in document["regions"].items()
        ),
        causes=tuple(
            Cause(name, region, document["causes"][name][region]) for region in document["regions"] for name in CAUSES
        ),
        arena=ArenaUse(arena["used"], arena["lower_bound"], arena["budget"]),
        stack=StackUse(stack["bound"], stack["budget"]),
        provenance=Provenance(
            project=document["project"],
            board=document["board"],
            runtime=document["runtime"],
            model_sha256=model["sha256"],
            operators=model["operators"],
            macs=model["macs"],
            toolchain=document["toolchain"],
        ),
    )
