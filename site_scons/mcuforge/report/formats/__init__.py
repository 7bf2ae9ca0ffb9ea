"""The report's formats, one module each; a file here is all it takes to add one. A module has either or both of

FILE, render(report: BuildReport) -> str                     what `scons … report` writes into the build folder
render_size(report: SizeReport, depth: int | None) -> str    what `scons … size=<module>` prints; `depth` counts levels
                                                             of the tree of causes, None where nobody gave one

Modules are imported by every build that shows sizes: what is slow to import is imported inside `render`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mcuforge.report.build_report import BuildReport
    from mcuforge.report.types import SizeReport


def size_formats() -> Mapping[str, Callable[[SizeReport, int | None], str]]:
    """{name: renderer}"""
    return {name: module.render_size for name, module in _modules() if hasattr(module, "render_size")}


def report_formats() -> Mapping[str, Callable[[BuildReport], str]]:
    """{file name: renderer}"""
    return {module.FILE: module.render for _, module in _modules() if hasattr(module, "FILE")}


def _modules() -> Iterator[tuple[str, ModuleType]]:
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        yield info.name, importlib.import_module(f"{__name__}.{info.name}")
