"""Prints a BuildPlan into SCons. The only file that imports SCons; it knows nothing about models or boards.

Two rules come from measured traps. Whatever an action writes goes to a temporary name first, because SCons takes a
target that a failed action left behind for up to date once its inputs return to what they were. And whatever an
action depends on is a file node or a Value, because SCons does not see the variables that a function reads.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import SCons.Action
import SCons.Builder
import SCons.Environment
import SCons.Node.Alias
import SCons.Subst
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
    own = {"ESCAPE": shlex.quote, "MCUFORGE_VERBOSE": verbose, "PRINT_CMD_LINE_FUNC": _print_over_progress}
    env = SCons.Environment.Environment(tools=[], ENV=variables, **own)
    env.Append(BUILDERS={"McuforgeObject": _object_builder(verbose)})
    return env


def _print_over_progress(text: str, target: Sequence[Any], source: Sequence[Any], env: Any) -> None:
    """On a terminal a worker may be showing its progress in the line where the cursor is."""
    print(f"\r\x1b[2K{text}" if sys.stdout.isatty() else text, flush=True)


def _object_builder(verbose: bool) -> Any:
    # The compiler's driver tells C, C++ and assembly by the file's suffix.
    command = "$CC -c $MCUFORGE_FLAGS $_CPPDEFFLAGS $_CPPINCFLAGS -o ${TARGET}.part $SOURCE"
    compile_action = SCons.Action.Action(command) if verbose else SCons.Action.Action(command, "  CC        $TARGET")
    return SCons.Builder.Builder(
        action=[compile_action, SCons.Action.Action(_move_part, None)],
        suffix=".o",
        src_suffix=".c",
        single_source=True,
        source_scanner=SCons.Tool.CScanner,
    )


def _move_part(target: Sequence[Any], source: Sequence[Any], env: Any) -> None:
    os.replace(f"{target[0].get_abspath()}.part", target[0].get_abspath())


def firmware(
    env: Any, target: Target, build_dir: Path, wishes: Wishes | None = None, model_dir: Path | None = None
) -> dict[str, list[Any]]:
    """Declares everything a target needs and returns the nodes by what a person asks for: verdict, emulate, …

    Boards of a project may share `model_dir`: what is made there is declared once.
    """
    plan = plan_firmware(target, build_dir, wishes or Wishes(), model_dir)
    env = env.Clone(
        CC=[str(plan.toolchain.gcc)],
        CPPPATH=[str(path) for path in plan.include_dirs],
        CPPDEFINES=list(plan.defines),
        INCPREFIX="-I",
        INCSUFFIX="",
        CPPDEFPREFIX="-D",
        CPPDEFSUFFIX="",
        MCUFORGE_TOOLCHAIN=plan.toolchain.text,
    )
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
    nodes: list[Any] = env.AlwaysBuild(env.Alias(f"{step.name} {build_dir}", [], action))
    env.Depends(nodes, [env.File(str(path)) for path in step.inputs])
    return nodes


def before_judging(env: Any, made: Sequence[Any], nodes: Sequence[Any]) -> None:
    """Steps without outputs, which may fail a build, wait for what is made of all reports."""
    env.Depends([node for node in SCons.Util.flatten(nodes) if isinstance(node, SCons.Node.Alias.Alias)], made)


def _objects(env: Any, plan: BuildPlan, sources: Sequence[Source], folder: Path) -> list[Any]:
    nodes = []
    for source in sources:
        made = env.McuforgeObject(
            str(object_path(source, folder)),
            str(source.path),
            MCUFORGE_FLAGS=[*(plan.cxx_flags if source.language == "c++" else plan.flags), *source.flags],
        )
        env.Depends(made, env.Value(plan.toolchain.text))
        nodes += made
    return nodes


def _image(env: Any, plan: BuildPlan, image: Image, model: Sequence[Any]) -> list[Any]:
    objects = [*model, *_objects(env, plan, image.sources, image.folder / "obj")]
    argv = [*image.link_argv, *(str(node) for node in objects)]
    nodes = _command(env, image.outputs, objects, argv, "LINK")
    env.Depends(nodes, [env.File(str(path)) for path in image.inputs])
    env.Depends(nodes, env.Value(plan.toolchain.text))
    return nodes


def declare_step(env: Any, step: Step, build_dir: Path) -> list[Any]:
    """The nodes of a step's outputs, or the alias of one that has none, which `build_dir` tells from others."""
    if step.outputs:
        nodes = [env.File(str(path)) for path in step.outputs]
        if nodes[0].has_explicit_builder():
            return nodes  # a step that boards share
        nodes = _command(env, step.outputs, [], step.argv, step.description)
        if step.is_precious:
            env.Precious(nodes)
    else:
        action = _worker(env, step.argv, f"  {step.description:<9} {build_dir}")
        nodes = [env.AlwaysBuild(env.Alias(f"{step.name} {build_dir}", [], action))]
    env.Depends(nodes, [env.File(str(path)) for path in step.inputs])
    env.Depends(nodes, [env.Value(f"{name}={value}") for name, value in sorted(step.values.items())])
    return nodes


def _command(env: Any, outputs: Sequence[Path], sources: Sequence[Any], argv: Sequence[str], verb: str) -> list[Any]:
    action = _worker(env, argv, f"  {verb:<9} $TARGET")
    nodes: list[Any] = env.Command([str(path) for path in outputs], sources, action, source_scanner=None)
    return nodes


def _worker(env: Any, argv: Sequence[str], shown: str) -> Any:
    """A worker process. SCons hands its words to a shell, quoted only where they are literals."""
    words = [SCons.Subst.Literal(word) for word in (sys.executable, "-m", *argv)]
    return SCons.Action.Action([words]) if env["MCUFORGE_VERBOSE"] else SCons.Action.Action([words], shown)
