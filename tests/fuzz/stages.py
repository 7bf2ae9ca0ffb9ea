"""A damaged model through every step that sees it, each within its time: reader, checks, planner, generator."""

from __future__ import annotations

import contextlib
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from mcuforge.errors import Location, UserError
from mcuforge.model.reader import parse_model
from mcuforge.runtimes.aot.facts import model_facts
from mcuforge.runtimes.aot.generate import generate
from mcuforge.runtimes.aot.harness import trace_source
from mcuforge.runtimes.aot.lower import LoweredModel, lower
from mcuforge.runtimes.shared.render import Settings
from mcuforge.transform.prepare import prepare
from tests.support.generated_model import NAME
from tests.support.kernel_harness import NO_FEATURES

LIMIT_S = 2.0
"""Of processor time, for each stage."""

MEMORY_BYTES = 4 << 30
REFUSED_BY_READER, REFUSED_BY_CHECKS, GENERATED = "refused by the reader", "refused by the checks", "generated"


class TooSlowError(BaseException):
    """Not an Exception: no stage may catch it."""


@contextlib.contextmanager
def time_limit(stage: str) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlowError(f"{stage} took more than {LIMIT_S} s")

    previous = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)


def limit_memory() -> None:
    """For a process of the fuzzer's own: a stage that wants more ends in a MemoryError."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def exercise(data: bytes) -> tuple[str, LoweredModel | None]:
    """How far a model comes, and what it was lowered to. Raises whatever is a bug of ours, TooSlowError too."""
    try:
        with time_limit("the reader"):
            graph = parse_model(data, Location(Path("damaged.tflite")))
    except UserError as error:
        assert error.render()
        return REFUSED_BY_READER, None
    try:
        with time_limit("checking"):
            prepare(graph)
    except UserError as error:
        assert error.render()
        return REFUSED_BY_CHECKS, None
    with time_limit("planning"):
        lowered = lower(graph, NO_FEATURES)
    settings = Settings(NAME, "project.yaml", lowered.plan.arena_bytes)
    with time_limit("generating"):
        generate(lowered, settings)
        trace_source(lowered, settings)
        model_facts(lowered, settings)
    return GENERATED, lowered
