"""A board file and its parents → Board."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mcuforge.errors import UserError
from mcuforge.manifest.board_memory import check_memory
from mcuforge.manifest.paths import is_file, resolve
from mcuforge.manifest.types import (
    Board,
    Cpu,
    Emulator,
    FlashTool,
    MemoryRegion,
    Placement,
    Positions,
    Reserved,
    YamlPath,
)
from mcuforge.manifest.validate import validate
from mcuforge.manifest.yaml_positions import read_yaml
from mcuforge.resources import boards_dir
from mcuforge.units import parse_frequency, parse_size

DEFAULT_INTERRUPTS = 32
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_IMAGE_FILES = ("elf", "hex", "bin")


def load_board(path: Path) -> Board:
    """A validated board, its parents merged in. Raises UserError at the place, in whichever file, that is wrong."""
    path = Path(path).resolve()
    data, positions, files = _read_with_parents(path, ())
    validate(data, positions, "board")
    board = _board(data, positions, files)
    if board.name != path.stem:
        raise UserError(
            f"the board is called `{board.name}`, its file `{path.name}`",
            location=positions.at("name"),
            hint=f"write `name: {path.stem}`, or rename the file",
        )
    check_memory(board)
    _check_flash_tool(board)
    return board


def _read_with_parents(path: Path, children: tuple[Path, ...]) -> tuple[dict[str, Any], Positions, tuple[Path, ...]]:
    data, positions = read_yaml(path)
    parent = data.pop("extends", None)
    if parent is None:
        return data, positions, (path,)
    parent_path = _parent_path(parent, positions, (*children, path))
    parent_data, parent_positions, parent_files = _read_with_parents(parent_path, (*children, path))
    merged = _Merge(parent_data, parent_positions, positions)
    merged.mapping(merged.data, data, ())
    return merged.data, Positions(path, merged.places, merged.keys), (path, *parent_files)


def _parent_path(parent: Any, positions: Positions, chain: tuple[Path, ...]) -> Path:
    location = positions.at("extends")
    if not isinstance(parent, str) or not parent:
        raise UserError("`extends` must be the path of one board file", location=location)
    path = resolve(parent, positions.file.parent)
    if not is_file(path):
        # A board of the user's own extends one of ours by the name it has in our folder.
        path = resolve(parent, boards_dir())
    if path in chain:
        circle = " → ".join(file.name for file in (*chain[chain.index(path) :], path))
        raise UserError(f"`extends` goes in a circle: {circle}", location=location)
    if not is_file(path):
        raise UserError(
            f"there is no board file `{parent}`",
            location=location,
            hint="the path is relative to the file that extends, or to mcuforge's boards (`soc/nrf5340-app.yaml`)",
        )
    return path


class _Merge:
    """A child's data over its parent's: maps merge, everything else replaces; places move along with their values."""

    def __init__(self, parent: dict[str, Any], parent_positions: Positions, child_positions: Positions) -> None:
        self.data = parent
        self.child = child_positions
        self.places = dict(parent_positions.places) | {(): child_positions.at()}
        self.keys = dict(parent_positions.keys)

    def mapping(self, parent: dict[str, Any], child: dict[str, Any], path: YamlPath) -> None:
        for key, value in child.items():
            here = (*path, key)
            self.keys[here] = self.child.keys[here]
            inherited = parent.get(key)
            if isinstance(inherited, dict) and isinstance(value, dict):
                self.places[here] = self.child.places[here]
                self.mapping(inherited, value, here)
            else:
                parent[key] = value
                self._replace(self.places, self.child.places, here)
                self._replace(self.keys, self.child.keys, here)

    @staticmethod
    def _replace(mine: dict[YamlPath, Any], theirs: Any, path: YamlPath) -> None:
        for stale in [place for place in mine if place[: len(path)] == path]:
            del mine[stale]
        mine.update({place: location for place, location in theirs.items() if place[: len(path)] == path})


def _board(data: dict[str, Any], positions: Positions, files: tuple[Path, ...]) -> Board:
    return Board(
        name=data["name"],
        path=positions.file,
        source=data["source"],
        cpu=Cpu(**data["cpu"]),
        clock_hz=parse_frequency(data["clock"]),
        memory={name: _region(name, block) for name, block in data["memory"].items()},
        reserved=tuple(
            Reserved(block["region"], parse_size(block["length"]), block["reason"])
            for block in data.get("reserved", ())
        ),
        placement=Placement(**data["placement"]),
        stack_bytes=parse_size(data["stack"]),
        interrupts=int(data.get("interrupts", DEFAULT_INTERRUPTS)),
        toolchain=data["toolchain"],
        emulator=_emulator(data["emulator"]),
        flash=FlashTool(data["flash"]["tool"], tuple(data["flash"]["args"])) if "flash" in data else None,
        positions=positions,
        files=files,
    )


def _region(name: str, block: dict[str, Any]) -> MemoryRegion:
    origin = block.get("origin")
    return MemoryRegion(name, None if origin is None else int(origin), parse_size(block["length"]), block["access"])


def _emulator(block: dict[str, str] | None) -> Emulator | None:
    if block is None:
        return None
    if "native" in block:
        return Emulator("native", block["native"])
    return Emulator("qemu", block["qemu"])


def _check_flash_tool(board: Board) -> None:
    for index, argument in enumerate(board.flash.args if board.flash else ()):
        for name in _PLACEHOLDER.findall(argument):
            if name not in _IMAGE_FILES:
                raise UserError(
                    f"`{{{name}}}` stands for no file of the image",
                    location=board.positions.at("flash", "args", index),
                    hint="write `{elf}`, `{hex}` or `{bin}`",
                )
