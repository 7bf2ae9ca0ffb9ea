"""What every export promises: its C computes what TFLM computes, collides with nothing, and carries its licences."""

from __future__ import annotations

import re
import shlex
import subprocess
import zipfile
from pathlib import Path

import pytest

from mcuforge.backends.packaging.archive import write_folder, zip_bytes
from mcuforge.toolchain.flags import STRICT_WARNINGS, WARNINGS, libc_flags, machine_flags
from tests.export.exports import (
    BOARD,
    ECOSYSTEMS,
    RISCV_BOARD,
    RISCV_ECOSYSTEMS,
    ecosystem,
    expected,
    exported,
    header_folder,
    replay,
    replay_linked,
    sources_in,
    texts_of,
)
from tests.support.projects import copy_hello, write_project
from tests.support.scons import files_below, scons
from tests.support.tflite_builder import ModelBuilder
from tests.support.tools import require

BOARDS = ("host", BOARD, RISCV_BOARD)
TARGETS = [(name, BOARD) for name in ECOSYSTEMS] + [(name, RISCV_BOARD) for name in RISCV_ECOSYSTEMS]
# One file, and several: every export is one of the two.
SHAPES = [(name, board) for board in (BOARD, RISCV_BOARD) for name in ("c", "make")]


def require_emulator(board: str) -> None:
    if board == RISCV_BOARD:
        require("riscv64-unknown-elf-gcc", "qemu-system-riscv32")


def float_model(folder: Path) -> Path:
    """A project with a fully connected layer of floats: sums of products, which a compiler may contract."""
    import numpy as np

    rng = np.random.default_rng(5)
    model = ModelBuilder()
    x = model.tensor("x", (1, 64), "FLOAT32")
    w = model.tensor("w", (8, 64), "FLOAT32", data=rng.standard_normal((8, 64)).astype(np.float32))
    y = model.tensor("y", (1, 8), "FLOAT32")
    model.operator("FULLY_CONNECTED", [x, w, None], [y], {"fused_activation_function": 0})
    folder.mkdir()
    (folder / "floats.tflite").write_bytes(model.build([x], [y]))
    return write_project(folder / "project", folder / "floats.tflite", "floats")


@pytest.mark.fidelity
@pytest.mark.parametrize(("name", "board"), TARGETS)
def test_an_exports_own_c_computes_what_tflm_computes(name: str, board: str, tmp_path: Path) -> None:
    require_emulator(board)
    export = exported("hello", board)
    folder = export.write(name, tmp_path)
    sources = sources_in(folder, export.package)
    assert sources
    assert replay(export, sources, header_folder(folder, export.package), tmp_path) == expected("hello")


@pytest.mark.fidelity
@pytest.mark.slow
@pytest.mark.parametrize("board", [BOARD, RISCV_BOARD])
@pytest.mark.parametrize("name", ["make", "cmake"])
def test_what_an_exports_own_build_makes_for_the_board_computes_what_tflm_computes(
    name: str, board: str, tmp_path: Path
) -> None:
    """By the command that the export itself names for the board."""
    require("make", "cmake", "ninja")
    require_emulator(board)
    export = exported("hello", board)
    folder = export.write(name, tmp_path)
    for command in board_commands(name, board, folder):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (library,) = folder.glob("build*/**/libhello.a")
    assert replay_linked(export, [library], header_folder(folder, export.package), tmp_path) == expected("hello")


def board_commands(name: str, board: str, folder: Path) -> list[list[str]]:
    if name == "cmake":
        return [["cmake", "-G", "Ninja", "--preset", board], ["cmake", "--build", "--preset", board]]
    named = re.search(r"^#   (make .*)$", (folder / "Makefile").read_text(), re.MULTILINE)
    assert named is not None
    return [shlex.split(named[1])]


@pytest.mark.fidelity
@pytest.mark.parametrize(("name", "board"), SHAPES)
def test_a_convolutional_model_computes_what_tflm_computes(name: str, board: str, tmp_path: Path) -> None:
    require_emulator(board)
    export = exported("kws", board)
    folder = export.write(name, tmp_path)
    sources = sources_in(folder, export.package)
    assert replay(export, sources, header_folder(folder, export.package), tmp_path) == expected("kws")


