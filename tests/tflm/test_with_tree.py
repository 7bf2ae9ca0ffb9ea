"""The full thing with a real checkout of TensorFlow Lite Micro: build, measure the arena, emulate, compare.

TFLM_DIR=<checkout with its downloads> pytest -m tflm_tree tests/tflm/test_with_tree.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mcuforge.runtimes.tflm.support import VENDOR_FOLDERS
from mcuforge.runtimes.tflm.tree import probe
from tests.support.projects import MODELS, REFERENCE_MODELS, copy_hello, write_project
from tests.support.scons import Run, scons

TREE = os.environ.get("TFLM_DIR", "")
pytestmark = [
    pytest.mark.tflm_tree,
    pytest.mark.slow,
    pytest.mark.skipif(not TREE, reason="TFLM_DIR names no checkout of TensorFlow Lite Micro"),
]
BOARDS = ("nrf5340", "stm32f4-discovery")
# TFLM's arena and stack are larger than what the examples allow their own runtime.
ROOM = "budgets: {stack: 8 KiB}\n"


def compare(project: Path, board: str, build_dir: Path) -> Run:
    return scons("-Q", f"project={project}", f"board={board}", f"tflm_dir={TREE}", f"build_dir={build_dir}", "compare")


def kernel_libraries() -> list[str]:
    """Those that the tree has and that run on Cortex-M."""
    if not TREE:
        return ["reference"]
    return ["reference", *(name for name in ("cmsis-nn",) if probe(Path(TREE)).has_vendor(VENDOR_FOLDERS[name]))]


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("kernels", kernel_libraries())
def test_hello_computes_the_same_in_both_runtimes(kernels: str, board: str, tmp_path: Path) -> None:
    project = copy_hello(tmp_path / "hello")
    text = (
        project.read_text().replace("kernels: builtin", f"kernels: {kernels}").replace("runtime: aot", "runtime: tflm")
    )
    lines = [line for line in text.splitlines() if not line.startswith("budgets:")]
    project.write_text("\n".join(lines) + f"\n{ROOM}")
    run = compare(project, board, tmp_path / "build")
    assert run.code == 0, run.text
    assert "equal: all" in run.out


@pytest.mark.parametrize("model", REFERENCE_MODELS)
@pytest.mark.skipif(not MODELS.is_dir(), reason="the reference models are not on this computer")
def test_reference_models_compute_what_the_wheel_computes(model: str, tmp_path: Path) -> None:
    golden = "golden: {random: 2, seed: 1}\nruntime: tflm\n"
    project = write_project(tmp_path / model, MODELS / f"{model}.tflite", extra=f"{golden}{ROOM}")
    words = (f"project={project}", "board=nrf5340", f"tflm_dir={TREE}", f"build_dir={tmp_path / 'build'}")
    run = scons("-Q", *words, "emulate", timeout=1200)
    assert run.code == 0, run.text
    output = tmp_path / "build" / "demo" / "nrf5340"
    assert json.loads((output / "emulate.json").read_text())["mismatches"] == 0
    arena = json.loads((output / "gen" / "arena.json").read_text())
    assert arena["is_exact"] and arena["needed"] > arena["head"] + arena["tail"]
