"""Whether code for one core runs on another, so that a twin may stand in for a board."""

from __future__ import annotations

from mcuforge.manifest.types import Cpu

# What each core executes, its own architecture last (Arm v6-M, v7-M, v8-M Architecture Reference Manuals:
# each profile contains the ones before it; the DSP extension makes v7-M into v7E-M).
_ARCHITECTURES: dict[str, tuple[str, ...]] = {
    "cortex-m0": ("armv6-m",),
    "cortex-m0plus": ("armv6-m",),
    "cortex-m3": ("armv6-m", "armv7-m"),
    "cortex-m4": ("armv6-m", "armv7-m", "armv7e-m"),
    "cortex-m7": ("armv6-m", "armv7-m", "armv7e-m"),
    "cortex-m23": ("armv6-m", "armv8-m.base"),
    "cortex-m33": ("armv6-m", "armv7-m", "armv7e-m", "armv8-m.base", "armv8-m.main"),
    "cortex-m55": ("armv6-m", "armv7-m", "armv7e-m", "armv8-m.base", "armv8-m.main", "armv8.1-m.main"),
    "cortex-m85": ("armv6-m", "armv7-m", "armv7e-m", "armv8-m.base", "armv8-m.main", "armv8.1-m.main"),
    "rv32imc": ("rv32imc",),
    "esp32c3": ("rv32imc",),
}

# Each unit executes what the ones before it do: fpv5 adds instructions to fpv4, d16 without `sp` adds doubles.
_FPUS = (None, "fpv4-sp-d16", "fpv5-sp-d16", "fpv5-d16")
_MVES = ("none", "integer", "float")


def architectures(core: str) -> tuple[str, ...]:
    """The architectures whose code a core executes; a core that is not in the table is its own."""
    return _ARCHITECTURES.get(core, (core,))


def why_not(code: Cpu, machine: Cpu) -> str | None:
    """Why `machine` cannot run what is compiled for `code`, None when it can."""
    if code.core != machine.core:
        own = architectures(code.core)[-1]
        if own not in architectures(machine.core):
            return f"a {machine.core} does not execute code for a {code.core}"
    if _rank(_FPUS, code.fpu) > _rank(_FPUS, machine.fpu):
        return f"its floating-point unit ({machine.fpu or 'none'}) does not execute {code.fpu}"
    if code.dsp and not machine.dsp:
        return "it has no DSP extension"
    if _rank(_MVES, code.mve) > _rank(_MVES, machine.mve):
        return f"its vector extension ({machine.mve}) does not execute {code.mve}"
    return None


def _rank(order: tuple[str | None, ...], item: str | None) -> int:
    return order.index(item) if item in order else 0


def is_cortex_m(cpu: Cpu) -> bool:
    return cpu.core.startswith("cortex-m")


def is_riscv(cpu: Cpu) -> bool:
    return architectures(cpu.core)[-1].startswith("rv32")


def is_espressif(cpu: Cpu) -> bool:
    return cpu.core.startswith("esp32")
