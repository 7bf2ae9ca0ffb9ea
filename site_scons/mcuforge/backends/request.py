"""What a person typed after `scons`: variables checked, names resolved, help and tables. No build system in here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from mcuforge.backends.buildplan import Wishes
from mcuforge.backends.compare import SECOND_OPINIONS
from mcuforge.backends.export_steps import EXPORT, ecosystem_names
from mcuforge.errors import Location, UserError, display_path
from mcuforge.manifest.load import (
    find_board,
    find_project,
    find_promised_boards,
    list_boards,
    list_projects,
    load_board,
    load_project,
    make_target,
)
from mcuforge.manifest.suggestions import hint_for
from mcuforge.manifest.types import Project, Runtime, Target
from mcuforge.report.formats import size_formats
from mcuforge.toolchain.memory_map import has_memory_map
from mcuforge.units import format_size

VARIABLES: Mapping[str, str] = {
    "project": "a name below projects/, a directory or a YAML file; several with commas; `all`",
    "board": "a name below boards/, or a YAML file; several with commas; `all` (absent: those in the manifest)",
    "runtime": "aot or tflm (absent: what the manifest says)",
    "build_dir": "where everything is built (absent: build)",
    "size": "how `scons … size` prints: text, tree, json or csv (with -Qs nothing else is printed)",
    "depth": "how far `scons … size` goes into what takes the memory: 1 causes, 2 layers, kernels, objects, 3 symbols",
    "baseline": "an earlier build (its folder, size.json or report.json) or a git revision: growth over it is judged",
    "tflm_dir": "a TensorFlow Lite Micro checkout for the runtime tflm (absent: TFLM_DIR, then what `fetch` got)",
    "with": "stedgeai: `scons … compare` asks ST Edge AI Core (on PATH) about the model instead of the other runtime",
    "operators": "update: write the operators that the model uses into the manifest, and build nothing",
    "verbose": "1 shows whole commands",
}
TARGETS: Mapping[str, str] = {
    "(none)": "build, check the budgets, write .hex and .bin",
    "size": "build, and show what the image costs",
    "report": "build, and write report.html, .json, .md, .csv, .junit.xml and .sarif, over budget or not",
    "emulate": "replay the golden inputs in the emulator and compare every byte with TensorFlow Lite Micro",
    "flash": "build, check, and write the image to the board",
    "compare": "build with both runtimes, replay the golden inputs in both, and show them side by side",
    "fetch": "get the pinned sources of TensorFlow Lite Micro and its libraries: the only step that uses the network",
    "export-<ecosystem>": f"the model as a library for another build system: {', '.join(ecosystem_names())}",
    "fit": "show which boards the project fits (absent board=: all), forecast from compiled objects; nothing is linked",
    "accuracy": "measure the model on the manifest's data set before and after quantization, class by class",
    "lock": "write project.lock.yaml: digests of model and data, versions of converters; later builds are held to it",
    "projects": "list the projects",
    "boards": "list the boards",
    "operators": "list the operators that run, by type, runtime and kernels",
}
_RUNTIMES = ("aot", "tflm")
_HINT = "for example: scons project=kws board=nrf5340   (scons -h explains every variable)"


@dataclass(frozen=True)
class Request:
    """The command line, resolved: one entry in `targets` for each project on each board.

    `refused`: boards left out of a search for those that fit, and why.
    """

    targets: tuple[Target, ...]
    build_root: Path
    verbose: bool
    wishes: Wishes
    refused: Mapping[str, str] = field(default_factory=dict)

    def build_dir(self, target: Target) -> Path:
        return self.build_root / target.project.name / target.board.name

    def model_dir(self, target: Target) -> Path:
        """Where a project's converted model goes: beside its boards, which share it."""
        return self.build_root / target.project.name / "model"


def parse_request(arguments: Mapping[str, str], goals: Sequence[str] = ()) -> Request:
    """`goals` are the targets named on the command line.

    Raises UserError for unknown variables and names, for whatever a manifest or board has wrong, and for goals that a
    board cannot reach.
    """
    for name in arguments:
        if name not in VARIABLES:
            raise UserError(f"there is no variable `{name}`", hint=hint_for(name, VARIABLES, "variables"))
    if "project" not in arguments:
        raise UserError("no project is named", hint=_HINT)
    verbose = arguments.get("verbose", "0")
    if verbose not in ("0", "1"):
        raise UserError(f"verbose={verbose} is neither 0 nor 1")
    wishes = Wishes(
        goals=frozenset(goals),
        size_format=_size_format(arguments),
        size_depth=_depth(arguments),
        tflm_dir=arguments.get("tflm_dir"),
        baseline=arguments.get("baseline"),
        second_opinion=_second_opinion(arguments.get("with")),
        updates_operators=_updates_operators(arguments.get("operators")),
    )
    refused: dict[str, str] = {}
    is_search = "fit" in goals
    boards = arguments.get("board", "all" if is_search else None)
    runtime = _runtime(arguments.get("runtime"))
    targets = tuple(_targets(arguments["project"], boards, runtime, refused if is_search else None))
    _check_exports(goals)
    for target in targets:
        _check_goals(target, goals)
    return Request(targets, Path(arguments.get("build_dir", "build")), verbose == "1", wishes, refused)


def _second_opinion(given: str | None) -> str | None:
    if given is not None and given not in SECOND_OPINIONS:
        hint = hint_for(given, SECOND_OPINIONS, "tools")
        raise UserError(f"there is nothing called `{given}` to compare with", hint=hint)
    return given


def _updates_operators(given: str | None) -> bool:
    if given not in (None, "update"):
        raise UserError(f"operators={given} means nothing", hint="operators=update writes the manifest's list")
    return given is not None


