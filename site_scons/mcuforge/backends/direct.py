"""Builds the twin of a BuildPlan at once, in this process and without a build system: for commands that need it once.

Everything is built anew; for what is built again and again there are SCons and CMake.
"""

from __future__ import annotations

import importlib
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mcuforge.backends.buildplan import BuildPlan, Image, Source
from mcuforge.errors import InternalError


def build_twin(plan: BuildPlan) -> Path:
    """Generates, compiles and links the twin; returns its ELF file. The plan is one of C sources alone.

    Raises UserError as the steps do, and InternalError when code of our own does not compile.
    """
    if plan.twin is None:
        raise InternalError("this board has no twin")
    for step in plan.steps["prepare"]:
        _run_worker(step.argv)
    compiled = [(source, plan.build_dir / "obj") for source in plan.model_sources]
    compiled += [(source, plan.twin.folder / "obj") for source in plan.twin.sources]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = list(pool.map(lambda item: _compile(plan, *item), compiled))
    return _link(plan.twin, objects)


def _run_worker(argv: Sequence[str]) -> None:
    module, *arguments = argv
    importlib.import_module(module).main(arguments)


def _compile(plan: BuildPlan, source: Source, folder: Path) -> Path:
    made = folder / f"{source.path.stem}.o"
    made.parent.mkdir(parents=True, exist_ok=True)
    includes = [f"-I{path}" for path in plan.include_dirs]
    defines = [f"-D{name}" for name in plan.defines]
    argv = [str(plan.toolchain.gcc), "-c", *plan.flags, *defines, *includes, *source.flags]
    done = subprocess.run([*argv, "-o", str(made), str(source.path)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise InternalError(f"{source.path.name} does not compile:\n{done.stderr}")
    return made


def _link(image: Image, objects: Sequence[Path]) -> Path:
    _run_worker((*image.link_argv, *map(str, objects)))
    return image.outputs[0]
