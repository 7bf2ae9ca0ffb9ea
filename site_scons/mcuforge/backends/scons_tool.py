"""mcuforge in somebody else's SCons: two methods of their environment, and nothing that outlives it.

    env = Environment(tools=["default", mcuforge.tool])
    kws = env.TinyModel("models/kws/project.yaml", board="nrf5340")
    firmware = env.Program("firmware.elf", ["main.c", kws.library], CPPPATH=["$CPPPATH", kws.include_dir],
                           LINKFLAGS=["$LINKFLAGS", "-Wl,-Map=${TARGET.base}.map"], LIBS=["m"])
    env.BudgetCheck(firmware, kws)

The host's compiler, flags and variant folders are kept; the model's C gets the few flags more that it needs. Workers
run in an environment of our own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import SCons.Util
from SCons.Errors import UserError as SConsUserError

from mcuforge.backends.buildplan import Source, Step
from mcuforge.backends.model_plan import Archive, ModelPlan, gate_argv, plan_models
from mcuforge.backends.scons import declare_step, environment
from mcuforge.errors import UserError
from mcuforge.manifest.find import is_path
from mcuforge.manifest.load import find_board, find_project, load_board, load_project, make_target

# With TFLM come C files of others, which need GNU's.
_DIALECTS = {"aot": {"c": "-std=c99"}, "tflm": {"c": "-std=gnu17", "c++": "-std=c++17"}}


@dataclass(frozen=True)
class TinyModel:
    """A model in a host's build, as SCons nodes. `library` and `include_dir` are what a program takes; `library` is an
    archive, with the runtime tflm several in the order of linking.
    """

    library: Any
    headers: list[Any]
    sources: list[Any]
    include_dir: Any
    plan: ModelPlan


def generate(env: Any) -> None:
    """Adds the methods to one environment. Called by SCons."""
    env.AddMethod(tiny_model, "TinyModel")
    env.AddMethod(budget_check, "BudgetCheck")


def exists(env: Any) -> bool:
    """Whether the tool can be used: always, for it needs no program of the host's. Called by SCons."""
    del env
    return True


def tiny_model(
    env: Any, manifest: Any, board: str, build_dir: Any = None, tflm_dir: Any = None
) -> TinyModel | list[TinyModel]:
    """Declares the library of a manifest's model for a board, a name or a file, in the current (variant) folder.

    A list of manifests, for models that go into one image, gives a list: those on TFLM share it, and one op resolver.
    `build_dir` takes what is generated, of a list in a folder for each model; absent: `mcuforge/<model>/<board>`.
    `tflm_dir` is a TensorFlow Lite Micro checkout for the runtime tflm; absent: TFLM_DIR, then what `fetch` got. Errors
    end the build, with their place.
    """
    manifests = manifest if isinstance(manifest, list | tuple) else [manifest]
    is_list = manifests is manifest
    plans = _plans(env, manifests, board, build_dir, tflm_dir, is_list=is_list)
    for plan in plans:
        _claim(env, plan)
    workers = environment()
    made = [[node for step in plan.steps for node in declare_step(workers, step, plan.build_dir)] for plan in plans]
    # Models of one image read each other's headers.
    headers = SCons.Util.flatten(made)
    archives = {archive.file: _archive(env, plan, archive, headers) for plan in plans for archive in plan.archives}
    models = [_model(env, plan, nodes, archives) for plan, nodes in zip(plans, made, strict=True)]
    return models if is_list else models[0]


def _model(env: Any, plan: ModelPlan, made: Sequence[Any], archives: Mapping[Path, Any]) -> TinyModel:
    libraries = [archives[archive.file] for archive in plan.link_order]
    return TinyModel(
        library=libraries[0] if len(libraries) == 1 else libraries,
        headers=[node for node in made if str(node).endswith(".h")],
        sources=[env.File(str(source.path)) for source in plan.archives[0].sources],
        include_dir=env.Dir(str(plan.public_include_dir)),
        plan=plan,
    )


def _claim(env: Any, plan: ModelPlan) -> None:
    """SCons would take the second model of a folder for the first, whose files have the same names."""
    header, target = env.File(str(plan.header)), plan.target
    model = (target.project.path, target.board.path)
    other = getattr(header.attributes, "mcuforge_model", model)
    if other != model:
        raise SConsUserError(
            f"TinyModel: {' on '.join(map(str, other))} and {' on '.join(map(str, model))} would both be built in "
            f"{plan.build_dir}; give one of them a build_dir"
        )
    header.attributes.mcuforge_model = model


def _archive(env: Any, plan: ModelPlan, archive: Archive, made: Sequence[Any]) -> Any:
    """Its objects lie in the build folder, wherever their sources are."""
    objects = []
    for source in archive.sources:
        file = plan.build_dir / "obj" / f"{source.object_name}{env.subst('$OBJSUFFIX')}"
        (node,) = env.StaticObject(str(file), str(source.path), **_settings(env, plan, source))
        if source.path.is_relative_to(plan.build_dir):
            # Headers are found by scanning once they exist; before, this says that they will.
            env.Depends(node, made)
        objects.append(node)
    (library,) = env.StaticLibrary(str(archive.file), objects)
    return library


