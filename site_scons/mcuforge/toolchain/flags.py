"""Compiler and linker flags, derived from facts about a core in one table.

Sources: the GCC manual ("ARM Options" for the `+` modifiers of `-mcpu`, "RISC-V Options") and Arm's technical reference
manuals for the units a core can be built with. Every row is checked against the real compiler's predefined macros and
ELF attributes in `tests/toolchain/test_flags.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mcuforge.errors import Location, UserError
from mcuforge.manifest.compatibility import is_riscv
from mcuforge.manifest.types import Cpu

HOST_CORE = "host"


@dataclass(frozen=True)
class Core:
    """How facts about one core become flags.

    `fpus`, `dsp` and `mve` map what the core can be built with to the modifier that follows the last of `flags`.
    `vtor`: the vector table can be moved. `stack_limit`: MSPLIM faults on stack overflow (Armv8-M mainline).
    """

    flags: tuple[str, ...]
    fpus: Mapping[str | None, str]
    dsp: Mapping[bool, str]
    mve: Mapping[str, str]
    minimum_gcc: tuple[int, ...]
    vtor: bool = False
    stack_limit: bool = False


_THUMB = ("-mthumb",)
_NO_FPU: Mapping[str | None, str] = {None: ""}
_NO_DSP, _HAS_DSP, _MAY_HAVE_DSP = {False: ""}, {True: ""}, {True: "", False: "+nodsp"}
_NO_MVE = {"none": ""}
_HELIUM_FPU: Mapping[str | None, str] = {None: "+nofp", "fpv5-d16": ""}
_HELIUM = {"none": "+nomve", "integer": "+nomve.fp", "float": ""}

CORES: Mapping[str, Core] = {
    "cortex-m0": Core((*_THUMB, "-mcpu=cortex-m0"), _NO_FPU, _NO_DSP, _NO_MVE, (5,)),
    "cortex-m0plus": Core((*_THUMB, "-mcpu=cortex-m0plus"), _NO_FPU, _NO_DSP, _NO_MVE, (5,)),
    "cortex-m3": Core((*_THUMB, "-mcpu=cortex-m3"), _NO_FPU, _NO_DSP, _NO_MVE, (5,), vtor=True),
    "cortex-m4": Core(
        (*_THUMB, "-mcpu=cortex-m4"), {None: "+nofp", "fpv4-sp-d16": ""}, _HAS_DSP, _NO_MVE, (8,), vtor=True
    ),
    "cortex-m7": Core(
        (*_THUMB, "-mcpu=cortex-m7"),
        {None: "+nofp", "fpv5-sp-d16": "+nofp.dp", "fpv5-d16": ""},
        _HAS_DSP,
        _NO_MVE,
        (8,),
        vtor=True,
    ),
    "cortex-m23": Core((*_THUMB, "-mcpu=cortex-m23"), _NO_FPU, _NO_DSP, _NO_MVE, (8,)),
    "cortex-m33": Core(
        (*_THUMB, "-mcpu=cortex-m33"),
        {None: "+nofp", "fpv5-sp-d16": ""},
        _MAY_HAVE_DSP,
        _NO_MVE,
        (8,),
        vtor=True,
        stack_limit=True,
    ),
    "cortex-m55": Core(
        (*_THUMB, "-mcpu=cortex-m55"), _HELIUM_FPU, _MAY_HAVE_DSP, _HELIUM, (10,), vtor=True, stack_limit=True
    ),
    "cortex-m85": Core(
        (*_THUMB, "-mcpu=cortex-m85"), _HELIUM_FPU, _MAY_HAVE_DSP, _HELIUM, (13,), vtor=True, stack_limit=True
    ),
    "rv32imc": Core(("-mabi=ilp32", "-mcmodel=medany", "-march=rv32imc"), _NO_FPU, _NO_DSP, _NO_MVE, (8,)),
    "esp32c3": Core(("-mabi=ilp32", "-mcmodel=medany", "-march=rv32imc"), _NO_FPU, _NO_DSP, _NO_MVE, (8,)),
    HOST_CORE: Core((), _NO_FPU, _NO_DSP, _NO_MVE, (8,)),
}

LANGUAGE = ("-std=c99", "-O2", "-g", "-fno-common", "-ffunction-sections", "-fdata-sections")
# No heap, no exceptions, nothing that must run before or after main().
_NO_RUNTIME = (
    *("-fno-rtti", "-fno-exceptions", "-fno-threadsafe-statics"),
    *("-fno-unwind-tables", "-fno-asynchronous-unwind-tables"),
)
CXX_LANGUAGE = ("-std=c++17", *LANGUAGE[1:], *_NO_RUNTIME)
# Contracting a*b+c into one rounding would change outputs from TFLM's; not setting errno lets sqrtf be one instruction.
ARITHMETIC = ("-ffp-contract=off", "-fno-math-errno")
# What the model's own C needs inside a host's build, besides the host's flags: `--gc-sections` and exact outputs.
EMBEDDED = ("-ffunction-sections", "-fdata-sections", *ARITHMETIC)
EMBEDDED_CXX = (*EMBEDDED, *_NO_RUNTIME)
WARNINGS = ("-Wall", "-Wextra", "-Werror")
# For C of our own making; an application's sources are its author's business.
STRICT_WARNINGS = ("-Wconversion", "-Wshadow", "-Wstrict-prototypes", "-Wundef")


def core_of(cpu: Cpu, location: Location | None = None) -> Core:
    """The table's row for a CPU. Raises UserError for an unknown core."""
    try:
        return CORES[cpu.core]
    except KeyError:
        raise UserError(
            f"no compiler flags are known for the core `{cpu.core}`",
            location=location,
            hint=f"known cores: {', '.join(CORES)}",
        ) from None


