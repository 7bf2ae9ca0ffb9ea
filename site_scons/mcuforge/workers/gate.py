"""A host project's linked image + a manifest → size.json, audit.json and a verdict; an image that fails is removed.

Whole image, the host's own linker script: what is measured is what lies in the board's regions, whoever put it there.
What is audited is the model: its names, its alignment, its weights, what its objects were compiled for.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.errors import Location, UserError
from mcuforge.manifest.load import load_board, load_project
from mcuforge.manifest.types import AUDITS, Project
from mcuforge.report.audit.checks import MODEL_AUDITS, run_audits
from mcuforge.report.audit.image import AuditedImage
from mcuforge.report.audit.result import AuditResult
from mcuforge.report.plan_facts import read_plan
from mcuforge.resources import write_atomic
from mcuforge.workers import budget, measure
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.gate", description=__doc__)
    for option in ("--project", "--board", "--plan", "--elf", "--map"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--runtime", required=True)
    parser.add_argument("--toolchain", required=True, help="for the report")
    parser.add_argument("--output", type=Path, required=True, help="the folder of size.json and budget.ok")
    parser.add_argument("--image", type=Path, action="append", default=[], help="goes with the ELF file; repeatable")
    parser.add_argument("--keep", action="store_true", help="leave an image that is over budget")
    args = parser.parse_args(argv)
    if not args.map.is_file():
        raise UserError(
            "the linker wrote no map file",
            location=Location(args.map),
            hint="link with -Wl,-Map=… and name that file: only the map tells whose bytes an image is made of",
        )
    who = ["--project", str(args.project), "--board", str(args.board), "--plan", str(args.plan)]
    size, tree = args.output / "size.json", args.output / "size.tree.json"
    linked = ["--elf", str(args.elf), "--map", str(args.map), "--runtime", args.runtime]
    measure.main([*who, *linked, "--toolchain", args.toolchain, "--output", str(size), "--tree", str(tree)])
    audit = args.output / "audit.json"
    write_atomic(audit, _audited(args).to_json())
    removed = [] if args.keep else [word for path in (args.elf, *args.image) for word in ("--image", str(path))]
    judged = ["--size", str(size), "--audit", str(audit), "--output", str(args.output / "budget.ok")]
    return budget.main([*who, *judged, *removed])


def _audited(args: argparse.Namespace) -> AuditResult:
    image = AuditedImage(args.elf, args.map, load_board(args.board), read_plan(args.plan), is_hosts=True)
    return run_audits(image, _audits(load_project(args.project), args.runtime))


def _audits(project: Project, runtime: str) -> tuple[str, ...]:
    """Of `strict`, those that ask about the model; what the manifest lists by name is asked of the whole program."""
    if project.audits is None:
        return MODEL_AUDITS if runtime == "aot" else ()
    return MODEL_AUDITS if project.audits == AUDITS else project.audits


if __name__ == "__main__":
    sys.exit(run(main))
