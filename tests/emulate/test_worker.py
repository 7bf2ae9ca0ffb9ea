"""The worker from twin to emulate.json, as SCons and CMake run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mcuforge.emulate.qemu import NATIVE
from tests.emulate.handmade import ARENA_USED, build_twin, write_project

ROOT = Path(__file__).resolve().parents[2]
MACHINE = "mps2-an505"


def run_worker(
    folder: Path, machine: str, *defines: str, arguments: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    elf = build_twin(machine, folder / "twin", defines)
    command = [sys.executable, "-m", "mcuforge.workers.emulate", "--elf", str(elf), "--machine", machine]
    for option, name in (("model", "model.tflite"), ("project", "project.yaml"), ("plan", "plan.json")):
        command += [f"--{option}", str(folder / name)]
    return subprocess.run(
        [*command, "--output", str(folder / "out" / "emulate.json"), *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "site_scons")},
        capture_output=True,
        text=True,
        check=False,
    )


def result(folder: Path, name: str = "emulate.json") -> dict[str, object]:
    loaded: dict[str, object] = json.loads((folder / "out" / name).read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("machine", [MACHINE, "mps2-an386"])
def test_a_right_twin_is_proven_and_profiled(tmp_path: Path, machine: str) -> None:
    folder = tmp_path / "a project"
    write_project(folder)
    done = run_worker(folder, machine)
    assert done.returncode == 0, done.stderr
    found = result(folder)
    layers = found.pop("layers")
    assert isinstance(layers, list) and [
        (layer["index"], layer["op"], layer["macs"], layer["kernel"]) for layer in layers
    ] == [
        (0, "RELU", 0, "portable"),
        (1, "MAX_POOL_2D", 4, "portable"),
    ]
    instructions, stack = found.pop("instructions_per_inference"), found.pop("stack_high_water")
    assert isinstance(instructions, int) and 50 < instructions < 500
    assert all(0 < layer["instructions"] < instructions for layer in layers)
    assert isinstance(stack, int) and 0 <= stack < 100
    assert found == {
        "schema_version": 1,
        "machine": machine,
        "vectors": 3,
        "outputs": 12,
        "mismatches": 0,
        "first_divergent_layer": None,
        "layer_outputs": 12,
        "arena_high_water": ARENA_USED,
    }
    assert f"{machine}: 3 vectors, 12 output bytes compared with TensorFlow Lite Micro, 0 differ" in done.stdout
    assert f"{instructions:,} instructions" in done.stdout
    # Nothing but the result is left behind.
    assert [path.name for path in (folder / "out").iterdir()] == ["emulate.json"]


def test_two_emulations_write_the_same_file(tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        write_project(tmp_path / name)
        assert run_worker(tmp_path / name, MACHINE).returncode == 0
        texts.append((tmp_path / name / "out" / "emulate.json").read_bytes())
    assert texts[0] == texts[1]


def test_the_host_is_compared_but_not_counted(tmp_path: Path) -> None:
    write_project(tmp_path)
    assert run_worker(tmp_path, NATIVE).returncode == 0
    found = result(tmp_path)
    assert found["mismatches"] == 0 and found["vectors"] == 3
    assert found["instructions_per_inference"] is None and found["stack_high_water"] is None


def test_recorded_and_further_random_inputs_are_replayed_together(tmp_path: Path) -> None:
    write_project(tmp_path, golden="golden.npz")
    np.savez(tmp_path / "golden.npz", x=np.zeros((2, 1, 8, 1), np.int8))
    assert run_worker(tmp_path, NATIVE, arguments=("--random", "32")).returncode == 0
    assert result(tmp_path)["vectors"] == 34


def test_a_wrong_layer_is_found_with_what_it_should_have_computed(tmp_path: Path) -> None:
    write_project(tmp_path, golden="golden.npz")
    np.savez(tmp_path / "golden.npz", x=np.arange(8, dtype=np.int8).reshape(1, 1, 8, 1))
    done = run_worker(tmp_path, MACHINE, "WRONG_ELEMENT=2")
    assert done.returncode == 2
    assert "1 of 4 output bytes on mps2-an505 differ from TensorFlow Lite Micro's, first in vector 0" in done.stderr
    assert "first divergent layer: layer 1 MAX_POOL_2D" in done.stderr
    assert (
        "tensor 2 `y` (1×1×4×1 int8): 1 of 4 elements differ, first at [0, 0, 2, 0]: expected 5, got 4" in done.stderr
    )
    assert "Traceback" not in done.stderr
    found = result(tmp_path, "emulate.failed.json")
    assert found["mismatches"] == 1
    assert found["first_divergent_layer"] == {
        "index": 1,
        "op": "MAX_POOL_2D",
        "vector": 0,
        "tensor": 2,
        "element": [0, 0, 2, 0],
        "expected": 5,
        "got": 4,
        "differing": 1,
    }


def test_a_wrong_layer_is_found_even_when_the_outputs_agree(tmp_path: Path) -> None:
    write_project(tmp_path, golden="golden.npz")
    np.savez(tmp_path / "golden.npz", x=np.arange(8, dtype=np.int8).reshape(1, 1, 8, 1))
    done = run_worker(tmp_path, MACHINE, "WRONG_HIDDEN=2")
    assert done.returncode == 2
    assert "the outputs on mps2-an505 are TensorFlow Lite Micro's, but not those of every layer" in done.stderr
    assert "first divergent layer: layer 0 RELU" in done.stderr
    assert "first at [0, 0, 2, 0]: expected 2, got 1" in done.stderr
    assert result(tmp_path, "emulate.failed.json")["mismatches"] == 0


def test_a_failure_leaves_no_result_of_an_earlier_run(tmp_path: Path) -> None:
    write_project(tmp_path)
    assert run_worker(tmp_path, NATIVE).returncode == 0
    assert run_worker(tmp_path, NATIVE, "WRONG_ELEMENT=0").returncode == 2
    assert not (tmp_path / "out" / "emulate.json").exists()
    assert run_worker(tmp_path, NATIVE).returncode == 0
    assert not (tmp_path / "out" / "emulate.failed.json").exists()


def test_an_invoke_that_is_not_its_layers_is_told_apart(tmp_path: Path) -> None:
    write_project(tmp_path)
    done = run_worker(tmp_path, NATIVE, "INVOKE_DIFFERS")
    assert done.returncode == 2
    assert "every layer alone agrees" in done.stderr
    assert "hint: invoke() does something else than its layers one after the other" in done.stderr


def test_outputs_that_change_when_counted_are_noticed(tmp_path: Path) -> None:
    write_project(tmp_path)
    done = run_worker(tmp_path, MACHINE, "DEPENDS_ON_CLOCK")
    assert done.returncode == 2
    assert "the firmware computes something else when its instructions are counted" in done.stderr


def test_an_inference_that_fails_is_named_with_its_vector(tmp_path: Path) -> None:
    write_project(tmp_path)
    done = run_worker(tmp_path, NATIVE, "STATUS=3")
    assert done.returncode == 2
    assert "invoke() failed with status 3 for vector 0" in done.stderr
