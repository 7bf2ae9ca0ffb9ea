"""Who put the bytes there: every byte of a region gets one cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from mcuforge.errors import InternalError
from mcuforge.report.layout import Layout, Span
from mcuforge.report.mapfile import Piece
from mcuforge.report.types import CAUSES, Cause
from mcuforge.toolchain.startup import STARTUP_FILE

_STARTUP = PurePath(STARTUP_FILE).stem
_ALIGNMENT = "alignment"
_LINKER = "linker"
_C_LIBRARIES = frozenset(
    f"{name}.a"
    for name in ("libc", "libc_nano", "libg", "libg_nano", "libm", "libgcc", "libgcc_eh", "libnosys", "librdimon")
)
_C_RUNTIME_OBJECTS = frozenset(("crt0", "crt1", "Scrt1", "crti", "crtn", "crtbegin", "crtbeginS", "crtend", "crtendS"))
# cause → object → section → bytes
_Tally = dict[str, dict[str, dict[str, int]]]


def causes_of_region(
    region: str, layout: Layout, pieces: Mapping[str, Sequence[Piece]], project: str
) -> tuple[Cause, ...]:
    """All of `CAUSES` for a region, those of no bytes too; they sum to `layout.used`.

    `pieces` are the map file's, by output section; `project` is the name that prefixes the model's symbols.
    """
    tally: _Tally = {name: defaultdict(lambda: defaultdict(int)) for name in CAUSES}
    for span in layout.spans:
        _count(tally, span, pieces.get(span.section.name, ()), project)
    counted = sum(span.section.size for span in layout.spans)
    tally["other"][_ALIGNMENT]["between sections"] += layout.used - counted
    return tuple(_tree(name, region, tally[name]) for name in CAUSES)


def cause_of(piece: Piece, project: str) -> str:
    """By section name and object, as docs/architecture.md names them."""
    if piece.section.startswith(f".rodata.{project}_weights_"):
        return "weights"
    if piece.section == f".bss.{project}_arena":
        return "arena"
    stem = object_stem(piece.origin)
    if _is_c_library(piece.origin, stem):
        return "libc"
    if stem == f"{project}_kernels":
        return "kernels"
    if stem in (project, f"{project}_layers", f"{project}_weights", _STARTUP):
        return "runtime"
    return "other" if piece.origin == "linker stubs" else "app"


def object_stem(origin: str) -> str:
    """``kws_kernels`` from ``build/kws_kernels.o``, ``kws_kernels.c.obj`` and ``libapp.a(kws_kernels.o)``."""
    name = _object_name(origin)
    if "(" in name:
        name = name[name.index("(") + 1 :].rstrip(")")
    for suffix in (".o", ".obj", ".c", ".S"):
        name = name.removesuffix(suffix)
    return name


def _is_c_library(origin: str, stem: str) -> bool:
    """The compiler's own archives, and on a host the objects that a C runtime starts with."""
    archive = _object_name(origin).split("(")[0]
    return archive in _C_LIBRARIES or stem in _C_RUNTIME_OBJECTS


def _count(tally: _Tally, span: Span, pieces: Sequence[Piece], project: str) -> None:
    section = span.section
    if section.name == ".stack":
        tally["stack"][_LINKER][section.name] += section.size
        return
    for piece in pieces:
        tally[cause_of(piece, project)][_object_name(piece.origin)][piece.section] += piece.size
    filled = section.size - sum(piece.size for piece in pieces)
    if filled < 0:
        raise InternalError(f"the map file has more bytes in {section.name} than the image")
    tally["other"][_ALIGNMENT][f"inside {section.name}"] += filled


def _object_name(origin: str) -> str:
    """``kws.o`` or ``libm.a(exp.o)``: without the folder, which differs from machine to machine."""
    return PurePath(origin).name


def _tree(name: str, region: str, objects: Mapping[str, Mapping[str, int]]) -> Cause:
    """The largest first, then by name: the same image gives the same tree."""
    children = []
    for child, sections in objects.items():
        parts = [Cause(section, region, size) for section, size in sections.items() if size]
        if parts:
            children.append(Cause(child, region, sum(part.bytes for part in parts), _ordered(parts)))
    return Cause(name, region, sum(child.bytes for child in children), _ordered(children))


def _ordered(causes: list[Cause]) -> tuple[Cause, ...]:
    return tuple(sorted(causes, key=lambda cause: (-cause.bytes, cause.name)))
