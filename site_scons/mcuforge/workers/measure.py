"""Linked image + map → size.json, what each memory region holds and why; size.tree.json, the same down to symbols."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mcuforge.errors import InternalError
from mcuforge.manifest.load import load_board, load_project
from mcuforge.manifest.types import Board
from mcuforge.report.formats.json import render_size, to_json
from mcuforge.report.mapfile import linked_regions
from mcuforge.report.measure import LinkedImage, measure
from mcuforge.report.plan_facts import read_plan
from mcuforge.resources import write_atomic
from mcuforge.toolchain.memory_map import Region, has_memory_map, memory_map, spread
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.measure", description=__doc__)
    for option in ("--project", "--board", "--elf", "--map", "--plan", "--output", "--tree"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--objdump", type=Path, help="for the depth of the stack; without it, none is told")
    parser.add_argument("--runtime", required=True, help="what the sources were generated for: aot or tflm")
    parser.add_argument("--toolchain", required=True, help="name and version of the compiler, for the report")
    args = parser.parse_args(argv)
    project, board, plan = load_project(args.project), load_board(args.board), read_plan(args.plan)
    if plan.runtime != args.runtime:
        raise InternalError(f"the sources were generated for the runtime {plan.runtime}, not for {args.runtime}")
    image = LinkedImage(args.elf, args.map, _regions(board, args.map), args.toolchain, args.objdump)
    report = measure(image, project, board, plan)
    summary, tree = to_json(report), render_size(report)
    write_atomic(args.tree, tree)
    write_atomic(args.output, summary)
    return 0


def _regions(board: Board, map_file: Path) -> Sequence[Region]:
    """What the image was linked for: the board's memory, or that with room to spare when it is larger than its chip."""
    if not has_memory_map(board):
        return ()
    roomy = spread(memory_map(board))
    linked = linked_regions(map_file.read_text(encoding="utf-8", errors="surrogateescape"))
    is_roomy = all(linked.get(region.name) == (region.origin, region.length) for region in roomy)
    return roomy if is_roomy else memory_map(board)


if __name__ == "__main__":
    sys.exit(run(main))
