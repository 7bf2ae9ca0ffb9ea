"""size.json → the size table on standard output."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mcuforge.report.formats.json import read_json
from mcuforge.report.formats.text import to_text
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.show_size", description=__doc__)
    parser.add_argument("--size", type=Path, required=True)
    print(to_text(read_json(parser.parse_args(argv).size)), end="")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
