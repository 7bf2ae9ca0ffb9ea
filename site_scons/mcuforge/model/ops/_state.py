"""What operators ask of the variable tensors they keep between inferences."""

from __future__ import annotations

from mcuforge.model.graph import Node, Tensor
from mcuforge.model.ops._checks import expect_shape


def expect_state(node: Node, position: int, shape: tuple[int, ...]) -> Tensor:
    """The variable tensor at an input position: of that shape, and nothing else that the node reads or writes."""
    tensor = node.input(position)
    if not tensor.is_state:
        raise node.error(
            f"{tensor.describe()}: the state must be a variable tensor",
            hint="export the model again with a current converter",
        )
    expect_shape(node, tensor, shape)
    if [*node.op.inputs, *node.op.outputs].count(tensor.index) > 1:
        raise node.error(
            f"{tensor.describe()} is the state and another operand, too",
            hint="export the model again; its tensors contradict each other",
        )
    return tensor
