"""Ticks to instructions, for the clocks of QEMU's machines and for one that cannot count."""

from __future__ import annotations

import pytest

from mcuforge.emulate.clock import ICOUNT_SHIFT, Calibration, Clock, Time
from mcuforge.errors import InternalError

LOOP, HANDLER, CALL = 1_048_578, 5, 4


def ticks(instructions: int, hertz: int) -> int:
    return instructions * (1 << ICOUNT_SHIFT) * hertz // 1_000_000_000


def calibration(hertz: int) -> Calibration:
    empty = Time(ticks(CALL, hertz), 0)
    return Calibration(LOOP, HANDLER, Time(ticks(LOOP + CALL, hertz), 0), empty, empty)


@pytest.mark.parametrize("hertz", [20_000_000, 25_000_000, 32_000_000, 168_000_000])
@pytest.mark.parametrize("instructions", [1, 17, 1_000, 99_999_999, 4_000_000_001])
def test_counts_are_exact_to_the_instruction(hertz: int, instructions: int) -> None:
    clock = Clock.of(calibration(hertz))
    assert clock is not None
    wraps = ticks(instructions, hertz) >> 24
    measured = Time(ticks(instructions + CALL + wraps * HANDLER, hertz), wraps)
    assert clock.of_invoke(measured) == clock.of_layer(measured) == instructions


def test_a_machine_without_a_clock_has_none() -> None:
    nothing = Time(0, 0)
    assert Clock.of(Calibration(0, 0, nothing, nothing, nothing)) is None


@pytest.mark.parametrize("hertz", [1_000_000, 7_812_000])
def test_a_clock_slower_than_two_ticks_an_instruction_is_refused(hertz: int) -> None:
    with pytest.raises(InternalError, match="does not count instructions"):
        Clock.of(calibration(hertz))
