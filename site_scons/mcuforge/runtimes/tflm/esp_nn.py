"""ESP-NN's sources and settings by chip: plain C for all, faster versions where the chip has instructions for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mcuforge.errors import UserError
from mcuforge.manifest.types import Cpu


@dataclass(frozen=True)
class _Chip:
    patterns: tuple[str, ...]
    flags: tuple[str, ...] = ()


_PLAIN = ("*_ansi.c", "*_opt.c")
_CHIPS: Mapping[str, _Chip] = {
    "esp32s3": _Chip((*_PLAIN, "*_esp32s3.c", "*_esp32s3.S"), ("-mlongcalls", "-fno-unroll-loops", "-O2")),
    "esp32p4": _Chip((*_PLAIN, "*_esp32p4.c", "*_esp32p4.S", "*_riscv_pie.c", "*_riscv_pie.S")),
}
_ANY_CHIP = _Chip(_PLAIN)


def sources(root: Path, cpu: Cpu) -> tuple[Path, ...]:
    """Sorted. Raises UserError for a folder that is not ESP-NN."""
    chip = _CHIPS.get(cpu.core, _ANY_CHIP)
    found = {path for pattern in chip.patterns for path in (root / "src").glob(f"*/{pattern}")}
    if not found:
        raise UserError(f"`{root}` holds no ESP-NN sources", hint="it needs src/*/*_ansi.c and include/")
    return tuple(sorted(found))


def defines(cpu: Cpu) -> tuple[str, ...]:
    """Never CONFIG_NN_SKIP_NUDGE, which is not bit-exact."""
    return ("ESP_NN", "CONFIG_NN_OPTIMIZED=1", f"CONFIG_IDF_TARGET_{cpu.core.upper()}=1")


def flags(cpu: Cpu) -> tuple[str, ...]:
    return _CHIPS.get(cpu.core, _ANY_CHIP).flags
