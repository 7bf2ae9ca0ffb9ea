"""A git revision of a project → the size and instruction counts that it had, built anew from that revision.

The revision's own mcuforge builds it where the repository holds one, so that changes of kernels and planner count too.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from mcuforge.errors import UserError
from mcuforge.report.regression.baseline import ACCURACY_FILE, EMULATE_FILE, SIZE_FILES
from mcuforge.resources import write_atomic
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.baseline", description=__doc__)
    parser.add_argument("--project", type=Path, required=True, help="project.yaml of today")
    parser.add_argument("--board", required=True, help="the board's name, or a file")
    parser.add_argument("--commit", required=True, help="the whole hash")
    parser.add_argument("--front-door", type=Path, required=True, help="the folder of the SConstruct to fall back on")
    parser.add_argument("--output", type=Path, required=True, help="the folder that takes the files")
    parser.add_argument("--emulate", action="store_true", help="count instructions too")
    parser.add_argument("--accuracy", action="store_true", help="measure accuracy too")
    args = parser.parse_args(argv)
    project = args.project.resolve()
    top = Path(_git(project.parent, "rev-parse", "--show-toplevel").decode().strip())
    with tempfile.TemporaryDirectory(prefix="mcuforge-baseline-") as folder:
        tree = Path(folder) / "tree"
        with tarfile.open(fileobj=io.BytesIO(_git(top, "archive", args.commit))) as archive:
            archive.extractall(tree, filter="data")
        then = tree / project.relative_to(top)
        if not then.is_file():
            raise UserError(f"{args.commit[:12]} has no {project.relative_to(top)}", hint="name a later revision")
        made = _build(then, tree if (tree / "SConstruct").is_file() else args.front_door, args)
        for file in (*(made / name for name in (*SIZE_FILES, EMULATE_FILE)), made.parent / "model" / ACCURACY_FILE):
            if file.is_file():
                write_atomic(args.output / file.name, file.read_bytes())
    return 0


def _git(folder: Path, *words: str) -> bytes:
    done = subprocess.run(["git", "-C", folder, *words], capture_output=True, check=False)
    if done.returncode:
        raise UserError(f"git {words[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _build(project: Path, front_door: Path, args: argparse.Namespace) -> Path:
    """The build's folder. A budget that was broken then does not matter: what was measured is there all the same."""
    words = [f"project={project}", f"board={args.board}", f"build_dir={project.parent / '.baseline'}"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    goals = [goal for goal, wanted in (("emulate", args.emulate), ("accuracy", args.accuracy)) if wanted]
    done = subprocess.run(
        [sys.executable, "-m", "SCons", "-Q", "-k", *words, *goals, "size"],
        cwd=front_door,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found = sorted((project.parent / ".baseline").glob(f"*/*/{SIZE_FILES[-1]}"))
    if not found:
        lines = (done.stdout + done.stderr).strip().splitlines()
        raise UserError(f"{args.commit[:12]} does not build", details=tuple(lines[-8:]))
    return found[0].parent


if __name__ == "__main__":
    sys.exit(run(main))
