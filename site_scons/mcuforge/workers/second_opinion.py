"""ST Edge AI Core's own analysis of the model, beside our figures; optional, and only where `stedgeai` is on PATH.

Its analysis and validation are read from what it prints (`weights (ro)`, `activations (rw)`, `macc`, and of its metrics
the row `X-cross #1`).
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from mcuforge.errors import UserError
from mcuforge.units import format_size
from mcuforge.workers.runner import run

TOOL = "stedgeai"
_TIMEOUT_S = 600
_FIGURES = {"macs": "macc", "weights": "weights (ro)", "activations": "activations (rw)"}
_SERIES = re.compile(r"stm32([a-z]\d)")
_SHOWN_LINES = 6


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.second_opinion", description=__doc__)
    for option in ("--model", "--size"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--board", required=True, help="its name, which tells the series of an STM32")
    args = parser.parse_args(argv)
    ours = json.loads(args.size.read_text(encoding="utf-8"))
    analysis = ask("analyze", args.model, args.board)
    validation = ask("validate", args.model, args.board)
    print(table(ours, figures(analysis), accuracy(validation)), end="")
    return 0


def ask(command: str, model: Path, board: str) -> str:
    """What the tool prints. Raises UserError when it is missing, fails, or does not end."""
    tool = shutil.which(TOOL)
    if tool is None:
        raise UserError(f"`{TOOL}` is not on PATH", hint="install ST Edge AI Core, or compare without with=stedgeai")
    series = _SERIES.match(board)
    words = [tool, command, "--model", str(model.resolve()), "--target", f"stm32{series[1]}" if series else "stm32"]
    with tempfile.TemporaryDirectory(prefix="stedgeai-") as folder:
        words += ["--workspace", f"{folder}/workspace", "--output", f"{folder}/output"]
        try:
            done = subprocess.run(
                words, cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False, errors="replace"
            )
        except subprocess.TimeoutExpired:
            raise UserError(f"`{TOOL} {command}` did not end within {_TIMEOUT_S} s") from None
        except OSError as error:
            raise UserError(f"`{TOOL}` does not run: {error.strerror}") from error
    if done.returncode != 0:
        said = tuple((done.stdout + done.stderr).strip().splitlines()[-_SHOWN_LINES:])
        raise UserError(f"`{TOOL} {command}` ended with {done.returncode}", details=said)
    return done.stdout


def figures(text: str) -> dict[str, int]:
    """Raises UserError for an analysis that lacks one of the figures: of a version that prints otherwise."""
    found = {}
    for name, title in _FIGURES.items():
        match = re.search(rf"^ *{re.escape(title)} *: *([0-9][0-9,]*)", text, re.MULTILINE)
        if match is None:
            raise UserError(
                f"`{TOOL} analyze` printed no `{title}`", hint="its output may have changed: compare by hand"
            )
        found[name] = int(match[1].replace(",", ""))
    return found


def accuracy(text: str) -> str | None:
    """The metrics that compare its code with the model it was made of, by name; None where it prints none."""
    head = re.search(r"^ *Output +(acc .*?)(?: +tensor)? *$", text, re.MULTILINE)
    row = re.search(r"^ *X-cross *#?1 +(.+?) *$", text, re.MULTILINE)
    if head is None or row is None:
        return None
    # A text about the tensor follows the numbers.
    return ", ".join(f"{name} {value}" for name, value in zip(head[1].split(), row[1].split(), strict=False))


def table(ours: Mapping[str, object], theirs: Mapping[str, int], validation: str | None) -> str:
    """`ours` is size.json."""
    model, causes, arena = (dict(ours[key]) for key in ("model", "causes", "arena"))  # type: ignore[call-overload]
    rows = [
        ("", "mcuforge", TOOL),
        ("weights", format_size(sum(causes["weights"].values())), format_size(theirs["weights"])),
        ("activations", format_size(arena["used"]), format_size(theirs["activations"])),
        ("MACs", f"{model['macs']:,}", f"{theirs['macs']:,}"),
    ]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    lines = [f"{ours['project']} on {ours['board']}"]
    lines += [f"  {a.ljust(widths[0])}  {b.rjust(widths[1])}  {c.rjust(widths[2])}" for a, b, c in rows]
    lines.append(f"  {TOOL} validate: {validation or 'no metrics'}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(run(main))
