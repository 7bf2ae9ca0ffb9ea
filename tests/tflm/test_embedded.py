"""`runtime: tflm` in builds of others: SCons and CMake compile what the plan lists, with a fixture tree for TFLM."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.cmake.running import Build
from tests.support.scons import ROOT, Run, scons_argv
from tests.support.tools import require
from tests.tflm.fixture_tree import KERNELS, FixtureTree
from tests.tflm.models import identity, keyword_spotter, unary

pytestmark = pytest.mark.slow
SCRIPT = ROOT / "tests" / "host_scons" / "firmware" / "src" / "own script.ld"
MAIN = """\
#include <stdio.h>
#include "echo.h"

int main(void)
{
    for (int i = 0; i < ECHO_INPUT_SIZE; i++) {
        echo_input()[i] = (int8_t)(i + 1);
    }
    const int bad = echo_invoke() != ECHO_OK;
    printf("%d %d\\n", bad, echo_output()[ECHO_OUTPUT_SIZE - 1]);
    return 0;
}
"""
TWO = """\
#include "echo.h"
#include "words.h"

int main(void) { return echo_invoke() != ECHO_OK || words_invoke() != WORDS_OK; }
void _exit(int status) { (void)status; for (;;) { } }
"""
TWO_ON_HOST = """\
#include <stdio.h>
#include "echo.h"
#include "words.h"

int main(void) { printf("%d %d\\n", echo_invoke() != ECHO_OK, words_invoke() != WORDS_OK); return 0; }
"""
SCONSTRUCT = """\
import mcuforge

env = Environment(tools=["default", mcuforge.tool], CC="arm-none-eabi-gcc", AR="arm-none-eabi-ar", PROGSUFFIX=".elf",
                  RANLIB="arm-none-eabi-ranlib", CCFLAGS="-mcpu=cortex-m33 -mthumb -Os", LIBS=["m"],
                  LINKFLAGS=["-mcpu=cortex-m33", "-mthumb", "--specs=nano.specs", "-nostartfiles", "-Wl,--gc-sections",
                             "-T", ARGUMENTS["script"], "-Wl,-Map=${TARGET.base}.map"])
if not ARGUMENTS.get("forget"):
    env["CXX"] = "arm-none-eabi-g++"
models = env.TinyModel([f"models/{name}/project.yaml" for name in ("echo", "words")], board="nrf5340",
                       tflm_dir="tree of tflm")
firmware = env.Program("firmware", ["main.c"] + [model.library for model in models],
                       CPPPATH=[model.include_dir for model in models])
for model in models:
    env.BudgetCheck(firmware, model)
