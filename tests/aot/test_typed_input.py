"""The generated header, as an application uses it: a float written into an integer input does not compile."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mcuforge.manifest.load import find_board, load_board, load_project, make_target
from mcuforge.model.reader import read_model
from mcuforge.workers.generate import generated_files
from tests.support.scons import ROOT

STRICT = ("-Wall", "-Wextra", "-Werror", "-Wconversion")
C99 = ("gcc", "-std=c99", "-pedantic", "-x", "c")
C11 = ("gcc", "-std=c11", "-pedantic", "-x", "c")
CXX = ("g++", "-std=c++11", "-pedantic", "-x", "c++")
ARM = ("arm-none-eabi-gcc", "-std=c99", "-x", "c")
COMPILERS = pytest.mark.parametrize("compiler", [C99, C11, CXX, ARM], ids=["C99", "C11", "C++", "Arm"])


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


@COMPILERS
@pytest.mark.parametrize("value", ["q", "5", "-128", "INT8_MIN", "(int8_t)(q + 1)"])
def test_integers_are_written(value: str, compiler: tuple[str, ...], include: Path) -> None:
    done = compiled(include, compiler, f"hello_set_input(0, {value});")
    assert done.returncode == 0, done.stderr


@COMPILERS
@pytest.mark.parametrize("value", ["r", "0.5", "1.0f", "1.0L", "q * 0.1"])
def test_floats_do_not_compile_and_the_error_leads_to_what_takes_them(
    value: str, compiler: tuple[str, ...], include: Path
) -> None:
    done = compiled(include, compiler, f"hello_set_input(0, {value});")
    assert done.returncode != 0 and "in expansion of macro" in done.stderr
    line = int(re.findall(r"hello\.h:(\d+):\d+: error: invalid operands", done.stderr)[0])
    comment = (include / "hello.h").read_text().splitlines()[line - 2]
    assert "for a float, which hello_quantize_input() takes" in comment


@COMPILERS
@pytest.mark.parametrize(
    "statement",
    [
        "float *x = hello_input(); *x = r;",
        "hello_input()[0] = r;",
        "hello_quantize_input(&q);",
        "hello_quantize_input(hello_input());",
        "const float *y = hello_output(); r = *y;",
    ],
)
def test_pointers_to_the_wrong_type_do_not_compile_either(
    statement: str, compiler: tuple[str, ...], include: Path
) -> None:
    assert compiled(include, compiler, statement).returncode != 0


@COMPILERS
def test_real_values_are_quantized_by_the_header(compiler: tuple[str, ...], include: Path) -> None:
    done = compiled(include, compiler, "hello_quantize_input(&r); r = hello_output_value(0); q = hello_output()[0];")
    assert done.returncode == 0, done.stderr


def test_the_header_may_be_included_inside_extern_c(include: Path) -> None:
    code = f'extern "C" {{\n#include "{include}/hello.h"\n}}\nvoid f() {{ hello_set_input(0, 1); }}\n'
    done = subprocess.run([*CXX, "-fsyntax-only", "-"], input=code, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
