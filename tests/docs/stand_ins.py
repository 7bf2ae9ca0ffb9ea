"""Stand-ins for programs of ecosystems that are too large to fetch: they build the same files, for this computer.

    python stand_ins.py <program> <argument> …

Each takes what the pages say and no more: it finds what the real program looks for (module, component, library, pack,
project file), compiles the application with the export's sources against a few headers of its own, and runs it where
the real program would run or flash it. What they cannot tell is whether the real program agrees:
`tests/export/test_ecosystems.py` asks those that a registry carries. They work in the folder STAND_IN_HOME.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

HOME = Path(os.environ.get("STAND_IN_HOME", os.devnull))
PROGRAM = HOME / "program"
_HEADERS = {
    "zephyr/kernel.h": '#define CONFIG_BOARD_TARGET "stand-in"\n#include <stdio.h>\n',
    "zephyr/sys/printk.h": "#include <stdio.h>\n#define printk printf\n",
    "Arduino.h": "#include <cstdio>\n"
    "struct Print {\n  void begin(long) {}\n  void println(const char *text) { puts(text); }\n"
    '  void println(double value, int digits = 2) { printf("%.*f\\n", digits, value); }\n};\n'
    "static Print Serial;\nenum { LED_BUILTIN = 13, OUTPUT = 1, HIGH = 1, LOW = 0 };\n"
    'static inline void pinMode(int, int) {}\nstatic inline void digitalWrite(int, int on) { printf("%d\\n", on); }\n'
    "static inline void delay(int) {}\n",
}


def build(sources: Iterable[Path], folders: Iterable[Path], start: str = "") -> None:
    """Compiles C and C++ and links PROGRAM; `start` is C++ that calls the application."""
    for name, text in _HEADERS.items():
        (HOME / "include" / name).parent.mkdir(parents=True, exist_ok=True)
        (HOME / "include" / name).write_text(text)
    files = list(sources)
    if start:
        (HOME / "start.cpp").write_text(start)
        files.append(HOME / "start.cpp")
    includes = [f"-I{folder}" for folder in (HOME / "include", *folders)]
    objects = []
    for number, file in enumerate(files):
        compiler = ["gcc", "-std=c99"] if file.suffix == ".c" else ["g++", "-std=c++17"]
        objects.append(str(HOME / f"{number}.o"))
        subprocess.run([*compiler, "-Wall", "-Werror", *includes, "-c", str(file), "-o", objects[-1]], check=True)
    subprocess.run(["g++", *objects, "-lm", "-o", str(PROGRAM)], check=True)


def need(*paths: Path) -> None:
    for path in paths:
        if not path.exists():
            sys.exit(f"stand-in: there is no {path}")


def option(words: Sequence[str], name: str) -> str:
    return words[words.index(name) + 1]


def west(words: Sequence[str]) -> None:
    """`build -b <board> <application> [-- -DEXTRA_ZEPHYR_MODULES=<folder>]`, `build -t run`, `config`, `update`."""
    if words[0] in ("config", "update"):
        return
    if words[:3] == ["build", "-t", "run"]:
        subprocess.run([PROGRAM], check=True)
        return
    application = Path(words[3])
    need(application / "CMakeLists.txt", application / "prj.conf", application / "src" / "main.c")
    given = [word.partition("=")[2] for word in words if word.startswith("-DEXTRA_ZEPHYR_MODULES=")]
    (module,) = map(Path, given or [application / ".." / ".."])
    need(module / "zephyr" / "module.yml", module / "Kconfig")
    (symbol,) = re.findall(r"^config (MCUFORGE_\w+)$", (module / "Kconfig").read_text(), re.MULTILINE)
    if f"CONFIG_{symbol}=y" not in (application / "prj.conf").read_text().split():
        sys.exit(f"stand-in: CONFIG_{symbol} is not set")
    build([application / "src" / "main.c", *sorted((module / "src").glob("*.c"))], [module / "include"])


def idf(words: Sequence[str]) -> None:
    """In a project's folder: `set-target <chip>`, `build`, `flash`, `monitor`, one after the other."""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "set-target":
            rest.pop(0)
        elif word == "build":
            need(Path("CMakeLists.txt"), Path("main/CMakeLists.txt"))
            (component,) = _components()
            need(component / "idf_component.yml", component / "CMakeLists.txt")
            build(
                [*Path("main").glob("*.c"), *sorted((component / "src").glob("*.c"))],
                [component / "include"],
                'extern "C" void app_main(void);\nint main() { app_main(); }\n',
            )
        elif word == "monitor":
            subprocess.run([PROGRAM], check=True)
        elif word != "flash":
            sys.exit(f"stand-in: idf.py knows no {word} here")


