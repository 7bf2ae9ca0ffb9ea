"""Exports for the runtime tflm: our C and C++, with TensorFlow Lite Micro as a dependency of the ecosystem's kind."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import yaml

from mcuforge.emulate.oracle import require_wheel
from mcuforge.errors import UserError
from mcuforge.model.operator_kind import operator_kinds
from mcuforge.model.reader import read_model
from mcuforge.runtimes.tflm.host_arena import host_arena_bytes
from mcuforge.runtimes.tflm.released import NEWER, WHOLE_TENSOR_BYTES_MORE
from mcuforge.runtimes.tflm.tree import probe
from mcuforge.toolchain.flags import CXX_LANGUAGE, STRICT_WARNINGS, WARNINGS, machine_flags
from tests.export.exports import ECOSYSTEMS, ecosystem, exported, texts_of
from tests.export.pdsc import problems
from tests.export.tflm import ARENA_BYTES, HOSTS, stand_in, target_of, tflm_package, write
from tests.export.tools import run_tool
from tests.support.projects import copy_hello
from tests.support.scons import scons
from tests.support.tflite_builder import ModelBuilder
from tests.support.tools import require
from tests.tflm.models import graph_of
from tests.tflm.real_headers import gemmlowp, tflm_headers

WITH_TFLM = tuple(name for name in ECOSYSTEMS if ecosystem(name).has_tflm)
# The wheel's headers have another name for the namespace.
_WHEEL = ("-Dtflite_micro=tflite",)
# What the arena holds of the C types' own, by name.
_STRUCTURES = ("TfLiteTensor", "TfLiteEvalTensor", "TfLiteNode", "TfLiteQuantization")


@pytest.fixture(scope="module")
def headers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    kept = getattr(request.config, "cache", None)  # none when pytest runs without its cache
    cache = kept.mkdir("tflm-headers") if kept else tmp_path_factory.mktemp("tflm-headers")
    return tflm_headers(cache), gemmlowp(cache)


def test_the_ecosystems_that_carry_tflm_are_these() -> None:
    assert WITH_TFLM == ("cmsis-pack", "esp-idf", "zephyr")


@pytest.mark.parametrize("name", [name for name in ECOSYSTEMS if name not in WITH_TFLM])
def test_the_others_say_why_not_and_what_works(name: str) -> None:
    with pytest.raises(UserError) as caught:
        ecosystem(name).tflm(target_of("hello").project)
    text = caught.value.render()
    assert re.search(rf"project\.yaml:\d+:\d+: error: the export {name} has no parts for the runtime tflm\n  \S", text)
    assert "write `runtime: aot`" in text and "cmsis-pack, esp-idf, zephyr" in text


@pytest.fixture(scope="module")
def objects(headers: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Path]]:
    """By project: all that an export holds but its example, compiled for a Cortex-M33 against TFLM's real headers."""
    folder = tmp_path_factory.mktemp("objects")
    return {
        project: compiled(project, write(project, "esp-idf", folder / project), headers) for project in ("hello", "kws")
    }


def compiled(project: str, root: Path, headers: tuple[Path, Path]) -> list[Path]:
    """The C++ as one piece, for TFLM's headers take long; apart it is compiled where the build files are tested."""
    machine = machine_flags(exported("hello").target.board.cpu)
    names = tflm_package(project, "esp-idf").source_names
    whole = root / "src" / "whole.cc"
    whole.write_text("".join(f'#include "{name}"\n' for name in names if name.endswith(".cc")))
    made = []
    for source in (whole, *(root / "src" / name for name in names if name.endswith(".c"))):
        language = (*CXX_LANGUAGE, "-x", "c++", "-Wconversion", "-Wshadow", *(f"-isystem{path}" for path in headers))
        flags = language if source == whole else ("-std=c99", *STRICT_WARNINGS)
        own = (f"-I{root / 'include'}", f"-I{root / 'src'}", "-O0")
        made.append(root / f"{source.name}.o")
        command = ["arm-none-eabi-gcc", *machine, *flags, *WARNINGS, *_WHEEL, *own, "-c", source, "-o", made[-1]]
        subprocess.run(command, check=True)
    return made


