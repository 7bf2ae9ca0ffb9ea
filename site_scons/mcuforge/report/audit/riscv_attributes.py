"""What RISC-V objects were compiled for: their extensions and calling convention.

Format: RISC-V ELF psABI, "Attributes" (`.riscv.attributes`, as Arm's in its layout) and "File Header" (`e_flags`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mcuforge.manifest.compatibility import architectures
from mcuforge.manifest.types import Cpu
from mcuforge.report.audit.attributes import file_attributes, read_number

_VENDOR, _ARCH = "riscv", 5
_FLOAT_ABI_MASK = 0x6
_FLOAT_ABIS = {0: "soft", 2: "single", 4: "double", 6: "quad"}
_RV32E = 0x8
_EXTENSION = re.compile(r"(?P<name>[a-z]\w*?)(?:\d+p\d+)?")
# What an extension contains; and what every core with interrupts has, though old names of architectures do not say so.
_CONTAINED = {"m": ("zmmul",), "a": ("zaamo", "zalrsc"), "c": ("zca",), "d": ("f",)}
_ALWAYS = frozenset(("zicsr", "zifencei"))


def read_arch(section: bytes) -> str:
    """``rv32i2p1_m2p0_c2p0`` of `.riscv.attributes`; empty where it is not told."""
    for start, end in file_attributes(section, _VENDOR):
        at = start
        while at < end:
            tag, at = read_number(section, at)
            if tag % 2:  # text
                stop = section.index(b"\0", at)
                if tag == _ARCH:
                    return section[at:stop].decode("ascii", "replace")
                at = stop + 1
            else:
                _, at = read_number(section, at)
    return ""


def unfit_riscv(arch: str, flags: int, cpu: Cpu, *, any_abi: bool = False) -> list[str]:
    """Why code of this architecture and with these `e_flags` does not run on a core, or calls its code wrongly."""
    return list(_reasons(arch, flags, cpu, any_abi))


def _reasons(arch: str, flags: int, cpu: Cpu, any_abi: bool) -> Iterator[str]:
    own = architectures(cpu.core)[-1]
    if arch and arch[:4] != own[:4]:
        yield f"Tag_RISCV_arch: {arch[:4]}, and the core is {own[:4]}"
    elif arch:
        foreign = sorted(_extensions(arch) - _executes(own))
        if foreign:
            yield f"Tag_RISCV_arch: {', '.join(foreign)}, and the core is {own}"
    if any_abi:
        return
    passed, wanted = _FLOAT_ABIS[flags & _FLOAT_ABI_MASK], "soft" if cpu.float_abi == "soft" else "single"
    if passed != wanted:
        yield f"e_flags: {passed} float ABI, and the board has float_abi: {cpu.float_abi}"
    if flags & _RV32E:
        yield "e_flags: the ABI of 16 registers, and the board's has 32"


def _extensions(arch: str) -> frozenset[str]:
    """``rv32i2p1_m2p0_zmmul1p0`` → i, m, zmmul"""
    found = (_EXTENSION.fullmatch(part) for part in arch[4:].split("_"))
    return frozenset(match["name"] for match in found if match)


def _executes(own: str) -> frozenset[str]:
    """``rv32imc`` → i, m, c and what those contain."""
    letters = frozenset(own[4:])
    return letters | _ALWAYS | {inner for letter in letters for inner in _CONTAINED.get(letter, ())}
