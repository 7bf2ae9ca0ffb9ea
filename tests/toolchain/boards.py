"""Boards made by hand, with the memory maps of real chips and of QEMU's machines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from mcuforge.errors import Location
from mcuforge.manifest.types import Board, Cpu, MemoryRegion, Placement, Positions, Reserved

KIB = 1024


def region(name: str, origin: int | None, kib: int, access: str) -> MemoryRegion:
    return MemoryRegion(name, origin, kib * KIB, access)  # type: ignore[arg-type]


def board(name: str, cpu: Cpu, regions: list[MemoryRegion], placement: Placement, **others: object) -> Board:
    file = Path(f"boards/{name}.yaml")
    values: dict[str, object] = {
        "name": name,
        "path": file,
        "source": "tests",
        "cpu": cpu,
        "clock_hz": 1_000_000,
        "memory": MappingProxyType({item.name: item for item in regions}),
        "reserved": (),
        "placement": placement,
        "stack_bytes": 2 * KIB,
        "interrupts": 32,
        "toolchain": "arm-none-eabi-gcc",
        "emulator": None,
        "flash": None,
        "positions": Positions(file, {("memory",): Location(file, 7, 3)}),
        "files": (file,),
    }
    return Board(**(values | others))  # type: ignore[arg-type]


FLASH_AND_SRAM = Placement(code="flash", weights="flash", data="sram", arena="sram", stack="sram")

NRF5340 = board(
    "nrf5340",
    Cpu("cortex-m33", "fpv5-sp-d16", "hard", True, "none"),
    [region("flash", 0x0000_0000, 1024, "rx"), region("sram", 0x2000_0000, 512, "rwx")],
    FLASH_AND_SRAM,
    reserved=(Reserved("sram", 64 * KIB, "shared with the network core"),),
    interrupts=69,
)

STM32F4 = board(
    "stm32f4-discovery",
    Cpu("cortex-m4", "fpv4-sp-d16", "hard", True, "none"),
    [
        region("flash", 0x0800_0000, 1024, "rx"),
        region("sram", 0x2000_0000, 128, "rwx"),
        region("ccm", 0x1000_0000, 64, "rw"),
    ],
    replace(FLASH_AND_SRAM, arena="ccm"),
    interrupts=82,
)

MPS2_AN505 = board(
    "mps2-an505",
    Cpu("cortex-m33", "fpv5-sp-d16", "hard", True, "none"),
    [region("flash", 0x1000_0000, 4096, "rx"), region("sram", 0x3800_0000, 4096, "rwx")],
    FLASH_AND_SRAM,
)

MPS2_AN385 = board(
    "mps2-an385",
    Cpu("cortex-m3", None, "soft", False, "none"),
    [region("flash", 0x0000_0000, 4096, "rx"), region("sram", 0x2000_0000, 4096, "rwx")],
    FLASH_AND_SRAM,
)

MPS3_AN547 = board(
    "mps3-an547",
    Cpu("cortex-m55", "fpv5-d16", "hard", True, "float"),
    [region("flash", 0x0000_0000, 512, "rx"), region("sram", 0x2100_0000, 2048, "rwx")],
    FLASH_AND_SRAM,
)

HOST = board(
    "host",
    Cpu("host", None, "hard", False, "none"),
    [region("flash", None, 65536, "rx"), region("sram", None, 65536, "rw")],
    FLASH_AND_SRAM,
    toolchain="gcc",
)

VIRT = board(
    "virt",
    Cpu("rv32imc", None, "soft", False, "none"),
    [region("flash", 0x8000_0000, 4096, "rx"), region("sram", 0x8100_0000, 4096, "rwx")],
    FLASH_AND_SRAM,
    interrupts=0,
    toolchain="riscv64-unknown-elf-gcc",
)

CORTEX_M = (NRF5340, STM32F4, MPS2_AN505, MPS2_AN385, MPS3_AN547)
BARE_METAL = (*CORTEX_M, VIRT)
