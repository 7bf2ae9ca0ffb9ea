"""Start-up code, run: QEMU's boards report what main() found."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from mcuforge.emulate.qemu import find_qemu, system_of
from mcuforge.errors import UserError
from mcuforge.manifest.types import Board, Cpu
from mcuforge.toolchain.startup import startup
from tests.support.tools import require
from tests.toolchain.boards import CORTEX_M, HOST, MPS2_AN385, MPS2_AN505, MPS3_AN547, NRF5340, VIRT
from tests.toolchain.images import PROGRAM, compile_objects, link, write_scripts

MACHINES = (MPS2_AN385, MPS2_AN505, MPS3_AN547, VIRT)
WEIGHTS_IN_RAM = tuple(
    replace(board, placement=replace(board.placement, weights="sram")) for board in (MPS2_AN505, VIRT)
)


def run(target: Board, folder: Path, *defines: str) -> int:
    script, _ = write_scripts(target, folder)
    objects = compile_objects(target, folder, [PROGRAM / "startup_check.c"], defines)
    link(target, objects, script, folder / "check.elf")
    system = system_of(folder / "check.elf")
    machine = (*("-M", target.name, "-nographic", "-monitor", "none", "-semihosting"), *system.options)
    require(system.program)
    return subprocess.run(
        [find_qemu(system), *machine, "-kernel", folder / "check.elf"], timeout=60, check=False
    ).returncode


@pytest.mark.parametrize("target", [*MACHINES, *WEIGHTS_IN_RAM], ids=lambda t: f"{t.name}-{t.placement.weights}")
def test_main_finds_data_copied_bss_zeroed_and_the_fpu_on(target: Board, tmp_path: Path) -> None:
    assert run(target, tmp_path) == 0


@pytest.mark.parametrize("target", MACHINES, ids=lambda target: target.name)
def test_an_unhandled_exception_reaches_the_function_a_platform_can_replace(target: Board, tmp_path: Path) -> None:
    assert run(target, tmp_path, "RAISE_AN_EXCEPTION") == 99


@pytest.mark.parametrize("target", [MPS2_AN505, MPS3_AN547], ids=lambda target: target.name)
def test_a_stack_overflow_faults_on_cores_with_a_stack_limit(target: Board, tmp_path: Path) -> None:
    assert run(target, tmp_path, "OVERFLOW_THE_STACK") == 99


@pytest.mark.parametrize("target", CORTEX_M, ids=lambda target: target.name)
def test_the_vector_table_has_an_entry_per_exception_and_interrupt(target: Board, tmp_path: Path) -> None:
    compile_objects(target, tmp_path, [])
    sizes = subprocess.run(
        ["arm-none-eabi-size", "-A", tmp_path / "startup.o"], capture_output=True, text=True, check=True
    ).stdout
    assert re.search(rf"^\.vectors +{4 * (16 + target.interrupts)} ", sizes, flags=re.MULTILINE)


def test_baseline_cores_have_no_faults_of_their_own() -> None:
    source = startup(replace(NRF5340, cpu=Cpu("cortex-m0", None, "soft", False, "none")))
    assert "HardFault_Handler" in source
    assert not re.search(r"MemManage|BusFault|SecureFault|DebugMon|msplim|VTOR|CPACR", source)


def test_a_core_without_start_up_code_is_refused() -> None:
    with pytest.raises(UserError, match="there is no start-up code for host"):
        startup(HOST)
