"""Clock ticks → instructions. How the ticks are made is told in runtime/platform/qemu/counter.c, by core in clock.c.

QEMU's `-icount shift=N` lets every instruction last 2^N ns, and SysTick divides that by its own period, which differs
between machines; RISC-V counts the nanoseconds. A loop of known length tells the period; since a board's clock is a
whole number of kilohertz, the measured period is snapped to one: counts are exact however long the inference is.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from mcuforge.errors import InternalError

ICOUNT_SHIFT = 8
_INSTRUCTION_NS = 1 << ICOUNT_SHIFT
# Both ends of a measurement are rounded to ticks.
_ROUNDING_TICKS = 2


@dataclass(frozen=True)
class Time:
    """Clock ticks of one measured call, and how often the counter's interrupt ran meanwhile."""

    ticks: int
    interrupts: int


@dataclass(frozen=True)
class Calibration:
    """`loop` took `loop_instructions` more than `empty_run`; each interrupt executes `interrupt_instructions`."""

    loop_instructions: int
    interrupt_instructions: int
    loop: Time
    empty_run: Time
    empty_invoke: Time


@dataclass(frozen=True)
class Clock:
    """Instructions of measured calls, beyond those of calling an empty function."""

    calibration: Calibration
    ticks_per_instruction: Fraction

    @classmethod
    def of(cls, calibration: Calibration) -> Clock | None:
        """None when the machine has no clock. Raises InternalError when its ticks are no measure of instructions."""
        if calibration.loop_instructions == 0:
            return None
        executed = calibration.loop_instructions + calibration.loop.interrupts * calibration.interrupt_instructions
        ticks = calibration.loop.ticks - calibration.empty_run.ticks
        kilohertz = round(Fraction(ticks * 1_000_000, executed * _INSTRUCTION_NS))
        ticks_per_instruction = Fraction(kilohertz * _INSTRUCTION_NS, 1_000_000)
        if abs(ticks_per_instruction * executed - ticks) > _ROUNDING_TICKS or ticks_per_instruction < _ROUNDING_TICKS:
            raise InternalError(f"{ticks} ticks for {executed} instructions: this clock does not count instructions")
        return cls(calibration, ticks_per_instruction)

    def of_invoke(self, time: Time) -> int:
        return self._instructions(time, self.calibration.empty_invoke)

    def of_layer(self, time: Time) -> int:
        return self._instructions(time, self.calibration.empty_run)

    def _instructions(self, time: Time, empty: Time) -> int:
        executed = round((time.ticks - empty.ticks) / self.ticks_per_instruction)
        return executed - time.interrupts * self.calibration.interrupt_instructions
