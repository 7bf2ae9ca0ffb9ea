"""Builds what a BuildPlan says at once, in this process and without a build system: for what is needed once.

Everything is built anew; for what is built again and again there are SCons and CMake.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mcuforge.backends.buildplan import BuildPlan, Image, Source, object_path
from mcuforge.errors import InternalError
from mcuforge.report.forecast.forecast import Forecast, read_forecast


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


def forecast_firmware(plan: BuildPlan) -> Forecast:
    """Generates and compiles the firmware, and forecasts what it takes without linking it; from a model that is there.

    Raises UserError as the steps do. The plan is one of C sources alone, for a board with a memory map.
    """
    for step in plan.steps["prepare"]:
        if step.name != "convert":
            _run_worker(step.argv)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda source: _compile(plan, source, plan.build_dir / "obj"), _all_sources(plan)))
    (step,) = plan.steps["forecast"]
    _run_worker(step.argv)
    return read_forecast(step.outputs[0])


def _all_sources(plan: BuildPlan) -> tuple[Source, ...]:
    return (*plan.model_sources, *plan.library_sources, *plan.firmware.sources)


def _run_worker(argv: Sequence[str]) -> None:
    """What a worker says of its step is not for whoever asked for something else."""
    module, *arguments = argv
    with contextlib.redirect_stdout(io.StringIO()):
        importlib.import_module(module).main(arguments)


def _compile(plan: BuildPlan, source: Source, folder: Path) -> Path:
    made = object_path(source, folder)
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
