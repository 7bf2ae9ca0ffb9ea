"""Objects → image and map, both or neither; one too big for its chip is linked once more with room to spare.

ld stops at the first region that overflows and says only by how much. With the measuring script, whose regions are
apart and larger, the same image tells what takes the space. It is no one's to run: its addresses are not the chip's.
The firmware's is measured, audited and reported like any other, and the verdict removes it; a twin's is an error.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from mcuforge.errors import UserError, display_path
from mcuforge.workers.runner import run

_OVERFLOW = re.compile(r"region `[^']+' overflowed by|will not fit in region")
# `/usr/lib/…/bin/ld: main.o: in function …`: the path says nothing to anyone.
_LINKER_PREFIX = re.compile(r"^\S*\bld(?:\.bfd)?(?:\.exe)?: ")
_SYSTEM_CALL = re.compile(r"undefined reference to `_(?:sbrk|write|read|exit|close|lseek|fstat|isatty|kill|getpid)'")


def main(argv: list[str]) -> int:
    args = _parser().parse_args(argv)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    # Names that do not change from run to run: the map file holds the image's.
    image, map_file = (path.with_name(f".{path.name}.part") for path in (args.output, args.map))
    try:
        failure = _link(args, image, map_file, args.script)
        if failure is None:
            _keep(args, image, map_file)
            return 0
        if args.measure_script is not None and _OVERFLOW.search(failure):
            other_failure = _link(args, image, map_file, args.measure_script)
            if other_failure is None and args.judged:
                _keep(args, image, map_file)
                return 0
            failure = other_failure or _explain_overflow(args, image, map_file, failure)
        raise _link_error(args.output, failure)
    finally:
        image.unlink(missing_ok=True)
        map_file.unlink(missing_ok=True)


def _keep(args: argparse.Namespace, image: Path, map_file: Path) -> None:
    os.replace(map_file, args.map)
    os.replace(image, args.output)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.link", description=__doc__)
    for option in ("--gcc", "--project", "--board", "--plan", "--output", "--map"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--script", type=Path, help="linker script; none on a host")
    parser.add_argument("--measure-script", type=Path, help="the same with room to spare")
    parser.add_argument("--judged", action="store_true", help="a verdict follows: hand on what is larger than its chip")
    parser.add_argument("--flag", action="append", default=[], help="a flag for the linking compiler; repeatable")
    parser.add_argument("objects", nargs="+")
    return parser


def _link(args: argparse.Namespace, image: Path, map_file: Path, script: Path | None) -> str | None:
    """None when it worked (warnings are passed on), else what the linker said."""
    command = [args.gcc, *args.flag, *(("-T", script) if script is not None else ())]
    # The map comes by the output: ld puts the image's name wherever a map's name has a `%`.
    command += ["-Wl,-Map=-", "-o", image, *args.objects, "-lm"]
    # The C locale: what the linker says is searched for what went wrong.
    environment = os.environ | {"LC_ALL": "C"}
    try:
        with map_file.open("wb") as written:
            done = subprocess.run(command, env=environment, stdout=written, stderr=subprocess.PIPE, check=False)
    except OSError as error:
        raise UserError(f"{args.gcc} does not run: {error.strerror}", hint="was the compiler removed?") from error
    said = done.stderr.decode(errors="replace")
    if done.returncode != 0:
        return said
    print(said, end="", file=sys.stderr)
    return None


def _explain_overflow(args: argparse.Namespace, image: Path, map_file: Path, failure: str) -> str:
    """Raises UserError for every region of the chip that is too small, and leaves no older image to be run.

    `image` and `map_file` were linked with room to spare. Returns what to report when they fit all the same.
    """
    # Imported here: an image that fits its chip never pays for it.
    from mcuforge.manifest.load import load_board, load_project
    from mcuforge.report.measure import LinkedImage, measure
    from mcuforge.report.plan_facts import read_plan
    from mcuforge.report.verdicts import limits_error, verdicts
    from mcuforge.toolchain.memory_map import memory_map, spread

    project, board, plan = load_project(args.project), load_board(args.board), read_plan(args.plan)
    linked = LinkedImage(image, map_file, spread(memory_map(board)), toolchain=args.gcc.name)
    report = measure(linked, project, board, plan)
    # Budgets are judged later, on an image for the board itself: this one may be its emulated twin.
    of_chip = [verdict for verdict in verdicts(report, project, board) if verdict.kind == "capacity"]
    error = limits_error(of_chip, report, board, plan)
    if error is None:
        return failure
    args.output.unlink(missing_ok=True)
    args.map.unlink(missing_ok=True)
    raise error


def _link_error(output: Path, text: str) -> UserError:
    lines = [_LINKER_PREFIX.sub("", line) for line in text.splitlines() if not line.startswith("collect2:")]
    return UserError(f"cannot link {display_path(output)}", details=tuple(lines), hint=_hint(lines))


def _hint(lines: Sequence[str]) -> str | None:
    if any(_SYSTEM_CALL.search(line) for line in lines):
        return "the image has no heap and no stdio; something linked in needs them (malloc, printf, …)"
    return None


if __name__ == "__main__":
    sys.exit(run(main))
