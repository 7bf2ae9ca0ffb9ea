"""From what a person types to a YAML file: a name, a directory, or the file itself, anywhere on disk."""

from __future__ import annotations

from pathlib import Path

from mcuforge import resources
from mcuforge.errors import UserError
from mcuforge.manifest.paths import exists, is_directory, is_file
from mcuforge.manifest.suggestions import hint_for
from mcuforge.manifest.types import Project

PROJECT_FILE = "project.yaml"
_SUFFIXES = (".yaml", ".yml")


def projects_dir() -> Path:
    """Where projects are found by name."""
    return Path.cwd() / "projects"


def list_projects(search: Path | None = None) -> dict[str, Path]:
    """Name → project.yaml of every project below `search` (absent: `projects/` of the working directory), sorted."""
    root = search or projects_dir()
    return {path.parent.name: path for path in sorted(root.glob(f"*/{PROJECT_FILE}"))}


def list_boards(search: Path | None = None) -> dict[str, Path]:
    """Name → file of every board in `search` (absent: mcuforge's own boards), sorted."""
    root = search or resources.boards_dir()
    return {path.stem: path for path in sorted(root.glob("*.yaml"))}


def find_project(name_or_path: str | Path, search: Path | None = None) -> Path:
    """The project.yaml of a name below `search` (as list_projects), of a directory, or a YAML file itself.

    Raises UserError for what does not exist, with "did you mean" or the list of what there is.
    """
    given = str(name_or_path)
    known = list_projects(search)
    if given in known:
        return known[given]
    path = _expanded(given)
    if is_directory(path):
        return _existing(path / PROJECT_FILE, f"`{given}` has no {PROJECT_FILE}")
    if is_path(given):
        return _existing(path, f"there is no project file `{given}`")
    raise UserError(f"there is no project `{given}`", hint=hint_for(given, known, "projects"))


def find_board(name_or_path: str | Path, search: Path | None = None) -> Path:
    """The YAML file of a board: a name in `search` (as list_boards), or a path. Raises UserError as find_project."""
    given = str(name_or_path)
    known = list_boards(search)
    if given in known:
        return known[given]
    path = _expanded(given)
    if is_directory(path):
        return _existing(
            path / f"{path.resolve().name}.yaml", f"the directory `{given}` holds no board file of its name"
        )
    if is_path(given):
        return _existing(path, f"there is no board file `{given}`")
    raise UserError(f"there is no board `{given}`", hint=hint_for(given, known, "boards"))


def find_promised_boards(project: Project) -> tuple[Path, ...]:
    """The files of the boards that the manifest lists. Raises UserError at the list's entry that names none."""
    found = []
    for index, board in enumerate(project.boards):
        try:
            found.append(find_board(board))
        except UserError as error:
            location = project.positions.at("boards", index)
            raise UserError(error.message, location=location, hint=error.hint) from None
    return tuple(found)


def split_names(given: str) -> list[str]:
    """The names and paths that commas part. A path that has a comma itself is one."""
    return [given] if exists(_expanded(given)) else given.split(",")


def is_path(given: str) -> bool:
    """Whether what a person typed is a path, and not a name."""
    return given.endswith(_SUFFIXES) or "/" in given or "\\" in given


def _expanded(given: str) -> Path:
    try:
        return Path(given).expanduser()
    except RuntimeError:  # `~` and the name of nobody
        return Path(given)


def _existing(path: Path, otherwise: str) -> Path:
    if not is_file(path):
        raise UserError(otherwise, hint="give a name, a directory or a YAML file")
    return path.resolve()
