"""Small models with state and control flow, as the converter writes them."""

from __future__ import annotations

import numpy as np

from tests.support.tflite_builder import ModelBuilder, SubgraphBuilder

SCALE, ZERO_POINT = 0.5, -5


def int8(builder: ModelBuilder | SubgraphBuilder, name: str, shape: tuple[int, ...] = (1, 4)) -> int:
    """A run-time tensor. All have one quantization, so that sums of small values are exact."""
    return builder.tensor(name, shape, "INT8", scale=SCALE, zero_point=ZERO_POINT)


def int8_constant(builder: ModelBuilder | SubgraphBuilder, name: str, values: list[int]) -> int:
    data = np.array([values], np.int8)
    return builder.tensor(name, data.shape, "INT8", scale=SCALE, zero_point=ZERO_POINT, data=data)


def handle(builder: ModelBuilder | SubgraphBuilder, name: str) -> int:
    """A VAR_HANDLE and its output."""
    made = builder.tensor(f"handle_{name}", (), "RESOURCE")
    builder.operator("VAR_HANDLE", [], [made], {"container": "", "shared_name": name})
    return made


def accumulator() -> ModelBuilder:
    """y = v + x; v = y. The variable starts at its zero point: nothing initialises it."""
    model = ModelBuilder()
    x, old, y = int8(model, "x"), int8(model, "old"), int8(model, "y")
    variable = handle(model, "v")
    model.operator("READ_VARIABLE", [variable], [old])
    model.operator("ADD", [old, x], [y])
    model.operator("ASSIGN_VARIABLE", [variable, y], [])
    model.main.set_io([x], [y])
    return model


def initialised(values: list[int]) -> ModelBuilder:
    """The same, with a CALL_ONCE that assigns `values` first."""
    model = ModelBuilder()
    x, old, y = int8(model, "x"), int8(model, "old"), int8(model, "y")
    once = model.subgraph("init")
    once.operator("ASSIGN_VARIABLE", [handle(once, "v"), int8_constant(once, "initial", values)], [])
    once.set_io([], [])
    model.operator("CALL_ONCE", [], [], {"init_subgraph_index": 1})
    variable = handle(model, "v")
    model.operator("READ_VARIABLE", [variable], [old])
    model.operator("ADD", [old, x], [y])
    model.operator("ASSIGN_VARIABLE", [variable, y], [])
    model.main.set_io([x], [y])
    return model


def delay_line(*, assigned_before_use: bool) -> ModelBuilder:
    """y = v + x; v = x. Assigned before the sum, reading must have copied."""
    model = ModelBuilder()
    x, old, y = int8(model, "x"), int8(model, "old"), int8(model, "y")
    variable = handle(model, "v")
    model.operator("READ_VARIABLE", [variable], [old])
    steps = [("ADD", [old, x], [y]), ("ASSIGN_VARIABLE", [variable, x], [])]
    for kind, inputs, outputs in reversed(steps) if assigned_before_use else steps:
        model.operator(kind, inputs, outputs)
    model.main.set_io([x], [y])
    return model


def swap() -> ModelBuilder:
    """Two variables exchange their values; outputs are what each was. Neither read may see the other's assignment."""
    model = ModelBuilder()
    x, first, second = int8(model, "x"), int8(model, "first"), int8(model, "second")
    a, b, next_b = handle(model, "a"), handle(model, "b"), int8(model, "next_b")
    model.operator("READ_VARIABLE", [a], [first])
    model.operator("READ_VARIABLE", [b], [second])
    model.operator("ASSIGN_VARIABLE", [a, second], [])
    model.operator("ADD", [first, x], [next_b])
    model.operator("ASSIGN_VARIABLE", [b, next_b], [])
    model.main.set_io([x], [first, second])
    return model


def read_twice() -> ModelBuilder:
    """Outputs are the variable's value before and after it is assigned."""
    model = ModelBuilder()
    x, before, after = int8(model, "x"), int8(model, "before"), int8(model, "after")
    variable = handle(model, "v")
    model.operator("READ_VARIABLE", [variable], [before])
    model.operator("ASSIGN_VARIABLE", [variable, x], [])
    model.operator("READ_VARIABLE", [variable], [after])
    model.main.set_io([x], [before, after])
    return model


def reshaped_read() -> ModelBuilder:
    """The read value is used under another shape, after the assignment."""
    model = ModelBuilder()
    x, old, flat, y = int8(model, "x"), int8(model, "old"), int8(model, "flat", (4,)), int8(model, "y")
    shape = model.tensor("shape", (1,), "INT32", data=np.array([4], np.int32))
    variable = handle(model, "v")
    model.operator("READ_VARIABLE", [variable], [old])
    model.operator("RESHAPE", [old, shape], [flat])
    model.operator("ASSIGN_VARIABLE", [variable, x], [])
    model.operator("ADD", [flat, x], [y])
    model.main.set_io([x], [y])
    return model


