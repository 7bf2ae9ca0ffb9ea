"""Models inside other people's CMake projects, with the real cmake, ninja and make."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mcuforge.manifest.load import find_board, load_board
from mcuforge.toolchain.linker_script import linker_script
from mcuforge.toolchain.startup import STARTUP_FILE, startup
from tests.cmake.running import GENERATORS, Build, mcuforge
from tests.support.projects import copy_hello
from tests.support.scons import ROOT
from tests.support.small_kws import write_small_kws

CONSUMER, CROSS = (Path(__file__).parent / name for name in ("consumer", "cross"))
WAYS = ("add_subdirectory", "FetchContent", "installed")
SOURCE = f"-DMCUFORGE_SOURCE={ROOT}"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `cmake --install` put mcuforge."""
    folder = tmp_path_factory.mktemp("install")
    build = Build(ROOT, folder / "build")
    assert build.configure("Ninja").code == 0
    assert build.install(folder / "prefix").code == 0
    return folder / "prefix"


def consumer(folder: Path) -> Build:
    """The consumer project, with a manifest of its own, in a path with a space."""
    source = folder / "some firmware"
    shutil.copytree(CONSUMER, source)
    copy_hello(source / "project")
    return Build(source, folder / "out of tree")


def set_budget(build: Build, flash: str) -> None:
    manifest = build.source / "project" / "project.yaml"
    manifest.write_text(re.sub(r"flash: [^,}]+", f"flash: {flash}", manifest.read_text()))


