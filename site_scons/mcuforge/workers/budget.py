"""size.json + audit.json + manifest + board → the size table, and a verdict that fails the build.

`budget.ok` is written only when every limit holds; else no image of this build is left to be flashed. On GitHub's
runners the verdict also marks the manifest's lines.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from mcuforge.errors import UserError, display_path
from mcuforge.manifest.load import load_board, load_project
from mcuforge.manifest.types import Project
from mcuforge.report.audit.result import AuditResult, read_audit
from mcuforge.report.formats.github import to_annotations
from mcuforge.report.formats.json import read_json
from mcuforge.report.formats.text import to_text, verdict_line
from mcuforge.report.plan_facts import read_plan
from mcuforge.report.verdicts import LimitsExceededError, limits_error, verdicts
from mcuforge.resources import write_atomic
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    args = _parser().parse_args(argv)
    project, board = load_project(args.project), load_board(args.board)
    report, plan = read_json(args.size), read_plan(args.plan)
    found = verdicts(report, project, board)
    print(to_text(report), end="")
    audited = read_audit(args.audit) if args.audit else AuditResult()
    print(audited.notes(project), end="")
    broken = limits_error(found, report, board, plan)
    errors = (*(broken.errors if broken else ()), *audited.errors(project), *_growth(args, project))
    if errors:
        for stale in filter(None, (args.output, *args.image)):
            stale.unlink(missing_ok=True)
        if os.environ.get("GITHUB_ACTIONS") == "true":
            print(to_annotations(errors), end="")
        raise LimitsExceededError(errors)
    if args.output is not None:
        write_atomic(args.output, "".join(f"{verdict_line(verdict)}\n" for verdict in found))
    return 0


def _growth(args: argparse.Namespace, project: Project) -> tuple[UserError, ...]:
    """Shows what changed since the baseline, where there is one."""
    if args.baseline is None:
        return ()
    # Imported here: most builds compare with none.
    from mcuforge.report.regression.baseline import measured_now, read_measured
    from mcuforge.report.regression.compare import table
    from mcuforge.report.regression.growth import growth_errors

    old, new = read_measured(args.baseline), measured_now(args.size, args.emulation, args.accuracy)
    print(f"since {display_path(args.baseline)}")
    print(table(old, new), end="")
    return growth_errors(old, new, project)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.budget", description=__doc__)
    for option in ("--project", "--board", "--size", "--plan"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--audit", type=Path, help="audit.json: what it finds fails the build too")
    parser.add_argument("--baseline", type=Path, help="size.json or report.json of an earlier build")
    parser.add_argument("--emulation", type=Path, help="emulate.json of this build")
    parser.add_argument("--accuracy", type=Path, help="accuracy.json of this build")
    parser.add_argument("--output", type=Path, help="budget.ok; without it nothing is written")
    parser.add_argument("--image", type=Path, action="append", default=[], help="what to remove on failure; repeatable")
    return parser


if __name__ == "__main__":
    sys.exit(run(main))