def _size_format(arguments: Mapping[str, str]) -> str:
    given = arguments.get("size", "text")
    if "size" in arguments and given not in size_formats():
        raise UserError(f"there is no size format `{given}`", hint=hint_for(given, size_formats(), "formats"))
    return given


def _depth(arguments: Mapping[str, str]) -> int | None:
    given = arguments.get("depth")
    if given is None:
        return None
    if not given.isdecimal() or int(given) < 1:
        raise UserError(f"depth={given} is not a number of levels", hint="1 shows causes, 2 what is in them, 3 symbols")
    return int(given)


def _check_exports(goals: Sequence[str]) -> None:
    names = [f"{EXPORT}{name}" for name in ecosystem_names()]
    for goal in goals:
        if goal.startswith(EXPORT) and goal not in names:
            raise UserError(f"there is no target `{goal}`", hint=hint_for(goal, names, "exports"))


def _check_goals(target: Target, goals: Sequence[str]) -> None:
    board = target.board
    if {"emulate", "compare"} & set(goals) and board.emulator is None:
        raise UserError(
            f"{board.name} has no emulator",
            location=board.positions.at("emulator"),
            hint="name a machine with the same core: `emulator: {qemu: …}` (scons boards lists them)",
        )
    if "accuracy" in goals and target.project.accuracy is None:
        raise UserError(
            f"{target.project.name} has no data set to measure accuracy on",
            location=Location(target.project.path),
            hint="add `accuracy: {dataset: test.npz, metric: top1}`",
        )
    if "flash" in goals and board.flash is None:
        raise UserError(
            f"{board.name} names no tool that writes its flash",
            location=Location(board.path),
            hint='add it to the board file, for example `flash: {tool: openocd, args: ["-f", …, "{elf}"]}`',
        )


def _runtime(given: str | None) -> Runtime | None:
    if given is not None and given not in _RUNTIMES:
        raise UserError(f"there is no runtime `{given}`", hint=hint_for(given, _RUNTIMES, "runtimes"))
    return cast("Runtime | None", given)


def _targets(
    projects: str, boards: str | None, runtime: Runtime | None, refused: dict[str, str] | None
) -> Iterable[Target]:
    """Boards that a project cannot be built for go into `refused`; without it, the first one's error is raised."""
    places: dict[tuple[str, str], Target] = {}
    for name in list_projects() if projects == "all" else projects.split(","):
        project = load_project(find_project(name))
        chosen = _boards(project, boards)
        if not chosen:
            raise UserError(
                f"no board is named, and {project.name} promises none",
                location=project.positions.at("boards"),
                hint=f"scons project={name} board=…, or write `boards: [nrf5340]` in the manifest",
            )
        for board in chosen:
            try:
                target = make_target(project, load_board(board), runtime)
            except UserError as error:
                if refused is None:
                    raise
                refused[board.stem] = error.message
                continue
            if refused is not None and not has_memory_map(target.board):
                continue  # a computer, which fits everything
            other = places.setdefault((project.name, target.board.name), target)
            if other.project.path != project.path or other.board.path != target.board.path:
                raise UserError(
                    f"two of the targets are called {project.name} on {target.board.name}",
                    location=project.positions.at("name"),
                    hint="build them one after the other, with a build_dir= of its own each",
                )
    return places.values()


def _boards(project: Project, given: str | None) -> Sequence[Path]:
    if given is None:
        return find_promised_boards(project)
    return tuple(list_boards().values()) if given == "all" else [find_board(name) for name in given.split(",")]


def help_text() -> str:
    """What `scons -h` prints."""
    lines = ["mcuforge: a trained model to firmware, with budgets that bind.", "", "  " + _HINT, "", "Variables:"]
    lines += _columns(VARIABLES)
    lines += ["", "Targets:", *_columns(TARGETS)]
    lines += ["", f"Projects: {', '.join(list_projects())}", f"Boards:   {', '.join(list_boards())}"]
    return "\n".join(lines) + "\n"


def _columns(table: Mapping[str, str]) -> list[str]:
    width = max(map(len, table)) + 2
    return [f"  {name:<{width}}{text}" for name, text in table.items()]


def fetch_sources() -> str:
    """`scons fetch`: every pinned commit that the cache lacks. Says where they are."""
    from mcuforge.runtimes.tflm.fetch import cache_dir, fetch_all  # no build needs it

    fetch_all(lambda line: print(line, flush=True))
    return f"all pinned sources are in {cache_dir() / 'third_party'}"


def operator_table() -> str:
    """`scons operators`: the page docs/operators.md."""
    from mcuforge.model.operator_page import operator_page  # no build needs all operators just to be planned

    return operator_page().rstrip("\n")


def project_table() -> str:
    """`scons projects`: each project with its model and boards; one that cannot be read says why."""
    rows = []
    for name, path in list_projects().items():
        try:
            project = load_project(path)
            rows.append((name, display_path(project.model.source), ", ".join(project.boards)))
        except UserError as error:
            rows.append((name, "cannot be read", error.message))
    return _table(("PROJECT", "MODEL", "BOARDS"), rows)


def board_table() -> str:
    """`scons boards`: each board with its core, memory and emulator."""
    rows = []
    for name, path in list_boards().items():
        board = load_board(path)
        memory = ", ".join(f"{region} {format_size(board.capacity_bytes(region))}" for region in board.memory)
        rows.append((name, board.cpu.core, memory, board.emulator.machine if board.emulator else "none"))
    return _table(("BOARD", "CORE", "MEMORY", "EMULATOR"), rows)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows))
    return "\n".join(line.rstrip() for line in lines)
