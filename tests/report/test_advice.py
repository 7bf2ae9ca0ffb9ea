"""What would fit, computed: layers to shrink, int8 weights, the smallest board."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mcuforge.errors import Location
from mcuforge.manifest.load import load_board
from mcuforge.report.advice import advice, fits, live_bytes
from mcuforge.report.plan_facts import GraphTensor, ModelGraph, PlanFacts
from mcuforge.report.types import SizeReport, Verdict
from mcuforge.resources import boards_dir
from tests.report.builds import start_build

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
    assert any("the smallest board that fits is stm32f4-discovery" in item for item in found)
    assert fits(report, BOARD, load_board(boards_dir() / "stm32f4-discovery.yaml"))
    small = replace(BOARD, memory={**BOARD.memory, "flash": replace(BOARD.memory["flash"], length_bytes=4096)})
    assert not fits(report, BOARD, small)


def test_a_budget_for_the_stack_gets_no_advice_on_memory(report: SizeReport, plan: PlanFacts) -> None:
    assert advice(verdict("stack", 300, 200), report, BOARD, plan) == ()
