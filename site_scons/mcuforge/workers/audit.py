"""Linked image + map + objects → audit.json: what is in the image that the manifest's `audit:` does not want there.

Finding something is a success here; the budget step turns findings into errors.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.manifest.load import load_board
from mcuforge.report.audit.checks import run_audits
from mcuforge.report.audit.image import AuditedImage
from mcuforge.report.plan_facts import read_plan
from mcuforge.resources import write_atomic
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.audit", description=__doc__)
    for option in ("--board", "--elf", "--map", "--plan", "--output"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--audit", action="append", default=[], help="the name of one; repeatable")
    args = parser.parse_args(argv)
    image = AuditedImage(args.elf, args.map, load_board(args.board), read_plan(args.plan))
    write_atomic(args.output, run_audits(image, args.audit).to_json())
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
