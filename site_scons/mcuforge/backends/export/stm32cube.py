"""A middleware folder for STM32CubeIDE and STM32CubeMX projects."""

from __future__ import annotations

from mcuforge.backends.export import render
from mcuforge.backends.packaging.package import Package

NO_TFLM = "CubeMX has no part that a project could depend on"


def files(package: Package) -> dict[str, str]:
    """Under the folder names that CubeMX itself gives to middleware, which it leaves alone when it generates."""
    folder = f"Middlewares/Third_Party/{package.slug}"
    laid_out = package.laid_out(f"{folder}/Inc", f"{folder}/Src")
    licenses = package.licenses()
    return {
        **{path: text for path, text in laid_out.items() if path not in licenses},
        **{f"{folder}/{path}": text for path, text in licenses.items()},
        f"{folder}/App/{package.name}_app.h": render("stm32cube/app.h.j2", package),
        f"{folder}/App/{package.name}_app.c": render("stm32cube/app.c.j2", package),
        f"{folder}/README.md": render("stm32cube/README.md.j2", package, folder=folder),
    }


def archive(package: Package) -> tuple[str, str]:
    """Unpacked in a project's folder, everything is where it belongs."""
    return f"{package.slug}-stm32cube.zip", ""
