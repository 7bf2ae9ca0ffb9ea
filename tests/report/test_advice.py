"""What would fit, computed: layers to shrink, int8 weights, the smallest board."""

from __future__ import annotations

import contextlib
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from mcuforge.errors import Location, UserError
from mcuforge.manifest.load import list_boards, load_board, load_project
from mcuforge.report.advice import Alternative, advice, fits, live_bytes
from mcuforge.report.plan_facts import GraphTensor, ModelGraph, PlanFacts, WeightArray
from mcuforge.report.types import SizeReport, Verdict
from mcuforge.resources import boards_dir
from mcuforge.toolchain.memory_map import has_memory_map
from mcuforge.workers import budget as budget_worker
from mcuforge.workers import report as report_worker
from mcuforge.workers.alternatives import alternatives
from tests.report.builds import start_build
from tests.support.projects import copy_hello
from tests.support.scons import scons

BOARD = load_board(boards_dir() / "nrf5340.yaml")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> SizeReport:
    return start_build(tmp_path_factory.mktemp("demo")).measured()


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> PlanFacts:
    return start_build(tmp_path_factory.mktemp("plan")).plan


def verdict(region: str, used: int, limit: int, capacity: bool = False) -> Verdict:
    return Verdict(region, used, limit, "capacity" if capacity else "budget", Location(Path("project.yaml")))


def test_bytes_alive_are_summed_by_layer(plan: PlanFacts) -> None:
    assert live_bytes(plan) == {2: 1600 + 192, 3: 1600 + 3200}


def test_the_layer_to_shrink_is_named_with_how_much(report: SizeReport, plan: PlanFacts) -> None:
    assert advice(verdict("arena", 5000, 4000), report, BOARD, plan) == (
        "layer 3 CONV_2D would have to hold 800 B less",
    )
    assert advice(verdict("arena", 5000, 1500), report, BOARD, plan) == (
        "layer 3 CONV_2D would have to hold 3.2 KiB less",
        "layer 2 would still be too large then",
    )


def test_an_output_written_over_its_input_is_counted_once(plan: PlanFacts) -> None:
    relu, conv, scratch = plan.blocks
    over = replace(plan, blocks=(relu, replace(conv, offset=800), scratch))
    assert live_bytes(over)[3] == 800 + 3200


def test_no_layer_is_blamed_for_what_the_layout_wastes(report: SizeReport, plan: PlanFacts) -> None:
    """Two large blocks that overlap, and a limit above what is alive at once."""
    relu, conv, scratch = plan.blocks
    over = replace(plan, blocks=(replace(relu, size=3200), replace(conv, offset=100), scratch), lower_bound=3300)
    assert advice(verdict("arena", 5000, 4000), report, BOARD, over) == (
        "a denser layout could fit: no layer has more than 3.2 KiB alive",
    )


def test_several_layers_are_named_where_one_is_not_enough(report: SizeReport, plan: PlanFacts) -> None:
    array = WeightArray("w", (2,), "CONV_2D", 3000)
    two = replace(plan, weights={"a": array, "b": replace(array, layers=(3,), bytes=2000)})
    used = report.region("flash").used
    assert advice(verdict("flash", used, used - 4000), report, BOARD, two) == (
        "layers 2, 3 hold 4.9 KiB of weights together: 3.9 KiB less would fit",
    )
    layers = tuple(replace(plan.layers[0], index=at) for at in range(10))
    many = replace(plan, layers=layers, weights={f"w{at}": replace(array, layers=(at,), bytes=100) for at in range(10)})
    assert advice(verdict("flash", used, used - 800), report, BOARD, many) == (
        "all weights are 1000 B: 80 % less would fit",
    )
    assert advice(verdict("flash", used, used - 1200), report, BOARD, many) == (
        "without any weights it would still be too large",
    )


def test_a_layout_that_wastes_is_told_from_layers_that_are_too_large(report: SizeReport, plan: PlanFacts) -> None:
    (found,) = advice(verdict("arena", 5000, 4850), report, BOARD, plan)
    assert found == "a denser layout could fit: no layer has more than 4.7 KiB alive"


def test_weights_to_shrink_and_int8_instead_of_floats(report: SizeReport, plan: PlanFacts) -> None:
    used = report.region("flash").used
    assert advice(verdict("flash", used, used - 100), report, BOARD, plan) == (
        "layer 2 CONV_2D holds 3.0 KiB of weights: 100 B less would fit",
    )
    floats = replace(plan, graph=ModelGraph(tensors={0: GraphTensor("x", (1, 4), "float32")}))
    first, _ = advice(verdict("flash", used, used - 100), report, BOARD, floats)
    assert first == "int8 weights would take 757 B of 3.0 KiB, which fits"
    first, *_ = advice(verdict("flash", used, used - 3028), report, BOARD, floats)
    assert first.endswith("which is not enough alone")


