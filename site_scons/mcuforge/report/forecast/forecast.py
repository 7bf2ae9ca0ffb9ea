"""Objects → bytes in each memory region, before anything is linked: weights and arena as planned, code as compiled."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from mcuforge.manifest.types import Board
from mcuforge.report.forecast.relaxation import savings
from mcuforge.report.forecast.sections import InputSection, kept_sections

ENTRY = "mcuf_reset"
_KINDS = ("vectors", "text", "weights", "constants", "data", "arena", "zero")
_STACK_ALIGNMENT = 8
METHOD = "sections that the linker will keep of the compiled objects and the C library, placed as the board says"


@dataclass(frozen=True)
class Forecast:
    """Bytes by region. `weights` and `arena` are those of the plan."""

    project: str
    board: str
    core: str
    regions: Mapping[str, int] = field(hash=False)
    capacity: Mapping[str, int] = field(hash=False)
    weights: int
    arena: int

    def over(self) -> dict[str, int]:
        """{region: bytes too many}"""
        return {name: used - self.capacity[name] for name, used in self.regions.items() if used > self.capacity[name]}

    @property
    def memory(self) -> int:
        """All that the board has: what small and large are told by."""
        return sum(self.capacity.values())

    def to_json(self) -> str:
        return json.dumps({"schema_version": 1, "method": METHOD, **asdict(self)}, indent=1) + "\n"


def read_forecast(path: Path) -> Forecast:
    document = json.loads(path.read_text(encoding="utf-8"))
    return Forecast(**{name: document[name] for name in Forecast.__dataclass_fields__})


def forecast(
    objects: Iterable[Path], archives: Iterable[Path], board: Board, project: str, stack_bytes: int
) -> Forecast:
    """`archives` are the C libraries, in the order they are searched."""
    kinds: dict[str, list[InputSection]] = {kind: [] for kind in _KINDS}
    for section in _relaxed(kept_sections(objects, archives, ENTRY), project):
        kinds[_kind(section.name, project)].append(section)
    place = board.placement
    loads_weights = place.weights != place.code and "w" in board.memory[place.weights].access
    # In the order of the linker script; what is initialised counts where it runs and where it is loaded.
    laid_out = [(place.code, "vectors"), (place.code, "text"), (place.weights, "weights")]
    laid_out += [(place.code, "weights")] if loads_weights else []
    laid_out += [(place.code, "constants"), (place.data, "data"), (place.code, "data")]
    laid_out += [(place.arena, "arena"), (place.data, "zero")]
    regions = dict.fromkeys(board.memory, 0) | {place.stack: stack_bytes // _STACK_ALIGNMENT * _STACK_ALIGNMENT}
    for region, kind in laid_out:
        regions[region] = _extent(regions[region], kinds[kind])
    size = {kind: _extent(0, kinds[kind]) for kind in ("weights", "arena")}
    capacity = {name: board.capacity_bytes(name) for name in board.memory}
    return Forecast(project, board.name, board.cpu.core, regions, capacity, size["weights"], size["arena"])


def _relaxed(sections: Sequence[InputSection], project: str) -> Iterator[InputSection]:
    """With the sizes that are left once the linker has shortened what it can."""
    kinds = [_kind(section.name, project) for section in sections]
    code = _offsets(sections, kinds, ("vectors", "text"))
    saved = savings(sections, code, _offsets(sections, kinds, ("data", "arena", "zero")))
    for at, section in enumerate(sections):
        yield replace(section, size=section.size - saved.get(at, 0))


def _offsets(sections: Sequence[InputSection], kinds: Sequence[str], order: Sequence[str]) -> dict[int, int]:
    """{section's number: where it lies} of the kinds that lie one behind the other."""
    offsets, end = {}, 0
    for kind in order:
        for at, section in enumerate(sections):
            if kinds[at] == kind:
                end = _extent(end, (section,))
                offsets[at] = end - section.size
    return offsets


def _kind(section: str, project: str) -> str:
    if section.startswith(f".rodata.{project}_weights_"):
        return "weights"
    if section == f".bss.{project}_arena":
        return "arena"
    starts = {
        ".vectors": "vectors",
        ".text": "text",
        ".bss": "zero",
        ".sbss": "zero",
        ".data": "data",
        ".sdata": "data",
    }
    return next((kind for start, kind in starts.items() if section.startswith(start)), "constants")


def _extent(start: int, sections: Sequence[InputSection]) -> int:
    """One behind the other, each at its alignment: where the last ends."""
    end = start
    for section in sections:
        end = -(-end // section.alignment) * section.alignment + section.size
    return end


def fit_table(forecasts: Iterable[Forecast], refused: Mapping[str, str]) -> str:
    """Boards by rising memory: what each region would hold, and what is too much. `refused`: boards, and why."""
    ordered = sorted(forecasts, key=lambda item: (item.memory, item.board))
    rows = [("BOARD", "CORE", "MEMORY", "FITS")]
    for item in ordered:
        memory = ", ".join(f"{name} {item.regions[name]:,} of {item.capacity[name]:,} B" for name in item.regions)
        over = ", ".join(f"{name} is {count:,} B too small" for name, count in item.over().items())
        rows.append((item.board, item.core, memory, f"no: {over}" if over else "yes"))
    rows += [(board, "", "", f"no: {reason}") for board, reason in sorted(refused.items())]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    smallest = next((item.board for item in ordered if not item.over()), None)
    lines.append(f"the smallest board that fits: {smallest}" if smallest else "no board fits")
    lines.append(f"forecast, nothing was linked: {METHOD}")
    return "\n".join(lines) + "\n"
