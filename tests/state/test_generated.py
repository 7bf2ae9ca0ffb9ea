"""What is generated for a model with state: memory, a reset, copies only where they are needed, honest reports."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from mcuforge.model.graph import Graph
from mcuforge.runtimes.aot.facts import model_facts
from mcuforge.runtimes.aot.generate import generate
from mcuforge.runtimes.aot.lower import LoweredModel, lower
from mcuforge.runtimes.shared.render import Settings
from tests.state import models
from tests.support.generated_model import NAME, parse, write_sources
from tests.support.kernel_harness import NO_FEATURES, RUNTIME, SANITIZERS, WARNINGS
from tests.support.tflite_builder import ModelBuilder, pack

APP = r"""
#include <stdio.h>
#include <string.h>
#include "tested.h"

static void infer(void) {
  memset(tested_input(), 1, TESTED_INPUT_SIZE);
  if (tested_invoke() != TESTED_OK) {
    puts("failed");
  }
  printf("%d ", tested_output()[0]);
}

int main(void) {
  infer();
  infer();
  tested_reset();
  infer();
  infer();
  return 0;
}
"""


def lowered(model: ModelBuilder) -> LoweredModel:
    graph: Graph = parse(pack(model.object))
    return lower(graph, NO_FEATURES)


def files_of(model: ModelBuilder) -> dict[str, str]:
    ready = lowered(model)
    return generate(ready, Settings(NAME, "project.yaml", ready.plan.arena_bytes))


def run_app(model: ModelBuilder, folder: Path) -> list[int]:
    """The first output value of four inferences on the same input, with a reset in the middle and none before."""
    sources = [source for source in write_sources(lowered(model), folder) if not source.name.endswith("_trace.c")]
    (folder / "app.c").write_text(APP)
    includes = [f"-I{folder}", f"-I{RUNTIME / 'include'}", f"-I{RUNTIME}"]
    argv = ["gcc", *WARNINGS, *SANITIZERS, *includes, *map(str, sources), str(folder / "app.c"), "-lm"]
    subprocess.run([*argv, "-o", str(folder / "app")], check=True)
    done = subprocess.run([str(folder / "app")], check=True, capture_output=True, text=True)
    return [int(word) for word in done.stdout.split()]


def test_the_first_inference_needs_no_reset_and_reset_leads_back_to_it(tmp_path: Path) -> None:
    """v starts at the zero point, −5, and grows by 1 − (−5) each time."""
    assert run_app(models.accumulator(), tmp_path) == [1, 7, 1, 7]


def test_reset_runs_the_initialisation_again(tmp_path: Path) -> None:
    assert run_app(models.initialised([20, 0, 0, 0]), tmp_path) == [26, 32, 26, 32]


def test_a_model_without_state_has_no_reset() -> None:
    files = files_of(models.branch())
    assert not any("reset" in text for text in files.values())


def test_a_variable_is_a_static_array_of_its_own_named_in_a_comment() -> None:
    source = files_of(models.accumulator())[f"{NAME}.c"]
    assert "/* variable `v` (1x4 int8) */\nuint8_t tested_state_0[4] __attribute__((aligned(16)));" in source


def copies(model: ModelBuilder) -> int:
    """How often the generated layers call the copy kernel."""
    return len(re.findall(r"MCUF_FN\(copy\)", files_of(model)[f"{NAME}_layers.c"]))


def test_a_variable_is_read_in_place_where_nothing_assigns_it_before_the_last_use() -> None:
    assert copies(models.delay_line(assigned_before_use=False)) == 1, "the assignment alone"


def test_a_variable_assigned_before_the_last_use_is_copied_when_read() -> None:
    assert copies(models.delay_line(assigned_before_use=True)) == 2


def test_an_output_of_the_model_is_never_the_variable_itself() -> None:
    """The application may reset the model, or the next inference assign the variable, while it still reads."""
    assert copies(models.read_twice()) == 3


def test_a_constant_of_one_repeated_byte_costs_no_array() -> None:
    files = files_of(models.initialised([7, 7, 7, 7]))
    assert "MCUF_FN(fill_bytes)" in files[f"{NAME}_layers.c"]
    assert f"{NAME}_weights_1_" not in files[f"{NAME}_weights.c"]
    assert f"{NAME}_weights_1_" in files_of(models.initialised([7, 7, 7, 8]))[f"{NAME}_weights.c"]


def test_the_frame_of_a_called_subgraph_is_scratch_of_the_layer_that_runs_it() -> None:
    ready = lowered(models.loop())
    frames = {routine.subgraph.index: routine.plan.arena_bytes for routine in ready.routines}
    scratch = ready.plan.scratch_of(0)
    assert scratch is not None and scratch.size == max(frames[1], frames[2])


def test_facts_tell_the_state_and_count_the_operators_of_all_subgraphs() -> None:
    ready = lowered(models.initialised([1, 2, 3, 4]))
    facts = model_facts(ready, Settings(NAME, "project.yaml", ready.plan.arena_bytes))
    assert facts["state_bytes"] == 4
    assert facts["model"]["operators"]["VAR_HANDLE"] == 2
    constant = next(array for array in facts["weights"] if array["tensor"] == "initial")
    assert (constant["layers"], constant["op"]) == ([0], "CALL_ONCE"), "laid to the layer that runs the subgraph"


def test_constants_with_the_same_bytes_are_one_array() -> None:
    """In whatever subgraph they are: the initial value, and what the main subgraph adds."""
    model = models.initialised([1, 2, 3, 4])
    same = models.int8_constant(model, "same", [1, 2, 3, 4])
    y = models.int8(model, "z")
    model.operator("ADD", [model.object.subgraphs[0].outputs[0], same], [y])
    model.main.set_io(model.object.subgraphs[0].inputs, [y])
    ready = lowered(model)
    files = generate(ready, Settings(NAME, "project.yaml", ready.plan.arena_bytes))
    assert files[f"{NAME}_weights.c"].count("1, 2, 3, 4") == 1
    facts = model_facts(ready, Settings(NAME, "project.yaml", ready.plan.arena_bytes))
    (constant,) = facts["weights"]
    assert constant["layers"] == [0, 5] and facts["model"]["weights_bytes"] == 4
