"""size.json + what else was found + manifest + board → the size table, and a verdict that fails the build.

`budget.ok` is written only when everything holds; else no image of this build is left to be flashed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mcuforge.errors import GroupedUserError
from mcuforge.manifest.load import load_board, load_project
from mcuforge.report.build_report import Check
from mcuforge.report.evidence import checks, comparison
from mcuforge.report.formats.json import read_json
from mcuforge.report.formats.text import note_lines, to_text, verdict_line
from mcuforge.report.plan_facts import read_plan
from mcuforge.report.types import Verdict
from mcuforge.report.verdicts import problem, verdicts
from mcuforge.resources import write_atomic
from mcuforge.workers.alternatives import alternatives
from mcuforge.workers.evidence_options import add_evidence, evidence_of
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    args = _parser().parse_args(argv)
    project, board = load_project(args.project), load_board(args.board)
    report, plan = read_json(args.size), read_plan(args.plan)
    found = verdicts(report, project, board)
    print(to_text(report), end="")
    checked = checks(evidence_of(args), project, report.stack)
    print(note_lines(checked), end="")
    _show_baseline(args)
    others = alternatives(found, plan, project, board, args.model)
    errors = [problem(verdict, report, board, plan, others) for verdict in found if not verdict.ok]
    errors += [check.problem for check in checked if check.problem is not None]
    if errors:
        _remove(args, found)
        raise GroupedUserError(errors)
    if args.output is not None:
        write_atomic(args.output, _held(found, checked))
    return 0


def _show_baseline(args: argparse.Namespace) -> None:
    since = comparison(evidence_of(args))
    if since is not None:
        # Imported here: most builds compare with none.
        from mcuforge.report.regression.compare import table

        print(f"since {since.baseline}\n{table(since)}", end="")


def _remove(args: argparse.Namespace, found: Sequence[Verdict]) -> None:
    """Nothing is left that could be flashed; nor, of an image larger than its chip, what was linked to be measured."""
    too_large = args.oversize_image if any(verdict.is_too_large for verdict in found) else []
    for stale in filter(None, (args.output, *args.image, *too_large)):
        stale.unlink(missing_ok=True)


def _held(found: Sequence[Verdict], checked: Sequence[Check]) -> str:
    lines = [*map(verdict_line, found), *(f"ok   {check.title}" for check in checked)]
    return "".join(f"{line}\n" for line in lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.budget", description=__doc__)
    for option in ("--project", "--board", "--size", "--plan"):
        parser.add_argument(option, type=Path, required=True)
    add_evidence(parser)
    parser.add_argument("--model", type=Path, help="the .tflite file: for what else would fit")
    parser.add_argument("--output", type=Path, help="budget.ok; without it nothing is written")
    parser.add_argument("--image", type=Path, action="append", default=[], help="what to remove on failure; repeatable")
    parser.add_argument(
        "--oversize-image", type=Path, action="append", default=[], help="the same, when it is larger than its chip"
    )
    return parser


if __name__ == "__main__":
    sys.exit(run(main))
