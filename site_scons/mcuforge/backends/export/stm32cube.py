"""A middleware folder for STM32CubeIDE and STM32CubeMX projects."""

from __future__ import annotations

from mcuforge.backends.export import render
from mcuforge.backends.packaging.package import Package

NO_TFLM = "CubeMX has no part that a project could depend on"


def files(package: Package) -> dict[str, str]:
    """Under the folder names that CubeMX itself gives to middleware, which it leaves alone when it generates.

    `.extSettings`, which tells CubeMX of sources, belongs beside the project's .ioc file, where another model's or the
    user's own may be: it goes into the model's folder under the model's name. CubeMX knows no comments in it.
    """
    folder = f"Middlewares/Third_Party/{package.slug}"
    laid_out = package.laid_out(f"{folder}/Inc", f"{folder}/Src")
    licenses = package.licenses()
    app = f"App/{package.name}_app.c"
    names = {"folder": folder, "sources": (*(f"Src/{name}" for name in package.source_names), app)}
    settings = f"{folder}/{package.slug}.extSettings"
    return {
        **{path: text for path, text in laid_out.items() if path not in licenses},
        **{f"{folder}/{path}": text for path, text in licenses.items()},
        f"{folder}/App/{package.name}_app.h": render("stm32cube/app.h.j2", package),
        f"{folder}/{app}": render("stm32cube/app.c.j2", package),
        settings: render("stm32cube/extSettings.j2", package, **names),
        f"{settings}.license": render("stm32cube/extSettings.license.j2", package),
        f"{folder}/CMakeLists.txt": render("stm32cube/CMakeLists.txt.j2", package, **names),
        f"{folder}/README.md": render("stm32cube/README.md.j2", package, **names),
    }


def archive(package: Package) -> tuple[str, str]:
    """Unpacked in a project's folder, everything is where it belongs."""
    return f"{package.slug}-stm32cube.zip", ""
