"""State and control flow that cannot be generated: one error each, which names the layer, before anything is built."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable

import numpy as np
import pytest

from mcuforge.errors import UserError
from mcuforge.model.calls import MAX_CALL_DEPTH
from mcuforge.transform.prepare import MAX_OPERATORS, prepare
from tests.state import models
from tests.support.generated_model import parse
from tests.support.tflite_builder import ModelBuilder, pack

MAX_SECONDS = 2.0


def refusal(model: ModelBuilder) -> str:
    with pytest.raises(UserError) as caught:
        prepare(parse(pack(model.object)))
    assert caught.value.hint
    return caught.value.message


def spoiled(model: ModelBuilder, subgraph: int, operator: int, **changes: object) -> ModelBuilder:
    """With other options of one operator."""
    options = model.object.subgraphs[subgraph].operators[operator].builtinOptions
    for name, value in changes.items():
        assert hasattr(options, name)
        setattr(options, name, value)
    return model


@pytest.mark.parametrize("index", [-1, 3, 2**31 - 1])
def test_a_subgraph_that_does_not_exist_is_named(index: int) -> None:
    message = refusal(spoiled(models.branch(), 0, 0, thenSubgraphIndex=index))
    assert message == f"layer 0 IF: calls subgraph {index}; the model has 3 subgraphs"


def test_the_main_subgraph_calling_itself_is_recursion() -> None:
    assert refusal(spoiled(models.branch(), 0, 0, thenSubgraphIndex=0)) == (
        "layer 0 IF: its subgraph calls itself again"
    )


def test_recursion_through_another_subgraph_is_found() -> None:
    model = chain_of_calls(3)
    model.object.subgraphs[2].operators = [copy.deepcopy(model.object.subgraphs[1].operators[0])]
    model.object.subgraphs[2].operators[0].builtinOptions.initSubgraphIndex = 1
    assert refusal(model) == "layer 0 of subgraph 2 CALL_ONCE: its subgraph calls itself again"


def chain_of_calls(depth: int, calls: int = 1) -> ModelBuilder:
    """Subgraph n calls n + 1 `calls` times: 2^depth executions where calls is 2."""
    model = models.accumulator()
    for index in range(1, depth):
        part = model.subgraph(f"level {index}")
        part.set_io([], [])
        for _ in range(calls if index + 1 < depth else 0):
            part.operator("CALL_ONCE", [], [], {"init_subgraph_index": index + 1})
    model.operator("CALL_ONCE", [], [], {"init_subgraph_index": 1})
    return model


def test_calls_nested_too_deep_are_refused() -> None:
    prepare(parse(pack(chain_of_calls(MAX_CALL_DEPTH).object)))
    message = refusal(chain_of_calls(MAX_CALL_DEPTH + 1))
    assert (
        message == f"the model's subgraphs call each other {MAX_CALL_DEPTH + 1} levels deep; at most 16 are supported"
    )


def test_thousands_of_calls_into_thousands_of_subgraphs_take_bounded_time() -> None:
    start = time.process_time()
    assert "levels deep" in refusal(chain_of_calls(1000, calls=2))
    assert time.process_time() - start < MAX_SECONDS


def test_more_operators_than_any_device_has_use_for_are_refused() -> None:
    model = models.accumulator()
    for _ in range(MAX_OPERATORS):
        models.handle(model, "v")
    assert refusal(model) == f"the model has {MAX_OPERATORS + 4} operators; at most {MAX_OPERATORS} are supported"


def test_a_branch_of_another_shape_is_refused() -> None:
    model = models.branch()
    model.object.subgraphs[1].tensors[0].shape = [1, 8]
    model.object.subgraphs[1].tensors[1].shape = [1, 8]
    assert "does not fit tensor 0 `x` (1×8 int8) of subgraph 1" in refusal(model)


def test_a_branch_with_other_arguments_is_refused() -> None:
    model = models.branch()
    model.object.subgraphs[2].outputs = []
    assert refusal(model) == "layer 0 IF: subgraph 2 has 0 outputs, not 1"


def test_a_condition_of_several_values_is_refused() -> None:
    model = models.branch()
    model.object.subgraphs[0].tensors[0].shape = [2]
    assert refusal(model).endswith("is no condition: it must be one boolean")


def test_a_loop_that_exchanges_its_variables_is_refused() -> None:
    model = models.handed_over()
    body = model.object.subgraphs[2]
    other = models.handle(model.subgraph("unused"), "w")
    body.tensors.append(model.object.subgraphs[3].tensors[other])
    body.operators.append(model.object.subgraphs[3].operators.pop())
    body.outputs = [*body.outputs[:2], len(body.tensors) - 1]
    body.operators[-1].outputs = [len(body.tensors) - 1]
    model.object.subgraphs.pop()
    assert refusal(model) == "layer 2 WHILE: exchanges the variables it carries"


def never_assigned() -> ModelBuilder:
    model = models.accumulator()
    del model.object.subgraphs[0].operators[3]
    return model


def other_size() -> ModelBuilder:
    model = models.accumulator()
    wide = models.int8_constant(model, "wide", [1] * 8)
    model.operator("ASSIGN_VARIABLE", [2 + 1, wide], [])
    return model


def two_meanings() -> ModelBuilder:
    """One subgraph is handed two variables, by two loops."""
    model = models.handed_over()
    second = models.handle(model, "w")
    x = model.object.subgraphs[0].inputs[0]
    results = [model.tensor("c2", (1,), "INT32"), models.int8(model, "x2"), model.tensor("h2", (), "RESOURCE")]
    zero = next(i for i, t in enumerate(model.object.subgraphs[0].tensors) if t.name == "zero")
    model.operator("WHILE", [zero, x, second], results, {"cond_subgraph_index": 1, "body_subgraph_index": 2})
    return model


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (never_assigned, "nothing assigns the variable `v`: it has no size"),
        (other_size, "does not fit its variable, which holds tensor"),
        (two_meanings, "hands another variable to subgraph 1 than an earlier call"),
    ],
)
def test_a_variable_that_is_not_one_array_is_refused(make: Callable[[], ModelBuilder], said: str) -> None:
    assert said in refusal(make())


def test_a_handle_as_the_models_input_is_refused() -> None:
    model = ModelBuilder()
    handle, y = model.tensor("handle", (), "RESOURCE"), models.int8(model, "y")
    model.operator("READ_VARIABLE", [handle], [y])
    model.main.set_io([handle], [y])
    assert "an input of type resource is not supported" in refusal(model)


def test_a_handle_that_no_operator_made_is_refused() -> None:
    model = models.accumulator()
    part = model.subgraph("init")
    taken = part.tensor("handle", (), "RESOURCE")
    part.operator("ASSIGN_VARIABLE", [taken, models.int8_constant(part, "value", [0] * 4)], [])
    part.set_io([taken], [])
    model.operator("CALL_ONCE", [], [], {"init_subgraph_index": 1})
    assert refusal(model) == "layer 4 CALL_ONCE: subgraph 1 has 1 inputs, not 0"


def test_a_loop_with_no_end_hangs_no_step_of_the_build() -> None:
    """What happens at run time is the model's own affair."""
    model = models.loop()
    always = model.object.subgraphs[1]
    always.tensors[-1].buffer = model.buffer(np.array([True]).tobytes())
    always.operators = []
    prepare(parse(pack(model.object)))
