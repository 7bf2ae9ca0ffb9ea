"""What a person typed after `scons`: variables checked, names resolved. No build system in here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from mcuforge.backends.buildplan import Wishes
from mcuforge.backends.compare import SECOND_OPINIONS
from mcuforge.backends.export_steps import EXPORT, ecosystem_names
from mcuforge.backends.front_page import EXAMPLE, VARIABLES
from mcuforge.backends.matrix_steps import Refusal
from mcuforge.errors import Location, UserError
from mcuforge.manifest.load import (
    find_board,
    find_project,
    find_promised_boards,
    list_boards,
    list_projects,
    load_board,
    load_project,
    make_target,
    split_names,
)
from mcuforge.manifest.suggestions import hint_for
from mcuforge.manifest.types import Project, Runtime, Target
from mcuforge.report.formats import size_formats
from mcuforge.toolchain.compiler import find_toolchain
from mcuforge.toolchain.memory_map import has_memory_map

_RUNTIMES = ("aot", "tflm")


@dataclass(frozen=True)
class Request:
    """The command line, resolved: one entry in `targets` for each project on each board.

    `refused`: what is left out of a search for boards that fit, or of a report over all of them.
    """

    targets: tuple[Target, ...]
    build_root: Path
    verbose: bool
    wishes: Wishes
    refused: tuple[Refusal, ...] = ()

    def build_dir(self, target: Target) -> Path:
        return self.build_root / target.project.name / target.board.name

    def model_dir(self, target: Target) -> Path:
        """Where a project's converted model goes: beside its boards, which share it."""
        return self.build_root / target.project.name / "model"


def check_variables(arguments: Mapping[str, str]) -> None:
    """Raises UserError for a name that means nothing: it is a misspelt one."""
    for name in arguments:
        if name not in VARIABLES:
            raise UserError(f"there is no variable `{name}`", hint=hint_for(name, VARIABLES, "variables"))


def parse_request(arguments: Mapping[str, str], goals: Sequence[str] = ()) -> Request:
    """`goals` are the targets named on the command line.

    Raises UserError for unknown variables and names, for whatever a manifest or board has wrong, and for goals that a
    board cannot reach.
    """
    check_variables(arguments)
    if "project" not in arguments:
        raise UserError("no project is named", hint=EXAMPLE)
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
    refused: list[Refusal] = []
    is_search = "fit" in goals
    boards = arguments.get("board", "all" if is_search else None)
    is_matrix = "report" in goals and boards == "all"
    runtime = _runtime(arguments.get("runtime"))
    targets = tuple(_targets(arguments["project"], boards, runtime, refused if is_search or is_matrix else None))
    if is_search:  # a computer fits everything
        targets = tuple(target for target in targets if has_memory_map(target.board))
    _check_exports(goals)
    for target in targets:
        _check_goals(target, goals)
    return Request(targets, Path(arguments.get("build_dir", "build")), verbose == "1", wishes, tuple(refused))


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
    projects: str, boards: str | None, runtime: Runtime | None, refused: list[Refusal] | None
) -> Iterable[Target]:
    """Boards that a project cannot be built for go into `refused`; without it, the first one's error is raised.

    A board that the project promises is never just refused.
    """
    places: dict[tuple[str, str], Target] = {}
    for name in list_projects() if projects == "all" else split_names(projects):
        project = load_project(find_project(name))
        chosen = _boards(project, boards)
        if not chosen:
            raise UserError(
                f"no board is named, and {project.name} promises none",
                location=project.positions.at("boards"),
                hint=f"scons project={name} board=…, or write `boards: [nrf5340]` in the manifest",
            )
        promised = [] if refused is None else find_promised_boards(project)
        for board in chosen:
            try:
                target = make_target(project, load_board(board), runtime)
                if refused is not None:
                    find_toolchain(target.board.toolchain)
            except UserError as error:
                if refused is None or board in promised:
                    raise
                refused.append(Refusal(project.name, board.stem, error.message))
                continue
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
    return tuple(list_boards().values()) if given == "all" else [find_board(name) for name in split_names(given)]
