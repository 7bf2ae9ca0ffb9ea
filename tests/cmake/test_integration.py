"""Models inside other people's CMake projects, with the real cmake, ninja and make."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mcuforge.manifest.load import find_board, load_board
from mcuforge.toolchain.linker_script import linker_script
from mcuforge.toolchain.startup import STARTUP_FILE, startup
from tests.cmake.running import GENERATORS, Build, mcuforge
from tests.support.projects import copy_hello
from tests.support.read_only import read_only
from tests.support.scons import ROOT
from tests.support.small_kws import write_small_kws

FOLDER = Path(__file__).parent
CONSUMER, CROSS = FOLDER / "consumer", FOLDER / "cross"
SHIPPED = ("CMakeLists.txt", "LICENSE", "boards", "cmake", "runtime", "site_scons", "third_party")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """CMake's words for where mcuforge is to be had: a checkout, a git repository, an installed package."""
    folder = tmp_path_factory.mktemp("mcu forge")
    build = Build(ROOT, folder / "build")
    assert build.configure("Ninja").code == 0
    assert build.install(folder / "prefix").code == 0
    repository = folder / "repository"
    repository.mkdir()
    for name in SHIPPED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, repository / name)
    for words in ("init -q -b main", "add .", "-c user.name=x -c user.email=x@example.org commit -q -m x"):
        subprocess.run(["git", *words.split()], cwd=repository, check=True)
    return (
        f"-DMCUFORGE_SOURCE={ROOT}",
        f"-DMCUFORGE_REPOSITORY={repository}",
        f"-Dmcuforge_DIR={folder / 'prefix' / 'share' / 'mcuforge' / 'cmake'}",
    )


def way(name: str) -> str:
    return f"-DWAY={FOLDER / 'ways' / name}.cmake"


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


def check_consumer(build: Build, generator: str, *words: str) -> str:
    """Configures, builds and runs it, and builds it again, which does nothing. Returns compile_commands.json."""
    before = snapshot(build.source)
    configured = build.configure(generator, *words)
    assert configured.code == 0, configured.text
    built = build.build()
    assert built.code == 0 and "flash" in built.text, built.text
    assert build.program("app") == "-8\n"
    assert snapshot(build.source) == before, "nothing is written into the source tree"
    again = build.build()
    assert again.code == 0 and not re.search(r"Building|Linking|mcuforge: ", again.text), again.text
    commands = (build.folder / "compile_commands.json").read_text()
    assert "hello_layers.c" in commands and "-ffp-contract=off" in commands
    return commands


@pytest.mark.slow
@pytest.mark.parametrize(("name", "generator"), [("FetchContent", "Unix Makefiles"), ("installed", "Ninja")])
def test_a_model_is_one_line_whichever_way_mcuforge_came(
    name: str, generator: str, places: tuple[str, ...], tmp_path: Path
) -> None:
    build = consumer(tmp_path)
    # The other generator of each is that of a cross build below; add_subdirectory has both in the next test.
    commands = check_consumer(build, generator, way(name), *places)
    assert str(ROOT / "runtime") not in commands


@pytest.mark.slow
@pytest.mark.parametrize("generator", GENERATORS)
def test_only_what_changed_is_built_again_and_nothing_is_left_over_budget(
    generator: str, places: tuple[str, ...], tmp_path: Path
) -> None:
    build = consumer(tmp_path)
    commands = check_consumer(build, generator, way("add_subdirectory"), *places)
    assert str(ROOT / "runtime") in commands
    (build.folder / "app.bin").write_text("of an earlier build")
    set_budget(build, "2 KiB")
    for _ in range(2):
        failed = build.build()
        assert failed.code != 0
        assert re.search(r"project.yaml:\d+:18: error: flash budget exceeded", failed.text), failed.text
        left = [name for name in ("app", "app.bin") if (build.folder / name).exists()]
        assert not left, "no image is left that could be flashed"

    # A new name of the outputs changes what is generated, a new budget only what is judged.
    set_budget(build, "23 KiB")
    rejudged = build.build()
    assert rejudged.code == 0 and "of   23.0 KiB" in rejudged.text
    assert "mcuforge: generate" not in rejudged.text and "Building" not in rejudged.text
    assert build.program("app") == "-8\n"

    files = snapshot(build.folder / "mcuforge")
    os.utime(build.source / "project" / "hello.tflite")
    touched = build.build()
    assert touched.code == 0 and "mcuforge: generate" in touched.text
    assert snapshot(build.folder / "mcuforge") != files


def test_a_wrong_manifest_stops_the_configuration_at_its_line(tmp_path: Path) -> None:
    build = consumer(tmp_path)
    manifest = build.source / "project" / "project.yaml"
    manifest.write_text(manifest.read_text().replace("runtime: aot", "runtme: aot"))
    failed = build.configure("Ninja", way("add_subdirectory"), f"-DMCUFORGE_SOURCE={ROOT}")
    assert failed.code != 0
    assert re.search(r"project.yaml:\d+:1: error: unknown key `runtme`", failed.text), failed.text
    manifest.write_text(manifest.read_text().replace("runtme: aot", "runtime: aot"))
    assert build.configure("Ninja", way("add_subdirectory"), f"-DMCUFORGE_SOURCE={ROOT}").code == 0


def test_a_name_that_is_taken_is_refused_before_anything_is_planned(tmp_path: Path) -> None:
    build = consumer(tmp_path)
    lists = build.source / "CMakeLists.txt"
    lists.write_text(lists.read_text().replace("mcuforge_add_model", "add_custom_target(speaker)\nmcuforge_add_model"))
    failed = build.configure("Ninja", way("add_subdirectory"), f"-DMCUFORGE_SOURCE={ROOT}")
    assert failed.code != 0 and "there is a target speaker already" in " ".join(failed.text.split())
    assert not (build.folder / "mcuforge" / "speaker").exists()


