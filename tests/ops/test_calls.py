"""What operators hand to the generator fits the kernels' headers, field by field, and compiles once printed."""

from __future__ import annotations

import functools
import re
import subprocess
from pathlib import Path

import pytest

from mcuforge.errors import UserError
from mcuforge.model.graph import Node
from mcuforge.model.operator_kind import operator_kind
from mcuforge.runtimes.aot.generate import generate
from mcuforge.runtimes.aot.lower import lower
from mcuforge.runtimes.shared.render import Settings
from tests.ops.single import Case
from tests.ops.sound import calls_kernel, in_float, sound_cases
from tests.support.kernel_harness import NO_FEATURES, RUNTIME, WARNINGS

# No single layer has a variable: the models of tests/state call these.
VARIABLE_KERNELS = {"kernels/portable/copy.c", "kernels/portable/fill_bytes.c"}

_STRUCT = re.compile(r"typedef struct \{(.*?)\} (\w+);", re.DOTALL)
_FIELD = re.compile(r"^\s*(?:const )?(\w+) \*?(\w+)(?:\[\w+\])?;", re.MULTILINE)


@functools.cache
def struct_fields() -> dict[str, list[tuple[str, str]]]:
    """(type, name) of the fields of every struct in the kernels' headers."""
    text = "\n".join(path.read_text() for path in sorted((RUNTIME / "include" / "mcuforge").glob("*.h")))
    return {name: _FIELD.findall(body) for body, name in _STRUCT.findall(text)}


def flat_fields(struct: str) -> list[str]:
    """The designators of a struct in order, those of structs inside it as `outer.inner`."""
    names = []
    for kind, name in struct_fields()[struct]:
        inner = flat_fields(kind) if kind in struct_fields() else []
        names += [f"{name}.{field}" for field in inner] if inner else [name]
    return names


def runs(node: Node) -> bool:
    kind = operator_kind(node)
    try:
        kind.check(node)
    except UserError:  # a layer that has no float32 form
        return False
    return calls_kernel(node)


def calling_cases() -> list[Case]:
    return [case for sound in sound_cases() for case in (sound, in_float(sound)) if runs(case.node())]


def test_params_are_every_field_of_the_struct_in_order() -> None:
    """C leaves a forgotten field zero without a word."""
    for case in calling_cases():
        node = case.node()
        call = operator_kind(node).kernel(node, NO_FEATURES)
        assert call.params_type is not None
        assert list(call.params) == flat_fields(call.params_type), call.function


def test_every_portable_kernel_is_called_by_some_sound_case() -> None:
    calls = [operator_kind(node).kernel(node, NO_FEATURES) for node in map(Case.node, calling_cases())]
    called = {source for call in calls for source in call.sources}
    present = {f"kernels/portable/{path.name}" for path in (RUNTIME / "kernels" / "portable").glob("*.c")}
    assert called == present - VARIABLE_KERNELS


@pytest.mark.parametrize("case", calling_cases(), ids=lambda case: f"{case.kind}-{case.inputs[0].dtype}")
def test_the_generated_call_compiles_without_a_warning(case: Case, tmp_path: Path) -> None:
    model = lower(case.node().graph, NO_FEATURES)
    files = generate(model, Settings("one", "project.yaml", model.plan.arena_bytes))
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    sources = [str(tmp_path / name) for name in files if name.endswith(".c")]
    includes = [f"-I{RUNTIME / 'include'}", f"-I{RUNTIME}", f"-I{tmp_path}"]
    done = subprocess.run(["gcc", *WARNINGS, "-fsyntax-only", *includes, *sources], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
