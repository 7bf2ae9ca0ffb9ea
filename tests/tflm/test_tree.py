"""Probing trees: what is found in fixture trees of eras A and D, how long it takes, and when it is looked at anew."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from mcuforge.errors import UserError
from mcuforge.runtimes.tflm.cpp_scan import enclosing_namespace, functions, without_comments
from mcuforge.runtimes.tflm.tree import KERNELS, probe
from tests.tflm.fixture_tree import OPS, FixtureTree


def test_era_a_has_everything_in_tflite(tree_a: Path) -> None:
    tree = probe(tree_a)
    assert (tree.era, tree.namespace, tree.kernel_namespace) == ("A", "tflite", "tflite")
    assert tree.flatbuffers == "23.5.26" and tree.commit is None


def test_era_d_has_everything_in_tflite_micro(tree_d: Path) -> None:
    tree = probe(tree_d)
    assert (tree.era, tree.namespace, tree.kernel_namespace) == ("D", "tflite::micro", "tflite::micro")
    assert tree.flatbuffers == "25.9.23"


@pytest.mark.parametrize("era", ["A", "D"])
def test_every_operator_is_found_with_its_method_and_its_file(era: str, tmp_path: Path) -> None:
    tree = probe(FixtureTree(era).write(tmp_path))
    expected = {f"CUSTOM:{op.custom}" if op.custom else name: op.add for name, op in OPS.items()}
    assert {operator: method.name for operator, method in tree.methods.items()} == expected
    assert tree.definitions[""] == {f"Register_{name}": f"{KERNELS}/{op.file}.cc" for name, op in OPS.items()}
    assert tree.methods["CONV_2D"].takes_registration and not tree.methods["RELU"].takes_registration


def test_specialised_registrations_are_those_that_headers_declare(tree_a: Path) -> None:
    tree = probe(tree_a)
    assert tree.declared["Register_CONV_2D_INT8"] == f"{KERNELS}/conv.h"
    assert tree.definitions["cmsis_nn"]["Register_CONV_2D_INT8"] == f"{KERNELS}/cmsis_nn/conv.cc"
    assert "Register_CONV_2D_INT8" not in tree.definitions["esp_nn"]


def test_a_second_probe_is_fast_and_a_changed_file_is_seen(tmp_path: Path) -> None:
    root = FixtureTree("A", per_channel=False).write(tmp_path / "tree")
    assert not probe(root).per_channel_fully_connected
    start = time.perf_counter()
    again = probe(root)
    assert time.perf_counter() - start < 0.3
    assert again == probe(root)
    FixtureTree("A", per_channel=True).write(root)
    assert probe(root).per_channel_fully_connected


def test_a_spoilt_store_is_no_obstacle(tree_a: Path, own_cache: Path) -> None:
    first = probe(tree_a)
    (store,) = (own_cache / "probes").glob("*.json")
    store.write_text("{")
    assert probe(tree_a) == first


@pytest.mark.parametrize("era", ["B", "C"])
def test_the_eras_between_are_told_apart(era: str, tmp_path: Path) -> None:
    """B is A with the parsers moved; C has the kernels, and nothing else, in the new namespace."""
    files = FixtureTree("A", without=["tensorflow/lite/core/api/flatbuffer_conversions.cc"])
    root = files.write(tmp_path)
    if era == "C":
        header = root / KERNELS / "micro_ops.h"
        header.write_text(
            header.read_text().replace("namespace tflite {", "namespace tflite {\nnamespace micro {") + "}\n"
        )
    tree = probe(root)
    assert tree.era == era and tree.namespace == "tflite"
    assert tree.kernel_namespace == ("tflite::micro" if era == "C" else "tflite")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "missing", "there is no folder"),
        (lambda folder: folder, "is not a TensorFlow Lite Micro tree"),
    ],
)
def test_a_folder_that_is_no_tree_is_refused(make: object, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=message):
        probe(make(tmp_path))  # type: ignore[operator]


def test_headers_without_the_interpreter_are_refused(tmp_path: Path) -> None:
    root = FixtureTree("A").write(tmp_path)
    (root / "tensorflow/lite/micro/micro_interpreter.h").write_text("// class MicroInterpreter\n")
    with pytest.raises(UserError, match="not a TensorFlow Lite Micro tree that mcuforge understands"):
        probe(root)


def test_comments_and_strings_are_told_apart() -> None:
    text = 'int a; // "x" {\n/* Register_B() { */ const char *s = "// not a comment";\n'
    assert without_comments(text) == 'int a;  \n  const char *s = "// not a comment";\n'


def test_the_namespace_of_a_declaration_is_what_encloses_it() -> None:
    text = "namespace a { void f() {} namespace b::c { struct X {}; class Y; } } class Z;"
    assert enclosing_namespace(text, re.compile("class Y")) == "a::b::c"
    assert enclosing_namespace(text, re.compile("class Z")) == ""
    assert enclosing_namespace(text, re.compile("class W")) is None


def test_only_definitions_are_functions() -> None:
    text = "int f_a(int x);\nint f_b(void) { if (f_c(1)) { return 2; } return 3; }\n"
    assert [(name, parameters) for name, parameters, _ in functions(text, r"f_\w+")] == [("f_b", "void")]
