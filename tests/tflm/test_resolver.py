"""The generated resolver: as many places as operators, the registrations that the types allow, every call checked."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from mcuforge.manifest.types import Kernels
from mcuforge.runtimes.shared.render import Settings
from mcuforge.runtimes.tflm.generate import resolver_files
from mcuforge.runtimes.tflm.resolver import resolver_entries
from mcuforge.runtimes.tflm.tree import probe
from tests.support.tflite_builder import ModelBuilder
from tests.tflm.models import graph_of, identity, keyword_spotter, unary

SETTINGS = Settings("demo", "project.yaml", 0)


def registrations(data: bytes, tree: Path, tmp_path: Path, kernels: Kernels) -> dict[str, str | None]:
    entries = resolver_entries([graph_of(data, tmp_path)], probe(tree), kernels)
    return {entry.operator: entry.registration for entry in entries}


@pytest.mark.parametrize(("era", "namespace"), [("a", "tflite"), ("d", "tflite::micro")])
def test_there_is_one_place_and_one_checked_call_for_each_operator(
    era: str, namespace: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tree = probe(request.getfixturevalue(f"tree_{era}"))
    files = resolver_files([graph_of(keyword_spotter(), tmp_path)], SETTINGS, tree, "cmsis-nn")
    assert f"::{namespace}::MicroMutableOpResolver<6>" in files["demo_op_resolver.h"]
    source = files["demo_op_resolver.cc"]
    calls = re.findall(r"added\(resolver\.(Add\w+)\(", source)
    assert len(calls) == 6 == len(set(calls)) and source.count(" &&") == 5
    assert f"AddConv2D(::{namespace}::Register_CONV_2D_INT8())" in source


def test_a_specialised_registration_needs_a_kernel_that_defines_it(tree_a: Path, tmp_path: Path) -> None:
    with_library = registrations(keyword_spotter("RELU"), tree_a, tmp_path, "cmsis-nn")
    assert with_library["CONV_2D"] == "Register_CONV_2D_INT8"
    assert with_library["RELU"] is None and with_library["RESHAPE"] is None
    for kernels in ("reference", "esp-nn"):
        assert set(registrations(keyword_spotter(), tree_a, tmp_path, kernels).values()) == {None}


def test_nodes_of_different_types_share_the_general_registration(tree_a: Path, tmp_path: Path) -> None:
    model = ModelBuilder()
    x, y = (model.tensor(name, (1, 4), "INT8", scale=0.5) for name in "xy")
    a, b = (model.tensor(name, (1, 4), "INT16", scale=0.5) for name in "ab")
    model.operator("SOFTMAX", [x], [y])
    model.operator("SOFTMAX", [a], [b])
    assert registrations(model.build([x, a], [y, b]), tree_a, tmp_path, "cmsis-nn") == {"SOFTMAX": None}


def test_input_and_output_types_choose_together(tree_a: Path, tmp_path: Path) -> None:
    model = ModelBuilder()
    x = model.tensor("x", (1, 4), "INT8", scale=0.5)
    y = model.tensor("y", (1, 4), "INT16", scale=1 / 65536)
    model.operator("SOFTMAX", [x], [y])
    found = registrations(model.build([x], [y]), tree_a, tmp_path, "cmsis-nn")
    assert found == {"SOFTMAX": "Register_SOFTMAX_INT8_INT16"}


def test_int4_weights_have_a_registration_of_their_own(tree_a: Path, tmp_path: Path) -> None:
    model = ModelBuilder()
    x = model.tensor("x", (1, 1, 1, 2), "INT8", scale=0.5)
    w = model.tensor("w", (2, 1, 1, 2), "INT4", scale=[0.1, 0.1], data=np.ones((2, 1, 1, 2), np.int8))
    y = model.tensor("y", (1, 1, 1, 2), "INT8", scale=0.5)
    model.operator("CONV_2D", [x, w, None], [y], {"stride_w": 1, "stride_h": 1})
    found = registrations(model.build([x], [y]), tree_a, tmp_path, "cmsis-nn")
    assert found == {"CONV_2D": "Register_CONV_2D_INT4"}


def test_several_models_give_their_union_once(tree_a: Path, tmp_path: Path) -> None:
    graphs = []
    for name, data in (("one", unary("RELU")), ("two", keyword_spotter("RELU")), ("three", identity())):
        (tmp_path / name).mkdir()
        graphs.append(graph_of(data, tmp_path / name))
    operators = [entry.operator for entry in resolver_entries(graphs, probe(tree_a), "reference")]
    assert sorted(operators) == sorted(set(operators)) and len(operators) == 7


@pytest.mark.parametrize("custom", ["CIRCULAR_BUFFER", "TFLite_Detection_PostProcess", "ethos-u"])
def test_custom_operators_are_found_by_their_name_in_the_model(custom: str, tree_d: Path, tmp_path: Path) -> None:
    assert list(registrations(unary(f"CUSTOM:{custom}"), tree_d, tmp_path, "reference")) == [f"CUSTOM:{custom}"]
