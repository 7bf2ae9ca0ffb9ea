"""Prints a BuildPlan into SCons. The only file that imports SCons; it knows nothing about models or boards.

Three rules come from measured traps. Whatever an action writes goes to a temporary name first, because SCons takes a
target that a failed action left behind for up to date once its inputs return to what they were. And whatever an
action depends on is a file node or a Value, because SCons does not see the variables that a function reads. And paths
are nodes and commands are words from the start, because SCons looks for `$` in texts, and a shell for quotes.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import SCons.Action
import SCons.Environment
import SCons.Errors
import SCons.Node.Alias
import SCons.Tool
import SCons.Util

import mcuforge
from mcuforge.backends.buildplan import BuildPlan, Image, Source, Step, Wishes, object_path
from mcuforge.backends.compare import RUNTIMES, compare_step, second_opinion_step
from mcuforge.backends.firmware import plan_firmware
from mcuforge.manifest.types import Target

_CACHES = ("MCUFORGE_CACHE", "XDG_CACHE_HOME")
_PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "COLUMNS", "CI", "GITHUB_ACTIONS", "NO_COLOR", *_CACHES)


def environment(verbose: bool = False) -> Any:
    """A construction environment of our own: no default tools are looked for, nothing of the host's is inherited."""
    variables = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    variables["PYTHONPATH"] = str(Path(mcuforge.__file__).resolve().parent.parent)
    own = {"MCUFORGE_VERBOSE": verbose, "PRINT_CMD_LINE_FUNC": _print_over_progress}
    return SCons.Environment.Environment(tools=[], ENV=variables, **own)


def _print_over_progress(text: str, target: Sequence[Any], source: Sequence[Any], env: Any) -> None:
    """On a terminal a worker may be showing its progress in the line where the cursor is."""
    # In one piece, end of line and all: other threads print too.
    sys.stdout.write(f"\r\x1b[2K{text}\n" if sys.stdout.isatty() else f"{text}\n")
    sys.stdout.flush()


class _Command(SCons.Action.CommandAction):  # type: ignore[misc]
    """A process by its words, which may hold any character: nothing is substituted, and no shell is between.

    `shown` is what is printed for it; absent, the words as a shell would take them.
    """

    def __init__(self, words: Sequence[str], shown: str | None) -> None:
        super().__init__(list(words))
        self._words = tuple(words)
        self._shown = shown

    def strfunction(self, target: Any, source: Any, env: Any, executor: Any = None, overrides: Any = None) -> str:
        del target, source, env, executor, overrides
        return shlex.join(self._words) if self._shown is None else self._shown

    def get_presig(self, target: Any, source: Any, env: Any, executor: Any = None) -> bytes:
        del target, source, env, executor
        return "\0".join(self._words).encode(errors="surrogateescape")

    def get_implicit_deps(self, target: Any, source: Any, env: Any, executor: Any = None) -> list[Any]:
        del target, source, executor
        return [env.fs.File(self._words[0])]

    def execute(self, target: Any, source: Any, env: Any, executor: Any = None) -> Any:
        del target, source, executor
        status = subprocess.run(self._words, env=env["ENV"], check=False).returncode
        if status == 0:
            return 0
        told = f"Error {status}" if status > 0 else f"killed by signal {-status}"
        return SCons.Errors.BuildError(errstr=told, status=abs(status), action=self, command=list(self._words))


def _move_part(target: Sequence[Any], source: Sequence[Any], env: Any) -> None:
    os.replace(f"{target[0].get_abspath()}.part", target[0].get_abspath())


def firmware(
    env: Any, target: Target, build_dir: Path, wishes: Wishes | None = None, model_dir: Path | None = None
) -> dict[str, list[Any]]:
    """Declares everything a target needs and returns the nodes by what a person asks for: verdict, emulate, …

    Boards of a project may share `model_dir`: what is made there is declared once.
    """
    plan = plan_firmware(target, build_dir, wishes or Wishes(), model_dir)
    env = env.Clone(CPPPATH=[env.fs.Dir(str(path)) for path in plan.include_dirs])  # what the scanner searches
    for step in plan.steps["prepare"]:
        declare_step(env, step, plan.build_dir)
    library = _objects(env, plan, plan.library_sources, plan.build_dir / "obj")
    model = _objects(env, plan, plan.model_sources, plan.build_dir / "obj")
    for probe in plan.probes:
        _image(env, plan, probe, library)
    for image in filter(None, (plan.firmware, plan.twin)):
        _image(env, plan, image, [*model, *library])
    return {
        name: [node for step in steps for node in declare_step(env, step, plan.build_dir)]
        for name, steps in plan.steps.items()
        if name != "prepare"
    }