def _components() -> list[Path]:
    """What lies in `components/` and is required, or what `main`'s manifest names by its path."""
    import yaml  # here and below: most commands start faster without

    required = Path("main/CMakeLists.txt").read_text()
    own = [folder for folder in Path("components").glob("*") if folder.name in required.split("REQUIRES")[-1]]
    manifest = Path("main/idf_component.yml")
    if own or not manifest.exists():
        return own
    named = yaml.safe_load(manifest.read_text())["dependencies"].values()
    return [Path("main") / entry["path"] for entry in named]


def arduino(words: Sequence[str]) -> None:
    """`lib install --zip-path <zip>`, `compile -b <board> <sketch>`, and `monitor`, after what `upload` would do."""
    libraries = HOME / "libraries"
    if words[:2] == ["lib", "install"]:
        zipfile.ZipFile(option(words, "--zip-path")).extractall(libraries)
    elif words[0] == "compile":
        sketch = Path(words[-1])
        need(sketch / f"{sketch.name}.ino")
        (library,) = libraries.glob("*/src")
        text = (sketch / f"{sketch.name}.ino").read_text()
        (HOME / "sketch.cpp").write_text(f"#include <Arduino.h>\n{text}\nint main() {{ setup(); loop(); }}\n")
        build([HOME / "sketch.cpp", *sorted(library.glob("*.c"))], [library])
    elif words[0] == "monitor":
        subprocess.run([PROGRAM], check=True)
    elif words[0] != "upload":
        sys.exit(f"stand-in: arduino-cli knows no {words[0]} here")


def pio(words: Sequence[str]) -> None:
    """`run -d <project> [-t exec]`: sources, and the libraries that platformio.ini links to."""
    if words[0] != "run":
        sys.exit(f"stand-in: pio knows no {words[0]} here")
    project = Path(option(words, "-d")) if "-d" in words else Path()
    ini = (project / "platformio.ini").read_text()
    (link,) = re.findall(r"symlink://(\S+)", ini)
    library = project / link
    need(library / "library.json")
    build([*(project / "src").glob("*.c"), *sorted((library / "src").glob("*.c"))], [library / "include"])
    if words[-2:] == ["-t", "exec"]:
        subprocess.run([PROGRAM], check=True)


def cpackget(words: Sequence[str]) -> None:
    """`add <pack>`."""
    zipfile.ZipFile(words[1]).extractall(HOME / "packs" / Path(words[1]).stem)


def cbuild(words: Sequence[str]) -> None:
    """`<name>.csolution.yml`: its project's files and the component of a pack that was added; runs it too."""
    from xml.etree import ElementTree

    import yaml

    solution = yaml.safe_load(Path(words[0]).read_text())["solution"]
    (project,) = (yaml.safe_load(Path(entry["project"]).read_text())["project"] for entry in solution["projects"])
    (wanted,) = (entry["component"] for entry in project["components"])
    (pdsc,) = (HOME / "packs").glob("*/*.pdsc")
    tree = ElementTree.parse(pdsc).getroot()
    (component,) = (
        found
        for found in tree.iter("component")
        if wanted == f"mcuforge::{found.get('Cclass')}:{found.get('Cgroup')}:{found.get('Csub')}"
    )
    files = [(file.get("category"), pdsc.parent / str(file.get("name"))) for file in component.iter("file")]
    own = [Path(entry["file"]) for group in project["groups"] for entry in group["files"]]
    build([*own, *(path for kind, path in files if kind == "sourceC")], {pdsc.parent / "include"})
    subprocess.run([PROGRAM], check=True)


PROGRAMS = {
    "west": west,
    "idf.py": idf,
    "arduino-cli": arduino,
    "pio": pio,
    "cpackget": cpackget,
    "cbuild": cbuild,
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](sys.argv[2:])
