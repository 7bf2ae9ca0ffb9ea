"""What the verdict is told of an earlier build: `baseline=` names its files, or the git revision to build anew."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from mcuforge.backends.buildplan import Step, options
from mcuforge.errors import UserError, display_path
from mcuforge.report.regression.baseline import ACCURACY_FILE, EMULATE_FILE, SIZE_FILES, find_measured
from mcuforge.resources import data_root

if TYPE_CHECKING:
    from mcuforge.backends.firmware import Planner

_SHOWN = 12


class BaselineSteps:
    """Nothing at all where nobody named a baseline."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._given = planner.wishes.baseline

    @functools.cached_property
    def _commit(self) -> str | None:
        """The hash of the revision that was named; None for files. Raises UserError for what is neither."""
        if self._given is None or Path(self._given).exists():
            return None
        command = ["git", "-C", str(self._planner.project.directory), "rev-parse", "--verify", "--quiet"]
        try:
            done = subprocess.run([*command, f"{self._given}^{{commit}}"], capture_output=True, text=True, check=False)
            commit = done.stdout.strip()
        except OSError:  # no git here
            commit = ""
        if not commit:
            raise UserError(
                f"baseline={self._given} is neither a file nor a git revision of {self._planner.name}",
                hint="name a build folder, its size.json or report.json, or a revision such as HEAD~1",
            )
        return commit

    @property
    def _folder(self) -> Path:
        return self._planner.build_dir / "baseline" / str(self._commit)[:_SHOWN]

    @property
    def _file(self) -> Path:
        if self._commit is not None:
            return self._folder / SIZE_FILES[-1]
        return find_measured(Path(str(self._given)), self._planner.name, self._planner.board.name)

    @property
    def _counts(self) -> bool:
        """Whether instructions are to be counted: growth of theirs has a limit, and there is an emulator."""
        return "instructions" in self._planner.project.growth and self._planner.target.twin is not None

    @property
    def _scores(self) -> bool:
        """Whether the revision's accuracy is to be measured: the fall of it has a limit."""
        return "accuracy" in self._planner.project.growth and self._planner.project.accuracy is not None

    def argv(self) -> tuple[str, ...]:
        if self._given is None:
            return ()
        return options(baseline=display_path(self._file))

    @property
    def emulation(self) -> Path | None:
        """Made anew for the comparison's sake; None where instructions are not compared."""
        return self._planner.emulate_json if self._given is not None and self._counts else None

    def inputs(self) -> tuple[Path, ...]:
        if self._given is None:
            return ()
        return (Path(display_path(self._file)), *((self.emulation,) if self.emulation is not None else ()))

    def steps(self) -> tuple[Step, ...]:
        if self._given is None or self._commit is None:
            return ()
        planner = self._planner
        names = (
            SIZE_FILES[-1],
            *((EMULATE_FILE,) if self._counts else ()),
            *((ACCURACY_FILE,) if self._scores else ()),
        )
        return (
            Step(
                name="baseline",
                argv=(
                    *("mcuforge.workers.baseline", "--project", display_path(planner.project.path)),
                    *("--board", display_path(planner.board.path), "--commit", self._commit),
                    *("--front-door", str(data_root()), "--output", str(self._folder)),
                    *(("--emulate",) if self._counts else ()),
                    *(("--accuracy",) if self._scores else ()),
                ),
                inputs=planner.modules("workers/baseline.py"),
                outputs=tuple(self._folder / name for name in names),
                description="BASELINE",
            ),
        )
