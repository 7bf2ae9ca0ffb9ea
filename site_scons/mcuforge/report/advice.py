"""What would fit when a limit breaks: computed from the plan and the measured bytes, never guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mcuforge.errors import UserError
from mcuforge.manifest.load import list_boards, load_board
from mcuforge.manifest.types import Board
from mcuforge.report.plan_facts import ArenaBlock, LayerWork, PlanFacts
from mcuforge.report.types import SizeReport, Verdict
from mcuforge.toolchain.memory_map import has_memory_map
from mcuforge.units import format_size

_FLOAT_BYTES_PER_INT8 = 4
_SHOWN = 3


@dataclass(frozen=True)
class Alternative:
    """The same project built otherwise: `change` as the manifest would say it, bytes by region and of the arena."""

    change: str
    regions: Mapping[str, int] = field(hash=False)
    arena: int


def advice(
    verdict: Verdict, report: SizeReport, board: Board, plan: PlanFacts, others: Sequence[Alternative] = ()
) -> tuple[str, ...]:
    """What would bring this verdict within its limit, each a part of a sentence; empty when nothing computed would."""
    over = verdict.used - verdict.limit
    if verdict.region == "arena":
        return (*_others(verdict, others), *_arena(verdict.limit, plan))
    if verdict.region not in board.memory:
        return ()
    found = list(_others(verdict, others))
    if any(cause.name == "weights" and cause.bytes for cause in report.causes_of(verdict.region)):
        found += list(_weights(over, plan))
    arena = next((cause.bytes for cause in report.causes_of(verdict.region) if cause.name == "arena"), 0)
    if arena > over:
        found += list(_arena(arena - over, plan))
    if verdict.kind == "capacity":
        found += list(_boards(report, board))
    return tuple(found)


def _others(verdict: Verdict, others: Sequence[Alternative]) -> Iterator[str]:
    """Those that take less; what is still too much says so."""
    for other in others:
        count = other.arena if verdict.region == "arena" else other.regions.get(verdict.region, verdict.used)
        if count < verdict.used:
            word = "fits" if count <= verdict.limit else "is not enough alone"
            yield f"`{other.change}` would take {format_size(count)}, which {word}"


def _arena(limit: int, plan: PlanFacts) -> Iterator[str]:
    """The layers while which more than `limit` bytes are alive must shrink; below it, only the layout is to blame."""
    if plan.peak is None or not plan.blocks:
        return
    if plan.lower_bound <= limit < plan.arena_needed:
        yield f"a denser layout could fit: no layer has more than {format_size(plan.lower_bound)} alive"
    elif plan.arena_needed == plan.lower_bound:
        yield "no layout is smaller: the planner reached the lower bound"
    if plan.is_float:
        smaller = -(-plan.lower_bound // _FLOAT_BYTES_PER_INT8)
        word = "fits" if smaller <= limit else "is not enough alone"
        yield f"int8 values would have {format_size(smaller)} alive at once, which {word}"
    alive = [(count, layer) for layer, count in live_bytes(plan).items() if count > limit]
    if not alive or limit >= plan.lower_bound:
        return
    most, worst = max(alive, key=lambda pair: (pair[0], -pair[1]))
    names = {layer.index: layer.op for layer in plan.layers}
    yield f"layer {worst} {names.get(worst, '')} would have to hold {format_size(most - limit)} less"
    others = sorted(layer for _, layer in alive if layer != worst)
    if others:
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        shown = ", ".join(map(str, others[:_SHOWN]))
        yield f"layer{'s' if len(others) > 1 else ''} {shown}{more} would still be too large then"


def live_bytes(plan: PlanFacts) -> dict[int, int]:
    """{layer: bytes alive while it runs}; those of an output that is written over its input count once."""
    return {
        layer.index: _covered([block for block in plan.blocks if block.first_use <= layer.index <= block.last_use])
        for layer in plan.layers
    }


def _covered(blocks: Sequence[ArenaBlock]) -> int:
    covered, end = 0, 0
    for block in sorted(blocks, key=lambda block: block.offset):
        covered += max(block.end - max(block.offset, end), 0)
        end = max(end, block.end)
    return covered


def _weights(over: int, plan: PlanFacts) -> Iterator[str]:
    total = sum(array.bytes for array in plan.weights.values())
    if plan.is_float:
        smaller = total // _FLOAT_BYTES_PER_INT8
        word = "fits" if total - smaller >= over else "is not enough alone"
        yield f"int8 weights would take {format_size(smaller)} of {format_size(total)}, which {word}"
    if total <= over:
        yield "without any weights it would still be too large"
        return
    chosen = _enough_layers(over, plan)
    held = format_size(sum(plan.weights_of(layer.index) for layer in chosen))
    if len(chosen) == 1:
        yield f"layer {chosen[0].index} {chosen[0].op} holds {held} of weights: {format_size(over)} less would fit"
    elif len(chosen) <= _SHOWN:
        named = ", ".join(str(layer.index) for layer in chosen)
        yield f"layers {named} hold {held} of weights together: {format_size(over)} less would fit"
    else:
        yield f"all weights are {format_size(total)}: {100 * over / total:.0f} % less would fit"


def _enough_layers(over: int, plan: PlanFacts) -> list[LayerWork]:
    """The fewest layers that hold more than `over` bytes of weights, the largest first."""
    chosen: list[LayerWork] = []
    for layer in sorted(plan.layers, key=lambda layer: (-plan.weights_of(layer.index), layer.index)):
        if sum(plan.weights_of(taken.index) for taken in chosen) > over:
            break
        chosen.append(layer)
    return chosen


def _boards(report: SizeReport, board: Board) -> Iterator[str]:
    """By what this image holds: code for another core differs a little, which `scons … fit` tells exactly."""
    fitting = [other for other in _all_boards() if other.name != board.name and fits(report, board, other)]
    if fitting:
        smallest = min(fitting, key=lambda other: (_memory(other), other.name))
        yield f"the smallest board that fits is {smallest.name} (`scons … fit` forecasts all)"


def fits(report: SizeReport, board: Board, other: Board) -> bool:
    """Whether every cause, where the other board places it, is within that board's capacity."""
    used = dict.fromkeys(other.memory, 0)
    for cause in report.causes:
        for region in _places(cause.name, cause.region, board, other):
            used[region] += cause.bytes
    return all(count <= other.capacity_bytes(region) for region, count in used.items())


def _places(cause: str, region: str, board: Board, other: Board) -> Sequence[str]:
    """What stands for a cause's region on another board: by what is placed there."""
    if cause in ("weights", "arena", "stack"):
        return (getattr(other.placement, cause),) if region == getattr(board.placement, cause) else ()
    return (other.placement.code if region == board.placement.code else other.placement.data,)


def _memory(board: Board) -> int:
    return sum(board.capacity_bytes(region) for region in board.memory)


def _all_boards() -> Iterator[Board]:
    for path in list_boards().values():
        try:
            board = load_board(path)
        except UserError:
            continue  # not this project's fault, and not this error's business
        if has_memory_map(board):
            yield board
