"""What is made once over all targets of a request: the table of boards that fit, the index page over all reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mcuforge.backends.buildplan import Source, Step, object_path
from mcuforge.errors import display_path
from mcuforge.toolchain.flags import link_flags
from mcuforge.toolchain.memory_map import has_memory_map

if TYPE_CHECKING:
    from mcuforge.backends.firmware import Planner

FORECAST_FILE = "forecast.json"
INDEX_FILE = "index.html"


def forecast_steps(planner: Planner, sources: Sequence[Source]) -> Mapping[str, tuple[Step, ...]]:
    """`sources` are all that the image is linked from. Nothing for boards without a memory map."""
    if not has_memory_map(planner.board):
        return {}
    objects = tuple(object_path(source, planner.build_dir / "obj") for source in sources)
    step = Step(
        name="forecast",
        argv=(
            *("mcuforge.workers.forecast", "--board", display_path(planner.board.path), "--name", planner.name),
            *("--gcc", str(planner.toolchain.gcc), "--stack", str(planner.target.stack_bytes)),
            *("--output", str(planner.build_dir / FORECAST_FILE)),
            *(f"--flag={flag}" for flag in link_flags(planner.board.cpu)),
            *("--", *map(str, objects)),
        ),
        inputs=(*objects, *planner.modules("report", "workers/forecast.py")),
        outputs=(planner.build_dir / FORECAST_FILE,),
        description="FORECAST",
    )
    return {"forecast": (step,)}


@dataclass(frozen=True)
class Refusal:
    """A board that a project cannot be built for at all, and why."""

    project: str
    board: str
    reason: str

    @property
    def option(self) -> str:
        return f"--refused={self.project}/{self.board}={self.reason}"


def fit_step(build_dirs: Sequence[Path], refused: Sequence[Refusal]) -> Step:
    files = [folder / FORECAST_FILE for folder in build_dirs]
    return Step(
        name="fit",
        argv=(
            *("mcuforge.workers.fit", *(f"--forecast={file}" for file in files)),
            *(refusal.option for refusal in refused),
        ),
        inputs=tuple(files),
        outputs=(),
        description="FIT",
    )


def index_step(build_root: Path, build_dirs: Sequence[Path], refused: Sequence[Refusal]) -> Step:
    """The page that leads to every report.html of the request."""
    reports = [folder / "report.json" for folder in build_dirs]
    return Step(
        name="index",
        argv=(
            *("mcuforge.workers.index", "--output", str(build_root / INDEX_FILE)),
            *(f"--report={file}" for file in reports),
            *(refusal.option for refusal in refused),
        ),
        inputs=tuple(reports),
        outputs=(build_root / INDEX_FILE,),
        description="INDEX",
        is_precious=True,
    )
