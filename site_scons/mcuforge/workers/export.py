"""Generated sources → one ecosystem's library, as a folder and as an archive."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from mcuforge.backends.export import load_ecosystem
from mcuforge.backends.packaging.archive import write_folder, zip_bytes
from mcuforge.backends.packaging.package import make_package
from mcuforge.errors import UserError, display_path
from mcuforge.manifest.load import load_board, load_project, make_target
from mcuforge.model.reader import read_model
from mcuforge.resources import write_atomic
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.export", description=__doc__)
    for option in ("--project", "--board", "--model", "--output"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--plan", type=Path, required=True, help="plan.json; the generated sources lie beside it")
    parser.add_argument("--runtime", required=True)
    parser.add_argument("--ecosystem", required=True)
    args = parser.parse_args(argv)
    target = make_target(load_project(args.project), load_board(args.board), args.runtime)
    ecosystem = load_ecosystem(args.ecosystem)
    if target.runtime not in ecosystem.runtimes:
        raise UserError(
            f"the export {ecosystem.name} has no parts for the runtime {target.runtime}",
            location=target.project.positions.at("runtime"),
            hint=f"write `runtime: {ecosystem.runtimes[0]}`, or give runtime={ecosystem.runtimes[0]}",
        )
    arena_bytes = int(json.loads(args.plan.read_text(encoding="utf-8"))["arena"]["used"])
    package = make_package(target, args.plan.parent, read_model(args.model), arena_bytes)
    files = ecosystem.files(package)
    archive, root = ecosystem.archive(package)
    write_folder(args.output / ecosystem.name, files)
    write_atomic(args.output / archive, zip_bytes(files, root))
    print(f"export: {display_path(args.output / ecosystem.name)} and {display_path(args.output / archive)}")
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
