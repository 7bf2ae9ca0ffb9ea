"""Whether one core's code runs on another."""

from __future__ import annotations

import pytest

from mcuforge.manifest.compatibility import why_not
from mcuforge.manifest.types import Cpu

M0 = Cpu("cortex-m0plus", None, "soft", False, "none")
M3 = Cpu("cortex-m3", None, "soft", False, "none")
M4F = Cpu("cortex-m4", "fpv4-sp-d16", "hard", True, "none")
M7F = Cpu("cortex-m7", "fpv5-d16", "hard", True, "none")
M33 = Cpu("cortex-m33", None, "soft", False, "none")
M33F = Cpu("cortex-m33", "fpv5-sp-d16", "hard", True, "none")
M55 = Cpu("cortex-m55", "fpv5-d16", "hard", True, "float")
M55I = Cpu("cortex-m55", None, "soft", True, "integer")
HOST = Cpu("host", "native", "hard", False, "none")
UNKNOWN = Cpu("rv32imc", None, "soft", False, "none")


@pytest.mark.parametrize(
    ("code", "machine"),
    [
        *[(M0, M3), (M0, M33), (M3, M4F), (M4F, M7F), (M4F, M33F), (M33, M33F), (M33F, M55), (M55I, M55)],
        *[(HOST, HOST), (UNKNOWN, UNKNOWN)],
    ],
)
def test_runs(code: Cpu, machine: Cpu) -> None:
    assert why_not(code, machine) is None


@pytest.mark.parametrize(
    ("code", "machine", "reason"),
    [
        (M3, M0, "does not execute code for a cortex-m3"),
        (M4F, M3, "does not execute code for a cortex-m4"),
        (M33F, M7F, "does not execute code for a cortex-m33"),
        (M55, M33F, "does not execute code for a cortex-m55"),
        (M33F, M33, "floating-point unit (none)"),
        (M7F, M4F, "floating-point unit (fpv4-sp-d16)"),
        (M55, M55I, "floating-point unit (none)"),
        (HOST, M3, "does not execute code for a host"),
        (UNKNOWN, HOST, "does not execute code for a rv32imc"),
        (M3, UNKNOWN, "does not execute code for a cortex-m3"),
    ],
)
def test_does_not_run(code: Cpu, machine: Cpu, reason: str) -> None:
    assert reason in (why_not(code, machine) or "")
