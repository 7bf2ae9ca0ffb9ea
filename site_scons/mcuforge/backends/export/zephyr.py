"""A Zephyr module with a sample."""

from __future__ import annotations

from mcuforge.backends.export import render
from mcuforge.backends.packaging.package import Package, TflmPart
from mcuforge.manifest.types import Kernels, Project

# The commit that Zephyr's own manifest names.
_MODULE = {"tflite-micro": "8d404de73acf7687831e16d88e86e4f73cfddf8e"}


def tflm(project: Project) -> TflmPart:
    """Zephyr's module has the reference kernels and, for Cortex-M, CMSIS-NN's."""
    kernels: Kernels = "cmsis-nn" if project.kernels == "cmsis-nn" else "reference"
    return TflmPart("Zephyr's module tflite-micro", kernels, _MODULE, has_static_memory=False)


def files(package: Package) -> dict[str, str]:
    sample = f"samples/{package.name}"
    manifest = {"west.yml": render("zephyr/west.yml.j2", package)} if package.tflm else {}
    return {
        **manifest,
        **package.laid_out("include", "src"),
        "zephyr/module.yml": render("zephyr/module.yml.j2", package),
        "Kconfig": render("zephyr/Kconfig.j2", package),
        "CMakeLists.txt": render("zephyr/CMakeLists.txt.j2", package),
        f"{sample}/CMakeLists.txt": render("zephyr/sample_CMakeLists.txt.j2", package),
        f"{sample}/prj.conf": render("zephyr/prj.conf.j2", package),
        f"{sample}/sample.yaml": render("zephyr/sample.yaml.j2", package),
        f"{sample}/src/main.c": render("zephyr/main.c.j2", package),
        "README.md": render("zephyr/README.md.j2", package),
    }
