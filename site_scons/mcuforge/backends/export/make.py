"""A Makefile that builds a static library and an example."""

from __future__ import annotations

from mcuforge.backends.export import machine, render
from mcuforge.backends.packaging.package import Package

NO_TFLM = "a Makefile has no packages to depend on"


def files(package: Package) -> dict[str, str]:
    return {
        **package.laid_out("include", "src"),
        "Makefile": render("make/Makefile.j2", package, machine=machine(package)),
        "example/main.c": render("common/main.c.j2", package),
        "README.md": render("make/README.md.j2", package),
    }
