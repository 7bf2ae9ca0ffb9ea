"""Project + Board → Target: what only both together can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcuforge.errors import UserError
from mcuforge.manifest.load import find_board, load_board, load_project, make_target
from mcuforge.manifest.types import Runtime, Target
from tests.manifest.writing import BOARD, write_board, write_project


def target(folder: Path, more: str = "", board: str = "nrf5340", runtime: Runtime | None = None) -> Target:
    return make_target(load_project(write_project(folder, more)), load_board(find_board(board)), runtime)


def refusal(folder: Path, more: str = "", board: str = "nrf5340", runtime: Runtime | None = None) -> UserError:
    with pytest.raises(UserError) as caught:
        target(folder, more, board, runtime)
    return caught.value


def test_target_knows_its_twin(tmp_path: Path) -> None:
    made = target(tmp_path)
    assert made.runtime == "aot"
    assert made.twin is not None
    assert made.twin.name == "mps2-an505"


def test_machine_is_its_own_twin(tmp_path: Path) -> None:
    assert target(tmp_path, board="mps2-an505").twin == load_board(find_board("mps2-an505"))
    made = target(tmp_path, board="host")
    assert made.twin is made.board


def test_board_without_emulator_has_no_twin(tmp_path: Path) -> None:
    assert target(tmp_path, board=str(write_board(tmp_path))).twin is None


def test_stack_budget_is_the_stack(tmp_path: Path) -> None:
    assert target(tmp_path).stack_bytes == 4096
    assert target(tmp_path, "budgets: {stack: 8 KiB}").stack_bytes == 8192


def test_budget_may_be_all_there_is_and_no_more(tmp_path: Path) -> None:
    assert target(tmp_path, "budgets: {flash: 1 MiB, sram: 448 KiB, arena: 448 KiB, stack: 448 KiB}")
    for name, too_much in {"flash": "1048577", "sram": "449 KiB", "arena": "449 KiB", "stack": "449 KiB"}.items():
        error = refusal(tmp_path, f"budgets:\n  {name}: {too_much}\n")
        assert error.message.startswith(f"the {name} budget of")
        assert str(error.location).endswith(f"project.yaml:5:{len(name) + 5}")
        assert error.hint == f"write at most `{'1 MiB' if name == 'flash' else '448 KiB'}`"


def test_a_board_that_the_manifest_does_not_list_may_have_less_than_the_budget(tmp_path: Path) -> None:
    """What it has is the limit then: the project may well fit."""
    more = "budgets: {sram: 48 KiB}\nboards: [nrf5340]"
    small, listed = (target(tmp_path, more, board=board) for board in ("nucleo-f103rb", "nrf5340"))
    assert small.board.budget_bytes(small.project, "sram") is None
    assert listed.board.budget_bytes(listed.project, "sram") == 48 * 1024
    error = refusal(tmp_path, "budgets: {sram: 449 KiB}\nboards: [nrf5340]")
    assert error.message.startswith("the sram budget of")


def test_over_capacity_says_what_is_reserved(tmp_path: Path) -> None:
    error = refusal(tmp_path, "budgets: {arena: 512 KiB}")
    assert "more than sram of `nrf5340` has (448.0 KiB)" in error.message
    assert error.details == ("64.0 KiB are reserved: shared with the network core",)


def test_budget_of_an_unknown_region(tmp_path: Path) -> None:
    error = refusal(tmp_path, "budgets: {srma: 1 KiB}")
    assert error.message == "the board `nrf5340` has no memory region `srma`"
    assert error.hint == "did you mean `sram`?"
    assert target(tmp_path, "budgets: {ccm: 64 KiB}", board="stm32f4-discovery")


@pytest.mark.parametrize(
    ("more", "message", "place"),
    [
        ("golden: golden.npz", "there is no golden file `golden.npz`", "4:9"),
        ("golden: ../golden.npz", "there is no golden file `", "4:9"),
        ("app: {sources: [main.c]}", "there is no source file `main.c`", "4:17"),
        ("app: {sources: [model.tflite], include_dirs: [inc]}", "there is no include directory `inc`", "4:47"),
        (f"golden: {'x' * 5000}.npz", "there is no golden file `xxx", "4:9"),
        ("accuracy: {dataset: t.npz, metric: top1}", "there is no data set file `t.npz`", "4:21"),
        ("quantize: {scheme: int8, calibration: c.npz}", "there is no calibration file `c.npz`", "4:39"),
    ],
)
def test_every_file_that_is_named_must_exist(more: str, message: str, place: str, tmp_path: Path) -> None:
    error = refusal(tmp_path, more)
    assert error.message.startswith(message)
    assert str(error.location).endswith(f"project.yaml:{place}")


def test_missing_model_suggests_its_neighbour(tmp_path: Path) -> None:
    path = write_project(tmp_path)
    path.write_text(path.read_text().replace("model.tflite", "modell.tflite"))
    with pytest.raises(UserError, match="there is no model file") as caught:
        make_target(load_project(path), load_board(find_board("nrf5340")))
    assert caught.value.hint == "did you mean `model.tflite`?"


@pytest.mark.parametrize(
    ("more", "board", "message"),
    [
        ("kernels: esp-nn", "nrf5340", "kernels esp-nn do not run on `nrf5340` (cortex-m33)"),
        ("kernels: cmsis-nn", "host", "kernels cmsis-nn do not run on `host` (host)"),
        ("kernels: cmsis-nn", "nrf5340", "kernels cmsis-nn with the runtime aot is not available in this version"),
        (
            "quantize: {scheme: float16}\nruntime: tflm",
            "nrf5340",
            "a float16 model does not run with `runtime: tflm`: TensorFlow Lite Micro has no kernel",
        ),
        ("quantize: {scheme: float16, io: int8}", "host", "the scheme float16 has no int8 inputs and outputs"),
        ("quantize: {scheme: dynamic}", "host", "a dynamically quantized model has hybrid layers"),
        ("quantize: {scheme: dynamic}\nruntime: tflm", "host", "a dynamically quantized model has hybrid layers"),
        ("quantize: {scheme: none, io: int8}", "host", "the scheme none has no int8 inputs and outputs"),
        ("compress: {data: model.tflite, prune: {sparsity: 0.5}}", "host", "a tflite model cannot be trained further"),
        (
            "accuracy: {dataset: model.tflite, metric: auc, max_drop: 0.1}",
            "host",
            "there is no float model to compare with",
        ),
    ],
)
def test_what_cannot_be_built_is_said_at_its_line(more: str, board: str, message: str, tmp_path: Path) -> None:
    error = refusal(tmp_path, more, board)
    assert error.message.startswith(message)
    assert error.location is not None
    assert error.location.line == 4


def test_float16_runs_on_aot_and_its_natural_inputs_and_outputs_are_float32(tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes(b"")
    path = tmp_path / "project.yaml"
    path.write_text("schema: 1\nname: demo\nmodel: {source: model.tflite}\nquantize: {scheme: float16}\n")
    target = make_target(load_project(path), load_board(find_board("nrf5340")))
    assert target.runtime == "aot" and target.project.quantize is not None
    assert target.project.quantize.io == "float32" and target.project.quantize.calibration is None


@pytest.mark.parametrize(
    ("more", "message", "hint"),
    [
        (
            "quantize: {scheme: int16x8, calibration: x.npz, io: int8}",
            "the scheme int16x8 has no int8 inputs",
            "`io: int16`",
        ),
        ("compress: {data: x.npz}", "it says nothing to do", "`prune:`"),
        (
            "compress: {data: x.npz, quantization_aware_training: {epochs: 1}}",
            "quantization-aware training trains for int8",
            "scheme: int8",
        ),
    ],
)
def test_conversions_that_cannot_work_are_refused_before_converting(
    more: str, message: str, hint: str, tmp_path: Path
) -> None:
    for name in ("model.h5", "x.npz"):
        (tmp_path / name).write_bytes(b"")
    path = write_project(tmp_path, more)
    path.write_text(path.read_text().replace("model.tflite", "model.h5"))
    with pytest.raises(UserError) as caught:
        make_target(load_project(path), load_board(find_board("nrf5340")))
    assert caught.value.message.startswith(message) and hint in (caught.value.hint or "")
    assert caught.value.location is not None and caught.value.location.line == 4


def test_runtime_of_the_command_line_wins(tmp_path: Path) -> None:
    assert target(tmp_path, "runtime: tflm", runtime="aot").runtime == "aot"
    assert target(tmp_path, runtime="tflm").runtime == "tflm"
    # Kernels belong to the runtime that the manifest names: the other one builds with its own.
    assert target(tmp_path, "runtime: tflm\nkernels: cmsis-nn", runtime="aot").runtime == "aot"


@pytest.mark.parametrize(
    ("cpu", "reason"),
    [
        ("core: cortex-m4, fpu: null, float_abi: soft, dsp: true", "does not execute code for a cortex-m4"),
        ("core: cortex-m3, fpu: fpv4-sp-d16, float_abi: hard, dsp: false", "floating-point unit (none)"),
        ("core: cortex-m3, fpu: null, float_abi: soft, dsp: true", "it has no DSP extension"),
    ],
)
def test_twin_must_execute_the_boards_code(cpu: str, reason: str, tmp_path: Path) -> None:
    text = BOARD.replace("core: cortex-m3, fpu: null, float_abi: soft, dsp: false", cpu)
    board = write_board(tmp_path, text=text.replace("emulator: null", "emulator: {qemu: mps2-an385}"))
    error = refusal(tmp_path, board=str(board))
    assert reason in error.message
    assert str(error.location).endswith("mine.yaml:12:18")


def test_unknown_twin_is_refused_at_the_boards_line(tmp_path: Path) -> None:
    board = write_board(tmp_path, text=BOARD.replace("emulator: null", "emulator: {qemu: mps2-an38}"))
    error = refusal(tmp_path, board=str(board))
    assert (error.hint or "").startswith("did you mean `mps2-an38")
    assert str(error.location).endswith("mine.yaml:12:18")


def test_reference_kernels_are_told_of_nothing_that_the_core_has(tmp_path: Path) -> None:
    assert target(tmp_path).kernel_features == {"dsp", "fpu"}
    assert target(tmp_path, "kernels: reference").kernel_features == set()
    # Those of a manifest for the other runtime are TensorFlow Lite Micro's.
    assert target(tmp_path, "runtime: tflm\nkernels: reference", runtime="aot").kernel_features == {"dsp", "fpu"}