"""


def write_models(folder: Path, main: str = MAIN, **models: bytes) -> None:
    """Models and a TFLM tree; the tree's interpreter computes the identity."""
    FixtureTree("D").write(folder / "tree of tflm")
    for name, data in (("echo", identity()), *models.items()):
        (folder / "models" / name).mkdir(parents=True)
        (folder / "models" / name / "model.tflite").write_bytes(data)
        (folder / "models" / name / "project.yaml").write_text(
            f"schema: 1\nname: {name}\nmodel: {{source: model.tflite}}\nruntime: tflm\narena: 8 KiB\n"
            "budgets: {flash: 200 KiB}\n"
        )
    (folder / "main.c").write_text(main)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def run_scons(folder: Path, *words: str) -> Run:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "site_scons")}
    done = subprocess.run(
        scons_argv("-Q", f"script={SCRIPT}", *words),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def test_a_scons_host_links_two_models_over_one_tflm(tmp_path: Path) -> None:
    require("arm-none-eabi-gcc")
    write_models(tmp_path, TWO, words=keyword_spotter())
    (tmp_path / "SConstruct").write_text(SCONSTRUCT)
    tree = contents(tmp_path / "tree of tflm")

    forgotten = run_scons(tmp_path, "forget=1")
    assert forgotten.code == 2 and "this environment's CXX is `g++` beside CC `arm-none-eabi-gcc`" in forgotten.err

    built = run_scons(tmp_path, "-j2")
    assert built.code == 0, built.text
    assert contents(tmp_path / "tree of tflm") == tree, "objects lie in the build folder"
    (compiled,) = (line for line in built.out.splitlines() if "micro_interpreter.cc" in line)
    assert compiled.startswith("arm-none-eabi-g++") and "-Os" in compiled and "-O2" not in compiled
    assert "-std=c++17" in compiled and "-fno-rtti" in compiled and "-funsigned-char" in compiled
    size = json.loads((tmp_path / "mcuforge/words/nrf5340/firmware.elf.size/size.json").read_text())
    assert size["runtime"] == "tflm" and size["causes"]["arena"]["sram"] == 8192
    assert size["causes"]["kernels"]["flash"] > 0 and size["causes"]["runtime"]["flash"] > 200
    assert size["causes"]["weights"]["flash"] == (tmp_path / "models/words/model.tflite").stat().st_size

    assert_one_resolver_of_both(tmp_path / "mcuforge/echo/nrf5340/gen", tmp_path / "mcuforge/words/nrf5340/gen")
    symbols = subprocess.run(["arm-none-eabi-nm", "-C", tmp_path / "firmware.elf"], capture_output=True, text=True)
    assert symbols.stdout.count("_tflm::Resolver()") == 1

    again = run_scons(tmp_path)
    assert again.out == "scons: `.' is up to date.\n", again.text
    (tmp_path / "models/words/model.tflite").write_bytes(keyword_spotter("RELU"))
    changed = run_scons(tmp_path)
    assert changed.code == 0, changed.text
    of_tflm = re.findall(r"g\+\+ -o \S*/obj/tflm/\S*/(\w+)\.o", changed.out)
    assert sorted(of_tflm) == ["activations", "activations_common"]
    assert "echo_op_resolver.cc" in changed.out, "another model's operators are the resolver's too"

    manifest = tmp_path / "models/words/project.yaml"
    manifest.write_text(manifest.read_text() + "kernels: cmsis-nn\n")
    refused = run_scons(tmp_path)
    assert refused.code == 2, refused.text
    assert "models of one image need the same kernels: echo has builtin, words has cmsis-nn" in refused.err
    manifest.write_text(manifest.read_text().replace("name: words", "name: echo"))
    assert "two models of one image are called echo" in run_scons(tmp_path).err


def assert_one_resolver_of_both(lead: Path, other: Path) -> None:
    """`echo` has RESHAPE alone, which is one of the six operators of `words`."""
    resolver = (lead / "echo_op_resolver.cc").read_text()
    assert resolver.count("added(resolver.Add") == 6
    assert "MicroMutableOpResolver<6>" in (lead / "echo_op_resolver.h").read_text()
    assert not (other / "words_op_resolver.cc").exists()
    assert "echo_tflm::Resolver()" in (other / "words_interpreter.cc").read_text()


CMAKE = """\
cmake_minimum_required(VERSION 3.19)
project(app {languages})
add_subdirectory("{root}" mcuforge)
mcuforge_add_model(TARGET net MANIFEST models/echo/project.yaml BOARD host TFLM_DIR "tree of tflm" {kind})
add_executable(app main.c)
target_link_libraries(app PRIVATE net)
mcuforge_check_budget(TARGET app MODEL net)
"""


def test_a_cmake_host_builds_tflm_and_only_what_changed_again(tmp_path: Path) -> None:
    require("cmake", "ninja")
    source = tmp_path / "some app"
    write_models(source)
    lists, tree = source / "CMakeLists.txt", source / "tree of tflm"
    build = Build(source, tmp_path / "out")

    lists.write_text(CMAKE.format(languages="C", root=ROOT, kind=""))
    failed = " ".join(build.configure("Ninja").text.split())
    assert "the runtime tflm is C++; write project(… LANGUAGES C CXX)" in failed

    lists.write_text(CMAKE.format(languages="C CXX", root=ROOT, kind=""))
    configured = build.configure("Ninja")
    assert configured.code == 0, configured.text
    before = contents(tree)
    built = build.build()
    assert built.code == 0, built.text
    assert build.program("app") == "0 8\n"
    assert contents(tree) == before
    size = json.loads((build.folder / "mcuforge/app.size/size.json").read_text())
    assert size["runtime"] == "tflm" and size["causes"]["kernels"]["flash"] > 0
    assert "no work to do" in build.build().text

    (kernel,) = tree.glob(f"{KERNELS}/reshape.cc")
    os.utime(kernel)
    touched = build.build()
    assert touched.code == 0 and touched.text.count("Building CXX") == 1, touched.text
    (source / "models/echo/model.tflite").write_bytes(unary("RELU"))
    changed = build.build()
    assert changed.code == 0 and "activations_common.cc" in changed.text, "the plan is made anew for a new model"


def test_a_cmake_host_links_two_models_over_one_tflm(tmp_path: Path) -> None:
    """In parallel make, where an order that is only implied would show; the models' own C as objects, not archives."""
    require("cmake", "make")
    write_models(tmp_path / "app", TWO_ON_HOST, words=keyword_spotter())
    lists = CMAKE.format(languages="C CXX", root=ROOT, kind="INTERFACE").replace("PRIVATE net)", "PRIVATE spotter net)")
    lists = lists.replace("TARGET net MANIFEST", "TARGET net spotter MANIFEST")
    lists = lists.replace("models/echo/project.yaml", "models/echo/project.yaml models/words/project.yaml")
    (tmp_path / "app" / "CMakeLists.txt").write_text(lists)
    build = Build(tmp_path / "app", tmp_path / "out")
    assert build.configure("Unix Makefiles").code == 0
    built = build.build("-j2")
    assert built.code == 0, built.text
    assert built.text.count("micro_interpreter.cc") == 1 and build.program("app") == "0 0\n"
    assert_one_resolver_of_both(build.folder / "mcuforge/net/gen", build.folder / "mcuforge/spotter/gen")
