"""Prints a ModelPlan as CMake: calls of the functions of `cmake/mcuforge.cmake`, which know nothing of models."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mcuforge.backends.buildplan import Step
from mcuforge.backends.model_plan import Archive, ModelPlan


def to_cmake(plan: ModelPlan) -> str:
    """A file that CMake includes while it configures. All paths in it are absolute, with forward slashes."""
    lines = ["# Written by `mcuforge plan --format cmake`: what CMake builds of one model. Do not edit."]
    lines += [_step(step, plan.build_dir) for step in plan.steps]
    lines += [
        _set("generated", (_path(output) for step in plan.steps for output in step.outputs)),
        _set("public_include_dir", [_path(plan.public_include_dir)]),
        _set("include_dirs", map(_path, plan.include_dirs)),
        _set("defines", plan.defines),
        _set("c_flags", plan.flags["c"]),
        _set("cxx_flags", plan.flags["c++"]),
        _set("plan_json", [_path(plan.plan_json)]),
        _set("project", [_path(plan.target.project.path)]),
        _set("board", [_path(plan.target.board.path)]),
        _set("runtime", [plan.target.runtime]),
        _set("configured_by", map(_path, plan.configured_by)),
    ]
    lines.append(_set("parts", (archive.part for archive in plan.archives if archive.part)))
    lines += [_archive(archive) for archive in plan.archives]
    return "\n".join(lines) + "\n"


def _archive(archive: Archive) -> str:
    """Its sources and its place, and a call for each set of flags that some sources have besides the plan's."""
    by_flags: dict[tuple[str, ...], list[str]] = {}
    for source in archive.sources:
        by_flags.setdefault(source.flags, []).append(_path(source.path))
    calls = [
        f"set_property(SOURCE {_words(paths)} PROPERTY COMPILE_OPTIONS {_words(flags)})"
        for flags, paths in by_flags.items()
        if flags
    ]
    prefix = f"{archive.part}_" if archive.part else ""
    sources = _set(f"{prefix}sources", (path for paths in by_flags.values() for path in paths))
    return "\n".join([*calls, sources, _set(f"{prefix}folder", [_path(archive.file.parent)])])


def _step(step: Step, build_dir: Path) -> str:
    """`values` go into a file that changes with them: CMake depends on files alone."""
    arguments = [
        ("NAME", [step.name]),
        ("OUTPUTS", map(_path, step.outputs)),
        ("INPUTS", map(_path, step.inputs)),
        ("VALUES_FILE", [_path(build_dir / f"{step.name}.values")]),
        ("VALUES", [f"{name}={value}\n" for name, value in sorted(step.values.items())]),
        ("ARGV", step.argv),
    ]
    body = "\n".join(f"  {keyword} {_words(words)}" for keyword, words in arguments)
    return f"mcuforge_step(\n{body}\n)"


def _set(name: str, words: Iterable[str]) -> str:
    return f"set(mcuforge_plan_{name} {_words(words)})"


def _words(words: Iterable[str]) -> str:
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """One argument of CMake, whatever is in it; a `;` would part it in two when it becomes part of a list."""
    for special in ("\\", '"', "$", ";"):
        word = word.replace(special, f"\\{special}")
    return f'"{word}"'


def _path(path: Path) -> str:
    return path.absolute().as_posix()
