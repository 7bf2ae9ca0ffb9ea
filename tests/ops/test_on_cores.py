"""Fast kernels on the cores that they are for: what their instructions compute there is what TFLM computes."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from mcuforge.manifest.find import find_board
from mcuforge.manifest.load import load_board
from mcuforge.model.graph import Node
from mcuforge.model.operator_kind import operator_kind
from tests.ops.fast_layers import fast_layer
from tests.ops.single import Array
from tests.support.core_runner import CoreCall, run_on_core
from tests.support.kernel_harness import CallMemory, assert_equal_bytes, parse, tflm_outputs

pytestmark = pytest.mark.fidelity

LAYERS = 600
VARIANTS = {
    "mps2-an386": {"arm_dsp"},
    "mps2-an500": {"arm_dsp"},
    "mps2-an505": {"arm_dsp"},
    "mps3-an547": {"arm_dsp", "arm_mve"},
}
"""Cortex-M4, M7, M33 and M55."""


class Expected(NamedTuple):
    node: Node
    values: dict[int, Array]
    output: Array


@functools.cache
def layers() -> tuple[Expected, ...]:
    return tuple(map(_expected, range(LAYERS)))


def _expected(seed: int) -> Expected:
    case = fast_layer(seed)
    model = case.build()
    graph = parse(model)
    inputs = case.random_inputs(np.random.default_rng(seed))
    (output,) = tflm_outputs(model, inputs)
    return Expected(graph.nodes()[0], dict(zip(graph.main.inputs, inputs, strict=True)), output)


def assert_computes(machine: str, features: frozenset[str], variants: set[str], folder: Path, *flags: str) -> None:
    """The kernels for a core with `features`, on another one perhaps."""
    calls = []
    for layer in layers():
        call = operator_kind(layer.node).kernel(layer.node, features)
        calls.append(CoreCall(call, CallMemory(layer.node, call, layer.values)))
    assert {item.call.variant for item in calls} == variants
    for layer, item, buffers in zip(layers(), calls, run_on_core(machine, calls, folder, flags), strict=True):
        output = layer.node.output()
        data = buffers[item.memory.tensors[output.index].buffer]
        ours = np.frombuffer(data, np.int8).reshape(output.shape)
        assert_equal_bytes(ours, layer.output.reshape(output.shape), f"{layer.node.op} on {machine}")


@pytest.mark.parametrize("machine", VARIANTS)
def test_kernels_compute_on_their_core_what_tflm_does(machine: str, tmp_path: Path) -> None:
    assert_computes(machine, load_board(find_board(machine)).cpu.features, VARIANTS[machine], tmp_path)


@pytest.mark.parametrize(
    ("machine", "features", "variants"),
    [("mps2-an385", {"dsp"}, {"arm_dsp"}), ("mps2-an505", {"dsp", "mve"}, {"arm_dsp", "arm_mve"})],
    ids=["without DSP", "without MVE"],
)
def test_what_was_made_for_a_larger_core_computes_the_same_on_a_smaller_one(
    machine: str, features: set[str], variants: set[str], tmp_path: Path
) -> None:
    """As an export may find itself: the instructions' twins in C take over."""
    assert_computes(machine, frozenset(features), variants, tmp_path)


@pytest.mark.parametrize("optimization", ["-O0", "-Os", "-O3"])
def test_kernels_compute_the_same_however_a_host_compiles_them(optimization: str, tmp_path: Path) -> None:
    machine = "mps3-an547"
    assert_computes(machine, load_board(find_board(machine)).cpu.features, VARIANTS[machine], tmp_path, optimization)
