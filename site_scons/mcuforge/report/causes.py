"""Who put the bytes there: every byte of a region gets one cause, one group in it, and one symbol in that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from mcuforge.errors import InternalError
from mcuforge.report.layout import Layout, Span
from mcuforge.report.mapfile import Piece
from mcuforge.report.plan_facts import PlanFacts
from mcuforge.report.symbols import Symbol, split
from mcuforge.report.types import CAUSES, Cause
from mcuforge.toolchain.startup import STARTUP_FILE

_STARTUP = PurePath(STARTUP_FILE).stem
_LINKER = "linker"
# Folders of objects, as backends/tflm.py names them.
_LIBRARY, _LIBRARY_KERNELS = "/obj/tflm/", "/obj/tflm/kernels/"
_C_LIBRARIES = frozenset(
    f"{name}.a"
    for name in ("libc", "libc_nano", "libg", "libg_nano", "libm", "libgcc", "libgcc_eh", "libnosys", "librdimon")
)
_C_RUNTIME_OBJECTS = frozenset(("crt0", "crt1", "Scrt1", "crti", "crtn", "crtbegin", "crtbeginS", "crtend", "crtendS"))
# cause → group → symbol → bytes
_Tally = dict[str, dict[str, dict[str, int]]]


@dataclass(frozen=True)
class ImageParts:
    """What the map file and the symbol table tell: pieces by output section, symbols by rising address."""

    pieces: Mapping[str, Sequence[Piece]]
    symbols: Sequence[Symbol]


def causes_of_region(region: str, layout: Layout, parts: ImageParts, plan: PlanFacts) -> tuple[Cause, ...]:
    """All of `CAUSES` for a region, those of no bytes too; they sum to `layout.used`, and so does every level."""
    tally: _Tally = {name: defaultdict(lambda: defaultdict(int)) for name in CAUSES}
    for span in layout.spans:
        _count(tally, span, parts, plan)
    counted = sum(span.section.size for span in layout.spans)
    tally["padding"]["between sections"][region] += layout.used - counted
    notes = {symbol: array.tensor for symbol, array in plan.weights.items()}
    return tuple(_tree(name, region, tally[name], notes) for name in CAUSES)


def cause_of(piece: Piece, project: str) -> str:
    """By section name and object, as docs/architecture.md names them."""
    if piece.section.startswith(f".rodata.{project}_weights_"):
        return "weights"
    if piece.section == f".bss.{project}_arena":
        return "arena"
    # What a streaming model remembers from one inference to the next; the other runtime keeps it in its arena.
    if piece.section.startswith(f".bss.{project}_state_"):
        return "state"
    stem = object_stem(piece.origin)
    if is_c_library(piece.origin):
        return "libc"
    if stem == f"{project}_kernels":
        return "kernels"
    if _LIBRARY_KERNELS in piece.origin:
        return "kernels"
    if _LIBRARY in piece.origin or stem in (f"{project}_op_resolver", f"{project}_interpreter"):
        return "runtime"
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


def is_c_library(origin: str) -> bool:
    """The compiler's own archives, and on a host the objects that a C runtime starts with."""
    archive = _object_name(origin).split("(")[0]
    return archive in _C_LIBRARIES or object_stem(origin) in _C_RUNTIME_OBJECTS


def _count(tally: _Tally, span: Span, parts: ImageParts, plan: PlanFacts) -> None:
    section = span.section
    if section.name == ".stack":
        tally["stack"][_LINKER][section.name] += section.size
        return
    pieces = parts.pieces.get(section.name, ())
    for piece in pieces:
        cause = cause_of(piece, plan.name)
        group_of = _grouping(cause, piece, plan)
        for name, size in split(parts.symbols, piece.address, piece.end, piece.section):
            tally[cause][group_of(name)][name] += size
    filled = section.size - sum(piece.size for piece in pieces)
    if filled < 0:
        raise InternalError(f"the map file has more bytes in {section.name} than the image")
    tally["padding"]["inside sections"][section.name] += filled


def _grouping(cause: str, piece: Piece, plan: PlanFacts) -> Callable[[str], str]:
    """{symbol: group} of a piece: what a person would blame, else the object file it came from."""
    origin = _object_name(piece.origin)

    def layer(symbol: str) -> str:
        array = plan.weights.get(_of_section(symbol))
        return array.owner if array is not None else origin

    def kernel(symbol: str) -> str:
        return plan.kernel_of(_of_section(symbol)) or origin

    return {"weights": layer, "kernels": kernel}.get(cause, lambda symbol: origin)


def _of_section(name: str) -> str:
    """A section of one symbol is named after it: what no symbol covers there, rounding up, is that symbol's still."""
    return name.removeprefix(".text.").removeprefix(".rodata.")


def _object_name(origin: str) -> str:
    """``kws.o`` or ``libm.a(exp.o)``: without the folder, which differs from machine to machine."""
    return PurePath(origin).name


def _tree(name: str, region: str, groups: Mapping[str, Mapping[str, int]], notes: Mapping[str, str]) -> Cause:
    """The largest first, then by name: the same image gives the same tree."""
    children = []
    for child, symbols in groups.items():
        parts = [Cause(symbol, region, size, note=notes.get(symbol, "")) for symbol, size in symbols.items() if size]
        if parts:
            children.append(Cause(child, region, sum(part.bytes for part in parts), _ordered(parts)))
    return Cause(name, region, sum(child.bytes for child in children), _ordered(children))


def _ordered(causes: list[Cause]) -> tuple[Cause, ...]:
    return tuple(sorted(causes, key=lambda cause: (-cause.bytes, cause.name)))