def comparison(env: Any, target: Target, build_dir: Path, wishes: Wishes, model_dir: Path) -> list[Any]:
    """Both runtimes, each in a folder of its own, and the step that shows them side by side.

    With a second opinion asked for: the step that asks for it, after the build itself.
    """
    if wishes.second_opinion is not None:
        return declare_step(env, second_opinion_step(target, build_dir, model_dir), build_dir)
    folders = {runtime: build_dir / "compare" / runtime for runtime in RUNTIMES}
    for runtime, folder in folders.items():
        firmware(env, replace(target, runtime=runtime), folder, wishes, model_dir)
    step = compare_step(folders)
    action = _worker(env, step.argv, f"  {step.description:<9} {build_dir}")
    nodes: list[Any] = env.AlwaysBuild(env.Alias(_literal(f"{step.name} {build_dir}"), [], action))
    env.Depends(nodes, _files(env, step.inputs))
    return nodes


def before_judging(env: Any, made: Sequence[Any], nodes: Sequence[Any]) -> None:
    """Steps without outputs, which may fail a build, wait for what is made of all reports."""
    env.Depends([node for node in SCons.Util.flatten(nodes) if isinstance(node, SCons.Node.Alias.Alias)], made)


def _objects(env: Any, plan: BuildPlan, sources: Sequence[Source], folder: Path) -> list[Any]:
    nodes = []
    for source in sources:
        file, output = _files(env, [source.path, object_path(source, folder)])
        compiled = _compilation(plan, source, str(file), f"{output}.part")
        shown = None if env["MCUFORGE_VERBOSE"] else f"  CC        {output}"
        action = [_Command(compiled, shown), SCons.Action.Action(_move_part, None)]
        made = env.Command([output], [file], action, source_scanner=SCons.Tool.CScanner)
        env.Depends(made, env.Value(plan.toolchain.text))
        nodes += made
    return nodes


def _compilation(plan: BuildPlan, source: Source, file: str, output: str) -> list[str]:
    """The compiler's driver tells C, C++ and assembly by the file's suffix."""
    flags = plan.cxx_flags if source.language == "c++" else plan.flags
    defines = [f"-D{define}" for define in plan.defines]
    folders = [f"-I{path}" for path in plan.include_dirs]
    return [str(plan.toolchain.gcc), "-c", *flags, *source.flags, *defines, *folders, "-o", output, file]


def _image(env: Any, plan: BuildPlan, image: Image, model: Sequence[Any]) -> list[Any]:
    objects = [*model, *_objects(env, plan, image.sources, image.folder / "obj")]
    argv = [*image.link_argv, *(str(node) for node in objects)]
    nodes = _command(env, image.outputs, objects, argv, "LINK")
    env.Depends(nodes, _files(env, image.inputs))
    env.Depends(nodes, env.Value(plan.toolchain.text))
    return nodes


def declare_step(env: Any, step: Step, build_dir: Path) -> list[Any]:
    """The nodes of a step's outputs, or the alias of one that has none, which `build_dir` tells from others."""
    if step.outputs:
        nodes = _files(env, step.outputs)
        if nodes[0].has_explicit_builder():
            return nodes  # a step that boards share
        nodes = _command(env, step.outputs, [], step.argv, step.description)
        if step.is_precious:
            env.Precious(nodes)
    else:
        action = _worker(env, step.argv, f"  {step.description:<9} {build_dir}")
        nodes = [env.AlwaysBuild(env.Alias(_literal(f"{step.name} {build_dir}"), [], action))]
    env.Depends(nodes, _files(env, step.inputs))
    env.Depends(nodes, [env.Value(f"{name}={value}") for name, value in sorted(step.values.items())])
    return nodes


def _command(env: Any, outputs: Sequence[Path], sources: Sequence[Any], argv: Sequence[str], verb: str) -> list[Any]:
    targets = _files(env, outputs)
    action = _worker(env, argv, f"  {verb:<9} {targets[0]}")
    nodes: list[Any] = env.Command(targets, sources, action, source_scanner=None)
    return nodes


def _worker(env: Any, argv: Sequence[str], shown: str) -> _Command:
    return _Command([sys.executable, "-m", *argv], None if env["MCUFORGE_VERBOSE"] else shown)


def _files(env: Any, paths: Sequence[Path]) -> list[Any]:
    """Nodes of paths as they are: `env.File` would substitute variables."""
    return [env.fs.File(str(path)) for path in paths]


def _literal(text: str) -> str:
    """For the names of aliases, which are always substituted."""
    return text.replace("$", "$$")
