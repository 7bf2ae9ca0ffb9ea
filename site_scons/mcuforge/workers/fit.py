"""forecast.json of each board → the table of boards that fit, on standard output."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.report.forecast.forecast import fit_table, read_forecast
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.fit", description=__doc__)
    parser.add_argument("--forecast", type=Path, action="append", default=[], help="forecast.json; repeatable")
    parser.add_argument("--refused", action="append", default=[], help="project/board=reason; repeatable")
    args = parser.parse_args(argv)
    forecasts = [read_forecast(path) for path in args.forecast]
    refused: dict[str, dict[str, str]] = {}
    for item in args.refused:
        place, _, reason = item.partition("=")
        project, _, board = place.partition("/")
        refused.setdefault(project, {})[board] = reason
    for project in sorted({*refused, *(item.project for item in forecasts)}):
        print(project)
        found = [item for item in forecasts if item.project == project]
        print(fit_table(found, refused.get(project, {})), end="")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
