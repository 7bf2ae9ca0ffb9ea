"""What an operator does with channels: the last axis of input 0 and of output 0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mcuforge.model.graph import Node, Tensor
from mcuforge.transform.channels.ranges import Mask, Ranges


class Rule:
    """Stateless. `rewritten` are the input positions of constants that have an entry per channel."""

    is_mixing: ClassVar[bool] = False
    rewritten: ClassVar[tuple[int, ...]] = ()

    def applies(self, node: Node) -> bool:
        """Whether the rule knows what this node, which passed its operator's check, does. Input and output are int8."""
        raise NotImplementedError

    def ranges(self, node: Node, source: Ranges) -> Ranges:
        """The values that the output's channels can take."""
        raise NotImplementedError

    def needs(self, node: Node, source: Ranges) -> Mask:
        """Of a mixing layer: the input channels that it cannot do without."""
        raise NotImplementedError

    def narrowed(self, node: Node, inputs: Mask, outputs: Mask, source: Ranges) -> Mapping[int, Tensor]:
        """The rewritten constants by tensor index, when only the marked channels of input and output are kept."""
        return {}
