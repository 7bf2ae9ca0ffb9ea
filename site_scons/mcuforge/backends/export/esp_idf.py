"""An ESP-IDF component with an example project."""

from __future__ import annotations

from mcuforge.backends.export import render
from mcuforge.backends.packaging.package import Package, TflmPart

# Exact versions: upgrades of ESP-NN have changed how large an arena must be.
TFLM = TflmPart(
    title="espressif/esp-tflite-micro 1.3.5",
    kernels="esp-nn",
    packages={"espressif/esp-tflite-micro": "1.3.5", "espressif/esp-nn": "1.2.3"},
)


def files(package: Package) -> dict[str, str]:
    example = "examples/inference"
    return {
        **package.laid_out("include", "src"),
        "CMakeLists.txt": render("esp_idf/CMakeLists.txt.j2", package),
        "idf_component.yml": render("esp_idf/idf_component.yml.j2", package),
        f"{example}/CMakeLists.txt": render("esp_idf/example_CMakeLists.txt.j2", package),
        f"{example}/main/CMakeLists.txt": render("esp_idf/main_CMakeLists.txt.j2", package),
        f"{example}/main/idf_component.yml": render("esp_idf/main_idf_component.yml.j2", package),
        f"{example}/main/main.c": render("esp_idf/main.c.j2", package),
        "README.md": render("esp_idf/README.md.j2", package),
    }
