"""The audits by name: each a function from the image to what it finds. A new one is a function with `@audit`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath

from mcuforge.manifest.compatibility import is_cortex_m, is_riscv
from mcuforge.plan.memory import ARENA_ALIGNMENT
from mcuforge.report.audit.attributes import unfit
from mcuforge.report.audit.image import AuditedImage
from mcuforge.report.audit.objects import ObjectFile
from mcuforge.report.audit.result import AuditResult, Finding
from mcuforge.report.audit.riscv_attributes import unfit_riscv
from mcuforge.report.causes import is_c_library, object_stem

_HEAP = frozenset(
    ("malloc", "calloc", "realloc", "free", "memalign", "_malloc_r", "_calloc_r", "_realloc_r", "_free_r", "_sbrk")
)
# `operator new` and `operator delete` of the Itanium C++ ABI, arrays too.
_NEW = re.compile(r"_Zn[wa][jm]\w*|_Zd[la]P\w+")
_UNWINDING = re.compile(r"__cxa_throw|__cxa_begin_catch|_Unwind_RaiseException|__gxx_personality_v0|__dynamic_cast")
_TYPE_INFO = re.compile(r"_ZT[IS]\w+")
_CONSTRUCTORS = (".init_array", ".preinit_array", ".ctors")
# The ABI's helpers ("Run-time ABI for the Arm Architecture", 4.1.2), and GCC's names for the same.
_SOFT_FLOAT = re.compile(
    r"__aeabi_(?:[fd]\w+|u?[il]2[fd])|__(?:add|sub|mul|div|neg)[sd]f[23]|__(?:eq|ne|lt|le|gt|ge|unord)[sd]f2"
    r"|__(?:fix|float)\w+|__(?:extend|trunc)[shd]f[sd]f2"
)
_SHOWN = 6


MODEL_AUDITS = ("floats", "symbols", "alignment", "weights", "isa")
"""What is asked of a model in somebody else's program, whose heap, constructors and exceptions are its own affair."""

Audit = Callable[[AuditedImage], Iterator[Finding]]
AUDITS: dict[str, Audit] = {}


def audit(check: Audit) -> Audit:
    AUDITS[check.__name__] = check
    return check


@audit
def heap(image: AuditedImage) -> Iterator[Finding]:
    """No memory is allocated at run time."""
    used = sorted(name for name in image.names if name in _HEAP or _NEW.fullmatch(name))
    if used:
        yield Finding("heap", f"the image uses a heap: {_some(used)}", _needed_by(image, used), _without("heap"))


@audit
def constructors(image: AuditedImage) -> Iterator[Finding]:
    """Nothing runs before main()."""
    found = sorted(
        {
            _shown(piece.origin)
            for piece in image.pieces
            if piece.section.startswith(_CONSTRUCTORS) and not is_c_library(piece.origin)
        }
    )
    if found:
        yield Finding("constructors", f"code runs before main(): {_some(found)}", hint=_without("constructors"))


@audit
def exceptions(image: AuditedImage) -> Iterator[Finding]:
    """No C++ exceptions and no run-time type information."""
    for what, pattern, flag in (
        ("exceptions", _UNWINDING, "-fno-exceptions"),
        ("run-time type information", _TYPE_INFO, "-fno-rtti"),
    ):
        used = sorted(name for name in image.names if pattern.fullmatch(name))
        if used:
            yield Finding("exceptions", f"the image has C++ {what}: {_some(used)}", hint=f"compile with {flag}")


@audit
def floats(image: AuditedImage) -> Iterator[Finding]:
    """A quantized model computes in integers where the core has no floating-point unit.

    The conversions of inputs and outputs, which an application may call, are its own business.
    """
    if image.board.cpu.fpu is not None:
        return
    kept = {(piece.origin, piece.section) for piece in image.pieces}
    details = []
    for item in image.objects:
        if object_stem(item.name) not in (f"{image.plan.name}_{part}" for part in ("layers", "kernels")):
            continue
        for section, calls in sorted(item.calls.items()):
            used = sorted(name for name in calls if _SOFT_FLOAT.fullmatch(name))
            if used and (item.name, section) in kept:
                details.append(f"{section.removeprefix('.text.')}: {_some(used, 3)}")
    if details:
        is_float = any(tensor.dtype.startswith("float") for tensor in image.plan.graph.tensors.values())
        yield Finding(
            audit="floats",
            message=f"the model computes with floating-point numbers in software: {image.board.cpu.core} has no FPU",
            details=_limited(details),
            hint="quantize the model" if is_float else "these layers need a board with an FPU to be fast",
            is_note=is_float,
        )


