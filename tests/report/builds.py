"""One demo firmware, built as a build does: objects by the real compiler, then the workers, on real manifests."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcuforge.manifest.load import load_board, load_project
from mcuforge.manifest.types import Board, Project
from mcuforge.report.measure import LinkedImage, measure
from mcuforge.report.plan_facts import PlanFacts, read_plan
from mcuforge.report.types import SizeReport
from mcuforge.resources import boards_dir
from mcuforge.toolchain.flags import link_flags
from mcuforge.toolchain.memory_map import memory_map
from mcuforge.workers import budget as budget_worker
from mcuforge.workers import link as link_worker
from mcuforge.workers import measure as measure_worker
from tests.toolchain.images import DEMO_SOURCES, compile_objects, write_scripts

TOOLCHAIN = "arm-none-eabi-gcc 12.2.1"
PLAN = {
    "schema_version": 1,
    "name": "demo",
    "runtime": "aot",
    "model": {"sha256": "ab" * 32, "operators": {"CONV_2D": 2}, "macs": 1234, "weights_bytes": 3029},
    "arena": {
        "used": 5000,
        "needed": 4992,
        "lower_bound": 4800,
        "proof": "heuristic",
        "peak": {
            "layer": 3,
            "op": "CONV_2D",
            "bytes": 4800,
            "tensors": [
                {"name": "relu", "bytes": 1600, "role": "in"},
                {"name": "conv", "bytes": 3200, "role": "out"},
            ],
        },
        "allocations": [
            {"tensors": ["relu"], "offset": 0, "size": 1600, "first_use": 2, "last_use": 3},
            {"tensors": ["conv"], "offset": 1600, "size": 3200, "first_use": 3, "last_use": 4},
            {"tensors": [], "offset": 1600, "size": 192, "first_use": 2, "last_use": 2},
        ],
    },
    "layers": [
        {"index": 2, "op": "CONV_2D", "macs": 234, "kernel": "portable", "function": "conv"},
        {"index": 3, "op": "CONV_2D", "macs": 1000, "kernel": "arm_dsp", "function": "conv"},
    ],
    "weights": [
        {"symbol": "demo_weights_conv", "tensor": "filter", "layers": [2], "op": "CONV_2D", "bytes": 3001},
        {"symbol": "demo_weights_bias", "tensor": "bias", "layers": [2, 3], "op": "CONV_2D", "bytes": 28},
    ],
    "graph": {
        "inputs": [0],
        "outputs": [2],
        "tensors": [
            {"index": 0, "name": "in", "shape": [1, 4], "dtype": "int8"},
            {"index": 1, "name": "relu", "shape": [1, 1600], "dtype": "int8"},
            {"index": 2, "name": "conv", "shape": [1, 3200], "dtype": "int8"},
        ],
        "operators": [
            {"index": 2, "op": "CONV_2D", "inputs": [0], "outputs": [1]},
            {"index": 3, "op": "CONV_2D", "inputs": [1, 0], "outputs": [2]},
        ],
    },
}


@dataclass(frozen=True)
class Build:
    """A build folder with a manifest and objects; each step is the worker itself."""

    folder: Path
    project: Project
    board: Board
    objects: Sequence[Path]
    stack_bytes: int

    @property
    def elf(self) -> Path:
        return self.folder / "demo.elf"

    @property
    def map(self) -> Path:
        return self.folder / "demo.map"

    @property
    def plan_json(self) -> Path:
        return self.folder / "plan.json"

    @property
    def size_json(self) -> Path:
        return self.folder / "size.json"

    @property
    def size_tree(self) -> Path:
        return self.folder / "size.tree.json"

    @property
    def verdict(self) -> Path:
        return self.folder / "budget.ok"

    @property
    def plan(self) -> PlanFacts:
        return read_plan(self.plan_json)

    def who(self) -> list[str]:
        return ["--project", str(self.project.path), "--board", str(self.board.path), "--plan", str(self.plan_json)]

    def link_arguments(self, judged: bool = True) -> list[str]:
        """`judged`: as of the firmware itself; else as of a twin, which nothing judges."""
        script, measuring = write_scripts(self.board, self.folder, stack_bytes=self.stack_bytes)
        flags = [f"--flag={flag}" for flag in link_flags(self.board.cpu)]
        outputs = ["--output", str(self.elf), "--map", str(self.map)]
        scripts = ["--script", str(script), "--measure-script", str(measuring), *(["--judged"] if judged else [])]
        return ["--gcc", self.board.toolchain, *self.who(), *outputs, *scripts, *flags, "--", *map(str, self.objects)]

    def measure_arguments(self) -> list[str]:
        image = ["--elf", str(self.elf), "--map", str(self.map), "--runtime", "aot", "--toolchain", TOOLCHAIN]
        return [*self.who(), *image, "--output", str(self.size_json), "--tree", str(self.size_tree)]

    def budget_arguments(self) -> list[str]:
        images = [part for suffix in ("hex", "bin") for part in ("--image", str(self.folder / f"demo.{suffix}"))]
        images += [part for path in (self.elf, self.map) for part in ("--oversize-image", str(path))]
        return [*self.who(), "--size", str(self.size_json), "--output", str(self.verdict), *images]

    def link(self) -> None:
        assert link_worker.main(self.link_arguments()) == 0

    def measured(self) -> SizeReport:
        """Linked and measured, its children too."""
        self.link()
        image = LinkedImage(self.elf, self.map, memory_map(self.board), TOOLCHAIN)
        return measure(image, self.project, self.board, self.plan)

    def check(self) -> str:
        """Link, measure, budget; what the build prints. Raises UserError as the workers do."""
        self.link()
        assert measure_worker.main(self.measure_arguments()) == 0
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            assert budget_worker.main(self.budget_arguments()) == 0
        return printed.getvalue()

    def size(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.size_json.read_text())
        return document


def write_manifest(folder: Path, budgets: Mapping[str, int]) -> Path:
    """A project.yaml in which each budget has a line of its own, from line 4 on."""
    lines = ["schema: 1", "name: demo", "model: {source: demo.tflite}" + ("\nbudgets:" if budgets else "")]
    lines += [f"  {name}: {count}" for name, count in budgets.items()]
    path = folder / "project.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


def start_build(
    folder: Path,
    board: str | Path = "nrf5340",
    budgets: Mapping[str, int] | None = None,
    defines: Sequence[str] = (),
    sources: Sequence[Path] = DEMO_SOURCES,
    stack_bytes: int = 2000,
) -> Build:
    """`board` is a name or a file; `defines` set WEIGHTS_BYTES and ARENA_BYTES of the demo."""
    loaded = load_board(board if isinstance(board, Path) else boards_dir() / f"{board}.yaml")
    project = load_project(write_manifest(folder, budgets or {}))
    (folder / "plan.json").write_text(json.dumps(PLAN))
    return Build(folder, project, loaded, _objects(loaded, folder, tuple(sources), tuple(defines)), stack_bytes)


_COMPILED: dict[tuple[str, tuple[Path, ...], tuple[str, ...]], list[tuple[str, bytes]]] = {}


def _objects(board: Board, folder: Path, sources: tuple[Path, ...], defines: tuple[str, ...]) -> list[Path]:
    """Compiled once for each board's name, sources and defines; copied from then on."""
    key = (board.name, sources, defines)
    if key not in _COMPILED:
        compiled = compile_objects(board, folder, sources, defines)
        _COMPILED[key] = [(item.name, item.read_bytes()) for item in compiled]
    for name, content in _COMPILED[key]:
        (folder / name).write_bytes(content)
    return [folder / name for name, _ in _COMPILED[key]]
