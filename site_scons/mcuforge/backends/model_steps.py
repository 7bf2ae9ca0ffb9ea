"""The steps before anything is generated: the trained model becomes a .tflite file, and its accuracy is judged.

A model does not depend on the board: one folder serves all boards of a project.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from mcuforge.backends.buildplan import Step
from mcuforge.convert.job import FACTS_FILE, FLOAT_FILE, MODEL_FILE, job_of
from mcuforge.convert.locked_files import lock_path, locked_files
from mcuforge.convert.source_files import source_files
from mcuforge.errors import display_path

if TYPE_CHECKING:
    from mcuforge.backends.firmware import Planner

_ACCURACY_MODULES = ("convert", "arrays.py", "emulate", "workers/accuracy.py")


class ModelSteps:
    """Names the files of a project's model folder."""

    def __init__(self, planner: Planner, folder: Path) -> None:
        self._planner = planner
        self._project = planner.project
        self._folder = folder
        self.accuracy_json = folder / "accuracy.json"
        self.accuracy_ok = planner.build_dir / "accuracy.ok"
        self.lock_ok = folder / "lock.ok"

    @property
    def model(self) -> Path:
        """The .tflite file that everything else reads."""
        if self._project.is_converted:
            return self._folder / MODEL_FILE
        return Path(display_path(self._project.model.source))

    def converted_now(self) -> Path:
        """The same, made at once where need be: for plans that depend on what the model holds. Raises UserError."""
        if self._project.is_converted:
            # Imported here and below: a build that converts nothing reads none of it.
            from mcuforge.convert.build import build_model

            build_model(self._project, self._folder)
        return self.model

    def labels(self) -> tuple[Path, ...]:
        """What `labels_of` reads, and its own module: for steps that write labels."""
        model = self._project.model
        is_read = model.format == "edge_impulse" and not self._project.labels
        files = source_files(model.source, model.format) if is_read else ()
        return (*(Path(display_path(path)) for path in files), *self._planner.modules("convert/labels.py"))

    def prepare(self) -> tuple[Step, ...]:
        return (self._convert(),) if self._project.is_converted else ()

    def judge(self) -> tuple[Step, ...]:
        """What comes before the verdict."""
        steps = () if self._project.accuracy is None else (self._assess(), self._gate())
        return (*steps, self._check_lock()) if self.has_lock else steps

    def conditions(self) -> tuple[Path, ...]:
        """What must be there before an image may be called good."""
        accuracy = () if self._project.accuracy is None else (self.accuracy_ok,)
        return (*accuracy, self.lock_ok) if self.has_lock else accuracy

    @property
    def has_lock(self) -> bool:
        return lock_path(self._project).exists()

    @property
    def facts_json(self) -> Path | None:
        """What the conversion tells of itself; None for a .tflite file taken as it is."""
        return self._folder / FACTS_FILE if self._project.is_converted else None

    def locked_inputs(self) -> tuple[Path, ...]:
        """What the check of the lock reads; nothing where there is no lock."""
        return (Path(display_path(lock_path(self._project))), *self._lock_inputs()) if self.has_lock else ()

    def lock(self) -> tuple[Step, ...]:
        return (Step("lock", self._lock_argv(), inputs=self._lock_inputs(), outputs=(), description="LOCK"),)

    def update_operators(self) -> tuple[Step, ...]:
        project = display_path(self._project.path)
        argv = ("mcuforge.workers.update_operators", "--project", project, "--model", str(self.model))
        return (Step("update_operators", argv, inputs=(self.model,), outputs=(), description="OPERATORS"),)

    def show(self) -> tuple[Step, ...]:
        """What `accuracy` means on the command line: judged like the rest, and shown even when up to date."""
        step = self._gate()
        argv = step.argv[: step.argv.index("--output")]
        return (Step("accuracy", argv, inputs=step.inputs, outputs=(), description="ACCURACY"),)

    def _convert(self) -> Step:
        from mcuforge.convert.loader import versions

        job = job_of(self._project)
        return Step(
            name="convert",
            argv=(
                *("mcuforge.workers.convert", "--project", display_path(self._project.path)),
                *("--output", str(self._folder)),
            ),
            inputs=(
                *(Path(display_path(path)) for path in job.files),
                *self._planner.modules("convert", "arrays.py", "workers/convert.py"),
            ),
            outputs=tuple(self._folder / name for name in (MODEL_FILE, FLOAT_FILE, FACTS_FILE)),
            values={
                "settings": json.dumps(job.settings, sort_keys=True),
                "source": job.source.name,
                "sha256": str(self._project.model.sha256),
                "versions": json.dumps(versions(job)),
            },
            description="CONVERT",
        )

    def _check_lock(self) -> Step:
        return Step(
            name="check_lock",
            argv=(*self._lock_argv(), "--check", str(self.lock_ok)),
            inputs=self.locked_inputs(),
            outputs=(self.lock_ok,),
            values={"settings": json.dumps(job_of(self._project).settings, sort_keys=True)},
            description="LOCK",
        )

    def _lock_argv(self) -> tuple[str, ...]:
        facts = ("--facts", str(self._folder / FACTS_FILE)) if self._project.is_converted else ()
        project = display_path(self._project.path)
        return ("mcuforge.workers.lock", "--project", project, "--model", str(self.model), *facts)

    def _lock_inputs(self) -> tuple[Path, ...]:
        facts = (self._folder / FACTS_FILE,) if self._project.is_converted else ()
        data = (Path(display_path(path)) for path in locked_files(self._project))
        return (self.model, *facts, *data, *self._planner.modules("convert/lock.py", "workers/lock.py"))

    def _assess(self) -> Step:
        project, accuracy = self._project, self._project.accuracy
        assert accuracy is not None
        exact = () if project.is_taken_as_it_is else (self._folder / FLOAT_FILE,)
        return Step(
            name="assess",
            argv=(
                *("mcuforge.workers.accuracy", "--project", display_path(project.path), "--model", str(self.model)),
                *(word for path in exact for word in ("--float", str(path))),
                *("--output", str(self.accuracy_json)),
            ),
            inputs=(
                *(self.model, *exact, Path(display_path(accuracy.dataset)), *self.labels()),
                *self._planner.modules(*_ACCURACY_MODULES),
            ),
            outputs=(self.accuracy_json,),
            values={"metric": accuracy.metric, "labels": json.dumps(project.labels)},
            description="ASSESS",
        )

    def _gate(self) -> Step:
        """For each board, though it says the same: a failure removes that board's images."""
        planner = self._planner
        limits = asdict(self._project.accuracy) if self._project.accuracy else {}
        return Step(
            name="accuracy_gate",
            argv=(
                *("mcuforge.workers.accuracy_gate", "--project", display_path(self._project.path)),
                *("--accuracy", str(self.accuracy_json), "--image", str(planner.hex), "--image", str(planner.bin)),
                *("--image", str(planner.verdict), "--output", str(self.accuracy_ok)),
            ),
            inputs=(self.accuracy_json, *planner.modules("convert", "workers/accuracy_gate.py")),
            outputs=(self.accuracy_ok,),
            values={"limits": json.dumps(limits, default=str)},
            description="ACCURACY",
        )