def test_the_smallest_board_is_the_smallest_that_fits(report: SizeReport, plan: PlanFacts) -> None:
    found = advice(verdict("flash", 2_000_000, 1_000_000, capacity=True), report, BOARD, plan)
    (named,) = (item for item in found if "the smallest board that fits is" in item)
    smallest = named.split()[6]
    memory = {
        name: sum(board.capacity_bytes(region) for region in board.memory)
        for name, path in list_boards().items()
        if has_memory_map(board := load_board(path)) and name != BOARD.name and fits(report, BOARD, board)
    }
    assert memory[smallest] == min(memory.values())
    assert fits(report, BOARD, load_board(boards_dir() / "stm32f4-discovery.yaml"))
    small = replace(BOARD, memory={**BOARD.memory, "flash": replace(BOARD.memory["flash"], length_bytes=4096)})
    assert not fits(report, BOARD, small)


def test_a_budget_for_the_stack_gets_no_advice_on_memory(report: SizeReport, plan: PlanFacts) -> None:
    assert advice(verdict("stack", 300, 200), report, BOARD, plan) == ()


def test_an_optimal_layout_is_said_to_be_one(report: SizeReport, plan: PlanFacts) -> None:
    optimal = replace(plan, arena_needed=4800, lower_bound=4800)
    first, *_ = advice(verdict("arena", 5000, 4000), report, BOARD, optimal)
    assert first == "no layout is smaller: the planner reached the lower bound"


def test_an_arena_of_floats_is_told_what_int8_would_hold(report: SizeReport, plan: PlanFacts) -> None:
    floats = replace(plan, graph=ModelGraph(tensors={0: GraphTensor("x", (1, 4), "float32")}))
    first, *_ = advice(verdict("arena", 5000, 4000), report, BOARD, floats)
    assert first == "int8 values would have 1.2 KiB alive at once, which fits"
    first, *_ = advice(verdict("arena", 5000, 1000), report, BOARD, floats)
    assert first.endswith("which is not enough alone")


def test_another_runtime_is_named_where_it_takes_less(report: SizeReport, plan: PlanFacts) -> None:
    others = (Alternative("runtime: aot", {"flash": 900, "sram": 70}, 40),)
    assert advice(verdict("flash", 2000, 1000), report, BOARD, plan, others)[0] == (
        "`runtime: aot` would take 900 B, which fits"
    )
    assert advice(verdict("flash", 2000, 800), report, BOARD, plan, others)[0].endswith("which is not enough alone")
    assert advice(verdict("arena", 50, 45), report, BOARD, plan, others)[0] == (
        "`runtime: aot` would take 40 B, which fits"
    )
    assert not any("aot" in text for text in advice(verdict("flash", 850, 800), report, BOARD, plan, others))


def test_the_other_runtime_is_computed_by_compiling_it(tmp_path: Path) -> None:
    """As near to the linked image as every forecast; only for the interpreter's builds, and only over a limit."""
    manifest = copy_hello(tmp_path / "hello")
    project, model = load_project(manifest), manifest.parent / "hello.tflite"
    facts = replace(start_build(tmp_path).plan, name="hello", runtime="tflm")
    over = [verdict("flash", 60_000, 24_576)]
    (found,) = alternatives(over, facts, project, BOARD, model)
    assert found.change == "runtime: aot" and found.arena == 32
    run = scons(f"project={manifest}", "board=nrf5340", f"build_dir={tmp_path / 'build'}", "size")
    assert run.code == 0, run.text
    linked = json.loads((tmp_path / "build" / "hello" / "nrf5340" / "size.json").read_text())["regions"]
    for region, use in linked.items():
        assert abs(found.regions[region] - use["used"]) <= 0.02 * use["used"]
    assert alternatives([verdict("flash", 10, 20)], facts, project, BOARD, model) == ()
    assert alternatives(over, replace(facts, runtime="aot"), project, BOARD, model) == ()


def test_the_hint_and_the_report_tell_of_the_other_runtime(tmp_path: Path) -> None:
    """The interpreter's sizes are made up, for its sources are not here; everything else is as in a build."""
    manifest = copy_hello(tmp_path / "hello")
    words = (f"project={manifest}", "board=nrf5340", f"build_dir={tmp_path / 'build'}", "report")
    assert scons(*words).code == 0
    made = tmp_path / "build" / "hello" / "nrf5340"
    size = json.loads((made / "size.tree.json").read_text())
    grown = 60_000 - size["regions"]["flash"]["used"]
    size["regions"]["flash"]["used"] = 60_000
    size["causes"]["runtime"]["flash"] += grown
    del size["tree"]
    (tmp_path / "size.json").write_text(json.dumps({**size, "runtime": "tflm"}))
    facts = json.loads((made / "gen" / "plan.json").read_text())
    (tmp_path / "plan.json").write_text(json.dumps({**facts, "runtime": "tflm"}))
    argv = ["--project", str(manifest), "--board", str(BOARD.path), "--plan", str(tmp_path / "plan.json")]
    argv += ["--size", str(tmp_path / "size.json"), "--model", str(manifest.parent / "hello.tflite")]
    with contextlib.redirect_stdout(io.StringIO()), pytest.raises(UserError) as caught:
        budget_worker.main(argv)
    assert re.search(r"hint: .*; `runtime: aot` would take \d\.\d KiB, which fits", caught.value.render())
    with contextlib.redirect_stdout(io.StringIO()):
        assert report_worker.main([*argv, "--elf", str(made / "hello.elf"), "--output", str(tmp_path)]) == 0
    assert "`runtime: aot` would take" in (tmp_path / "report.html").read_text()
