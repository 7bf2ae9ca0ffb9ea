"""The linker script of an image, from a board's regions and placement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from mcuforge.manifest.compatibility import is_riscv
from mcuforge.manifest.types import Board
from mcuforge.toolchain.memory_map import Region, memory_map, spread

if TYPE_CHECKING:
    from jinja2 import Environment

# DWARF 2 to 5 as GCC and the C libraries' objects carry it. Orphans are errors, so each must have its place.
_DEBUG_SECTIONS = (
    *(".debug", ".line", ".debug_srcinfo", ".debug_sfnames", ".debug_aranges", ".debug_pubnames", ".debug_pubtypes"),
    *(".debug_info", ".debug_abbrev", ".debug_line", ".debug_line_str", ".debug_frame", ".debug_str", ".debug_loc"),
    *(".debug_macinfo", ".debug_macro", ".debug_ranges", ".debug_addr", ".debug_str_offsets", ".debug_types"),
    *(".debug_loclists", ".debug_rnglists", ".debug_gnu_pubnames", ".debug_gnu_pubtypes", ".debug_names", ".debug_sup"),
)
_STACK_ALIGNMENT = 8


def linker_script(board: Board, project_name: str, stack_bytes: int) -> str:
    """The script for an image of `project_name`. The same arguments give the same text.

    `stack_bytes` is rounded down to the ABI's alignment, so that a budget is never overdrawn by rounding.
    """
    return _render(board, memory_map(board), project_name, stack_bytes)


def measure_script(board: Board, project_name: str, stack_bytes: int) -> str:
    """The same script with room to spare in each region, so that what is too big for the chip can be measured."""
    return _render(board, spread(memory_map(board)), project_name, stack_bytes)


def copies_weights(board: Board) -> bool:
    """Whether weights run from a memory that forgets, and so are loaded with the code and copied at start-up."""
    placement = board.placement
    return placement.weights != placement.code and "w" in board.memory[placement.weights].access


def _render(board: Board, regions: Sequence[Region], project_name: str, stack_bytes: int) -> str:
    return (
        templates()
        .get_template("image.ld.j2")
        .render(
            board=board.name,
            name=project_name,
            regions=regions,
            width=max(len(region.name) for region in regions),
            placement=board.placement,
            stack_bytes=stack_bytes // _STACK_ALIGNMENT * _STACK_ALIGNMENT,
            copies_weights=copies_weights(board),
            riscv=is_riscv(board.cpu),
            debug_sections=_DEBUG_SECTIONS,
        )
    )


@cache
def templates() -> Environment:
    """The templates beside this file; an undefined name in one is our bug and raises."""
    # Imported here: build plans and size reports know this package's names and never render.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("mcuforge.toolchain"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
