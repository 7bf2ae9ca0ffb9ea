"""The front door of this package: find and read projects and boards, and put them together."""

from mcuforge.manifest.board import load_board
from mcuforge.manifest.find import (
    find_board,
    find_project,
    find_promised_boards,
    list_boards,
    list_projects,
    split_names,
)
from mcuforge.manifest.project import load_project
from mcuforge.manifest.target import check_sha256, make_target

__all__ = [
    "check_sha256",
    "find_board",
    "find_project",
    "find_promised_boards",
    "list_boards",
    "list_projects",
    "load_board",
    "load_project",
    "make_target",
    "split_names",
]