@dataclass(frozen=True)
class Cross:
    """One cross build. `models`: target → project and board."""

    generator: str
    way: str
    models: Mapping[str, tuple[str, str]]
    is_preset: bool = False
    is_read_only: bool = False


CROSS_BUILDS = {
    "presets": Cross("Ninja", "FetchContent", {"kws": ("kws", "nrf5340")}, is_preset=True),
    # Two boards in one build, from one manifest.
    "read_only": Cross(
        "Unix Makefiles",
        "installed",
        {"hello": ("hello", "nrf5340"), "hello_objects": ("hello", "mps2-an505")},
        is_read_only=True,
    ),
}


def write_cross(source: Path) -> None:
    """The project with its models, whose manifests name files as Windows does, and what an image needs besides."""
    shutil.copytree(CROSS, source)
    board = load_board(find_board("mps2-an505"))
    (source / STARTUP_FILE).write_text(startup(board))
    (source / "image.ld").write_text(linker_script(board, "cross", 2048))
    hello = copy_hello(source / "projects" / "hello")
    write_small_kws(source / "projects" / "kws")
    (hello.parent / "deep").mkdir()
    (hello.parent / "hello.tflite").rename(hello.parent / "deep" / "hello.tflite")
    hello.write_text(hello.read_text().replace("source: hello.tflite", r"source: .\deep\hello.tflite"))


@pytest.fixture(scope="module", params=CROSS_BUILDS)
def cross(
    request: pytest.FixtureRequest, places: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Cross, Build]:
    """Configured with the toolchain file or the presets that mcuforge writes, and built."""
    asked = CROSS_BUILDS[request.param]
    source = tmp_path_factory.mktemp("cross") / "some firmware"
    write_cross(source)
    if asked.is_preset:
        assert mcuforge("cmake-presets", "nrf5340", "host", "--output", source).code == 0
        chosen = "--preset=nrf5340"
    else:
        (source / "nrf5340.cmake").write_text(mcuforge("toolchain-file", "nrf5340").text)
        chosen = f"-DCMAKE_TOOLCHAIN_FILE={source / 'nrf5340.cmake'}"
    build = Build(source, source.parent / "build")
    models = ";".join(f"{target}/{name}/{board}" for target, (name, board) in asked.models.items())
    words = (way(asked.way), f"-DMODELS={models}", f"-DPLATFORM={ROOT / 'runtime' / 'platform'}", *places)
    with read_only(source) if asked.is_read_only else nullcontext(()) as prefix:
        runner = replace(build, prefix=prefix)
        configured = runner.configure(asked.generator, chosen, *words)
        assert configured.code == 0, configured.text
        built = runner.build("-j2")
        assert built.code == 0, built.text
    return asked, build


@pytest.mark.slow
@pytest.mark.fidelity
def test_cross_built_models_compute_what_tflm_computes(cross: tuple[Cross, Build], tmp_path: Path) -> None:
    asked, build = cross
    for target, (name, _) in asked.models.items():
        project = build.source / "projects" / name
        (model,) = project.rglob("*.tflite")
        plan = build.folder / "mcuforge" / target / "gen" / "plan.json"
        words = ("--machine", "mps2-an505", "--model", model, "--project", project / "project.yaml", "--plan", plan)
        output = tmp_path / f"{target}.json"
        command = [sys.executable, "-m", "mcuforge.workers.emulate", "--elf", build.folder / f"{target}_twin", *words]
        env = {**os.environ, "PYTHONPATH": str(ROOT / "site_scons")}
        subprocess.run([*map(str, command), "--output", str(output)], env=env, check=True, capture_output=True)
        assert json.loads(output.read_text())["mismatches"] == 0


@pytest.mark.slow
def test_a_cross_built_image_is_measured_by_its_boards_regions(cross: tuple[Cross, Build]) -> None:
    asked, build = cross
    for target in (name for name, (_, board) in asked.models.items() if board == "mps2-an505"):
        size = json.loads((build.folder / "mcuforge" / f"{target}_twin.size" / "size.json").read_text())
        assert size["board"] == "mps2-an505" and size["toolchain"].startswith("arm-none-eabi-gcc 1")
        assert size["regions"]["flash"]["verdict"] == "ok" and size["causes"]["weights"]["flash"] > 200


def test_a_toolchain_file_says_what_the_table_of_flags_says() -> None:
    text = mcuforge("toolchain-file", "stm32f4-discovery").text
    assert '"-mthumb -mcpu=cortex-m4 -mfpu=auto -mfloat-abi=hard --specs=nano.specs"' in text
    assert "set(CMAKE_C_COMPILER arm-none-eabi-gcc)" in text


def test_presets_are_one_for_each_board_and_not_written_over(tmp_path: Path) -> None:
    """That of nrf5340 makes a cross build above."""
    (tmp_path / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.21)\nproject(empty C)\n")
    assert mcuforge("cmake-presets", "nrf5340", "host", "--output", tmp_path).code == 0
    command = ["cmake", "-G", "Ninja", "--preset", "host"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "/cc" in (tmp_path / "build" / "host" / "CMakeCache.txt").read_text()
    refused = mcuforge("cmake-presets", "nrf5340", "--output", tmp_path)
    assert refused.code == 2 and "there is a CMakePresets.json already" in refused.text
