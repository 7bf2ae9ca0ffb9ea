"""The generated header, as an application uses it: a float written into an integer input does not compile."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from mcuforge.manifest.load import find_board, load_board, load_project, make_target
from mcuforge.model.reader import read_model
from mcuforge.workers.generate import generated_files
from tests.support.scons import ROOT

STRICT = ("-Wall", "-Wextra", "-Werror", "-Wconversion")
C = ("gcc", "-std=c11", "-x", "c")
CXX = ("g++", "-std=c++11", "-x", "c++")
HELPFUL = {C: "hello_input_takes_int8_t", CXX: "hello_input() takes int8_t: hello_quantize_input() takes floats"}


@pytest.fixture(scope="module")
def include(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("include")
    project = load_project(ROOT / "projects" / "hello" / "project.yaml")
    target = make_target(project, load_board(find_board("host")))
    (folder / "hello.h").write_text(generated_files(target, read_model(project.model.source))["hello.h"])
    return folder


def compiled(include: Path, compiler: tuple[str, ...], statement: str) -> subprocess.CompletedProcess[str]:
    function = f"void f(int8_t q, float r) {{ {statement} (void)q; (void)r; }}"
    code = f'#include "hello.h"\nvoid f(int8_t q, float r);\n{function}\n'
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"needs {compiler[0]}")
    argv = [*compiler, *STRICT, "-fsyntax-only", f"-I{include}", "-"]
    return subprocess.run(argv, input=code, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("compiler", [C, CXX], ids=["C", "C++"])
@pytest.mark.parametrize("value", ["q", "5", "INT8_MIN"])
def test_integers_are_written(value: str, compiler: tuple[str, ...], include: Path) -> None:
    done = compiled(include, compiler, f"hello_set_input(0, {value});")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("compiler", [C, CXX], ids=["C", "C++"])
@pytest.mark.parametrize("value", ["r", "0.5", "1.0f", "q * 0.1"])
def test_floats_do_not_compile_and_the_error_names_what_takes_them(
    value: str, compiler: tuple[str, ...], include: Path
) -> None:
    done = compiled(include, compiler, f"hello_set_input(0, {value});")
    assert done.returncode != 0 and HELPFUL[compiler] in done.stderr


def test_the_header_compiles_as_c99_and_inside_extern_c(include: Path) -> None:
    assert compiled(include, ("gcc", "-std=c99", "-pedantic", "-x", "c"), "hello_quantize_input(&r);").returncode == 0
    code = f'extern "C" {{\n#include "{include}/hello.h"\n}}\nvoid f() {{ hello_set_input(0, 1); }}\n'
    done = subprocess.run([*CXX, "-fsyntax-only", "-"], input=code, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