def branch(*, with_state: bool = False) -> ModelBuilder:
    """if c: x + x else: x + 10; with state, the first branch also remembers x, and the second adds what it was."""
    model = ModelBuilder()
    condition = model.tensor("c", (1,), "BOOL")
    x, y = int8(model, "x"), int8(model, "y")
    doubled, shifted = model.subgraph("doubled"), model.subgraph("shifted")
    taken, given = int8(doubled, "x"), int8(doubled, "sum")
    doubled.operator("ADD", [taken, taken], [given])
    if with_state:
        doubled.operator("ASSIGN_VARIABLE", [handle(doubled, "v"), taken], [])
    doubled.set_io([taken], [given])
    taken, given = int8(shifted, "x"), int8(shifted, "sum")
    other = int8(shifted, "other") if with_state else int8_constant(shifted, "ten", [10, 10, 10, 10])
    if with_state:
        shifted.operator("READ_VARIABLE", [handle(shifted, "v")], [other])
    shifted.operator("ADD", [taken, other], [given])
    shifted.set_io([taken], [given])
    model.operator("IF", [condition, x], [y], {"then_subgraph_index": 1, "else_subgraph_index": 2})
    model.main.set_io([condition, x], [y])
    return model


def loop(*, rounds: int = 5, after: bool = True) -> ModelBuilder:
    """i = 0; while i < rounds: i, a = i + 1, a + x; both and x are carried. `after` adds x once more at the end."""
    model = ModelBuilder()
    x, start = int8(model, "x"), int8_constant(model, "start", [ZERO_POINT] * 4)
    zero = model.tensor("zero", (1,), "INT32", data=np.zeros(1, np.int32))
    condition, body = model.subgraph("condition"), model.subgraph("body")
    counts = [part.tensor("i", (1,), "INT32") for part in (condition, body)]
    sums = [int8(part, "a") for part in (condition, body)]
    steps = [int8(part, "x") for part in (condition, body)]
    limit = condition.tensor("rounds", (1,), "INT32", data=np.array([rounds], np.int32))
    again = condition.tensor("again", (1,), "BOOL")
    condition.operator("LESS", [counts[0], limit], [again])
    condition.set_io([counts[0], sums[0], steps[0]], [again])
    one = body.tensor("one", (1,), "INT32", data=np.ones(1, np.int32))
    next_count, next_sum = body.tensor("i_next", (1,), "INT32"), int8(body, "a_next")
    body.operator("ADD", [counts[1], one], [next_count])
    body.operator("ADD", [sums[1], steps[1]], [next_sum])
    body.set_io([counts[1], sums[1], steps[1]], [next_count, next_sum, steps[1]])
    count, total, same = model.tensor("count", (1,), "INT32"), int8(model, "total"), int8(model, "same")
    options = {"cond_subgraph_index": 1, "body_subgraph_index": 2}
    model.operator("WHILE", [zero, start, x], [count, total, same], options)
    if not after:
        model.main.set_io([x], [total, count])
        return model
    y = int8(model, "y")
    model.operator("ADD", [total, same], [y])
    model.main.set_io([x], [y, count])
    return model


def variable_tensor() -> ModelBuilder:
    """s = s + x, where s is a variable tensor; the output is s under another shape, and s itself."""
    model = ModelBuilder()
    x = int8(model, "x")
    state = model.tensor("s", (1, 4), "INT8", scale=SCALE, zero_point=ZERO_POINT, is_variable=True)
    flat = int8(model, "flat", (4,))
    shape = model.tensor("shape", (1,), "INT32", data=np.array([4], np.int32))
    model.operator("RESHAPE", [state, shape], [flat])
    model.operator("ADD", [state, x], [state])
    model.main.set_io([x], [flat, state])
    return model


def handed_over() -> ModelBuilder:
    """A loop that carries a handle: in each of three rounds the variable grows by x."""
    model = ModelBuilder()
    x, y = int8(model, "x"), int8(model, "y")
    variable = handle(model, "v")
    zero = model.tensor("zero", (1,), "INT32", data=np.zeros(1, np.int32))
    condition, body = model.subgraph("condition"), model.subgraph("body")
    parts = [
        (part.tensor("i", (1,), "INT32"), int8(part, "x"), part.tensor("h", (), "RESOURCE"))
        for part in (condition, body)
    ]
    again = condition.tensor("again", (1,), "BOOL")
    limit = condition.tensor("limit", (1,), "INT32", data=np.array([3], np.int32))
    condition.operator("LESS", [parts[0][0], limit], [again])
    condition.set_io(parts[0], [again])
    count, step, inner = parts[1]
    one, following = body.tensor("one", (1,), "INT32", data=np.ones(1, np.int32)), body.tensor("next", (1,), "INT32")
    old, new = int8(body, "old"), int8(body, "new")
    body.operator("READ_VARIABLE", [inner], [old])
    body.operator("ADD", [old, step], [new])
    body.operator("ASSIGN_VARIABLE", [inner, new], [])
    body.operator("ADD", [count, one], [following])
    body.set_io([count, step, inner], [following, step, inner])
    model.operator("ASSIGN_VARIABLE", [variable, x], [])
    results = [model.tensor("count", (1,), "INT32"), int8(model, "same"), model.tensor("h_after", (), "RESOURCE")]
    model.operator("WHILE", [zero, x, variable], results, {"cond_subgraph_index": 1, "body_subgraph_index": 2})
    model.operator("READ_VARIABLE", [results[2]], [y])
    model.main.set_io([x], [y])
    return model
