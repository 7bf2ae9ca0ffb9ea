"""Writes the operators that the model uses into the manifest's `operators:` list."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.manifest.edit import with_list
from mcuforge.manifest.load import load_project
from mcuforge.model.declared import used_operators
from mcuforge.model.reader import read_model
from mcuforge.resources import write_atomic
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.update_operators", description=__doc__)
    parser.add_argument("--project", type=Path, required=True, help="project.yaml, which is changed")
    parser.add_argument("--model", type=Path, required=True, help="the .tflite file that is built")
    args = parser.parse_args(argv)
    project = load_project(args.project)
    used = used_operators(read_model(args.model))
    if project.operators is not None and tuple(sorted(project.operators)) == used:
        print(f"{args.project}: operators are up to date")
        return 0
    text = args.project.read_text(encoding="utf-8")
    write_atomic(args.project, with_list(text, "operators", used))
    print(f"{args.project}: operators: {', '.join(used)}")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