def test_what_is_exported_compiles_against_tflms_real_headers(objects: Mapping[str, list[Path]]) -> None:
    assert [path.name for path in objects["kws"]] == ["whole.cc.o", "kws.c.o", "kws_model.c.o"]
    names = tflm_package("kws", "esp-idf").source_names
    assert names == ("kws.c", "kws_interpreter.cc", "kws_model.c", "kws_op_resolver.cc")


@pytest.mark.parametrize("name", WITH_TFLM)
def test_every_ecosystem_gets_these_sources(name: str) -> None:
    assert tflm_package("kws", name).sources == tflm_package("kws", "esp-idf").sources


def test_two_exports_link_together(objects: Mapping[str, list[Path]], tmp_path: Path) -> None:
    both = tmp_path / "both.o"
    subprocess.run(["arm-none-eabi-gcc", "-r", "-nostdlib", *objects["hello"], *objects["kws"], "-o", both], check=True)
    command = ["arm-none-eabi-nm", "-g", "--defined-only", both]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    strong = [line.split()[-1] for line in listed.stdout.splitlines() if line.split()[1] not in "WVu"]
    assert "hello_invoke" in strong and "kws_invoke" in strong
    assert all(re.match(r"(_ZN\d+)?(hello|kws)_", symbol) for symbol in strong), strong


