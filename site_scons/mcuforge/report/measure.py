"""ELF file + map file → SizeReport."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mcuforge.errors import InternalError, Location, UserError
from mcuforge.manifest.compatibility import is_cortex_m, is_riscv
from mcuforge.manifest.types import Board, Project
from mcuforge.report.causes import ImageParts, causes_of_region
from mcuforge.report.elf import Section, read_sections
from mcuforge.report.layout import lay_out, lay_out_hosted
from mcuforge.report.mapfile import Piece, read_map
from mcuforge.report.plan_facts import PlanFacts
from mcuforge.report.stack.bound import stack_bound
from mcuforge.report.stack.riscv import RiscvWalk
from mcuforge.report.stack.thumb import ThumbWalk
from mcuforge.report.stack.walk import read_functions
from mcuforge.report.symbols import read_symbols
from mcuforge.report.types import ArenaUse, Provenance, RegionUse, SizeReport, StackUse
from mcuforge.toolchain.memory_map import Region, has_memory_map


@dataclass(frozen=True)
class LinkedImage:
    """What the linker made. `regions` are those it linked for: the board's, or the larger ones for measuring.

    Boards without a memory map have none. `toolchain` is the compiler's name and version. Without `objdump`, the depth
    of the stack is not analysed.
    """

    elf: Path
    map_file: Path
    regions: Sequence[Region]
    toolchain: str
    objdump: Path | None = None


def measure(image: LinkedImage, project: Project, board: Board, plan: PlanFacts) -> SizeReport:
    """Raises UserError for an image that does not lie in the board's regions."""
    sections = read_sections(image.elf)
    parts = ImageParts(_pieces_of(sections, image.map_file), read_symbols(image.elf))
    provenance = _provenance(project, board, plan, image.toolchain)
    if has_memory_map(board):
        layouts = lay_out(sections, image.regions, Location(image.elf))
    else:
        layouts = lay_out_hosted(sections, board)
    return SizeReport(
        regions=tuple(
            RegionUse(name, layouts[name].used, board.capacity_bytes(name), board.budget_bytes(project, name))
            for name in board.memory
        ),
        causes=tuple(cause for name in board.memory for cause in causes_of_region(name, layouts[name], parts, plan)),
        arena=ArenaUse(_arena_bytes(parts, project.name), plan.lower_bound, project.budgets_bytes.get("arena")),
        stack=_stack(image, project, board, sections),
        provenance=provenance,
    )


def _stack(image: LinkedImage, project: Project, board: Board, sections: Sequence[Section]) -> StackUse:
    reserved = sum(section.size for section in sections if section.name == ".stack")
    budget = project.budgets_bytes.get("stack")
    walk = ThumbWalk if is_cortex_m(board.cpu) else RiscvWalk if is_riscv(board.cpu) else None
    if image.objdump is None or walk is None:
        return StackUse(None, reserved, budget)
    root, functions = f"{project.name}_invoke", read_functions(image.objdump, image.elf, walk)
    if root not in functions:
        return StackUse(None, reserved, budget)  # the application does not call the model
    try:
        bound = stack_bound(functions, root)
    except UserError as error:
        return StackUse(None, reserved, budget, unbounded=(error.message, *error.details))
    return StackUse(bound.bytes, reserved, budget, bound.chain)


def _pieces_of(sections: Sequence[Section], map_file: Path) -> Mapping[str, tuple[Piece, ...]]:
    """The map file without what takes no memory (debug information)."""
    names = {section.name for section in sections}
    text = map_file.read_text(encoding="utf-8", errors="surrogateescape")
    return {name: pieces for name, pieces in read_map(text).items() if name in names}


def _arena_bytes(parts: ImageParts, project: str) -> int:
    section = f".bss.{project}_arena"
    return sum(piece.size for found in parts.pieces.values() for piece in found if piece.section == section)


def _provenance(project: Project, board: Board, plan: PlanFacts, toolchain: str) -> Provenance:
    if plan.name != project.name:
        raise InternalError(f"plan.json is of {plan.name}, not of {project.name}")
    return Provenance(
        project=project.name,
        board=board.name,
        runtime=plan.runtime,
        model_sha256=plan.model_sha256,
        operators=plan.operators,
        macs=plan.macs,
        toolchain=toolchain,
    )
