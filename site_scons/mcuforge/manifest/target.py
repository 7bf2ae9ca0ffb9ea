"""Project + Board → Target: what only both together can tell."""

from __future__ import annotations

import hashlib
from pathlib import Path

from mcuforge.errors import UserError
from mcuforge.manifest.board import load_board
from mcuforge.manifest.compatibility import is_cortex_m, is_espressif, why_not
from mcuforge.manifest.conversion import check_conversion
from mcuforge.manifest.find import find_board
from mcuforge.manifest.paths import exists, is_directory
from mcuforge.manifest.suggestions import hint_for, nearest
from mcuforge.manifest.types import Board, Project, Runtime, Target, YamlPath
from mcuforge.units import format_size

_CHUNK_BYTES = 1 << 20


def make_target(project: Project, board: Board, runtime: Runtime | None = None) -> Target:
    """A project on a board. `runtime`, from the command line, wins over the manifest's.

    Raises UserError at the manifest's line for: files that do not exist, budgets that a board of the manifest's cannot
    hold or that a board does not know, kernels that the core cannot run, and whatever this version cannot build; at the
    board's for a wrong twin.
    """
    target = Target(project, board, runtime or project.runtime, _twin(board))
    _check_files(project)
    _check_budgets(target)
    _check_growth(target)
    _check_kernels(target)
    _refuse_what_is_not_implemented(target)
    check_conversion(target)
    return target


def check_sha256(project: Project) -> None:
    """Raises UserError when the model file is not the one that `model.sha256` pins; reads the file only then."""
    pin = project.model.sha256
    if pin is None or project.model.source.is_dir():
        return
    digest = hashlib.sha256()
    with project.model.source.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    if digest.hexdigest() != pin:
        raise UserError(
            f"`{project.model.source.name}` is not the file that is pinned",
            location=project.positions.at("model", "sha256"),
            details=(f"pinned {pin}", f"found  {digest.hexdigest()}"),
            hint="if the new model is meant, pin what was found",
        )


def _twin(board: Board) -> Board | None:
    if board.emulator is None:
        return None
    if board.emulator.machine == board.name:
        return board
    location = board.positions.at("emulator", board.emulator.kind)
    try:
        path = find_board(board.emulator.machine)
    except UserError as error:
        raise UserError(error.message, location=location, hint=error.hint) from None
    twin = load_board(path)
    reason = why_not(board.cpu, twin.cpu)
    if reason is not None:
        raise UserError(f"`{twin.name}` cannot emulate `{board.name}`: {reason}", location=location)
    return twin


def _check_files(project: Project) -> None:
    """Every file that the manifest names exists."""
    _check_exists(project, project.model.source, ("model", "source"), "model")
    if project.quantize is not None and project.quantize.calibration is not None:
        _check_exists(project, project.quantize.calibration, ("quantize", "calibration"), "calibration")
    if project.compress is not None:
        _check_exists(project, project.compress.data, ("compress", "data"), "training data")
    if project.accuracy is not None:
        _check_exists(project, project.accuracy.dataset, ("accuracy", "dataset"), "data set")
    if project.golden.file is not None:
        _check_exists(project, project.golden.file, ("golden",), "golden")
    if project.app is not None:
        for index, source in enumerate(project.app.sources):
            _check_exists(project, source, ("app", "sources", index), "source")
        for index, folder in enumerate(project.app.include_dirs):
            _check_exists(project, folder, ("app", "include_dirs", index), "include directory", directory=True)


def _check_exists(project: Project, path: Path, place: YamlPath, what: str, *, directory: bool = False) -> None:
    if is_directory(path) if directory else exists(path):
        return
    shown = path.relative_to(project.directory) if path.is_relative_to(project.directory) else path
    noun = what if directory else f"{what} file"
    siblings = [entry.name for entry in path.parent.iterdir()] if is_directory(path.parent) else []
    close = nearest(path.name, siblings)
    raise UserError(
        f"there is no {noun} `{shown.as_posix()}`",
        location=project.positions.at(*place),
        hint=f"did you mean `{close}`?" if close else "paths are relative to the manifest",
    )


def _check_budgets(target: Target) -> None:
    project, board = target.project, target.board
    for name, budget in project.budgets_bytes.items():
        region = {"arena": board.placement.arena, "stack": board.placement.stack}.get(name, name)
        if region not in board.memory:
            raise UserError(
                f"the board `{board.name}` has no memory region `{name}`",
                location=project.positions.at_key("budgets", name),
                hint=hint_for(name, (*board.memory, "arena", "stack"), "budgets"),
            )
        capacity = board.capacity_bytes(region)
        if budget > capacity and _is_meant_for(project, board):
            where = f"{region} of `{board.name}`" if name != region else f"`{board.name}`"
            raise UserError(
                f"the {name} budget of {format_size(budget)} is more than {where} has ({format_size(capacity)})",
                location=project.positions.at("budgets", name),
                details=_reservations(board, region),
                hint=f"write at most `{_exact_size(capacity)}`",
            )


def _is_meant_for(project: Project, board: Board) -> bool:
    """Whether its budgets are. On a board that the manifest does not list, what the board has is the limit as well."""
    return not project.boards or board.name in project.boards or str(board.path) in project.boards


def _check_growth(target: Target) -> None:
    project, known = target.project, (*target.board.memory, "arena", "stack", "instructions", "accuracy")
    for name in project.growth:
        if name not in known:
            raise UserError(
                f"`{name}` is nothing whose growth could be told on `{target.board.name}`",
                location=project.positions.at_key("budgets", "growth", name),
                hint=hint_for(name, known, "choices"),
            )
    if "accuracy" in project.growth and project.accuracy is None:
        raise UserError(
            "the fall of accuracy is limited, and nothing measures it",
            location=project.positions.at_key("budgets", "growth", "accuracy"),
            hint="add `accuracy: {dataset: test.npz, metric: top1}`",
        )


def _reservations(board: Board, region: str) -> tuple[str, ...]:
    return tuple(
        f"{format_size(item.length_bytes)} are reserved: {item.reason}"
        for item in board.reserved
        if item.region == region
    )


def _exact_size(count: int) -> str:
    """A size that reads back as the same number of bytes."""
    for factor, unit in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if count % factor == 0:
            return f"{count // factor} {unit}"
    return f"{count} B"


def _check_kernels(target: Target) -> None:
    """Kernel libraries are written for cores."""
    kernels, cpu = target.project.kernels, target.board.cpu
    fits = {"cmsis-nn": is_cortex_m(cpu), "esp-nn": is_espressif(cpu)}.get(kernels, True)
    if not fits:
        raise UserError(
            f"kernels {kernels} do not run on `{target.board.name}` ({cpu.core})",
            location=target.project.positions.at("kernels"),
            hint="write `kernels: builtin`",
        )


def _refuse_what_is_not_implemented(target: Target) -> None:
    """The manifest already knows these; each line goes when its feature arrives."""
    project = target.project
    refusals: tuple[tuple[bool, YamlPath, str, str], ...] = (
        (
            # A manifest for tflm may still be built with the other runtime, which has kernels of its own.
            (target.runtime, project.runtime) == ("aot", "aot") and project.kernels not in ("builtin", "reference"),
            ("kernels",),
            f"kernels {project.kernels} with the runtime aot",
            "use `runtime: tflm`, or `kernels: builtin`",
        ),
    )
    for asked, place, what, hint in refusals:
        if asked:
            location = project.positions.keys.get(place)  # none when it comes from the command line
            raise UserError(f"{what} is not available in this version of mcuforge", location=location, hint=hint)