def snapshot(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_model_is_one_line_whichever_way_mcuforge_came(way: str, installed: Path, tmp_path: Path) -> None:
    build = consumer(tmp_path)
    before = snapshot(build.source)
    prefix = f"-Dmcuforge_DIR={installed / 'share' / 'mcuforge' / 'cmake'}"
    configured = build.configure("Ninja", f"-DWAY={way}", SOURCE, prefix)
    assert configured.code == 0, configured.text
    built = build.build()
    assert built.code == 0 and "flash" in built.text, built.text
    assert build.program("app") == "-8\n"
    assert snapshot(build.source) == before, "nothing is written into the source tree"
    commands = (build.folder / "compile_commands.json").read_text()
    assert "hello_layers.c" in commands and "-ffp-contract=off" in commands
    if way == "installed":
        assert str(ROOT / "runtime") not in commands


@pytest.mark.slow
@pytest.mark.parametrize("generator", GENERATORS)
def test_only_what_changed_is_built_again(generator: str, tmp_path: Path) -> None:
    build = consumer(tmp_path)
    configured = build.configure(generator, "-DWAY=add_subdirectory", SOURCE)
    assert configured.code == 0, configured.text
    assert build.build().code == 0
    files = snapshot(build.folder / "mcuforge")
    again = build.build()
    assert again.code == 0 and not re.search(r"Building|Linking|mcuforge: ", again.text), again.text

    os.utime(build.source / "project" / "hello.tflite")
    touched = build.build()
    assert touched.code == 0 and "mcuforge: generate" in touched.text
    assert snapshot(build.folder / "mcuforge") != files

    # A new name of the outputs changes what is generated, a new budget only what is judged.
    set_budget(build, "23 KiB")
    rejudged = build.build()
    assert rejudged.code == 0 and "of   23.0 KiB" in rejudged.text
    assert "mcuforge: generate" not in rejudged.text and "Building" not in rejudged.text


@pytest.mark.slow
@pytest.mark.parametrize("generator", GENERATORS)
def test_an_image_over_budget_fails_the_build_until_it_fits(generator: str, tmp_path: Path) -> None:
    build = consumer(tmp_path)
    assert build.configure(generator, "-DWAY=add_subdirectory", SOURCE).code == 0
    set_budget(build, "2 KiB")
    for _ in range(2):
        failed = build.build()
        assert failed.code != 0
        assert re.search(r"project.yaml:\d+:18: error: flash budget exceeded", failed.text), failed.text
        assert not (build.folder / "app").exists(), "no image is left that could be flashed"
    set_budget(build, "24 KiB")
    assert build.build().code == 0
    assert build.program("app") == "-8\n"


def test_a_wrong_manifest_stops_the_configuration_at_its_line(tmp_path: Path) -> None:
    build = consumer(tmp_path)
    manifest = build.source / "project" / "project.yaml"
    manifest.write_text(manifest.read_text().replace("runtime: aot", "runtme: aot"))
    failed = build.configure("Ninja", "-DWAY=add_subdirectory", SOURCE)
    assert failed.code != 0
    assert re.search(r"project.yaml:\d+:1: error: unknown key `runtme`", failed.text), failed.text
    manifest.write_text(manifest.read_text().replace("runtme: aot", "runtime: aot"))
    assert build.configure("Ninja", "-DWAY=add_subdirectory", SOURCE).code == 0


def test_paths_as_windows_writes_them(tmp_path: Path) -> None:
    build = consumer(tmp_path)
    project = build.source / "project"
    (project / "deep").mkdir()
    (project / "hello.tflite").rename(project / "deep" / "hello.tflite")
    manifest = project / "project.yaml"
    manifest.write_text(manifest.read_text().replace("source: hello.tflite", r"source: .\deep\hello.tflite"))
    assert build.configure("Ninja", "-DWAY=add_subdirectory", SOURCE).code == 0
    built = build.build()
    assert built.code == 0, built.text


@pytest.fixture(scope="module")
def cross(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The cross build, configured with the toolchain file that `mcuforge toolchain-file` prints, and built."""
    folder = tmp_path_factory.mktemp("cross")
    build = Build(CROSS, folder / "build")
    build.folder.mkdir()
    board = load_board(find_board("mps2-an505"))
    (build.folder / STARTUP_FILE).write_text(startup(board))
    (build.folder / "image.ld").write_text(linker_script(board, "cross", 2048))
    (folder / "nrf5340.cmake").write_text(mcuforge("toolchain-file", "nrf5340").text)
    copy_hello(folder / "projects" / "hello")
    write_small_kws(folder / "projects" / "kws")
    places = (f"-DPROJECTS={folder / 'projects'}", f"-DPLATFORM={ROOT / 'runtime' / 'platform'}")
    configured = build.configure("Ninja", SOURCE, *places, f"-DCMAKE_TOOLCHAIN_FILE={folder / 'nrf5340.cmake'}")
    assert configured.code == 0, configured.text
    built = build.build()
    assert built.code == 0, built.text
    return build


@pytest.mark.slow
@pytest.mark.fidelity
@pytest.mark.parametrize("target", ["hello", "hello_other", "kws"])
def test_a_cross_built_model_computes_what_tflm_computes(target: str, cross: Build, tmp_path: Path) -> None:
    project = cross.folder.parent / "projects" / target.removesuffix("_other")
    (model,) = project.glob("*.tflite")
    plan = cross.folder / "mcuforge" / target / "gen" / "plan.json"
    words = ("--machine", "mps2-an505", "--model", model, "--project", project / "project.yaml", "--plan", plan)
    output = tmp_path / "emulate.json"
    command = [sys.executable, "-m", "mcuforge.workers.emulate", "--elf", cross.folder / f"{target}_twin", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "site_scons")}
    subprocess.run([*map(str, command), "--output", str(output)], env=env, check=True, capture_output=True)
    assert json.loads(output.read_text())["mismatches"] == 0


@pytest.mark.slow
def test_a_cross_built_image_is_measured_by_the_boards_regions(cross: Build) -> None:
    size = json.loads((cross.folder / "mcuforge" / "hello_other_twin.size" / "size.json").read_text())
    assert size["board"] == "mps2-an505" and size["toolchain"].startswith("arm-none-eabi-gcc 1")
    assert size["regions"]["flash"]["verdict"] == "ok"
    assert size["causes"]["weights"]["flash"] > 200


def test_a_toolchain_file_says_what_the_table_of_flags_says() -> None:
    text = mcuforge("toolchain-file", "stm32f4-discovery").text
    assert '"-mthumb -mcpu=cortex-m4 -mfpu=auto -mfloat-abi=hard --specs=nano.specs"' in text
    assert "set(CMAKE_C_COMPILER arm-none-eabi-gcc)" in text


def test_presets_configure_a_project_for_each_board(tmp_path: Path) -> None:
    (tmp_path / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.21)\nproject(empty C)\n")
    assert mcuforge("cmake-presets", "nrf5340", "host", "--output", tmp_path).code == 0
    for preset, compiler in (("nrf5340", "arm-none-eabi-gcc"), ("host", "/cc")):
        command = ["cmake", "-G", "Ninja", "--preset", preset]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert compiler in (tmp_path / "build" / preset / "CMakeCache.txt").read_text()
    refused = mcuforge("cmake-presets", "nrf5340", "--output", tmp_path)
    assert refused.code == 2 and "there is a CMakePresets.json already" in refused.text
