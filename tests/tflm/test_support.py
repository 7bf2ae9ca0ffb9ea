"""What is refused before anything compiles, and which layers a kernel library computes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mcuforge.errors import Location, UserError
from mcuforge.runtimes.tflm.support import check_model, coverage, coverage_lines, require_optimized
from mcuforge.runtimes.tflm.tree import KERNELS, probe
from tests.support.tflite_builder import ModelBuilder
from tests.tflm.fixture_tree import FixtureTree
from tests.tflm.models import graph_of, keyword_spotter, unary


def fully_connected(weights: str = "INT8", activation: str = "INT8", per_channel: bool = False) -> bytes:
    model = ModelBuilder()
    scale = {} if activation == "FLOAT32" else {"scale": 0.5}
    x = model.tensor("x", (1, 4), activation, **scale)
    data = np.ones((2, 4), {"INT8": np.int8, "FLOAT16": np.float16, "FLOAT32": np.float32}[weights])
    own = {"scale": [0.1, 0.2] if per_channel else 0.1} if weights == "INT8" else {}
    w = model.tensor("w", (2, 4), weights, data=data, **own)
    y = model.tensor("y", (1, 2), activation, **scale)
    model.operator("FULLY_CONNECTED", [x, w, None], [y])
    return model.build([x], [y])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (fully_connected("INT8", "FLOAT32"), "layer 0 FULLY_CONNECTED: a hybrid layer"),
        (fully_connected("FLOAT16", "FLOAT32"), r"computes nothing in float16 \(tensor 1 `w`"),
        (unary("FLOOR", "FLOAT32"), "has no operator FLOOR"),
        (unary("CUSTOM:MyOwn", "FLOAT32"), "has no operator CUSTOM:MyOwn"),
        (unary("SOFTMAX", "INT32"), "no kernel for int32 activations"),
    ],
)
def test_what_tflm_cannot_run_is_refused_by_name(data: bytes, message: str, tree_a: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message) as caught:
        check_model(graph_of(data, tmp_path), probe(tree_a))
    assert caught.value.hint


def test_weights_per_channel_of_a_fully_connected_layer_need_a_tree_that_knows_them(tmp_path: Path) -> None:
    graph = graph_of(fully_connected(per_channel=True), tmp_path)
    check_model(graph, probe(FixtureTree("A").write(tmp_path / "new")))
    old = probe(FixtureTree("A", per_channel=False).write(tmp_path / "old"))
    with pytest.raises(UserError, match="silently ignores"):
        check_model(graph, old)
    check_model(graph_of(fully_connected(), tmp_path), old)


def test_a_kernel_file_that_is_missing_is_named(tmp_path: Path) -> None:
    root = FixtureTree("D", without=[f"{KERNELS}/softmax.cc"]).write(tmp_path / "tree")
    with pytest.raises(UserError, match="defines Register_SOFTMAX, which layer 5 SOFTMAX needs"):
        check_model(graph_of(keyword_spotter(), tmp_path), probe(root))


def test_the_coverage_table_names_the_kernel_of_each_layer(tree_a: Path, tmp_path: Path) -> None:
    layers = coverage(graph_of(keyword_spotter("RELU"), tmp_path), probe(tree_a), "cmsis-nn")
    assert [layer.library for layer in layers] == [*["cmsis-nn"] * 3, "reference", "cmsis-nn", "reference", "cmsis-nn"]
    assert layers[0].file == f"{KERNELS}/cmsis_nn/conv.cc" and layers[5].file == f"{KERNELS}/activations.cc"
    assert list(coverage_lines(layers, "cmsis-nn")) == [
        "CMSIS-NN computes 5 of 7 layers",
        "  layer 3 RESHAPE (int8 → int8): reference, CMSIS-NN has no RESHAPE in this tree",
        "  layer 5 RELU (int8 → int8): reference, CMSIS-NN has no RELU in this tree",
    ]


def test_float_layers_fall_back_inside_an_optimised_file(tree_a: Path, tmp_path: Path) -> None:
    (layer,) = coverage(graph_of(unary("SOFTMAX", "FLOAT32"), tmp_path), probe(tree_a), "cmsis-nn")
    assert (layer.library, layer.reason) == ("reference", "CMSIS-NN has no SOFTMAX for float32")


def test_required_optimised_kernels_make_a_fallback_an_error(tree_a: Path, tmp_path: Path) -> None:
    place = Location(tmp_path / "project.yaml", 5, 20)
    tree = probe(tree_a)
    # RESHAPE computes nothing: it is no fallback.
    require_optimized(coverage(graph_of(keyword_spotter(), tmp_path), tree, "cmsis-nn"), place)
    with pytest.raises(UserError, match="1 of 7 layers have no optimised kernel") as caught:
        require_optimized(coverage(graph_of(keyword_spotter("RELU"), tmp_path), tree, "cmsis-nn"), place)
    assert caught.value.location == place and "layer 5 RELU" in caught.value.details[0]


def test_reference_kernels_have_no_table(tree_a: Path, tmp_path: Path) -> None:
    layers = coverage(graph_of(keyword_spotter(), tmp_path), probe(tree_a), "builtin")
    assert {layer.library for layer in layers} == {"reference"} and not list(coverage_lines(layers, "builtin"))
