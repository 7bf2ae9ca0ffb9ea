"""What else a project that breaks a limit could be, found by compiling it so: for hints, and only after a failure."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

from mcuforge.errors import InternalError, UserError
from mcuforge.manifest.load import make_target
from mcuforge.manifest.types import Board, Project
from mcuforge.report.advice import Alternative
from mcuforge.report.plan_facts import PlanFacts
from mcuforge.report.types import Verdict
from mcuforge.toolchain.memory_map import has_memory_map


def alternatives(
    found: Sequence[Verdict], plan: PlanFacts, project: Project, board: Board, model: Path | None
) -> tuple[Alternative, ...]:
    """The other runtime, where the interpreter's is over a limit: generated, compiled and summed in a second or two.

    `model` is the .tflite file, None where nobody named it. What that runtime cannot do is no alternative.
    """
    if model is None or plan.runtime != "tflm" or all(verdict.ok for verdict in found) or not has_memory_map(board):
        return ()
    # Imported here: a build within its limits needs no advice.
    from mcuforge.backends.buildplan import Wishes
    from mcuforge.backends.direct import forecast_firmware
    from mcuforge.backends.firmware import plan_firmware

    # What the steps print is not what anybody asked for.
    with tempfile.TemporaryDirectory(prefix="mcuforge-advice-") as folder, contextlib.redirect_stdout(io.StringIO()):
        try:
            target = make_target(project, board, "aot")
            told = forecast_firmware(plan_firmware(target, Path(folder), Wishes(), model.parent))
        except (UserError, InternalError):
            return ()
    return (Alternative("runtime: aot", told.regions, told.arena),)
