"""A Zephyr module with a sample."""

from __future__ import annotations

from mcuforge.backends.export import render
from mcuforge.backends.packaging.package import Package

RUNTIMES = ("aot",)


def files(package: Package) -> dict[str, str]:
    sample = f"samples/{package.name}"
    return {
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
