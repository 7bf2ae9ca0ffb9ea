"""Everything there is to say about one build, in one typed document: what every report format renders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcuforge.errors import UserError
from mcuforge.report.plan_facts import LayerWork, PlanFacts
from mcuforge.report.types import SizeReport, Verdict


@dataclass(frozen=True)
class Judgement:
    """A verdict and, when it is not ok, what the build says about it."""

    verdict: Verdict
    problem: UserError | None


@dataclass(frozen=True)
class EmulationFacts:
    """What the replay on the twin found; `document` is emulate.json as it is.

    `outputs` and `mismatches` are bytes. Instruction counts are None where the machine counts none.
    """

    machine: str
    vectors: int
    outputs: int
    mismatches: int
    instructions: int | None
    layer_instructions: Mapping[int, int] = field(hash=False)
    stack_high_water: int | None
    arena_high_water: int
    document: Mapping[str, Any] = field(hash=False, repr=False)


@dataclass(frozen=True)
class FileDigest:
    """A file that went into the build or came out of it. `role` is what it is, `path` as a person would type it."""

    role: str
    path: Path
    sha256: str


@dataclass(frozen=True)
class BuildFacts:
    """Where the image comes from. `core` is the CPU in words; the flags are those that decide what is generated."""

    version: str
    core: str
    clock_hz: int
    code_region: str
    board_source: str
    compile_flags: tuple[str, ...]
    link_flags: tuple[str, ...]
    files: tuple[FileDigest, ...]


@dataclass(frozen=True)
class BuildReport:
    """`emulation` and `accuracy` (accuracy.json as it is) are None where nobody asked for them."""

    size: SizeReport
    plan: PlanFacts
    judgements: tuple[Judgement, ...]
    emulation: EmulationFacts | None
    accuracy: Mapping[str, Any] | None
    build: BuildFacts

    @property
    def title(self) -> str:
        facts = self.size.provenance
        return f"{facts.project} on {facts.board} ({facts.runtime})"

    @property
    def problems(self) -> tuple[UserError, ...]:
        return tuple(judgement.problem for judgement in self.judgements if judgement.problem is not None)

    @property
    def ok(self) -> bool:
        return not self.problems

    def instructions_of(self, layer: LayerWork) -> int | None:
        return self.emulation.layer_instructions.get(layer.index) if self.emulation else None
