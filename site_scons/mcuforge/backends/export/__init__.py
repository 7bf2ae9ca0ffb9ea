"""Exports, one module per ecosystem; a file here (with its templates) is all it takes to add one. A module has

a docstring                                    its first line is what `scons -h` says of it
TFLM: TflmPart, or tflm(project) -> TflmPart    what TensorFlow Lite Micro comes from, a package of the ecosystem's own;
NO_TFLM: str                                   where there is none that its makers maintain: why
files(package: Package) -> dict[str, str]      {path: text} of the export
archive(package: Package) -> tuple[str, str]   optional: the archive's name, and the folder that it holds or "" for none

Underscores in a module's name become dashes.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from mcuforge.backends.export_steps import ecosystem_names
from mcuforge.backends.packaging.package import Package, TflmPart
from mcuforge.errors import InternalError, UserError
from mcuforge.manifest.types import Project
from mcuforge.toolchain.flags import libc_flags, machine_flags

_TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Ecosystem:
    """`title` is what its module's docstring begins with."""

    name: str
    title: str
    module: Any

    @property
    def has_tflm(self) -> bool:
        return not hasattr(self.module, "NO_TFLM")

    def tflm(self, project: Project) -> TflmPart:
        """What the runtime tflm comes from. Raises UserError, naming what works, where the ecosystem carries none."""
        if not self.has_tflm:
            others = ", ".join(name for name in ecosystem_names() if load_ecosystem(name).has_tflm)
            raise UserError(
                f"the export {self.name} has no parts for the runtime tflm",
                location=project.positions.at("runtime"),
                details=(self.module.NO_TFLM,),
                hint=f"write `runtime: aot`, which every export has; TensorFlow Lite Micro is in: {others}",
            )
        part: TflmPart = self.module.tflm(project) if hasattr(self.module, "tflm") else self.module.TFLM
        return part

    def files(self, package: Package) -> dict[str, str]:
        files: dict[str, str] = self.module.files(package)
        return files

    def archive(self, package: Package) -> tuple[str, str]:
        """The archive's file name, and the folder inside it."""
        if hasattr(self.module, "archive"):
            name, root = self.module.archive(package)
            return str(name), str(root)
        return f"{package.slug}-{self.name}.zip", package.slug


def load_ecosystem(name: str) -> Ecosystem:
    """Raises InternalError for a name that `ecosystem_names` does not list."""
    if name not in ecosystem_names():
        raise InternalError(f"there is no export {name}")
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    title = (module.__doc__ or "").partition("\n")[0].rstrip(".")
    return Ecosystem(name, title, module)


def render(template: str, package: Package, **more: Any) -> str:
    """A file of `templates/`, which knows `p`, the package. Ends of blocks leave no blank lines."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template(template).render(p=package, NAME=package.name.upper(), **more)


def machine(package: Package) -> tuple[str, ...]:
    """What the board's own compiler is told of core and C library: the flags of mcuforge's own builds."""
    cpu = package.board.cpu
    return (*machine_flags(cpu), *libc_flags(cpu))