@audit
def symbols(image: AuditedImage) -> Iterator[Finding]:
    """Every global name of the model's objects carries its prefix, so that two models link into one image."""
    prefix = image.plan.name
    for item in filter(image.is_own, image.objects):
        foreign = [name for name in item.defined if name != prefix and not name.startswith(f"{prefix}_")]
        if foreign:
            yield Finding(
                "symbols", f"{_shown(item.name)} defines global names without `{prefix}_`: {_some(sorted(foreign))}"
            )


@audit
def alignment(image: AuditedImage) -> Iterator[Finding]:
    """Arena and model lie where vector instructions and the interpreter may load them."""
    aligned = {f"{image.plan.name}_arena", f"{image.plan.name}_weights_model"}
    for symbol in image.symbols:
        if symbol.name in aligned and symbol.address % ARENA_ALIGNMENT:
            yield Finding(
                audit="alignment",
                message=f"{symbol.name} lies at 0x{symbol.address:08x}, which is no multiple of {ARENA_ALIGNMENT}",
                hint="keep the alignment of its section in the linker script",
            )


@audit
def weights(image: AuditedImage) -> Iterator[Finding]:
    """Weights are constants: nothing can write to them by accident, and none takes RAM for want of `const`."""
    writable = [section for section in image.sections if section.is_writable]
    known = {*image.plan.weights, f"{image.plan.name}_weights_model"}
    found = [
        f"{symbol.name} in {section.name}"
        for symbol in image.symbols
        if symbol.name in known
        for section in writable
        if section.address <= symbol.address < section.address + section.size
    ]
    if found:
        yield Finding("weights", "weights can be written to", _limited(found), "declare them const")


@audit
def isa(image: AuditedImage) -> Iterator[Finding]:
    """Every object was compiled for this core, its calling convention included.

    In a host's program, that is asked of the model's objects, and how calls are made is the host's choice.
    """
    objects = filter(image.is_own, image.objects) if image.is_hosts else image.objects
    found = [f"{_shown(item.name)}: {reason}" for item in objects for reason in _unfit(item, image)]
    if found:
        yield Finding(
            audit="isa",
            message=f"objects were not compiled for {image.board.name} ({image.board.cpu.core})",
            details=_limited(found),
            hint="compile them with the board's flags, or mend `cpu:` in the board file",
        )


def _unfit(item: ObjectFile, image: AuditedImage) -> list[str]:
    cpu = image.board.cpu
    if is_cortex_m(cpu):
        return unfit(item.attributes, cpu, any_abi=image.is_hosts)
    return unfit_riscv(item.arch, item.flags, cpu, any_abi=image.is_hosts) if is_riscv(cpu) else []


def _needed_by(image: AuditedImage, names: list[str]) -> tuple[str, ...]:
    return tuple(f"{name} is needed by {image.reasons[name]}" for name in names if name in image.reasons)


def _without(name: str) -> str:
    return f"remove it; or list in `audit:` what is to be checked, without `{name}`"


def _shown(origin: str) -> str:
    return PurePath(origin).name


def _some(names: list[str], count: int = _SHOWN) -> str:
    more = len(names) - count
    return ", ".join(names[:count]) + (f" and {more} more" if more > 0 else "")


def _limited(lines: list[str]) -> tuple[str, ...]:
    more = len(lines) - _SHOWN
    return (*lines[:_SHOWN], *([f"and {more} more"] if more > 0 else []))


def run_audits(image: AuditedImage, names: Sequence[str]) -> AuditResult:
    return AuditResult(tuple(names), tuple(finding for name in names for finding in AUDITS[name](image)))
