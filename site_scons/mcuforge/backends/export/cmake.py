"""A CMake package: builds, installs and is found without Python."""

from __future__ import annotations

from mcuforge.backends.export import render
from mcuforge.backends.packaging.cmake import presets, toolchain_file
from mcuforge.backends.packaging.package import Package

NO_TFLM = "upstream has no CMake package to depend on"


def files(package: Package) -> dict[str, str]:
    board = package.board.name
    toolchain = f"cmake/{board}.cmake"
    boards = [("host", "")] if board == "host" else [("host", ""), (board, toolchain)]
    return {
        **package.laid_out("include", "src"),
        "CMakeLists.txt": render("cmake/CMakeLists.txt.j2", package),
        "CMakePresets.json": presets(boards),
        f"cmake/{package.slug}Config.cmake": render("cmake/Config.cmake.j2", package),
        toolchain: toolchain_file(package.board),
        "example/main.c": render("common/main.c.j2", package),
        "README.md": render("cmake/README.md.j2", package),
    }
