"""Build attributes of ARM objects: which core, units and calling convention an object was compiled for.

Format and tags: Arm, "Addenda to, and Errata in, the ABI for the Arm Architecture", chapter Build Attributes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum

from mcuforge.manifest.compatibility import architectures
from mcuforge.manifest.types import Cpu


class Tag(IntEnum):
    CPU_NAME = 5
    CPU_RAW_NAME = 4
    CPU_ARCH = 6
    FP_ARCH = 10
    ABI_FP_NUMBER_MODEL = 23
    ABI_HARDFP_USE = 27
    ABI_VFP_ARGS = 28
    COMPATIBILITY = 32
    FP_HP_EXTENSION = 36
    DSP_EXTENSION = 46
    MVE_ARCH = 48
    NODEFAULTS = 64


_FILE_SCOPE = 1
_VENDOR = "aeabi"
_FIRST_WITH_PARITY = 33
"""From here on, odd tags hold text and even ones numbers."""

_ARCHITECTURES = {
    1: "armv4",
    2: "armv4t",
    3: "armv5t",
    4: "armv5te",
    5: "armv5tej",
    6: "armv6",
    7: "armv6kz",
    8: "armv6t2",
    9: "armv6k",
    10: "armv7-m",
    11: "armv6-m",
    12: "armv6-m",
    13: "armv7e-m",
    14: "armv8-a",
    15: "armv8-r",
    16: "armv8-m.base",
    17: "armv8-m.main",
    21: "armv8.1-m.main",
    22: "armv9-a",
}
_NEWER_FP = (7, 8)
"""Values of FP_ARCH for instructions that fpv5 added."""
_SINGLE_ONLY = 1
_MVE = ("none", "integer", "float")
_HALF_ARITHMETIC = 2


def read_attributes(section: bytes) -> dict[int, int]:
    """{tag: number} of the whole file, from the content of `.ARM.attributes`; texts are left out. Little-endian."""
    found: dict[int, int] = {}
    for start, end in file_attributes(section, _VENDOR):
        _read_pairs(section, start, end, found)
    return found


def file_attributes(section: bytes, vendor: str) -> Iterator[tuple[int, int]]:
    """Where the attributes of the whole file begin and end, in the layout that Arm's and RISC-V's share."""
    at = 1  # behind the format version
    while at + 4 <= len(section):
        end = at + int.from_bytes(section[at : at + 4], "little")
        vendor_end = section.index(b"\0", at + 4)
        if section[at + 4 : vendor_end].decode() == vendor:
            yield from _file_scopes(section, vendor_end + 1, end)
        at = max(end, at + 4)


def _file_scopes(section: bytes, at: int, end: int) -> Iterator[tuple[int, int]]:
    while at < end:
        scope, body = read_number(section, at)
        stop = at + int.from_bytes(section[body : body + 4], "little")
        if scope == _FILE_SCOPE:
            yield body + 4, stop
        at = max(stop, body + 4)


def _read_pairs(section: bytes, at: int, end: int, found: dict[int, int]) -> None:
    while at < end:
        tag, at = read_number(section, at)
        is_text = tag in (Tag.CPU_NAME, Tag.CPU_RAW_NAME) or (tag >= _FIRST_WITH_PARITY and tag % 2)
        if not is_text:
            found[tag], at = read_number(section, at)
        if is_text or tag == Tag.COMPATIBILITY:
            at = section.index(b"\0", at) + 1


def read_number(data: bytes, at: int) -> tuple[int, int]:
    """A ULEB128 number and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def unfit(attributes: Mapping[int, int], cpu: Cpu, *, any_abi: bool = False) -> list[str]:
    """Why code with these attributes does not run on a core or does not call its code rightly; empty when it does.

    `any_abi`: who calls whom how is somebody else's choice, and the linker's to check.
    """
    reasons = (*_core(attributes, cpu), *_units(attributes, cpu), None if any_abi else _abi(attributes, cpu))
    return [reason for reason in reasons if reason]


def _core(attributes: Mapping[int, int], cpu: Cpu) -> tuple[str | None, ...]:
    arch = attributes.get(Tag.CPU_ARCH, 0)
    name = _ARCHITECTURES.get(arch, f"number {arch}")
    wrong = None
    if arch and name not in architectures(cpu.core):
        wrong = f"Tag_CPU_arch: {name}, which a {cpu.core} does not execute"
    return (wrong,)


def _units(attributes: Mapping[int, int], cpu: Cpu) -> tuple[str | None, ...]:
    fp, mve = attributes.get(Tag.FP_ARCH, 0), attributes.get(Tag.MVE_ARCH, 0)
    single = attributes.get(Tag.ABI_HARDFP_USE, 0) == _SINGLE_ONLY
    reasons: list[str | None] = []
    if fp and cpu.fpu is None:
        reasons.append("Tag_FP_arch: floating-point instructions, and the core has no FPU")
    elif fp in _NEWER_FP and cpu.fpu is not None and cpu.fpu.startswith("fpv4"):
        reasons.append(f"Tag_FP_arch: fpv5, and the core has {cpu.fpu}")
    elif fp and not single and cpu.fpu is not None and "-sp-" in cpu.fpu:
        reasons.append(f"Tag_ABI_HardFP_use: double precision, and the core has {cpu.fpu}")
    if attributes.get(Tag.DSP_EXTENSION) and not cpu.dsp:
        reasons.append("Tag_DSP_extension: allowed, and the core has no DSP extension")
    if mve > _MVE.index(cpu.mve):
        reasons.append(f"Tag_MVE_arch: {_MVE[min(mve, 2)]}, and the core has mve: {cpu.mve}")
    if attributes.get(Tag.FP_HP_EXTENSION, 0) >= _HALF_ARITHMETIC and cpu.mve != "float":
        reasons.append("Tag_FP_HP_extension: half-precision arithmetic, which the core does not have")
    return tuple(reasons)


def _abi(attributes: Mapping[int, int], cpu: Cpu) -> str | None:
    """Objects that pass no floating-point numbers may be linked with any."""
    if not attributes.get(Tag.ABI_FP_NUMBER_MODEL):
        return None
    passed = {0: "soft", 1: "hard"}.get(attributes.get(Tag.ABI_VFP_ARGS, 0))
    wanted = "hard" if cpu.float_abi == "hard" else "soft"
    if passed is None or passed == wanted:
        return None
    return f"Tag_ABI_VFP_args: {passed} float ABI, and the board has float_abi: {cpu.float_abi}"
