"""One .c and one .h file, for any build at all."""

from __future__ import annotations

from mcuforge.backends.export import render
from mcuforge.backends.packaging.package import Package, amalgamate

NO_TFLM = "a pair of files has no packages to depend on"


def files(package: Package) -> dict[str, str]:
    return {
        **package.public,
        f"{package.name}.c": amalgamate(package),
        **package.licenses(),
        "README.md": render("c/README.md.j2", package),
    }