@pytest.mark.fidelity
@pytest.mark.parametrize("machine", ["mps2-an385", "virt"])
def test_an_export_made_for_a_core_with_dsp_runs_on_cores_without(machine: str, tmp_path: Path) -> None:
    """Its fast kernels have the same in plain C: one export serves every chip."""
    require_emulator(RISCV_BOARD if machine == "virt" else BOARD)
    export = exported("kws")
    assert '"arm_dsp"' in (export.generated / "plan.json").read_text()
    folder = export.write("c", tmp_path)
    sources = sources_in(folder, export.package)
    got = replay(export, sources, header_folder(folder, export.package), tmp_path, machine=machine)
    assert got == expected("kws")


@pytest.mark.fidelity
@pytest.mark.parametrize(("name", "board"), SHAPES)
def test_floats_are_exact_when_the_host_contracts(name: str, board: str, tmp_path: Path) -> None:
    require_emulator(board)
    export = exported(str(float_model(tmp_path / "model")), board)
    folder = export.write(name, tmp_path)
    include = header_folder(folder, export.package)
    got = replay(export, sources_in(folder, export.package), include, tmp_path, "-O2", "-ffp-contract=fast")
    assert got == expected(str(export.target.project.path))


def test_fast_math_is_refused(tmp_path: Path) -> None:
    export = exported("hello")
    source = export.write("c", tmp_path) / "hello.c"
    command = ["gcc", "-ffast-math", "-fsyntax-only", source]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "without -ffast-math" in done.stderr


