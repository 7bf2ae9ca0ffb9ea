"""A PlatformIO library with an example project."""

from __future__ import annotations

import json

from mcuforge.backends.export import render
from mcuforge.backends.packaging.package import CODE_LICENSE, Package

NO_TFLM = "no package by TensorFlow's own makers is known there; with `framework = espidf`, take the export esp-idf"
_FLAGS = ["-ffunction-sections", "-fdata-sections", "-ffp-contract=off", "-fno-math-errno"]


def files(package: Package) -> dict[str, str]:
    return {
        **package.laid_out("include", "src"),
        "library.json": json.dumps(_manifest(package), indent=2) + "\n",
        "examples/inference/platformio.ini": render("platformio/platformio.ini.j2", package),
        "examples/inference/src/main.c": render("common/main.c.j2", package),
        "README.md": render("platformio/README.md.j2", package),
    }


def _manifest(package: Package) -> dict[str, object]:
    return {
        "name": package.slug,
        "version": package.version,
        "description": f"{package.summary}: {package.claim}",
        "keywords": ["machine-learning", "neural-network", "tinyml"],
        "license": CODE_LICENSE,
        "authors": [{"name": "mcuforge"}],
        "headers": package.header,
        "frameworks": "*",
        "platforms": "*",
        "build": {"flags": _FLAGS, "includeDir": "include", "srcDir": "src"},
        "examples": [{"name": "inference", "base": "examples/inference", "files": ["platformio.ini", "src/main.c"]}],
    }
