"""Twin + golden inputs → emulate.json: proves the outputs equal to TensorFlow Lite Micro's and counts instructions."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from mcuforge.emulate.oracle import Oracle
from mcuforge.emulate.qemu import NATIVE, Twin
from mcuforge.emulate.report import Emulation, mismatch_error, summary, to_json
from mcuforge.emulate.session import emulate
from mcuforge.emulate.vectors import golden_vectors, random_vectors
from mcuforge.manifest.load import load_project
from mcuforge.model.graph import Graph
from mcuforge.model.reader import read_model
from mcuforge.resources import write_atomic
from mcuforge.workers.runner import run

DEFAULT_TIMEOUT_S = 300.0
RANDOM_SEED = 1


def main(argv: list[str]) -> int:
    args = _parser().parse_args(argv)
    failed = args.output.with_suffix(".failed.json")
    for stale in (args.output, failed):
        stale.unlink(missing_ok=True)
    graph = read_model(args.model)
    emulation = _emulate(args, graph)
    if emulation.mismatch is not None:
        # Under another name: a target that exists after a failure would count as up to date.
        write_atomic(failed, to_json(emulation))
        raise mismatch_error(emulation, emulation.mismatch, graph.source)
    write_atomic(args.output, to_json(emulation))
    print(summary(emulation))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.emulate", description=__doc__)
    parser.add_argument("--elf", type=Path, required=True, help="the linked twin")
    parser.add_argument("--machine", required=True, help=f"QEMU's name of the machine, or `{NATIVE}`")
    parser.add_argument("--model", type=Path, required=True, help="the .tflite file")
    parser.add_argument("--project", type=Path, required=True, help="project.yaml: says which inputs are replayed")
    parser.add_argument("--plan", type=Path, required=True, help="plan.json of the generator")
    parser.add_argument("--output", type=Path, required=True, help="emulate.json")
    parser.add_argument("--random", type=int, default=0, metavar="N", help="replay N random inputs besides")
    parser.add_argument("--timeout", type=float, default=DEFAULT_TIMEOUT_S, metavar="S", help="seconds for one run")
    return parser


def _emulate(args: argparse.Namespace, graph: Graph) -> Emulation:
    vectors = golden_vectors(load_project(args.project), graph) + random_vectors(graph, args.random, RANDOM_SEED)
    facts = json.loads(args.plan.read_text())
    args.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=args.output.parent, prefix=".emulate-") as folder:
        twin = Twin(args.elf, args.machine, Path(folder), args.timeout)
        oracle = Oracle(args.model, graph, Path(folder), args.timeout)
        return emulate(twin, oracle, graph, vectors, facts)


if __name__ == "__main__":
    sys.exit(run(main))
