"""BuildReports of the demo firmware: real sizes, with an emulation made up to match its plan."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mcuforge.manifest.load import load_project
from mcuforge.report.audit.result import AuditResult
from mcuforge.report.build_report import BuildReport
from mcuforge.report.collect import BuildFiles, collect
from mcuforge.report.evidence import Evidence
from mcuforge.workers import measure as measure_worker
from tests.report.builds import PLAN, Build, start_build

EMULATION = {
    "schema_version": 1,
    "machine": "mps2-an505",
    "vectors": 3,
    "outputs": 36,
    "mismatches": 0,
    "first_divergent_layer": None,
    "instructions_per_inference": 5000,
    "layers": [
        {"index": 2, "op": "CONV_2D", "instructions": 3500, "macs": 234, "kernel": "portable"},
        {"index": 3, "op": "CONV_2D", "instructions": 1500, "macs": 1000, "kernel": "arm_dsp"},
    ],
    "stack_high_water": 208,
    "arena_high_water": 4800,
}
# Text that any of the formats might take for something else than text.
HOSTILE = "</script><img src=x onerror=alert(1)>|`@all` ![x](http://evil.example/)\x1b[31m\n=1+1 ‮\"'"


def report_of(
    folder: Path,
    budgets: Mapping[str, int] | None = None,
    emulation: Mapping[str, Any] | None = EMULATION,
    accuracy: Mapping[str, Any] | None = None,
    plan: Mapping[str, Any] = PLAN,
    audit: AuditResult | None = None,
    baseline: Path | None = None,
    extra: str = "",
    defines: Sequence[str] = (),
    board: str = "nrf5340",
) -> BuildReport:
    """The demo, linked and measured; with `budgets` that may break. `extra` is more YAML for the manifest."""
    build = start_build(folder, board, budgets=budgets, defines=defines)
    if extra:
        build.project.path.write_text(build.project.path.read_text() + extra)
        build = replace(build, project=load_project(build.project.path))
    build.plan_json.write_text(json.dumps(plan))
    build.link()
    assert measure_worker.main(build.measure_arguments()) == 0
    evidence = {
        name: write_json(folder / f"{name}.json", document)
        for name, document in (("emulation", emulation), ("accuracy", accuracy))
    }
    if audit is not None:
        evidence["audit"] = folder / "audit.json"
        evidence["audit"].write_text(audit.to_json())
    files = build_files(build, baseline=baseline, **evidence)
    files.model.write_bytes(b"a model")
    return collect(files, build.project, build.board, ("-mcpu=cortex-m33",), ("-static",))


def write_json(path: Path, document: Mapping[str, Any] | None) -> Path | None:
    if document is None:
        return None
    path.write_text(json.dumps(document))
    return path


def build_files(build: Build, **evidence: Path | None) -> BuildFiles:
    """`evidence` by its fields, those that there are."""
    found = Evidence(size=build.size_tree, **evidence)
    return BuildFiles(build.plan_json, build.folder / "demo.tflite", build.elf, found)


def hostile_plan() -> dict[str, Any]:
    """The demo's plan with names that a careless report would obey."""
    text = json.dumps(PLAN)
    for name in ("relu", "filter"):
        text = text.replace(json.dumps(name), json.dumps(HOSTILE))
    plan: dict[str, Any] = json.loads(text)
    return plan


def large_plan(layers: int) -> dict[str, Any]:
    """The demo's plan with many layers, a long skip connection and long names."""
    plan = json.loads(json.dumps(PLAN))
    plan["layers"] = [
        {"index": at, "op": "DEPTHWISE_CONV_2D", "macs": 1000 + at, "kernel": "portable", "function": "conv"}
        for at in range(layers)
    ]
    plan["arena"]["allocations"] = [
        {
            "tensors": [f"model/block_{at}/{'long_' * 20}name"],
            "offset": 16 * (at % 2),
            "size": 16,
            "first_use": at,
            "last_use": at + 1,
        }
        for at in range(layers - 1)
    ]
    plan["graph"] = {
        "inputs": [0],
        "outputs": [layers],
        "tensors": [
            {"index": at, "name": f"t{at}", "shape": [1, 96, 96, 8], "dtype": "int8"} for at in range(layers + 1)
        ],
        "operators": [
            {"index": at, "op": "DEPTHWISE_CONV_2D", "inputs": [at, max(0, at - 5)], "outputs": [at + 1]}
            for at in range(layers)
        ],
    }
    document: dict[str, Any] = plan
    return document
