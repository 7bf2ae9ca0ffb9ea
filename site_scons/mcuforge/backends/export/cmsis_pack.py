"""A CMSIS-Pack for Keil MDK, the CMSIS-Toolbox and every tool that installs packs."""

from __future__ import annotations

from mcuforge.backends.export import render
from mcuforge.backends.packaging.package import CODE_LICENSE, Package, TflmPart

_RELEASE = "1.25.2"
_PACKS = ("tensorflow-lite-micro", "flatbuffers", "gemmlowp", "kissfft", "ruy")
TFLM = TflmPart(
    title=f"tensorflow::tensorflow-lite-micro {_RELEASE}",
    kernels="cmsis-nn",
    packages={**{f"tensorflow::{name}": _RELEASE for name in _PACKS}, "ARM::CMSIS-NN": "7.0.0"},
)
_VENDOR = "mcuforge"


def files(package: Package) -> dict[str, str]:
    code = package.laid_out("include", "src")
    return {
        **code,
        f"{_VENDOR}.{package.name}.pdsc": render(
            "cmsis_pack/pdsc.j2",
            package,
            vendor=_VENDOR,
            license=f"LICENSES/{CODE_LICENSE}.txt",
            model_license="LICENSES/LicenseRef-Model.txt",
        ),
        "example/main.c": render("common/main.c.j2", package),
        "README.md": render("cmsis_pack/README.md.j2", package, vendor=_VENDOR),
    }


def archive(package: Package) -> tuple[str, str]:
    """A pack is a zip file of its own name, with the description at its top."""
    return f"{_VENDOR}.{package.name}.{package.version}.pack", ""
