"""plan.json, as the generator writes it: what reports say about the model and its arena."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mcuforge.units import format_size


@dataclass(frozen=True)
class PeakTensor:
    """`role` is in, out, scratch or held (alive for a later layer)."""

    name: str
    bytes: int
    role: str


@dataclass(frozen=True)
class Peak:
    """The layer while which the most bytes are alive."""

    layer: int
    op: str
    tensors: tuple[PeakTensor, ...]

    @property
    def text(self) -> str:
        """``layer 3 CONV_2D (in 18.0 KiB + out 36.0 KiB)``"""
        parts = " + ".join(f"{tensor.role} {format_size(tensor.bytes)}" for tensor in self.tensors)
        return f"layer {self.layer} {self.op} ({parts})"


@dataclass(frozen=True)
class PlanFacts:
    """`peak` is None for a model that computes nothing."""

    name: str
    runtime: str
    model_sha256: str
    operators: Mapping[str, int] = field(hash=False)
    macs: int
    lower_bound: int
    peak: Peak | None


def read_plan(path: Path) -> PlanFacts:
    plan = json.loads(path.read_text(encoding="utf-8"))
    peak = plan["arena"]["peak"]
    return PlanFacts(
        name=plan["name"],
        runtime=plan["runtime"],
        model_sha256=plan["model"]["sha256"],
        operators=plan["model"]["operators"],
        macs=plan["model"]["macs"],
        lower_bound=plan["arena"]["lower_bound"],
        peak=peak
        and Peak(
            layer=peak["layer"],
            op=peak["op"],
            tensors=tuple(PeakTensor(tensor["name"], tensor["bytes"], tensor["role"]) for tensor in peak["tensors"]),
        ),
    )
