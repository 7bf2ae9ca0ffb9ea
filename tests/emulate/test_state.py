"""Emulation of a model with state: vectors are one stream, and a fault is found in the vector where it began."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcuforge.emulate.report import mismatch_error
from mcuforge.emulate.session import emulate
from mcuforge.emulate.vectors import random_vectors
from mcuforge.runtimes.aot import generate as generator
from mcuforge.runtimes.aot.facts import model_facts
from mcuforge.runtimes.aot.lower import lower
from mcuforge.runtimes.shared.render import Settings
from tests.state import models
from tests.support.generated_model import NAME, build_native, parse, write_oracle
from tests.support.kernel_harness import NO_FEATURES
from tests.support.tflite_builder import pack


def test_a_fault_that_state_carries_on_is_found_where_it_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sum is wrong at once, and only the next vector's output, which reads it from the variable, tells."""
    data = pack(models.swap().object)
    graph = parse(data)
    lowered = lower(graph, NO_FEATURES)
    sound = generator.generate

    def faulty(*arguments: object) -> dict[str, str]:
        files = sound(*arguments)  # type: ignore[arg-type]
        text = files[f"{NAME}_layers.c"]
        assert ".output_offset = -5" in text
        return {**files, f"{NAME}_layers.c": text.replace(".output_offset = -5", ".output_offset = -6")}

    monkeypatch.setattr("tests.support.generated_model.generate", faulty)
    twin = build_native(lowered, tmp_path)
    facts = model_facts(lowered, Settings(NAME, "project.yaml", lowered.plan.arena_bytes))
    vectors = [bytes([1, 2, 3, 4])] * 3
    emulation = emulate(twin, write_oracle(data, graph, tmp_path), graph, vectors, facts)
    assert emulation.mismatch is not None and emulation.mismatch.divergence is not None
    assert emulation.mismatch.vector == 1
    assert (emulation.mismatch.divergence.vector, emulation.mismatch.divergence.node.op.kind) == (0, "ADD")
    message = str(mismatch_error(emulation, emulation.mismatch, graph.source))
    assert "first divergent layer: layer 5 ADD, already in vector 0, from where state carried it on" in message


def test_a_sound_stream_agrees(tmp_path: Path) -> None:
    data = pack(models.swap().object)
    graph = parse(data)
    lowered = lower(graph, NO_FEATURES)
    facts = model_facts(lowered, Settings(NAME, "project.yaml", lowered.plan.arena_bytes))
    twin = build_native(lowered, tmp_path)
    emulation = emulate(twin, write_oracle(data, graph, tmp_path), graph, random_vectors(graph, 8, 1), facts)
    assert emulation.mismatch is None and emulation.comparison.mismatches == 0