def _settings(env: Any, plan: ModelPlan, source: Source) -> dict[str, Any]:
    """What the source needs besides the host's construction variables.

    CCFLAGS, CFLAGS and CXXFLAGS stay the environment's own, as they are when the build runs: PlatformIO's scripts
    declare things before flags are known. CPPFLAGS come after them on a command line.
    """
    folders = map(str, (plan.public_include_dir, *plan.include_dirs))
    defines = (f"-D{name}" for name in plan.defines)
    own = (*plan.flags[source.language], *defines, *source.flags, "$MCUFORGE_DIALECT")
    return {
        "CPPPATH": [*env.Flatten([env.get("CPPPATH", [])]), *folders],
        "CPPFLAGS": [*env.Split(env.get("CPPFLAGS", [])), *own],
        "MCUFORGE_DIALECT": _dialect(source.language, _DIALECTS[plan.target.runtime][source.language]),
    }


def _dialect(language: str, wanted: str) -> Callable[..., str]:
    """A construction variable: the model's C is C99; a host that says what it compiles as has said it."""
    variable = {"c": "CFLAGS", "c++": "CXXFLAGS"}[language]

    def expand(target: Any, source: Any, env: Any, for_signature: bool) -> str:
        del target, source, for_signature
        return "" if "-std=" in env.subst(f"$CCFLAGS ${variable}") else wanted

    return expand


def budget_check(
    env: Any, program: Any, model: Any, board: str | None = None, map_file: Any = None, images: Any = ()
) -> list[Any]:
    """Declares the check of a whole program by a model's manifest; over budget, the build fails and the program goes.

    `program` is a node or a path. `model` is what TinyModel returned, or the manifest of one that was declared for
    `board` without a `build_dir`.
    `map_file` is what the linker writes with `-Wl,-Map=`; absent: beside the program, `.map` instead of its suffix.
    `images` are files that are made of the program, which go with it: those of an earlier build could be flashed.
    Returns the nodes of size.json and of the verdict: whatever must not happen over budget depends on them.
    """
    if isinstance(model, TinyModel):
        plan = model.plan
    elif board is None:
        raise SConsUserError("BudgetCheck: a manifest is checked for a board: BudgetCheck(program, manifest, board)")
    else:
        (plan,) = _plans(env, [model], board, None, None)
    (image,) = env.arg2nodes(env.Flatten([program])[:1], env.File)
    elf = Path(image.get_abspath())
    listing = Path(env.File(map_file).get_abspath()) if map_file else elf.with_suffix(".map")
    output = plan.build_dir / f"{elf.name}.size"
    compiler = env.subst("$CC")
    made_of_it = [Path(node.get_abspath()) for node in env.arg2nodes(env.Flatten([images]), env.File)]
    step = Step(
        name="gate",
        argv=gate_argv(plan, elf, listing, output, compiler, made_of_it),
        inputs=(elf, plan.plan_json, *plan.configured_by),
        outputs=(output / "size.json", output / "size.tree.json", output / "budget.ok"),
        values={"compiler": compiler},
        description="BUDGET",
    )
    return declare_step(environment(), step, plan.build_dir)


def _plans(
    env: Any, manifests: Sequence[Any], board: str, build_dir: Any, tflm_dir: Any, *, is_list: bool = False
) -> tuple[ModelPlan, ...]:
    """Paths are the SConscript's, sources being looked for where they are and not where a variant folder has them."""
    try:
        chosen = load_board(find_board(_source(env, board) if is_path(board) else board))
        models = []
        for project in (load_project(find_project(_source(env, manifest))) for manifest in manifests):
            own = f"{build_dir}/{project.name}" if is_list else build_dir
            folder = env.Dir(own if build_dir else f"mcuforge/{project.name}/{chosen.name}")
            models.append((make_target(project, chosen, project.runtime), Path(folder.get_abspath())))
        if any(target.runtime == "tflm" for target, _ in models):
            _check_cxx(env)
        tree = None if tflm_dir is None else env.Dir(tflm_dir).srcnode().get_abspath()
        return plan_models(models, tree)
    except UserError as error:
        raise SConsUserError(error.render()) from None


def _source(env: Any, file: Any) -> str:
    """The path of a file of the source tree; `a\\b` is accepted as `a/b`, as in manifests."""
    written = file.replace("\\", "/") if isinstance(file, str) else file
    path: str = env.File(written).srcnode().get_abspath()
    return path


def _check_cxx(env: Any) -> None:
    """SCons's default for C++ is this computer's compiler: a host that only ever compiled C for a chip notices here."""
    c_compiler, cxx_compiler = (Path(env.subst(name)).name for name in ("$CC", "$CXX"))
    if c_compiler.endswith("gcc") and cxx_compiler.endswith("g++") and c_compiler[:-3] != cxx_compiler[:-3]:
        raise UserError(
            f"the runtime tflm is C++, and this environment's CXX is `{cxx_compiler}` beside CC `{c_compiler}`",
            hint=f'write CXX="{c_compiler[:-3]}g++" into the environment',
        )
