"""A library for the Arduino IDE and arduino-cli."""

from __future__ import annotations

from mcuforge.backends.export import render
from mcuforge.backends.packaging.package import Package

NO_TFLM = "its Library Manager has none by TensorFlow's own makers: theirs left it, and was archived in 2025"


def files(package: Package) -> dict[str, str]:
    sketch = f"{package.name}_example"
    return {
        **package.laid_out("src", "src"),
        "library.properties": render("arduino/library.properties.j2", package),
        "keywords.txt": render("arduino/keywords.txt.j2", package),
        f"examples/{sketch}/{sketch}.ino": render("arduino/example.ino.j2", package),
        "README.md": render("arduino/README.md.j2", package),
    }