@pytest.mark.parametrize("name", ["c", "make"])
@pytest.mark.parametrize("board", BOARDS)
def test_the_code_is_clean_under_strict_warnings(name: str, board: str, tmp_path: Path) -> None:
    export = exported("kws", board)
    compiler, cpu = export.target.board.toolchain, export.target.board.cpu
    require(compiler)
    folder = export.write(name, tmp_path)
    include = header_folder(folder, export.package)
    for source in sources_in(folder, export.package):
        flags = (*machine_flags(cpu), *libc_flags(cpu), "-std=c99", "-O2", *WARNINGS, *STRICT_WARNINGS, f"-I{include}")
        done = subprocess.run(
            [compiler, *flags, "-c", source, "-o", tmp_path / "x.o"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["c", "make"])
def test_every_global_symbol_carries_the_models_name(name: str, tmp_path: Path) -> None:
    for project in ("hello", "kws"):
        export = exported(project)
        folder = export.write(name, tmp_path / project)
        include = header_folder(folder, export.package)
        for source in sources_in(folder, export.package):
            subprocess.run(["gcc", "-c", f"-I{include}", source, "-o", tmp_path / "x.o"], check=True)
            listed = subprocess.run(["nm", "-g", "--defined-only", tmp_path / "x.o"], capture_output=True, text=True)
            symbols = [line.split()[-1] for line in listed.stdout.splitlines()]
            assert symbols and all(symbol.startswith(f"{project}_") for symbol in symbols)


@pytest.mark.parametrize("name", ECOSYSTEMS)
def test_two_models_share_a_tree(name: str) -> None:
    """Unpacked into one folder, neither writes over the other. Of packs the archive counts: installers unpack those."""
    export = ecosystem(name)
    paths = []
    for package in (exported("hello").package, exported("kws").package):
        archive, root = export.archive(package)
        content = export.files(package) if archive.endswith(".zip") else ()
        paths.append({archive, *(f"{root}/{path}" for path in content)})
    assert not paths[0] & paths[1]


@pytest.mark.parametrize("name", ECOSYSTEMS)
def test_every_file_says_its_licence(name: str, tmp_path: Path) -> None:
    folder = exported("hello").write(name, tmp_path)
    texts = texts_of(folder)
    for path, text in texts.items():
        if "LICENSES/" not in path:
            # A file that cannot say it has one beside it that does (REUSE specification).
            head = "\n".join(texts.get(f"{path}.license", text).splitlines()[:3])
            assert "SPDX-License-Identifier: " in head or path.endswith(".json"), path
        if path.endswith(".json"):
            assert "Apache-2.0" in text, path
    licenses = {Path(path).name for path in texts_of(folder) if "LICENSES/" in path}
    assert licenses == {"Apache-2.0.txt", "LicenseRef-Model.txt"}


def test_weights_are_under_the_models_terms_and_code_is_not(tmp_path: Path) -> None:
    for path, text in texts_of(exported("hello").write("make", tmp_path)).items():
        if path.endswith(".c"):
            assert ("LicenseRef-Model" in text) == path.endswith("_weights.c"), path


@pytest.mark.parametrize("name", ECOSYSTEMS)
def test_nothing_of_this_machine_or_of_templates_is_left(name: str, tmp_path: Path) -> None:
    export = exported("hello")
    for path, text in texts_of(export.write(name, tmp_path)).items():
        assert str(export.generated) not in text and str(Path.cwd()) not in text, path
        assert not re.search(r"\{%|\{\{ ", text), path


def test_an_archive_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    files = ecosystem("arduino").files(exported("hello").package)
    data = zip_bytes(files, "root")
    assert data == zip_bytes(dict(reversed(files.items())), "root")
    (tmp_path / "a.zip").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert {name.removeprefix("root/") for name in archive.namelist()} == set(files)


def test_a_folder_forgets_what_an_earlier_export_wrote(tmp_path: Path) -> None:
    write_folder(tmp_path, {"old/a.c": "a", "kept.c": "k"})
    before = (tmp_path / "kept.c").stat().st_mtime_ns
    write_folder(tmp_path, {"kept.c": "k", "new.c": "n"})
    assert texts_of(tmp_path) == {"kept.c": "k", "new.c": "n"}
    assert not (tmp_path / "old").exists() and (tmp_path / "kept.c").stat().st_mtime_ns == before


def read_only_project(folder: Path) -> Path:
    """A copy of hello that nothing may be written into, its model named as people on Windows do."""
    manifest = copy_hello(folder)
    (folder / "models").mkdir()
    (folder / "hello.tflite").rename(folder / "models" / "hello.tflite")
    manifest.write_text(manifest.read_text().replace("source: hello.tflite", "source: models\\hello.tflite"))
    for path in (*folder.rglob("*"), folder):
        path.chmod(path.stat().st_mode & ~0o222)
    return manifest


def archives_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.slow
def test_scons_writes_a_folder_and_an_archive_for_every_ecosystem(tmp_path: Path) -> None:
    """Twice, from two places: the archives have the same bytes."""
    goals = [f"export-{name}" for name in ECOSYSTEMS]
    found = []
    for place in (tmp_path / "a project", tmp_path / "elsewhere" / "it's; another"):
        project = read_only_project(place / "hello")
        before = files_below(place, "")
        run = scons(*goals, f"project={project}", "board=nrf5340", f"build_dir={place / 'b d'}")
        assert run.code == 0, run.text
        assert "CC" not in run.verbs, "an export compiles nothing"
        assert files_below(place / "hello", "") == {name.removeprefix("hello/"): data for name, data in before.items()}
        folder = place / "b d" / "hello" / "nrf5340" / "export"
        assert {path.name for path in folder.iterdir() if path.is_dir()} == set(ECOSYSTEMS)
        found.append(archives_in(folder))
    assert len(found[0]) == len(ECOSYSTEMS) and found[0] == found[1]


@pytest.mark.slow
def test_a_folder_that_was_spoilt_is_whole_again(tmp_path: Path) -> None:
    words = ("export-c", "project=hello", "board=nrf5340", f"build_dir={tmp_path}")
    for _ in range(2):
        assert scons(*words).code == 0
        source = tmp_path / "hello" / "nrf5340" / "export" / "c" / "hello.c"
        assert source.exists()
        source.unlink()


def test_an_export_that_does_not_exist_gets_a_suggestion(tmp_path: Path) -> None:
    run = scons("export-ardiuno", "project=hello", "board=nrf5340", f"build_dir={tmp_path}")
    assert run.code == 2
    assert run.err == "error: there is no target `export-ardiuno`\n  hint: did you mean `export-arduino`?\n"
