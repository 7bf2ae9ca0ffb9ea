"""How much a run of the tests has compared with TFLM: printed at its end, quoted in docs/fidelity.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Tally:
    """`outputs` counts elements of tensors, `bytes` what they take."""

    outputs: int = 0
    bytes: int = 0

    def add(self, outputs: int, bytes_: int) -> None:
        self.outputs += outputs
        self.bytes += bytes_


COMPARED = Tally()
"""Of this process."""
