"""Everything there is to say about one build, in one typed document: what every report format renders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from mcuforge.errors import Location, UserError
from mcuforge.report.plan_facts import LayerWork, PlanFacts
from mcuforge.report.regression.change import Comparison
from mcuforge.report.types import SizeReport, Verdict


@dataclass(frozen=True)
class Judgement:
    """A verdict and, when it is not ok, what the build says about it."""

    verdict: Verdict
    problem: UserError | None


@dataclass(frozen=True)
class Check:
    """A condition of the build that is no limit of size: a bound of the stack, an audit, accuracy, the replay, ….

    `problem` fails the build; `note` is worth knowing and fails nothing. `location` is where the manifest asks for it.
    """

    kind: Literal["stack", "audit", "growth", "accuracy", "lock", "emulation"]
    name: str
    location: Location
    problem: UserError | None = None
    note: str = ""

    @property
    def title(self) -> str:
        """``audit heap``, ``growth of flash``"""
        shown = {"growth": f"growth of {self.name}", "lock": "lock", "emulation": self.name}
        return shown.get(self.kind, f"{self.kind} {self.name}")


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
    """`emulation`, `accuracy` (accuracy.json as it is) and `comparison` are None where nobody asked for them."""

    size: SizeReport
    plan: PlanFacts
    judgements: tuple[Judgement, ...]
    checks: tuple[Check, ...]
    comparison: Comparison | None
    emulation: EmulationFacts | None
    accuracy: Mapping[str, Any] | None
    build: BuildFacts

    @property
    def title(self) -> str:
        facts = self.size.provenance
        return f"{facts.project} on {facts.board} ({facts.runtime})"

    @property
    def problems(self) -> tuple[UserError, ...]:
        """Everything that fails the build: limits first, then checks."""
        limits = (judgement.problem for judgement in self.judgements)
        checks = (check.problem for check in self.checks)
        return tuple(problem for problem in (*limits, *checks) if problem is not None)

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def verdict(self) -> Literal["ok", "too-large", "over", "failed"]:
        """What a tool asks first: the image is larger than its chip, over a limit, or fails a check alone."""
        if self.ok:
            return "ok"
        if any(judgement.verdict.is_too_large for judgement in self.judgements):
            return "too-large"
        return "over" if any(judgement.problem is not None for judgement in self.judgements) else "failed"

    @property
    def headline(self) -> str:
        """The verdict in words, at the top of every format: ``Over: 1 of 4 limits is exceeded``."""
        if self.ok:
            return f"Fits: every limit{' and check' if self.checks else ''} holds"
        words = {"too-large": "Does not fit", "over": "Over", "failed": "Fails"}
        parts = (
            _broken(self.judgements, "limit", ("is exceeded", "are exceeded")),
            _broken(self.checks, "check", ("fails", "fail")),
        )
        return f"{words[self.verdict]}: {' and '.join(filter(None, parts))}"

    def instructions_of(self, layer: LayerWork) -> int | None:
        return self.emulation.layer_instructions.get(layer.index) if self.emulation else None


def _broken(items: Sequence[Judgement] | Sequence[Check], noun: str, verbs: tuple[str, str]) -> str:
    """``1 of 4 limits is exceeded``; empty when none is."""
    count = sum(item.problem is not None for item in items)
    return f"{count} of {len(items)} {noun}{'' if len(items) == 1 else 's'} {verbs[count != 1]}" if count else ""
