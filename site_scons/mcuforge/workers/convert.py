"""Trained model → model.tflite, float.tflite and convert.json; from the cache when the same was converted before."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.convert.build import DEFAULT_TIMEOUT_S, build_model
from mcuforge.manifest.load import load_project
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.convert", description=__doc__)
    parser.add_argument("--project", type=Path, required=True, help="project.yaml")
    parser.add_argument("--output", type=Path, required=True, help="the folder that the files go to")
    parser.add_argument("--timeout", type=float, default=DEFAULT_TIMEOUT_S, metavar="S", help="seconds (%(default)g)")
    parser.add_argument("--no-cache", action="store_true", help="convert even what was converted before")
    args = parser.parse_args(argv)
    project = load_project(args.project)
    done = build_model(project, args.output, args.timeout, use_cache=not args.no_cache)
    print(done.summary())
    for note in done.facts.notes:
        place = ("quantize", "calibration") if project.quantize else ("model", "source")
        print(f"{project.positions.at(*place)}: warning: {note}")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
