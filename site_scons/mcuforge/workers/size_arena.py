"""Sizing program in the twin, or the host's TFLM where there is none → arena.json: how large an arena is needed."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from mcuforge.emulate.qemu import Twin
from mcuforge.manifest.load import load_project
from mcuforge.model.reader import read_model
from mcuforge.resources import write_atomic
from mcuforge.runtimes.tflm.arena import ArenaNeed, bound_from_host, measure, to_json
from mcuforge.runtimes.tflm.host_arena import host_arena_bytes
from mcuforge.units import format_size
from mcuforge.workers.runner import run

_TIMEOUT_S = 120.0


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.size_arena", description=__doc__)
    for option in ("--project", "--board", "--model", "--tflm", "--output"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--elf", type=Path, help="the linked sizing program; absent for a board without an emulator")
    parser.add_argument("--machine", help="where it runs")
    parser.add_argument("--given", type=int, metavar="BYTES", help="the size to take without asking TFLM")
    args = parser.parse_args(argv)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=args.output.parent, prefix=".arena-") as folder:
        twin = Twin(args.elf, args.machine, Path(folder), _TIMEOUT_S) if args.elf else None
        need = measure(twin) if twin else _bound(args)
    write_atomic(args.output, to_json(need))
    parts = f" (head {format_size(need.head)}, tail {format_size(need.tail)})" if need.head and need.tail else ""
    print(f"  arena: {format_size(need.needed)}{parts}, {need.method}")
    return 0


def _bound(args: argparse.Namespace) -> ArenaNeed:
    if args.given is not None:
        return ArenaNeed(args.given, None, None, "what the manifest says, not measured", False)
    graph = read_model(args.model)
    return bound_from_host(host_arena_bytes(args.model, graph), graph, load_project(args.project).kernels)


if __name__ == "__main__":
    sys.exit(run(main))
