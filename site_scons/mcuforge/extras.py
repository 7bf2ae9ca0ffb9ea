"""The optional packages: which a project needs, and the exact commands that install them.

`python -m mcuforge.extras project=kws …` installs what is missing for the named projects and prints nothing when
nothing is. bootstrap.sh calls it before every command, so it imports nothing but the standard library and the YAML
reader, and does no more than look at manifests and at which packages are there.
"""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mcuforge.errors import UserError, display_path

_ROOT = Path(__file__).resolve().parent.parent.parent
ALL = "--all"
_VARIABLE = re.compile(r"project=(.+)")


@dataclass(frozen=True)
class Extra:
    """An entry of pyproject's optional dependencies, with the modules that tell whether it is installed.

    `without_dependencies`: packages that ask for `tensorflow`, where `tensorflow-cpu` of the same version holds the
    same modules in two thirds of the space; both together would write over each other's files.
    """

    name: str
    modules: tuple[str, ...]
    without_dependencies: tuple[str, ...] = ()

    @property
    def missing_modules(self) -> tuple[str, ...]:
        return tuple(module for module in self.modules if importlib.util.find_spec(module) is None)

    @property
    def is_installed(self) -> bool:
        return not self.missing_modules

    def commands(self) -> tuple[tuple[str, ...], ...]:
        """What to run, as words after `python -m pip install`."""
        where = ("--editable", f"{_ROOT}[{self.name}]") if _is_checkout() else (f"mcuforge[{self.name}]",)
        more = ("--no-deps", *self.without_dependencies)
        return (where, more) if self.without_dependencies else (where,)

    def install_hint(self) -> str:
        """The same for a person to paste."""
        shown, lines = display_path(_ROOT), []
        for words in self.commands():
            lines.append(
                "pip install " + " ".join(shlex.quote(word.replace(f"{_ROOT}[", f"{shown}[")) for word in words)
            )
        return " && ".join(lines)


_TF_KERAS = "tf-keras==2.21.0"

EXTRAS = {
    extra.name: extra
    for extra in (
        Extra("emulate", ("tflite_micro",)),
        Extra("quantize", ("ai_edge_quantizer",)),
        Extra("keras", ("tensorflow", "tf_keras"), (_TF_KERAS,)),
        Extra("onnx", ("tensorflow", "tf_keras", "onnx", "onnx2tf", "ai_edge_quantizer"), (_TF_KERAS,)),
        Extra("torch", ("torch", "litert_torch", "ai_edge_quantizer")),
        Extra(
            "compress",
            ("tensorflow", "tf_keras", "tensorflow_model_optimization"),
            (_TF_KERAS, "tensorflow-model-optimization==0.8.1"),
        ),
    )
}

# By the manifest's model format; what holds a .tflite file only needs one when it is to be quantized.
FORMAT_EXTRAS = {
    "tflite": "quantize",
    "keras": "keras",
    "h5": "keras",
    "saved_model": "keras",
    "onnx": "onnx",
    "pt2": "torch",
    "edge_impulse": "quantize",
}


def _is_checkout() -> bool:
    return (_ROOT / "pyproject.toml").is_file() and (_ROOT / "site_scons" / "mcuforge").is_dir()


def needed(names: Iterable[str]) -> tuple[Extra, ...]:
    """The extras that building these projects needs. Raises UserError for a project that cannot be read."""
    # Imported here: the tables above are read by builds that have read the manifest already.
    from mcuforge.manifest.find import find_project, list_projects, split_names
    from mcuforge.manifest.load import load_project

    wanted = []
    for name in names:
        for one in list_projects() if name == "all" else split_names(name):
            project = load_project(find_project(one))
            if not project.is_taken_as_it_is:
                wanted.append(FORMAT_EXTRAS[project.model.format])
            if project.compress is not None:
                wanted.append("compress")
            if project.accuracy is not None:
                wanted.append("emulate")
    return tuple(EXTRAS[name] for name in dict.fromkeys(wanted))


def install(extra: Extra) -> None:
    """Raises UserError when pip fails; what it says goes to standard error."""
    _mark(extra).touch()
    for words in extra.commands():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *words]
        if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
            raise UserError(f"cannot install the packages of `{extra.name}`", hint=extra.install_hint())
    _mark(extra).unlink()


def _mark(extra: Extra) -> Path:
    """There while packages are installed: what a killed installation left behind may be half a package."""
    return Path(sys.prefix) / f".installing-{extra.name}"


def main(argv: Sequence[str]) -> int:
    """Words of a command: `project=…` says which projects, `--all` first every extra; anything else does not matter."""
    try:
        named = [match[1] for word in argv if (match := _VARIABLE.fullmatch(word))]
        wanted = tuple(EXTRAS.values()) if argv[:1] == [ALL] else needed(named)
    except UserError:
        return 0  # the command itself says it, and better
    missing = [extra for extra in wanted if not extra.is_installed or _mark(extra).exists()]
    try:
        for extra in missing:
            print(f"bootstrap: installing the Python packages of `{extra.name}`", file=sys.stderr)
            install(extra)
    except UserError as error:
        print(error.render(), file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
