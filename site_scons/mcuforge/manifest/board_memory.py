"""Whether a board's memory makes sense in itself: regions, what is reserved of them, and what is placed where."""

from __future__ import annotations

import dataclasses
import itertools

from mcuforge.errors import UserError
from mcuforge.manifest.suggestions import hint_for
from mcuforge.manifest.types import Board, MemoryRegion
from mcuforge.units import format_size

_ADDRESS_SPACE = 1 << 32
_NEEDED_ACCESS = {"code": "x", "weights": "r", "data": "w", "arena": "w", "stack": "w"}
_ACCESS_WORDS = {"x": "executed", "r": "read", "w": "written"}


def check_memory(board: Board) -> None:
    """Raises UserError, at its line, for the first thing that cannot be true of a chip."""
    _check_origins(board)
    _check_overlaps(board)
    _check_reserved(board)
    _check_placement(board)
    _check_stack(board)


def _check_origins(board: Board) -> None:
    with_origin = [region for region in board.memory.values() if region.origin is not None]
    for region in board.memory.values():
        if region.origin is None and with_origin:
            raise UserError(
                f"region `{region.name}` has no origin, but `{with_origin[0].name}` has",
                location=board.positions.at_key("memory", region.name),
                hint="add its first address: `origin: 0x20000000`",
            )
        if region.origin is not None and region.origin + region.length_bytes > _ADDRESS_SPACE:
            raise UserError(
                f"region `{region.name}` ends beyond the 32-bit address space",
                location=board.positions.at("memory", region.name, "length"),
            )


def _check_overlaps(board: Board) -> None:
    regions = sorted((r for r in board.memory.values() if r.origin is not None), key=lambda r: r.origin or 0)
    for lower, upper in itertools.pairwise(regions):
        if _end(lower) > (upper.origin or 0):
            raise UserError(
                f"region `{upper.name}` begins at 0x{upper.origin:08x}, within `{lower.name}`, which ends at"
                f" 0x{_end(lower):08x}",
                location=board.positions.at_key("memory", upper.name),
            )


def _end(region: MemoryRegion) -> int:
    return (region.origin or 0) + region.length_bytes


def _check_reserved(board: Board) -> None:
    for index, reserved in enumerate(board.reserved):
        if reserved.region not in board.memory:
            raise UserError(
                f"there is no region `{reserved.region}` to reserve from",
                location=board.positions.at("reserved", index, "region"),
                hint=hint_for(reserved.region, board.memory, "regions"),
            )
        if board.capacity_bytes(reserved.region) <= 0:
            length = format_size(board.memory[reserved.region].length_bytes)
            raise UserError(
                f"nothing is left of region `{reserved.region}` ({length}) after what is reserved",
                location=board.positions.at("reserved", index, "length"),
            )


def _check_placement(board: Board) -> None:
    for part, region in dataclasses.asdict(board.placement).items():
        location = board.positions.at("placement", part)
        if region not in board.memory:
            raise UserError(
                f"`{part}` is placed in region `{region}`, which the board does not have",
                location=location,
                hint=hint_for(region, board.memory, "regions"),
            )
        needed = _NEEDED_ACCESS[part]
        if needed not in board.memory[region].access:
            fitting = [name for name, candidate in board.memory.items() if needed in candidate.access]
            raise UserError(
                f"`{part}` is placed in region `{region}`, which cannot be {_ACCESS_WORDS[needed]}",
                location=location,
                hint=f"write one of: {', '.join(fitting)}" if fitting else None,
            )


def _check_stack(board: Board) -> None:
    region = board.placement.stack
    if board.stack_bytes > board.capacity_bytes(region):
        raise UserError(
            f"the stack of {format_size(board.stack_bytes)} does not fit into region `{region}`"
            f" ({format_size(board.capacity_bytes(region))})",
            location=board.positions.at("stack"),
        )
