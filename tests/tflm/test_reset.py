"""`<name>_reset()` with the runtime tflm: the next inference is like the first after start-up, CALL_ONCE included."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from tflite_micro import runtime

from mcuforge.runtimes.tflm.generate import remembers
from tests.state.models import accumulator, initialised, variable_tensor
from tests.support.scons import scons
from tests.support.tflite_builder import ModelBuilder, pack
from tests.tflm.fixture_tree import FixtureTree
from tests.tflm.models import graph_of, identity, unary

MAIN = """\
#include <stdio.h>
#include "demo.h"

static void show(int8_t *input)
{
    input[0] = 10;
    const demo_status status = demo_invoke();
    printf("%d:%d ", (int)status, demo_output()[0]);
}

int main(void)
{
    int8_t *const input = demo_input();
    show(input);
    show(input);
    demo_reset();
    show(input);
    show(input);
    demo_reset();
    demo_reset();
    show(input);
    return 0;
}
"""


def streamed(data: bytes, *, reset_before: int) -> list[list[int]]:
    """Outputs of four inferences of TFLM itself, with its own Reset() before one of them."""
    interpreter = runtime.Interpreter.from_bytes(data)
    outputs = []
    for number in range(4):
        if number == reset_before:
            interpreter.reset()
        interpreter.set_input(np.full((1, 4), 3, np.int8), 0)
        interpreter.invoke()
        outputs.append(interpreter.get_output(0).ravel().tolist())
    return outputs


@pytest.mark.parametrize("model", [accumulator(), variable_tensor()], ids=["variable", "variable tensor"])
def test_tflms_own_reset_leads_back_to_the_start(model: ModelBuilder) -> None:
    first, second, *again = streamed(pack(model.object), reset_before=2)
    assert [first, second] == again and first != second


def test_tflms_own_reset_leaves_out_what_call_once_runs() -> None:
    """Why the interpreter is built anew instead."""
    first, _, after_reset, _ = streamed(pack(initialised([10, 20, 30, 40]).object), reset_before=2)
    assert after_reset != first
    assert after_reset == streamed(pack(accumulator().object), reset_before=2)[0], "the variable is at its zero point"


@pytest.mark.slow
def test_an_inference_after_reset_is_like_the_first(tmp_path: Path) -> None:
    """The fixture's interpreter adds how many inferences there were since its resource variables were made."""
    FixtureTree("D").write(tmp_path / "tree")
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "model.tflite").write_bytes(pack(initialised([10, 20, 30, 40]).object))
    (tmp_path / "demo" / "main.c").write_text(MAIN)
    manifest = "schema: 1\nname: demo\nmodel: {source: model.tflite}\narena: 8 KiB\napp: {sources: [main.c]}\n"
    (tmp_path / "demo" / "project.yaml").write_text(manifest)
    words = ("-Q", f"project={tmp_path / 'demo'}", "board=host", f"tflm_dir={tmp_path / 'tree'}")
    run = scons(*words, "runtime=tflm", f"build_dir={tmp_path / 'tflm'}")
    assert run.code == 0, run.text
    image = tmp_path / "tflm" / "demo" / "host" / "demo.elf"
    done = subprocess.run([image], capture_output=True, text=True, check=True, timeout=10)
    assert done.stdout == "0:10 0:11 0:10 0:11 0:10 "

    header = tmp_path / "aot" / "demo" / "host" / "gen" / "demo.h"
    assert scons(*words, "runtime=aot", f"build_dir={tmp_path / 'aot'}", str(header)).code == 0
    texts = [path.read_text() for path in (header, image.with_name("gen") / "demo.h")]
    aot, tflm = (re.sub(r"ARENA_BYTES \d+", "ARENA_BYTES", text) for text in texts)
    assert aot == tflm and "void demo_reset(void);" in aot


def test_what_may_remember_has_a_reset(tmp_path: Path) -> None:
    remembering = {
        name: remembers(graph_of(data, tmp_path))
        for name, data in (
            ("none", identity()),
            ("variable", pack(accumulator().object)),
            ("variable tensor", pack(variable_tensor().object)),
            ("custom", unary("CUSTOM:CIRCULAR_BUFFER")),
        )
    }
    assert remembering == {"none": False, "variable": True, "variable tensor": True, "custom": True}
