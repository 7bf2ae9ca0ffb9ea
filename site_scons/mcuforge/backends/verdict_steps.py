"""The steps after the link: what the image costs, what is in it, whether that may be, and how people are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from mcuforge.backends.baseline_steps import BaselineSteps
from mcuforge.backends.buildplan import Step, options
from mcuforge.errors import display_path
from mcuforge.report.formats import report_formats
from mcuforge.toolchain.flags import compile_flags, link_flags
from mcuforge.toolchain.memory_map import has_memory_map

if TYPE_CHECKING:
    from mcuforge.backends.firmware import Planner


class VerdictSteps:
    """Refers to the planner's files; an `.hex` or `.bin` exists only once every judge has passed the image."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._baseline = BaselineSteps(planner)

    def verdict(self) -> tuple[Step, ...]:
        """What the default target is: everything after the link and the model's own judges, up to the images."""
        return (self._measure(), self._audit(), *self._baseline.steps(), self._check(), *self._images())

    def _measure(self) -> Step:
        planner = self._planner
        # An interpreter calls its kernels through pointers: its stack has no bound that code alone could tell.
        objdump = planner.toolchain.objdump if planner.target.runtime == "aot" else None
        argv = options(runtime=planner.target.runtime, elf=planner.elf, map=planner.map, plan=planner.plan_json)
        argv += options(toolchain=planner.toolchain.text, objdump=objdump)
        return Step(
            name="measure",
            argv=(
                *("mcuforge.workers.measure", *planner.who(), *argv),
                *options(output=planner.size_json, tree=planner.size_tree),
            ),
            inputs=(
                *(planner.elf, planner.map, planner.plan_json, *planner.manifests()),
                *planner.modules("report", "toolchain", "workers/measure.py"),
            ),
            outputs=(planner.size_json, planner.size_tree),
            description="SIZE",
        )

    def _audit(self) -> Step:
        planner = self._planner
        board = display_path(planner.board.path)
        return Step(
            name="audit",
            argv=(
                *("mcuforge.workers.audit", *options(board=board, elf=planner.elf, map=planner.map)),
                *options(plan=planner.plan_json, output=planner.audit_json),
                *(f"--audit={name}" for name in planner.target.audits),
            ),
            inputs=(
                *(planner.elf, planner.map, planner.plan_json, *planner.board_files()),
                *planner.modules("report", "workers/audit.py"),
            ),
            outputs=(planner.audit_json,),
            values={"audits": json.dumps(planner.target.audits)},
            description="AUDIT",
        )

    def _budget_argv(self) -> tuple[str, ...]:
        planner = self._planner
        return (
            *("mcuforge.workers.budget", *planner.who()),
            *options(size=planner.size_json, plan=planner.plan_json, audit=planner.audit_json),
            *options(accuracy=self._accuracy, emulation=self._baseline.emulation, model=planner.model),
            *(word for path in (planner.hex, planner.bin) for word in ("--image", str(path))),
            *(word for path in (planner.elf, planner.map) for word in ("--oversize-image", str(path))),
            *self._baseline.argv(),
        )

    @property
    def _accuracy(self) -> Path | None:
        return None if self._planner.project.accuracy is None else self._planner.model_steps.accuracy_json

    def _lock_argv(self) -> tuple[str, ...]:
        steps = self._planner.model_steps
        return options(locked_model=steps.model, facts=steps.facts_json) if steps.has_lock else ()

    def _evidence_inputs(self) -> tuple[Path, ...]:
        """What a report and its judge go by, besides sizes."""
        planner = self._planner
        accuracy = () if self._accuracy is None else (self._accuracy,)
        return (planner.audit_json, *accuracy, *self._baseline.inputs(), *planner.model_steps.locked_inputs())

    def _check(self) -> Step:
        planner = self._planner
        return Step(
            name="budget",
            argv=(*self._budget_argv(), "--output", str(planner.verdict)),
            inputs=(
                *(planner.size_json, planner.audit_json, planner.plan_json),
                *(*planner.manifests(), *self._baseline.inputs()),
                *planner.model_steps.conditions(),
                *planner.modules("report", "workers/budget.py", "workers/evidence_options.py"),
            ),
            outputs=(planner.verdict,),
            description="BUDGET",
        )

    def _images(self) -> tuple[Step, ...]:
        planner = self._planner
        if not has_memory_map(planner.board):
            return ()
        argv = ("mcuforge.workers.objcopy", "--objcopy", str(planner.toolchain.objcopy), "--elf", str(planner.elf))
        return (
            Step(
                name="objcopy",
                argv=(*argv, "--hex", str(planner.hex), "--bin", str(planner.bin)),
                inputs=(planner.verdict, planner.elf, *planner.modules("workers/objcopy.py")),
                outputs=(planner.hex, planner.bin),
                description="IMAGE",
            ),
        )

    def show_size(self) -> Step:
        planner = self._planner
        wishes = planner.wishes
        argv = options(size=planner.size_tree, format=wishes.size_format, depth=wishes.size_depth)
        return Step(
            name="show_size",
            argv=("mcuforge.workers.show_size", *argv),
            inputs=(planner.size_tree,),
            outputs=(),
            description="SIZE",
        )

    def report(self) -> Step:
        """Not after the verdict, which stops a build. An emulation that was once asked for is kept up to date."""
        planner = self._planner
        emulation = "emulate" in planner.wishes.goals or planner.emulate_json.exists()
        # Without the prefix maps: those hold paths of this computer and change no instruction.
        compiling = compile_flags(planner.board.cpu, (), planner.board.positions.at("cpu", "core"))
        return Step(
            name="report",
            argv=(
                *("mcuforge.workers.report", *planner.who(), *options(size=planner.size_tree, plan=planner.plan_json)),
                *options(model=planner.model, elf=planner.elf, output=planner.build_dir),
                *options(audit=planner.audit_json, accuracy=self._accuracy),
                *(*self._baseline.argv(), *self._lock_argv(), *options(emulation=planner.emulate_json)),
                *(f"--compile-flag={flag}" for flag in compiling),
                *(f"--link-flag={flag}" for flag in link_flags(planner.board.cpu)),
            ),
            inputs=(
                *(planner.size_tree, planner.plan_json, planner.elf, planner.model),
                *((planner.emulate_json,) if emulation else ()),
                *(*self._evidence_inputs(), *planner.manifests()),
                *planner.modules("report", "workers/report.py", "workers/evidence_options.py"),
            ),
            outputs=tuple(planner.build_dir / name for name in report_formats()),
            values={"emulation": str(emulation), "accuracy": str(self._accuracy is not None)},
            description="REPORT",
            is_precious=True,
        )

    def judge(self) -> Step:
        """Fails a reported build that breaks a limit, once the report is written."""
        planner = self._planner
        return Step(
            name="judge",
            argv=(*self._budget_argv(), *self._lock_argv(), "--image", str(planner.verdict)),
            inputs=(planner.size_json, *self._evidence_inputs(), *self.report().outputs),
            outputs=(),
            description="BUDGET",
        )

    def write_flash(self) -> Step:
        planner = self._planner
        return Step(
            name="flash",
            argv=(
                *("mcuforge.workers.flash", "--board", display_path(planner.board.path)),
                *("--elf", str(planner.elf), "--hex", str(planner.hex), "--bin", str(planner.bin)),
            ),
            inputs=(planner.verdict, planner.elf, planner.hex, planner.bin),
            outputs=(),
            description="FLASH",
        )
