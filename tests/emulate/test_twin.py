"""Twins of a handmade model in real QEMU: what they compute, what is counted, and every way they can end badly."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcuforge.emulate.clock import Clock
from mcuforge.emulate.qemu import NATIVE, Twin
from mcuforge.emulate.replay import Mode, Replay
from mcuforge.errors import UserError
from tests.emulate.handmade import ARENA_USED, twin

MACHINES = ("mps2-an385", "mps2-an386", "mps2-an500", "mps2-an505", "mps3-an547", "virt")
# Their clocks differ: 25, 20 and 32 MHz, and RISC-V's nanoseconds.
CLOCKS = ("mps2-an385", "mps2-an505", "mps3-an547", "virt")
# One of Armv7-M (guarded by the MPU), one of Armv8-M (by MSPLIM), one of RISC-V (by physical memory protection).
GUARDS = ("mps2-an386", "mps2-an505", "virt")
VECTORS = (bytes([1, 2, 0x80, 0x7F, 0xF6, 0xF5, 0, 0xFF]), bytes(range(8)), bytes(range(0x80, 0x88)))
EXPECTED = [bytes([2, 0x7F, 0xF6, 0]), bytes([1, 3, 5, 7]), bytes([0xF6] * 4)]


def outputs(replay: Replay) -> list[bytes]:
    return [vector.outputs for vector in replay.vectors]


def counted(runner: Twin) -> tuple[int, list[int]]:
    """Instructions of an inference, and of each layer."""
    whole = runner.run(Mode.WHOLE | Mode.TIME, VECTORS[:1])
    single = runner.run(Mode.LAYERS | Mode.TIME, VECTORS[:1])
    clock, time = Clock.of(whole.calibration), whole.vectors[0].time
    layer_clock = Clock.of(single.calibration)
    assert clock is not None and time is not None and layer_clock is not None
    layers = [layer_clock.of_layer(layer.time) for layer in single.vectors[0].layers if layer.time is not None]
    return clock.of_invoke(time), layers


def failure(runner: Twin, mode: Mode = Mode.WHOLE) -> str:
    with pytest.raises(UserError) as caught:
        runner.run(mode, VECTORS)
    return str(caught.value)


@pytest.mark.parametrize("machine", [*MACHINES, NATIVE])
def test_a_twin_computes_every_vector_in_every_mode(machine: str, tmp_path: Path) -> None:
    runner = twin(machine, tmp_path)
    for mode in (Mode.WHOLE, Mode.LAYERS, Mode.WHOLE | Mode.TIME, Mode.LAYERS | Mode.TIME | Mode.DUMP):
        assert outputs(runner.run(mode, VECTORS)) == EXPECTED, mode


@pytest.mark.parametrize("machine", [MACHINES[0], NATIVE])
def test_a_dump_shows_each_layer_before_its_memory_is_reused(machine: str, tmp_path: Path) -> None:
    replay = twin(machine, tmp_path).run(Mode.LAYERS | Mode.DUMP, VECTORS[:1])
    relu, pool = replay.vectors[0].layers
    assert relu.outputs == ((1, bytes([1, 2, 0xF6, 0x7F, 0xF6, 0xF6, 0, 0xFF])),)
    assert pool.outputs == ((2, EXPECTED[0]),)
    assert (relu.index, pool.index) == (0, 1)


@pytest.mark.parametrize("machine", CLOCKS)
def test_instructions_are_counted_exactly_at_every_length(machine: str, tmp_path: Path) -> None:
    """Each pass of the loop is two instructions; the longest count wraps the clock's counter many times."""
    passes = (1, 1_000, 4_000_001)
    counts = [counted(twin(machine, tmp_path / str(count), f"PASSES={count}")) for count in passes]
    for (whole, layers), count in zip(counts, passes, strict=True):
        assert whole - counts[0][0] == 2 * (count - 1)
        assert layers[0] - counts[0][1][0] == 2 * (count - 1)
        assert layers[1] == counts[0][1][1] > 0


@pytest.mark.parametrize("machine", GUARDS)
def test_two_counts_agree_exactly(machine: str, tmp_path: Path) -> None:
    runner = twin(machine, tmp_path, "PASSES=2000000")
    assert counted(runner) == counted(runner)


def test_the_host_counts_nothing(tmp_path: Path) -> None:
    replay = twin(NATIVE, tmp_path).run(Mode.WHOLE | Mode.TIME, VECTORS)
    assert Clock.of(replay.calibration) is None


@pytest.mark.parametrize("machine", GUARDS)
def test_stack_high_water_is_what_an_inference_takes(machine: str, tmp_path: Path) -> None:
    small = twin(machine, tmp_path / "small", "STACK_BYTES_USED=200").run(Mode.WHOLE, VECTORS).stack_high_water
    large = twin(machine, tmp_path / "large", "STACK_BYTES_USED=1000").run(Mode.WHOLE, VECTORS).stack_high_water
    # Alignment and saved registers come on top.
    assert 200 <= small < 240
    assert 1000 <= large < 1040


@pytest.mark.parametrize("machine", [MACHINES[0], NATIVE])
def test_arena_high_water_leaves_out_what_no_layer_writes(machine: str, tmp_path: Path) -> None:
    assert twin(machine, tmp_path).run(Mode.WHOLE, VECTORS).arena_high_water == ARENA_USED


@pytest.mark.parametrize("machine", GUARDS)
def test_a_fault_names_the_function(machine: str, tmp_path: Path) -> None:
    message = failure(twin(machine, tmp_path, "FAULTS"))
    assert f"error: the firmware ended in a fault on {machine} in " in message
    assert "registers pc=" in message
    assert "warning" not in message


@pytest.mark.parametrize("mode", [Mode.WHOLE, Mode.LAYERS | Mode.TIME])
@pytest.mark.parametrize("machine", GUARDS)
def test_a_stack_overflow_is_told_from_other_faults(machine: str, mode: Mode, tmp_path: Path) -> None:
    message = failure(twin(machine, tmp_path, "STACK_BYTES_USED=2100"), mode)
    assert f"error: the firmware overflowed its stack on {machine}" in message
    assert "hint: give it more: `budgets: {stack: …}`" in message


@pytest.mark.parametrize("machine", [GUARDS[0], NATIVE])
def test_an_endless_loop_ends_at_the_timeout(machine: str, tmp_path: Path) -> None:
    message = failure(twin(machine, tmp_path, "NEVER_ENDS", timeout_s=1))
    assert f"the firmware did not finish within 1 s on {machine}" in message


def test_a_native_crash_names_the_signal(tmp_path: Path) -> None:
    assert "the firmware was ended by SIGSEGV on native" in failure(twin(NATIVE, tmp_path, "CRASHES"))


def test_a_machine_that_qemu_does_not_know_is_named(tmp_path: Path) -> None:
    built = twin(GUARDS[0], tmp_path)
    message = failure(Twin(built.elf, "mps9-an999", tmp_path, 60))
    assert "qemu-system-arm does not know the machine mps9-an999" in message


def test_missing_qemu_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = twin(GUARDS[0], tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    message = failure(built)
    assert "error: qemu-system-arm is not installed" in message
    assert "apt install qemu-system-arm" in message


def test_paths_with_spaces_work(tmp_path: Path) -> None:
    assert outputs(twin(GUARDS[0], tmp_path / "a, b c").run(Mode.WHOLE, VECTORS)) == EXPECTED
