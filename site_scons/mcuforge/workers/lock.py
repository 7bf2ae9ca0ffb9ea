"""Writes project.lock.yaml, or holds a build to the one that is there."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.convert.job import Facts
from mcuforge.convert.lock import check_lock, entries, to_yaml
from mcuforge.convert.locked_files import lock_path
from mcuforge.errors import display_path
from mcuforge.manifest.load import load_project
from mcuforge.resources import write_atomic
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.lock", description=__doc__)
    parser.add_argument("--project", type=Path, required=True, help="project.yaml; the lock lies beside it")
    parser.add_argument("--model", type=Path, required=True, help="the .tflite file that is built")
    parser.add_argument("--facts", type=Path, help="convert.json, where the model was converted")
    parser.add_argument("--check", type=Path, help="compare, and write this file when nothing has changed")
    args = parser.parse_args(argv)
    project = load_project(args.project)
    facts = None if args.facts is None else Facts.from_json(args.facts.read_text(encoding="utf-8"))
    found, path = entries(project, args.model, facts), lock_path(project)
    if args.check is None:
        write_atomic(path, to_yaml(found))
        print(f"wrote {display_path(path)}")
        return 0
    args.check.unlink(missing_ok=True)
    note = check_lock(path, found)
    if note is not None:
        print(f"{display_path(path)}: warning: {note}")
    write_atomic(args.check, f"{note or 'as locked'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
