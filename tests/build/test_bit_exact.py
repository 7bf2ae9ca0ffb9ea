"""Every example and every reference model, on every promised board: not one byte differs from TensorFlow Lite Micro.

Each is replayed in QEMU over 32 random inputs, the examples over all their golden inputs too. The reference models lie
beside the repository, not in it: their tests skip when the folder is absent.
"""

from __future__ import annotations

import json
import re
import resource
import shutil
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

from mcuforge.manifest.find import find_board
from mcuforge.manifest.load import load_board
from mcuforge.report.stack.bound import stack_bound
from mcuforge.report.stack.thumb import ThumbWalk
from mcuforge.report.stack.walk import read_functions
from tests.support.projects import BOARDS, MODELS, REFERENCE_MODELS, write_project
from tests.support.scons import ROOT, scons

RANDOM_INPUTS = 32
CLEAN_BUILD_SECONDS = 15
EXAMPLES = ("hello", "kws")
MOST_WORK = {
    "ad01_int8": 1.53,
    "kws": 2.12,
    "kws_ref_model": 2.12,
    "resnet8_int8": 1.64,
    "str_ww_ref_model": 1.72,
    "vww_96_int8": 3.17,
}
"""Instructions per multiply-accumulate with the DSP extension, 3 % above what Debian 12's compiler makes of it."""
MOST_ARENA = {
    "ad01_int8": 768,
    "kws_ref_model": 16_000,
    "resnet8_int8": 49_152,
    "str_ww_ref_model": 6_656,
    "vww_96_int8": 73_728,
}
"""The bytes that TensorFlow Lite Micro needs for tensors alone."""


def emulate(project: Path, board: str, build_dir: Path) -> dict[str, Any]:
    run = scons("-s", "emulate", f"project={project}", f"board={board}", f"build_dir={build_dir}")
    assert run.code == 0, run.text
    (result,) = build_dir.glob(f"*/{board}/emulate.json")
    emulation: dict[str, Any] = json.loads(result.read_text())
    return emulation


def assert_stack_bound_holds(build_dir: Path, emulation: dict[str, Any]) -> None:
    """The bound is never passed by what a painted stack shows, and not far above it."""
    (twin,) = build_dir.glob("*/*/twin/twin.elf")
    # The twin measures its own wrapper of the model's invoke, which the firmware's figure does not contain.
    bound = stack_bound(read_functions(Path("/usr/bin/arm-none-eabi-objdump"), twin, ThumbWalk), "invoke").bytes
    assert emulation["stack_high_water"] <= bound <= 1.1 * emulation["stack_high_water"] + 64


def assert_exact(emulation: dict[str, Any], vectors: int) -> None:
    assert emulation["mismatches"] == 0 and emulation["first_divergent_layer"] is None
    assert emulation["vectors"] == vectors
    assert emulation["outputs"] >= vectors
    # Few outputs say little of many layers: every layer's output is compared too.
    assert emulation["layer_outputs"] > len(emulation["layers"])
    # Measuring itself leaves traces of a few instructions; work per layer must account for the inference.
    layers = sum(layer["instructions"] for layer in emulation["layers"])
    assert 0.98 * layers <= emulation["instructions_per_inference"] <= 1.02 * layers + 200


def assert_fast(emulation: dict[str, Any], name: str, board: str) -> None:
    """Where the core has the DSP extension, its kernels run, and need no more instructions than they did."""
    if not load_board(find_board(board)).cpu.dsp:
        return
    kernels = {layer["kernel"] for layer in emulation["layers"] if layer["macs"]}
    assert kernels == {"arm_dsp"}
    macs = sum(layer["macs"] for layer in emulation["layers"])
    assert emulation["instructions_per_inference"] <= MOST_WORK[name] * macs


@pytest.mark.slow
@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("name", REFERENCE_MODELS)
def test_a_reference_model_computes_what_tflm_computes(name: str, board: str, tmp_path: Path) -> None:
    model = MODELS / f"{name}.tflite"
    if not model.exists():
        pytest.skip(f"the reference models are not beside the repository: {name}")
    project = write_project(tmp_path / name, model, name, f"golden: {{random: {RANDOM_INPUTS}, seed: 7}}\n")
    emulation = emulate(project, board, tmp_path / "build")
    assert_exact(emulation, RANDOM_INPUTS)
    assert_fast(emulation, name, board)
    assert emulation["arena_high_water"] <= MOST_ARENA[name]
    assert_stack_bound_holds(tmp_path / "build", emulation)


@pytest.mark.slow
@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_computes_what_tflm_computes(name: str, board: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(ROOT / "projects" / name, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    project = folder / "project.yaml"
    golden = emulate(project, board, tmp_path / "build")
    assert_exact(golden, golden["vectors"])
    assert golden["vectors"] >= RANDOM_INPUTS
    if name in MOST_WORK:
        assert_fast(golden, name, board)
    assert_stack_bound_holds(tmp_path / "build", golden)
    text, count = re.subn(
        r"^golden: .*$", f"golden: {{random: {RANDOM_INPUTS}, seed: 7}}", project.read_text(), flags=re.M
    )
    assert count == 1
    project.write_text(text)
    assert_exact(emulate(project, board, tmp_path / "build"), RANDOM_INPUTS)


@pytest.fixture(scope="module")
def kws(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """kws built for nrf5340: its output folder."""
    build_dir = tmp_path_factory.mktemp("kws")
    run = scons("project=kws", "board=nrf5340", f"build_dir={build_dir}")
    assert run.code == 0, run.text
    return build_dir / "kws" / "nrf5340"


def test_a_clean_build_of_kws_from_a_ready_model_takes_at_most_15_seconds(kws: Path, tmp_path: Path) -> None:
    """By the processor's clock, as if on one core: what else this computer does must not fail it."""
    project = tmp_path / "project.yaml"
    project.write_text(
        f"schema: 1\nname: kws\nmodel: {{source: {kws.parent / 'model' / 'model.tflite'}}}\n"
        f"golden: {ROOT / 'projects' / 'kws' / 'golden.npz'}\nbudgets: {{flash: 96 KiB, sram: 48 KiB}}\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = scons(f"project={project}", "board=nrf5340", f"build_dir={tmp_path / 'build'}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run.code == 0 and "IMAGE" in run.verbs, run.text
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime <= CLEAN_BUILD_SECONDS


def test_kws_needs_at_most_24_kib_of_flash_beyond_its_weights(kws: Path) -> None:
    size = json.loads((kws / "size.json").read_text())
    beyond = size["regions"]["flash"]["used"] - size["causes"]["weights"]["flash"]
    assert beyond <= 24 * 1024


def test_kws_has_no_heap_no_cpp_and_no_static_constructor(kws: Path) -> None:
    with (kws / "kws.elf").open("rb") as stream:
        elf = ELFFile(stream)
        symbols = {symbol.name for symbol in elf.get_section_by_name(".symtab").iter_symbols()}
        sections = {section.name for section in elf.iter_sections() if section["sh_size"]}
    assert not symbols & {"malloc", "free", "_malloc_r", "_sbrk", "_sbrk_r", "sbrk", "realloc", "calloc"}
    assert not [name for name in symbols if name.startswith(("_Z", "__cxa"))]
    assert not sections & {".init_array", ".preinit_array", ".fini_array", ".ctors"}
