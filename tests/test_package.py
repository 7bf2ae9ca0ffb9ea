"""The wheel is whole: with nothing but its content on the path, a project outside this checkout builds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.cmake.running import Build
from tests.support.projects import copy_hello
from tests.support.scons import ROOT
from tests.support.tools import require


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", folder, ROOT], check=True, timeout=120)
    (wheel,) = folder.glob("mcuforge-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "content")
    return folder / "content"


def run(installed: Path, cwd: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, *map(str, words)], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def names_the_checkout(text: str) -> bool:
    """What of it the wheel holds; its virtual environment, whose Python runs all this, is no part of that."""
    return any(str(ROOT / name) in text for name in ("site_scons", "runtime", "boards", "cmake"))


def test_boards_runtime_schemas_and_templates_are_inside(installed: Path, tmp_path: Path) -> None:
    project = copy_hello(tmp_path / "hello")
    done = run(installed, tmp_path, "-m", "mcuforge.cli", "check", project, "--board", "nrf5340")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ok: hello on nrf5340")


def test_a_project_builds_from_the_wheel_alone(installed: Path, tmp_path: Path) -> None:
    model = ROOT / "projects" / "hello" / "hello.tflite"
    new = run(installed, tmp_path, "-m", "mcuforge.cli", "new", "hello", "--from", model)
    assert new.returncode == 0 and new.stdout.endswith("next: scons project=hello\n"), new.stderr
    done = run(installed, tmp_path, "-m", "SCons", "project=hello", "board=nrf5340")
    assert done.returncode == 0, done.stdout + done.stderr
    # The compiler's words name every folder it was given: none may be the checkout's.
    assert not names_the_checkout(done.stdout)
    assert (tmp_path / "build" / "hello" / "nrf5340" / "hello.hex").exists()


def test_the_source_distribution_holds_what_the_wheel_is_made_of(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path]
    subprocess.run(command, check=True, timeout=120, cwd=ROOT, capture_output=True)
    (packed,) = tmp_path.glob("mcuforge-*.tar.gz")
    with tarfile.open(packed) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    included = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    for name in (*included["packages"], *included["force-include"]):
        assert any(member == name or member.startswith(f"{name}/") for member in names), name


@pytest.mark.slow
def test_hosts_take_a_model_from_the_wheel_alone(installed: Path, tmp_path: Path) -> None:
    """SCons by the function, CMake by the folder that `mcuforge cmake-dir` prints."""
    require("cmake", "ninja")
    host = tmp_path / "host"
    shutil.copytree(ROOT / "tests" / "cmake" / "consumer", host)
    copy_hello(host / "project")
    (host / "SConstruct").write_text(
        "import mcuforge\nenv = Environment(tools=['default', mcuforge.tool], LIBS=['m'])\n"
        "model = env.TinyModel('project/project.yaml', board='host')\n"
        "env.Program('app', ['main.c', model.library], CPPPATH=[model.include_dir])\n"
    )
    built = run(installed, host, "-m", "SCons", "-Q")
    assert built.returncode == 0 and not names_the_checkout(built.stdout), built.stdout + built.stderr
    folder = run(installed, host, "-m", "mcuforge.cli", "cmake-dir").stdout.strip()
    way = ROOT / "tests" / "cmake" / "ways" / "installed.cmake"
    build = Build(host, tmp_path / "build")
    configured = build.configure("Ninja", f"-DWAY={way}", f"-Dmcuforge_DIR={folder}")
    assert configured.code == 0, configured.text
    made = build.build("-v")
    assert made.code == 0 and not names_the_checkout(made.text), made.text
    for program in (host / "app", build.folder / "app"):
        assert subprocess.run([program], capture_output=True, check=True).stdout == b"-8\n"
