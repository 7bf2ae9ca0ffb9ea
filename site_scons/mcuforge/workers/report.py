"""Everything known of a build → report.json, report.html and the other formats; all of them or none.

Written for a build that breaks its budgets too: whoever asks for a report wants it most then. Judging is not its
business; a report of a broken budget is a success.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.errors import display_path
from mcuforge.manifest.load import load_board, load_project
from mcuforge.report.collect import BuildFiles, collect
from mcuforge.report.formats import report_formats
from mcuforge.resources import write_atomic
from mcuforge.workers.alternatives import alternatives
from mcuforge.workers.evidence_options import add_evidence, evidence_of
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    args = _parser().parse_args(argv)
    files = BuildFiles(args.plan, args.model, args.elf, evidence_of(args))
    project, board = load_project(args.project), load_board(args.board)
    report = collect(
        files,
        project,
        board,
        compile_flags=tuple(args.compile_flag),
        link_flags=tuple(args.link_flag),
        alternatives=lambda found, plan: alternatives(found, plan, project, board, args.model),
    )
    # Everything is rendered before anything is written: a failure leaves the previous report as it was.
    rendered = {name: render(report) for name, render in report_formats().items()}
    for name, text in rendered.items():
        write_atomic(args.output / name, text)
    print(f"{display_path(args.output / 'report.html')}: {report.headline}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.report", description=__doc__)
    for option in ("--project", "--board", "--plan", "--model", "--elf"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--size", type=Path, required=True, help="size.tree.json")
    add_evidence(parser)
    parser.add_argument("--output", type=Path, required=True, help="the folder that the files go to")
    parser.add_argument("--compile-flag", action="append", default=[], help="for the record; repeatable")
    parser.add_argument("--link-flag", action="append", default=[], help="for the record; repeatable")
    return parser


if __name__ == "__main__":
    sys.exit(run(main))
