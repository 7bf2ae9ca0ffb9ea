"""third_party/*.yaml: upstream repositories, the commits of them that are used, and what is taken."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mcuforge.errors import UserError
from mcuforge.manifest.types import Positions
from mcuforge.manifest.validate import validate
from mcuforge.manifest.yaml_positions import read_yaml
from mcuforge.resources import third_party_dir


@dataclass(frozen=True)
class Pin:
    """One commit of a library; `version` is what the library calls it, None where there is only one."""

    commit: str
    version: str | None


@dataclass(frozen=True)
class Library:
    """An upstream repository. The first of `pins` is the default; `take` are the files and folders that are kept."""

    name: str
    url: str
    license: str
    take: tuple[str, ...]
    pins: tuple[Pin, ...]
    positions: Positions

    def pin(self, version: str | None = None) -> Pin:
        """The pin of a version, or the default. Raises UserError for a version that is not pinned."""
        for pin in self.pins:
            if version is None or pin.version == version:
                return pin
        known = ", ".join(pin.version or pin.commit for pin in self.pins)
        raise UserError(
            f"{self.name} {version} is needed, and no commit of it is pinned",
            location=self.positions.at_key("pins"),
            hint=f"pinned are {known}; add the commit of {version}, or put {self.name} into the tree's downloads",
        )


def load_library(path: Path) -> Library:
    """Raises UserError at the place in the file that is wrong."""
    data, positions = read_yaml(path)
    validate(data, positions, "third_party")
    if data["name"] != path.stem:
        raise UserError(
            f"the library is called `{data['name']}`, its file `{path.name}`",
            location=positions.at("name"),
            hint=f"write `name: {path.stem}`, or rename the file",
        )
    return Library(
        name=data["name"],
        url=_absolute_url(data["url"], path.parent),
        license=data["license"],
        take=tuple(data["take"]),
        pins=tuple(Pin(pin["commit"], pin.get("version")) for pin in data["pins"]),
        positions=positions,
    )


def load_libraries() -> dict[str, Library]:
    """Name → library of every file in third_party/, or in the folder that MCUFORGE_THIRD_PARTY names."""
    folder = Path(os.environ.get("MCUFORGE_THIRD_PARTY") or third_party_dir())
    return {path.stem: load_library(path.resolve()) for path in sorted(folder.glob("*.yaml"))}


def _absolute_url(url: str, folder: Path) -> str:
    """A relative path is a repository beside the file; anything with a scheme or a host is left to git."""
    return str((folder / url).resolve()) if url.startswith((".", "/")) else url