@pytest.mark.slow
@pytest.mark.parametrize(("name", "third_party"), [("zephyr", "third_party_static"), ("esp-idf", "third_party")])
def test_the_build_files_take_tflm_from_the_ecosystems_package(name: str, third_party: str, tmp_path: Path) -> None:
    """With stand-ins for the ecosystem and for its package, laid out like the real one; the program runs."""
    require("cmake", "ninja")
    write("hello", name, tmp_path / "module")
    stand_in(tmp_path / "tflm", third_party)
    shutil.copy(HOSTS / name / "CMakeLists.txt", tmp_path)
    (tmp_path / "main.c").write_text(
        '#include "hello.h"\n'
        "int main(void) { *hello_input() = 42; return hello_invoke() != HELLO_OK || *hello_output() != 42; }\n"
    )
    subprocess.run(["cmake", "-G", "Ninja", "-S", tmp_path, "-B", tmp_path / "b"], check=True, capture_output=True)
    done = subprocess.run(["cmake", "--build", tmp_path / "b"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    subprocess.run([tmp_path / "b" / "app"], check=True)


def test_the_component_pins_exact_versions_and_only_when_asked(tmp_path: Path) -> None:
    manifest = yaml.safe_load((write("hello", "esp-idf", tmp_path / "tflm") / "idf_component.yml").read_text())
    assert manifest["dependencies"] == {
        "idf": ">=5.0",
        "espressif/esp-tflite-micro": "==1.3.5",
        "espressif/esp-nn": "==1.2.3",
    }
    plain = yaml.safe_load((exported("hello").write("esp-idf", tmp_path) / "idf_component.yml").read_text())
    assert set(plain["dependencies"]) == {"idf"}


def test_espressifs_component_manager_accepts_the_pins(tmp_path: Path) -> None:
    folder = write("hello", "esp-idf", tmp_path / "esp-idf")
    linted = run_tool("compote", "manifest", "lint", folder, cwd=folder)
    assert linted.returncode == 0, linted.stdout + linted.stderr
    manifest = folder / "idf_component.yml"
    manifest.write_text(manifest.read_text().replace("==1.2.3", "==one"))
    assert run_tool("compote", "manifest", "lint", folder, cwd=folder).returncode != 0


def test_a_pack_requires_the_packs_it_was_made_for() -> None:
    text = ecosystem("cmsis-pack").files(tflm_package("hello", "cmsis-pack"))["mcuforge.hello.pdsc"]
    assert problems(text) == []
    root = ElementTree.fromstring(text)
    packs = {f"{pack.get('vendor')}::{pack.get('name')}": pack.get("version") for pack in root.iter("package")}
    assert packs["tensorflow::tensorflow-lite-micro"] == "1.25.2:1.25.2"
    assert packs["ARM::CMSIS-NN"] == "7.0.0:7.0.0"
    conditions = {condition.get("id") for condition in root.iter("condition")}
    assert {component.get("condition") for component in root.iter("component")} == conditions
    assert problems(text.replace("1.25.2:1.25.2", "newest")) != []


def test_a_zephyr_module_depends_on_zephyrs_own(tmp_path: Path) -> None:
    folder = write("hello", "zephyr", tmp_path / "zephyr")
    module = yaml.safe_load((folder / "zephyr" / "module.yml").read_text())
    (project,) = yaml.safe_load((folder / "west.yml").read_text())["manifest"]["projects"]
    assert module["build"]["depends"] == [project["name"]] == ["tflite-micro"]
    assert re.fullmatch(r"[0-9a-f]{40}", project["revision"])
    assert "depends on TENSORFLOW_LITE_MICRO" in (folder / "Kconfig").read_text()
    done = run_tool("pykwalify", "-d", folder / "zephyr" / "module.yml", "-s", SCHEMA, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


SCHEMA = Path(__file__).with_name("zephyr_module.schema.yaml")


@pytest.mark.parametrize(("kernels", "is_optimised"), [("builtin", False), ("cmsis-nn", True)])
def test_zephyrs_kernels_are_those_the_manifest_names(kernels: str, is_optimised: bool) -> None:
    package = tflm_package("hello", "zephyr", f"arena: {ARENA_BYTES}\nkernels: {kernels}")
    configuration = ecosystem("zephyr").files(package)["samples/hello/prj.conf"]
    assert "CONFIG_TENSORFLOW_LITE_MICRO=y" in configuration
    assert ("CONFIG_TENSORFLOW_LITE_MICRO_CMSIS_NN_KERNELS=y" in configuration) == is_optimised


# -- the arena ---------------------------------------------------------------------------------------------------------


def test_the_arena_is_the_manifests_and_said_to_be() -> None:
    package = tflm_package("hello", "esp-idf")
    assert package.arena_bytes == ARENA_BYTES
    assert f"#define HELLO_ARENA_BYTES {ARENA_BYTES}\n" in package.public["hello.h"]
    assert "the size that the manifest gives" in ecosystem("esp-idf").files(package)["README.md"]


@pytest.fixture(scope="module")
def host_bytes() -> int:
    """The smallest arena that hello works in on this computer, searched for once."""
    require_wheel()
    model = target_of("hello").project.model.source
    return host_arena_bytes(model, read_model(model))


@pytest.fixture
def searched(host_bytes: int, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("mcuforge.backends.packaging.tflm.host_arena_bytes", lambda model, graph: host_bytes)
    return host_bytes


def test_without_one_it_is_an_upper_bound_with_room_for_the_kernel_library(searched: int) -> None:
    package = tflm_package("hello", "esp-idf", "arena: auto")
    stated = re.search(
        r"an upper bound, from [\d.]+ KiB on a 64-bit computer and at most (\d+) B of scratch memory",
        ecosystem("esp-idf").files(package)["README.md"],
    )
    assert stated is not None and int(stated[1]) > 0
    assert package.arena_bytes == searched + int(stated[1])


def test_the_bound_has_room_for_tensors_with_all_their_fields(searched: int) -> None:
    """hello has one input and one output, and no layer with more than four tensors."""
    package = tflm_package("hello", "zephyr", "arena: auto")
    assert package.arena_bytes == searched + 6 * WHOLE_TENSOR_BYTES_MORE
    assert f"and {6 * WHOLE_TENSOR_BYTES_MORE} B for larger tensors" in package.arena_method


def test_tflms_structures_are_no_larger_on_the_device_but_for_whole_tensors(
    headers: tuple[Path, Path], tmp_path: Path
) -> None:
    """What the bound rests on. Zephyr compiles without TF_LITE_STATIC_MEMORY: tensors then have more fields."""
    here = sizes("g++", ("-DTF_LITE_STATIC_MEMORY",), headers, tmp_path)
    device = sizes("arm-none-eabi-g++", ("-mcpu=cortex-m33", "-DTF_LITE_STATIC_MEMORY"), headers, tmp_path)
    assert {name: device[name] <= here[name] for name in here} == dict.fromkeys(_STRUCTURES, True), (device, here)
    whole = sizes("arm-none-eabi-g++", ("-mcpu=cortex-m33",), headers, tmp_path)
    larger = {name: whole[name] - here[name] for name in here if whole[name] > here[name]}
    assert larger == {"TfLiteTensor": WHOLE_TENSOR_BYTES_MORE}


def sizes(compiler: str, flags: tuple[str, ...], headers: tuple[Path, Path], folder: Path) -> Mapping[str, int]:
    source = folder / "sizes.cc"
    lines = [
        f"extern char size_of_{name}[sizeof({name})]; char size_of_{name}[sizeof({name})];" for name in _STRUCTURES
    ]
    source.write_text("\n".join(['#include "tensorflow/lite/core/c/common.h"', 'extern "C" {', *lines, "}"]))
    include = tuple(f"-isystem{path}" for path in headers)
    subprocess.run([compiler, *flags, *_WHEEL, *include, "-c", source, "-o", folder / "sizes.o"], check=True)
    listed = subprocess.run(["nm", "-S", folder / "sizes.o"], capture_output=True, text=True, check=True)
    found = re.findall(r"^[0-9a-f]+ ([0-9a-f]+) B size_of_(\w+)$", listed.stdout, re.MULTILINE)
    return {name: int(size, 16) for size, name in found}


# -- operators ---------------------------------------------------------------------------------------------------------


def test_every_operator_but_the_newer_ones_is_in_the_real_resolver(headers: tuple[Path, Path]) -> None:
    methods = probe(headers[0]).methods
    assert {name for name in operator_kinds() if name not in methods} == NEWER


def test_an_operator_that_no_release_is_known_to_have_is_named(tmp_path: Path) -> None:
    model = ModelBuilder()
    x, y = (model.tensor(name, (1, 4), "FLOAT32") for name in "xy")
    axis = model.tensor("axis", (1,), "INT32", data=np.array([1], np.int32))
    model.operator("REVERSE_V2", [x, axis], [y])
    graph_of(model.build([x], [y]), tmp_path)
    (tmp_path / "project.yaml").write_text(
        "schema: 1\nname: mirror\nmodel: {source: model.tflite}\nruntime: tflm\narena: 4 KiB\nboards: [nrf5340]\n"
    )
    with pytest.raises(UserError) as caught:
        tflm_package(str(tmp_path / "project.yaml"), "esp-idf")
    assert "REVERSE_V2: espressif/esp-tflite-micro 1.3.5 is not known to have the operator REVERSE_V2" in str(
        caught.value
    )
    assert "`runtime: aot`" in str(caught.value.hint)


# -- as a whole --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WITH_TFLM)
def test_every_file_says_its_licence_and_the_model_array_is_under_the_models(name: str, tmp_path: Path) -> None:
    for path, text in texts_of(write("hello", name, tmp_path / name)).items():
        if "LICENSES/" not in path:
            head = "\n".join(text.splitlines()[:3])
            terms = "LicenseRef-Model" if path.endswith("hello_model.c") else "Apache-2.0"
            assert f"SPDX-License-Identifier: {terms}" in head, path
        assert str(Path.cwd()) not in text and str(tmp_path) not in text, path
        assert not re.search(r"\{%|\{\{ ", text), path


@pytest.mark.slow
def test_scons_exports_without_any_source_tree_of_tflm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MCUFORGE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("TFLM_DIR", raising=False)
    project = copy_hello(tmp_path / "hello")
    project.write_text(project.read_text() + "\narena: 4 KiB\n")
    words = (f"project={project}", "board=nrf5340", "runtime=tflm", f"build_dir={tmp_path / 'b'}")
    run = scons("export-esp-idf", *words)
    assert run.code == 0, run.text
    folder = tmp_path / "b" / "hello" / "nrf5340" / "export"
    assert (folder / "esp-idf" / "src" / "hello_interpreter.cc").is_file()
    assert (folder / "mcuforge_hello-esp-idf.zip").is_file()
    refused = scons("export-arduino", *words)
    assert refused.code == 2
    assert "the export arduino has no parts for the runtime tflm" in refused.err