def machine_flags(cpu: Cpu, location: Location | None = None) -> tuple[str, ...]:
    """`-mcpu`, `-mfpu` and `-mfloat-abi` (or their like) for a CPU.

    Raises UserError for facts that contradict each other; `location` is where the board file states them.
    """
    core = core_of(cpu, location)
    if cpu.core == HOST_CORE:
        return ()
    _check_facts(cpu, core, location)
    modifiers = core.fpus[cpu.fpu] + core.mve[cpu.mve] + core.dsp[cpu.dsp]
    selected = (*core.flags[:-1], core.flags[-1] + modifiers)
    if not cpu.core.startswith("cortex-"):
        return selected
    return (*selected, "-mfpu=auto", f"-mfloat-abi={cpu.float_abi}")


def _check_facts(cpu: Cpu, core: Core, location: Location | None) -> None:
    def refuse(what: str, hint: str) -> UserError:
        return UserError(f"{cpu.core} {what}", location=location, hint=hint)

    if cpu.fpu not in core.fpus:
        raise refuse(f"has no FPU `{cpu.fpu or 'null'}`", f"it can have: {', '.join(f or 'null' for f in core.fpus)}")
    if cpu.dsp not in core.dsp:
        raise refuse(f"{'has no' if cpu.dsp else 'always has the'} DSP extension", f"write dsp: {not cpu.dsp}".lower())
    if cpu.mve not in core.mve:
        raise refuse("has no MVE", "write mve: none")
    if cpu.mve != "none" and not cpu.dsp:
        raise refuse("with MVE has the DSP extension too", "write dsp: true")
    if cpu.mve == "float" and cpu.fpu is None:
        raise refuse("with MVE for floats has an FPU", "name the fpu, or write mve: integer")
    if cpu.mve != "none" and cpu.float_abi == "soft":
        raise refuse("cannot use MVE with float_abi: soft", "write float_abi: hard, or mve: none")
    if cpu.fpu is None and cpu.mve == "none" and cpu.float_abi != "soft":
        raise refuse(f"without an FPU cannot use float_abi: {cpu.float_abi}", "write float_abi: soft")


def compile_flags(
    cpu: Cpu,
    prefixes: Sequence[tuple[Path, str]] = (),
    location: Location | None = None,
    language: Sequence[str] = LANGUAGE,
) -> tuple[str, ...]:
    """All flags for compiling C for a CPU, or C++ with `language=CXX_LANGUAGE`.

    `prefixes` pairs a folder with what stands for it inside objects (a checkout with `.`, a build folder with `build`),
    so that objects are the same wherever they are built; of two that match, GCC takes the later.
    """
    maps = tuple(f"-ffile-prefix-map={folder}={name}" for folder, name in prefixes)
    return (*machine_flags(cpu, location), *libc_flags(cpu), *language, *ARITHMETIC, *WARNINGS, *maps)


def link_flags(cpu: Cpu, location: Location | None = None) -> tuple[str, ...]:
    """Flags for linking an image, without its linker script, map and objects (`workers.link` adds those).

    Start-up code is ours, and no system-call stubs are linked: whatever needs a heap or stdio fails here, by name,
    instead of on the device.
    """
    common = ("-Wl,--gc-sections", "-Wl,--build-id=none")
    if cpu.core == HOST_CORE:
        return common
    bare_metal = ("-nostartfiles", "-static", "-Wl,--orphan-handling=error")
    return (*machine_flags(cpu, location), *libc_flags(cpu), *bare_metal, *common)


def libc_flags(cpu: Cpu) -> tuple[str, ...]:
    """The small C library behind `<string.h>` and `<math.h>`, for compiling too: its headers belong to it."""
    if cpu.core == HOST_CORE:
        return ()
    return ("--specs=picolibc.specs",) if is_riscv(cpu) else ("--specs=nano.specs",)
