"""The generated C++ against the real headers of TensorFlow Lite Micro, compiled for a Cortex-M33."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path

import pytest

from mcuforge.model.operator_kind import operator_kinds
from mcuforge.runtimes.shared.render import Settings
from mcuforge.runtimes.tflm.generate import engine_files, resolver_files
from mcuforge.runtimes.tflm.tree import TflmTree, probe
from mcuforge.toolchain.flags import CXX_LANGUAGE, WARNINGS
from tests.support.scons import ROOT
from tests.support.tflite_builder import ModelBuilder
from tests.tflm.models import graph_of, keyword_spotter, unary
from tests.tflm.real_headers import gemmlowp, tflm_headers

# The wheel's headers have another name for the namespace, and are for a build that may allocate.
_WHEEL = ("-Dtflite_micro=tflite",)
_CORE = ("-mcpu=cortex-m33", "-mthumb", "-mfloat-abi=hard")


@pytest.fixture(scope="module")
def headers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    kept = getattr(request.config, "cache", None)  # none when pytest runs without its cache
    cache = kept.mkdir("tflm-headers") if kept else tmp_path_factory.mktemp("tflm-headers")
    return tflm_headers(cache), gemmlowp(cache)


@pytest.fixture
def tree(headers: tuple[Path, Path]) -> TflmTree:
    """The wheel has no kernels: as if each registration, the specialised ones too, were defined by some file."""
    found = probe(headers[0])
    reference = {method.register: "reference.cc" for method in found.methods.values()}
    library = dict.fromkeys(found.declared, "library.cc")
    return dataclasses.replace(found, definitions={"": reference, "cmsis_nn": library, "esp_nn": {}})


def variables() -> bytes:
    """Reads, adds to and assigns a resource variable."""
    model = ModelBuilder()
    x, y = (model.tensor(name, (1, 4), "INT8", scale=0.5) for name in "xy")
    handle = model.tensor("handle", (), "RESOURCE")
    before = model.tensor("before", (1, 4), "INT8", scale=0.5)
    model.operator("VAR_HANDLE", [], [handle], {"shared_name": "memory"})
    model.operator("READ_VARIABLE", [handle], [before])
    model.operator("ADD", [x, before], [y])
    model.operator("ASSIGN_VARIABLE", [handle, y], [])
    return model.build([x], [y])


def write_engine(data: bytes, tree: TflmTree, folder: Path) -> str:
    """Writes what is generated for a model; returns its resolver's source."""
    graph = graph_of(data, folder)
    settings = Settings("demo", "project.yaml", 0)
    files = {**resolver_files([graph], settings, tree, "cmsis-nn"), **engine_files(graph, data, settings, tree, 65536)}
    for name, text in files.items():
        (folder / name).write_text(text)
    return files["demo_op_resolver.cc"]


RESOLVER_AND_INTERPRETER = '#include "demo_op_resolver.cc"\n#include "demo_interpreter.cc"\n'


def test_resolver_and_interpreter_compile(tree: TflmTree, headers: tuple[Path, Path], tmp_path: Path) -> None:
    resolver = write_engine(keyword_spotter("RELU", "LOGISTIC"), tree, tmp_path)
    assert "AddConv2D(::tflite_micro::Register_CONV_2D_INT8())" in resolver and "AddRelu()" in resolver
    compiles(RESOLVER_AND_INTERPRETER, tmp_path, headers)


def test_resource_variables_and_the_sizing_program_compile(
    tree: TflmTree, headers: tuple[Path, Path], tmp_path: Path
) -> None:
    resolver = write_engine(variables(), tree, tmp_path)
    assert all(call in resolver for call in ("AddVarHandle()", "AddReadVariable()", "AddAssignVariable()"))
    compiles(RESOLVER_AND_INTERPRETER, tmp_path, headers)
    compiles('#include "demo_sizing.cc"\n', tmp_path, headers)


def test_custom_operators_and_the_platform_files_compile(
    tree: TflmTree, headers: tuple[Path, Path], tmp_path: Path
) -> None:
    graphs = []
    for custom in ("ethos-u", "TFLite_Detection_PostProcess", "SignalRfft"):
        (tmp_path / custom).mkdir()
        graphs.append(graph_of(unary(f"CUSTOM:{custom}"), tmp_path / custom))
    files = resolver_files(graphs, Settings("demo", "project.yaml", 0), tree, "builtin")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    calls = ("AddEthosU()", "AddDetectionPostprocess()", "AddRfft()")
    assert all(call in files["demo_op_resolver.cc"] for call in calls)
    platform = sorted((ROOT / "runtime" / "platform" / "tflm").glob("*.cc"))
    compiles("".join(f'#include "{path}"\n' for path in ("demo_op_resolver.cc", *platform)), tmp_path, headers)


def compiles(source: str, folder: Path, headers: tuple[Path, Path]) -> None:
    include = [f"-I{folder}", f"-I{ROOT / 'runtime' / 'platform'}", *(f"-isystem{path}" for path in headers)]
    defines = [*_WHEEL, "-DCMSIS_NN", "-DMCUF_TFLM_NAMESPACE=tflite"]
    command = [
        "arm-none-eabi-gcc",
        "-fsyntax-only",
        "-x",
        "c++",
        *_CORE,
        *CXX_LANGUAGE,
        *WARNINGS,
        *defines,
        *include,
        "-",
    ]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_real_resolver_is_understood_whole(headers: tuple[Path, Path]) -> None:
    tree = probe(headers[0])
    text = (headers[0] / "tensorflow/lite/micro/micro_mutable_op_resolver.h").read_text()
    declared = text.count("TfLiteStatus Add")
    # AddCustom and AddBuiltin are how the others add.
    assert len(tree.methods) == declared - 2 > 100
    assert tree.methods["CUSTOM:ethos-u"].name == "AddEthosU"


def test_operator_files_name_tflms_own_methods(headers: tuple[Path, Path]) -> None:
    """What each file of model/ops says about TFLM is what TFLM's header says, for all operators of this version."""
    methods = probe(headers[0]).methods
    kinds = {name: kind for name, kind in operator_kinds().items() if name in methods}
    assert len(kinds) >= 18
    assert {name: kind.tflm.add_method for name, kind in kinds.items()} == {name: methods[name].name for name in kinds}
