"""Model + data set of the manifest → accuracy.json: the metric before and after quantization, by class and by layer."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from mcuforge.convert.accuracy import assess
from mcuforge.convert.gate import clipping
from mcuforge.manifest.load import load_project
from mcuforge.resources import write_atomic
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.accuracy", description=__doc__)
    parser.add_argument("--project", type=Path, required=True, help="project.yaml")
    parser.add_argument("--model", type=Path, required=True, help="the .tflite file that is built")
    parser.add_argument("--float", dest="exact", type=Path, help="the same before quantization")
    parser.add_argument("--output", type=Path, required=True, help="accuracy.json")
    args = parser.parse_args(argv)
    project = load_project(args.project)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=args.output.parent, prefix=".accuracy-") as folder:
        found = assess(project, args.model, args.exact, Path(folder))
    for line in clipping(found):
        print(f"{project.positions.at('quantize', 'calibration')}: warning: {line}")
    write_atomic(args.output, found.to_json())
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
