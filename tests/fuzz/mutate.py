"""Damages whole models and takes them through every stage; some that survive are compiled and run under sanitizers.

    python -m tests.fuzz.mutate --count 100000 [--models stateful] [--first 0] [--compile 50] [--jobs 2]

Each damage follows from its number, so that `--first N --count 1` repeats one. Prints what became of how many; the exit
code is 1 when there is a traceback, a stage over its time, or a sanitizer's report.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from mcuforge.emulate.replay import Mode
from mcuforge.emulate.vectors import random_vectors
from mcuforge.errors import UserError
from mcuforge.runtimes.aot.lower import LoweredModel
from tests.fuzz.damage import Specimen
from tests.fuzz.stages import GENERATED, TooSlowError, exercise, limit_memory
from tests.state.programs import ProgramBuilder
from tests.support.generated_model import build_native
from tests.support.reference_models import reference_model_paths
from tests.support.tflite_builder import pack
from tests.support.wake_words import wake_word_paths

_BATCH = 250
_RUN_ARENA_BYTES = 64 << 20
"""Larger ones are generated, but not run: no device has such an arena, and this computer may not either."""

_VECTORS = 3
_PROGRAM_SEEDS = (3, 7)


@dataclass
class Findings:
    """What became of the models, and what went wrong, by the damage's number."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: dict[int, str] = field(default_factory=dict)
    runs: int = 0

    def add(self, other: Findings) -> None:
        self.outcomes += other.outcomes
        self.failures |= other.failures
        self.runs += other.runs


def reference_specimens() -> list[Specimen]:
    return [Specimen.of(path.name, path.read_bytes()) for path in reference_model_paths() if path.is_file()]


def stateful_specimens() -> list[Specimen]:
    """Real streaming models where they are installed, and programs with state and control flow."""
    found = [Specimen.of(path.name, path.read_bytes()) for path in wake_word_paths()]
    programs = ((f"program {seed}", ProgramBuilder(seed).build()) for seed in _PROGRAM_SEEDS)
    return found + [Specimen.of(name, pack(model.object)) for name, model in programs]


SPECIMENS: dict[str, Callable[[], list[Specimen]]] = {
    "reference": reference_specimens,
    "stateful": stateful_specimens,
}


def fuzz(models: Sequence[Specimen], numbers: Sequence[int], compile_every: int = 0) -> Findings:
    """Damage number n hurts model n modulo their count. Of those that survive, each `compile_every`th is run."""
    findings = Findings()
    for number in numbers:
        try:
            outcome, lowered = exercise(models[number % len(models)].damaged(number))
            findings.outcomes[outcome] += 1
            if lowered is not None and compile_every and findings.outcomes[GENERATED] % compile_every == 0:
                findings.runs += run_sanitized(lowered)
        except (Exception, TooSlowError):
            findings.failures[number] = traceback.format_exc()
    return findings


def run_sanitized(lowered: LoweredModel) -> int:
    """Compiles and runs on random inputs; 1 when it ran. Raises when it does not compile or a sanitizer stops it."""
    if lowered.plan.arena_bytes > _RUN_ARENA_BYTES:
        return 0
    try:
        vectors = random_vectors(lowered.graph, _VECTORS, seed=1)
    except UserError:  # an input of a type that nothing can be drawn for
        return 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        build_native(lowered, Path(folder)).run(Mode.WHOLE, vectors)
    return 1


def _batches(first: int, count: int) -> Iterator[range]:
    for start in range(first, first + count, _BATCH):
        yield range(start, min(start + _BATCH, first + count))


_models: list[Specimen] = []


def _start_worker(chosen: str, is_running: bool) -> None:
    """Sanitizers reserve terabytes of addresses, which a limit on memory would deny to the programs started here."""
    if not is_running:
        limit_memory()
    _models.extend(SPECIMENS[chosen]())


def _work(numbers: range, compile_every: int) -> Findings:
    return fuzz(_models, numbers, compile_every)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--models", choices=SPECIMENS, default="reference")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--compile", type=int, default=0, metavar="N", help="run one of N models that survive")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args(argv)
    total = Findings()
    start = (arguments.models, bool(arguments.compile))
    with ProcessPoolExecutor(arguments.jobs, initializer=_start_worker, initargs=start) as pool:
        batches = list(_batches(arguments.first, arguments.count))
        for found in pool.map(_work, batches, [arguments.compile] * len(batches)):
            total.add(found)
            for number, text in found.failures.items():
                print(f"damage {number}:\n{text}", flush=True)
            print(f"{total.outcomes.total()} {dict(total.outcomes)}, {total.runs} run", flush=True)
    print(f"{len(total.failures)} failures in {arguments.count} damaged models, {total.runs} run under sanitizers")
    return 1 if total.failures else 0


if __name__ == "__main__":
    sys.exit(main())
