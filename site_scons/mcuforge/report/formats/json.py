"""The reports that other tools read (schema_version 1). Keys keep their order; the same report gives the same text.

size.json       regions, causes, arena, stack: the summary
size.tree.json  the same and the whole tree of causes
report.json     all facts of one build
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mcuforge.errors import Location, UserError, display_path
from mcuforge.report.build_report import BuildReport, Check, Judgement
from mcuforge.report.plan_facts import LayerWork
from mcuforge.report.regression.change import Comparison
from mcuforge.report.types import CAUSES, ArenaUse, Cause, Frame, Provenance, RegionUse, SizeReport, StackUse

FILE = "report.json"
SCHEMA_VERSION = 1
_WHOLE = 99
"""Deeper than any tree."""


def to_json(report: SizeReport) -> str:
    """size.json."""
    return _text(_size(report))


def render_size(report: SizeReport, depth: int | None = _WHOLE) -> str:
    """size.json and, when a depth is given, `tree`: that many levels of causes by region."""
    document = _size(report)
    if depth is not None:
        document["tree"] = _trees(report, depth)
    return _text(document)


def render(report: BuildReport) -> str:
    """report.json. `verdict` is ok, too-large (for the chip), over (a limit) or failed (a check alone)."""
    document = _size(report.size)
    document["verdict"] = report.verdict
    document["headline"] = report.headline
    document["verdicts"] = [_judgement(judgement) for judgement in report.judgements]
    document["checks"] = [_check(check) for check in report.checks]
    document["since"] = _since(report.comparison)
    document["tree"] = _trees(report.size, _WHOLE)
    plan = report.plan
    document["plan"] = {
        "needed": plan.arena_needed,
        "lower_bound": plan.lower_bound,
        "proof": plan.proof,
        "peak": asdict(plan.peak) if plan.peak else None,
        "allocations": [asdict(block) for block in plan.blocks],
    }
    document["layers"] = [_layer(layer, report) for layer in plan.layers]
    document["emulation"] = dict(report.emulation.document) if report.emulation else None
    document["accuracy"] = dict(report.accuracy) if report.accuracy is not None else None
    document["provenance"] = {
        "mcuforge": report.build.version,
        "toolchain": report.size.provenance.toolchain,
        "sources": list(report.plan.sources),
        "core": report.build.core,
        "clock_hz": report.build.clock_hz,
        "board_source": report.build.board_source,
        "compile_flags": list(report.build.compile_flags),
        "link_flags": list(report.build.link_flags),
        "files": [
            {"role": digest.role, "path": digest.path.as_posix(), "sha256": digest.sha256}
            for digest in report.build.files
        ],
    }
    return _text(document)


def read_json(path: Path) -> SizeReport:
    """What `to_json` or `render_size` wrote; causes have no children when the file holds no tree.

    Raises InternalError when causes do not add up.
    """
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    arena, stack, model = document["arena"], document["stack"], document["model"]
    return SizeReport(
        regions=tuple(
            RegionUse(name, region["used"], region["capacity"], region["budget"])
            for name, region in document["regions"].items()
        ),
        causes=tuple(_read_causes(document)),
        arena=ArenaUse(arena["used"], arena["lower_bound"], arena["budget"]),
        stack=StackUse(
            stack["bound"],
            stack["reserved"],
            stack["budget"],
            tuple(Frame(frame["function"], frame["bytes"]) for frame in stack.get("chain", ())),
            tuple(stack.get("unbounded", ())),
        ),
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


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1) + "\n"


def _size(report: SizeReport) -> dict[str, Any]:
    facts = report.provenance
    return {
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
        "stack": {
            "bound": report.stack.bound,
            "budget": report.stack.budget,
            "reserved": report.stack.reserved,
            "chain": [{"function": frame.function, "bytes": frame.bytes} for frame in report.stack.chain],
            **({"unbounded": list(report.stack.unbounded)} if report.stack.unbounded else {}),
        },
        "model": {"sha256": facts.model_sha256, "operators": dict(facts.operators), "macs": facts.macs},
        "toolchain": facts.toolchain,
    }


def _trees(report: SizeReport, depth: int) -> dict[str, Any]:
    return {region.name: _nodes(report.causes_of(region.name), depth) for region in report.regions}


def _nodes(causes: Sequence[Cause], depth: int) -> list[dict[str, Any]]:
    nodes = []
    for cause in causes:
        node: dict[str, Any] = {"name": cause.name, "bytes": cause.bytes}
        if cause.note:
            node["note"] = cause.note
        if cause.children and depth > 1:
            node["children"] = _nodes(cause.children, depth - 1)
        nodes.append(node)
    return nodes


def _read_causes(document: dict[str, Any]) -> list[Cause]:
    if "tree" in document:
        return [_cause(node, region) for region, nodes in document["tree"].items() for node in nodes]
    # A file of an earlier version knows fewer causes: what it does not name was counted among others.
    sums = document["causes"]
    return [Cause(name, region, sums.get(name, {}).get(region, 0)) for region in document["regions"] for name in CAUSES]


def _cause(node: dict[str, Any], region: str) -> Cause:
    children = tuple(_cause(child, region) for child in node.get("children", ()))
    return Cause(node["name"], region, node["bytes"], children, node.get("note", ""))


def _judgement(judgement: Judgement) -> dict[str, Any]:
    verdict = judgement.verdict
    return {
        "name": verdict.region,
        "kind": verdict.kind,
        "used": verdict.used,
        "limit": verdict.limit,
        "verdict": "ok" if verdict.ok else "over",
        **_told(verdict.location, judgement.problem),
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "kind": check.kind,
        "name": check.name,
        "verdict": "ok" if check.problem is None else "failed",
        "note": check.note or None,
        **_told(check.problem.location if check.problem and check.problem.location else check.location, check.problem),
    }


def _told(place: Location, problem: UserError | None) -> dict[str, Any]:
    return {
        "file": Path(display_path(place.file)).as_posix(),
        "line": place.line,
        "column": place.column,
        "message": problem.message if problem else None,
        "details": list(problem.details) if problem else [],
        "hint": problem.hint if problem else None,
    }


def _since(found: Comparison | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "baseline": found.baseline,
        "changes": [asdict(change) for change in found.changes],
        "reasons": [reason.text for reason in found.reasons],
    }


def _layer(layer: LayerWork, report: BuildReport) -> dict[str, Any]:
    return {
        "index": layer.index,
        "op": layer.op,
        "macs": layer.macs,
        "instructions": report.instructions_of(layer),
        "weights": report.plan.weights_of(layer.index),
        "kernel": layer.kernel,
        "function": layer.function,
        "left_out_channels": layer.left_out_channels,
    }
