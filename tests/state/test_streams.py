"""Streams through models with state and control flow: every output of every vector as TFLM's, under sanitizers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from mcuforge.emulate.vectors import random_vectors
from tests.state import models
from tests.state.programs import ProgramBuilder
from tests.support.generated_model import assert_stream_matches_tflm, parse
from tests.support.tflite_builder import ModelBuilder, pack

pytestmark = [pytest.mark.fidelity, pytest.mark.slow]

VECTORS = 6
DEFAULT_PROGRAMS = 4

MODELS: dict[str, Callable[[], ModelBuilder]] = {
    "accumulator": models.accumulator,
    "initialised": partial(models.initialised, [1, 2, 3, 4]),
    "initialised_with_one_value": partial(models.initialised, [7] * 4),
    "used_before_assigned": partial(models.delay_line, assigned_before_use=False),
    "assigned_before_used": partial(models.delay_line, assigned_before_use=True),
    "swap": models.swap,
    "read_twice": models.read_twice,
    "reshaped_read": models.reshaped_read,
    "variable_tensor": models.variable_tensor,
    "branch": models.branch,
    "branch_with_state": partial(models.branch, with_state=True),
    "loop": models.loop,
    "loop_that_never_runs": partial(models.loop, rounds=0),
    "loop_whose_result_is_the_output": partial(models.loop, after=False),
    "handle_carried_by_a_loop": models.handed_over,
}


def check_stream(model: ModelBuilder, seed: int, folder: Path) -> list[bytes]:
    data = pack(model.object)
    return assert_stream_matches_tflm(data, random_vectors(parse(data), VECTORS, seed), folder)


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS.keys())
def test_every_vector_of_a_stream_equals_tflm(make: Callable[[], ModelBuilder], tmp_path: Path) -> None:
    check_stream(make(), 1, tmp_path)


def test_state_makes_equal_vectors_give_different_outputs(tmp_path: Path) -> None:
    """Else the tests above would pass on a model that forgets."""
    vector = bytes([1, 2, 3, 4])
    outputs = assert_stream_matches_tflm(pack(models.accumulator().object), [vector] * 3, tmp_path)
    assert len(set(outputs)) == 3


def test_random_programs_of_reads_assignments_branches_and_loops_equal_tflm(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    for seed in range(pytestconfig.getoption("--examples") or DEFAULT_PROGRAMS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        check_stream(ProgramBuilder(seed).build(), seed, folder)
