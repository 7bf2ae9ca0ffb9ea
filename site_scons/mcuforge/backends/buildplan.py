"""The seam between what to build and who builds it: SCons and CMake *print* a BuildPlan, nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mcuforge.errors import display_path
from mcuforge.manifest.types import Target
from mcuforge.toolchain.compiler import Toolchain


@dataclass(frozen=True)
class Wishes:
    """What a person asked for besides the target itself. `goals` are the targets that were named.

    `baseline` is a build to compare with: a path, or a git revision. `second_opinion` is another vendor's tool.
    `updates_operators`: the manifest's list is written instead of anything being built.
    """

    goals: frozenset[str] = frozenset()
    size_format: str = "text"
    size_depth: int | None = None
    tflm_dir: str | None = None
    baseline: str | None = None
    second_opinion: str | None = None
    updates_operators: bool = False


@dataclass(frozen=True)
class Step:
    """One worker process: `python -m` followed by `argv`.

    `values` are settings that change the outputs and are no file of their own: part of the step's signature.
    `inputs` are everything else it depends on, the generator's own modules and templates included.
    `is_precious`: the last outputs stay until new ones replace them, whatever fails in between.
    """

    name: str
    argv: tuple[str, ...]
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    is_precious: bool = False


@dataclass(frozen=True)
class Source:
    """A file to compile; `flags` come after the plan's own for the language, `c` or `c++`.

    `object_name` is the object's path below the folder of objects, without a suffix; absent: the file's own name.
    """

    path: Path
    language: str = "c"
    flags: tuple[str, ...] = ()
    object_name: str = ""


def shown(path: Path) -> Path:
    """As plans name files: relative to where the build runs when it lies there, so that commands read well."""
    return Path(display_path(path))


def options(**named: object) -> tuple[str, ...]:
    """`plan_json=p` as `--plan-json p`, for the end of a worker's command; None leaves an option out."""
    given = ((name.replace("_", "-"), value) for name, value in named.items() if value is not None)
    return tuple(word for name, value in given for word in (f"--{name}", str(value)))


def object_path(source: Source, folder: Path) -> Path:
    return folder / f"{source.object_name or source.path.stem}.o"


@dataclass(frozen=True)
class Image:
    """A program: the firmware itself, or its twin for the emulator.

    `link_argv` is the link worker's command; the build system appends the objects of the model and of `sources`.
    `scripts` are the linker scripts among its inputs; `folder` is where objects of `sources` go.
    """

    name: str
    folder: Path
    sources: tuple[Source, ...]
    scripts: tuple[Path, ...]
    link_argv: tuple[str, ...]
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]


@dataclass(frozen=True)
class BuildPlan:
    """Everything that is built for one project on one board.

    `steps` by what a person asks for: "prepare" comes before compiling, "verdict" is the default target, the others
    ("emulate", "size", "report", "flash") run only when named. A step without outputs runs each time it is asked for.

    All images are linked from `library_sources`; `firmware` and `twin` from `model_sources` too, which may be generated
    from what the `probes` tell: programs that are linked and run while preparing.
    """

    target: Target
    toolchain: Toolchain
    build_dir: Path
    steps: Mapping[str, tuple[Step, ...]]
    model_sources: tuple[Source, ...]
    firmware: Image
    twin: Image | None
    include_dirs: tuple[Path, ...]
    defines: tuple[str, ...]
    flags: tuple[str, ...]
    cxx_flags: tuple[str, ...] = ()
    library_sources: tuple[Source, ...] = ()
    probes: tuple[Image, ...] = ()
