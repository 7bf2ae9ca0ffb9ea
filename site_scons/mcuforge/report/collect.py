"""The files of one build → BuildReport."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcuforge import __version__
from mcuforge.errors import UserError, display_path
from mcuforge.manifest.types import Board, Project
from mcuforge.report.advice import Alternative
from mcuforge.report.build_report import BuildFacts, BuildReport, Check, EmulationFacts, FileDigest, Judgement
from mcuforge.report.evidence import Evidence, checks, comparison
from mcuforge.report.formats.json import read_json
from mcuforge.report.plan_facts import PlanFacts, read_plan
from mcuforge.report.types import SizeReport, Verdict
from mcuforge.report.verdicts import problem, verdicts

Alternatives = Callable[[Sequence[Verdict], PlanFacts], tuple[Alternative, ...]]


@dataclass(frozen=True)
class BuildFiles:
    """`evidence.size` is the report with its tree. `elf` need not exist: one larger than its chip is removed."""

    plan: Path
    model: Path
    elf: Path
    evidence: Evidence


def collect(
    files: BuildFiles,
    project: Project,
    board: Board,
    compile_flags: tuple[str, ...] = (),
    link_flags: tuple[str, ...] = (),
    alternatives: Alternatives = lambda found, plan: (),
) -> BuildReport:
    """`alternatives` is asked what else there is when a limit breaks."""
    evidence = files.evidence
    size, plan = read_json(evidence.size), read_plan(files.plan)
    emulation = _emulation(evidence.emulation)
    return BuildReport(
        size=size,
        plan=plan,
        judgements=judge(size, plan, project, board, alternatives),
        checks=(*checks(evidence, project, size.stack), *_replayed(emulation, project)),
        comparison=comparison(evidence),
        emulation=emulation,
        accuracy=_document(evidence.accuracy),
        build=BuildFacts(
            version=__version__,
            core=_core(board),
            clock_hz=board.clock_hz,
            code_region=board.placement.code,
            board_source=board.source,
            compile_flags=compile_flags,
            link_flags=link_flags,
            files=tuple(_digests(files, project, board)),
        ),
    )


def judge(
    size: SizeReport, plan: PlanFacts, project: Project, board: Board, alternatives: Alternatives
) -> tuple[Judgement, ...]:
    found = verdicts(size, project, board)
    others = alternatives(found, plan)
    return tuple(
        Judgement(verdict, None if verdict.ok else problem(verdict, size, board, plan, others)) for verdict in found
    )


def _document(path: Path | None) -> dict[str, Any] | None:
    if path is None or not path.exists():
        return None
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def _emulation(path: Path | None) -> EmulationFacts | None:
    document = _document(path)
    if document is None:
        return None
    return EmulationFacts(
        machine=document["machine"],
        vectors=document["vectors"],
        outputs=document["outputs"],
        mismatches=document["mismatches"],
        instructions=document["instructions_per_inference"],
        layer_instructions={
            layer["index"]: layer["instructions"] for layer in document["layers"] if layer["instructions"] is not None
        },
        stack_high_water=document["stack_high_water"],
        arena_high_water=document["arena_high_water"],
        document=document,
    )


def _replayed(emulation: EmulationFacts | None, project: Project) -> Iterator[Check]:
    """That the firmware computes what it should, where it was replayed."""
    if emulation is None:
        return
    place, problem = project.positions.at("golden"), None
    if emulation.mismatches:
        message = f"{emulation.mismatches} of {emulation.outputs} output bytes differ on {emulation.machine}"
        problem = UserError(message, location=place)
    yield Check("emulation", "outputs equal TensorFlow Lite Micro's", place, problem)


def _core(board: Board) -> str:
    cpu = board.cpu
    parts = [cpu.core, f"FPU {cpu.fpu}" if cpu.fpu else "no FPU", f"{cpu.float_abi} float ABI"]
    parts += ["DSP"] if cpu.dsp else []
    parts += [f"MVE {cpu.mve}"] if cpu.mve != "none" else []
    return ", ".join(parts)


def _digests(files: BuildFiles, project: Project, board: Board) -> Iterator[FileDigest]:
    yield _digest("model", files.model)
    yield _digest("manifest", project.path)
    for path in board.files:
        yield _digest("board", path)
    if files.elf.exists():
        yield _digest("image", files.elf)


def _digest(role: str, path: Path) -> FileDigest:
    return FileDigest(role, Path(display_path(path)), hashlib.sha256(path.read_bytes()).hexdigest())
