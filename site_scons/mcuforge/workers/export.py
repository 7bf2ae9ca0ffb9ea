"""Generated sources → one ecosystem's library, as a folder and as an archive."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from mcuforge.backends.export import Ecosystem, load_ecosystem
from mcuforge.backends.packaging.archive import write_folder, zip_bytes
from mcuforge.backends.packaging.package import Package, make_package
from mcuforge.errors import InternalError, display_path
from mcuforge.manifest.load import load_board, load_project, make_target
from mcuforge.manifest.types import Target
from mcuforge.model.reader import read_model
from mcuforge.resources import write_atomic
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.export", description=__doc__)
    for option in ("--project", "--board", "--model", "--output"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--plan", type=Path, help="plan.json of the runtime aot; the generated sources lie beside it")
    parser.add_argument("--runtime", required=True)
    parser.add_argument("--ecosystem", required=True)
    args = parser.parse_args(argv)
    target = make_target(load_project(args.project), load_board(args.board), args.runtime)
    ecosystem = load_ecosystem(args.ecosystem)
    package = _package(target, args.model, args.plan, ecosystem)
    files = ecosystem.files(package)
    archive, root = ecosystem.archive(package)
    write_folder(args.output / ecosystem.name, files)
    write_atomic(args.output / archive, zip_bytes(files, root))
    print(f"export: {display_path(args.output / ecosystem.name)} and {display_path(args.output / archive)}")
    return 0


def _package(target: Target, model: Path, plan: Path | None, ecosystem: Ecosystem) -> Package:
    if target.runtime == "tflm":
        # Imported here: no other export pays for it.
        from mcuforge.backends.packaging.tflm import make_tflm_package

        return make_tflm_package(target, model, ecosystem.tflm(target.project))
    if plan is None:
        raise InternalError("the runtime aot is exported from its generated sources")
    arena_bytes = int(json.loads(plan.read_text(encoding="utf-8"))["arena"]["used"])
    return make_package(target, plan.parent, read_model(model), arena_bytes)


if __name__ == "__main__":
    sys.exit(run(main))
