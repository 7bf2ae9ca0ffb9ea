"""RISC-V instructions, as objdump prints them: what they do to the stack pointer and whom they call.

Source: "The RISC-V Instruction Set Manual, Volume I", and the psABI's names of registers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mcuforge.report.stack.function import Call
from mcuforge.report.stack.walk import Walk

_TARGET = re.compile(r"(?:^|,|# )(?:0x)?([0-9a-f]+) <(.+?)(\+0x[0-9a-f]+)?>")
_CONDITIONAL = re.compile(r"b(eq|ne|lt|ge|le|gt)(u|z)?$")
_OWN = re.compile(r"sp,sp,(-?\d+)")
_FROM_REGISTER = re.compile(r"sp,sp,([a-z]\w*)$")
_CONSTANT = re.compile(r"([a-z]\w*),(-?(?:0x)?[0-9a-f]+)$")
_SUM = re.compile(r"([a-z]\w*),([a-z]\w*),(-?\d+|[a-z]\w*)")
_SAVE, _RESTORE = re.compile(r"__riscv_save_(\d+)"), "__riscv_restore_"
_SAVE_ALIGNMENT, _SAVED_BY_FOUR, _SAVED_MOST = 16, 4, 64
"""Bytes: frames are whole multiples; more than four registers are saved in a frame for all, which is then cut."""
_NO_WRITE = ("s", "b", "j", "c.s")
"""Stores, branches and jumps: what they name first is read."""


@dataclass
class RiscvWalk(Walk):
    """`constants`: what registers hold that were loaded with a number, as for frames too large for one instruction.

    `sums` are registers made by adding two: the address of a case of a `switch`, and never a function's.
    """

    constants: dict[str, int] = field(default_factory=dict)
    sums: set[str] = field(default_factory=set)

    def control(self, address: int, operation: str, operands: str) -> bool:
        if operation in ("ret", "mret", "dret", "ebreak", "unimp"):
            self.reached = False
        elif operation == "j" or _CONDITIONAL.match(operation):
            target = _TARGET.search(operands)
            if target and not target[2].startswith(_RESTORE):
                self.branch_to(int(target[1], 16), target[2])
            self.reached = operation != "j"
        elif operation == "jal":
            target = _TARGET.search(operands)
            self._call(target[2] if target else None)
        elif operation in ("jalr", "jr"):
            self._through_register(operation, operands)
        else:
            return False
        return True

    def _call(self, callee: str | None) -> None:
        """libgcc's `-msave-restore` routines take and free the frame of their caller: no calls, but its own doing."""
        if found := _SAVE.fullmatch(callee or ""):
            registers = int(found[1]) + 1  # the return address too
            self.deepest = max(
                self.deepest, self.depth + (_SAVED_MOST if registers > _SAVED_BY_FOUR else _SAVE_ALIGNMENT)
            )
            self.depth += -(-4 * registers // _SAVE_ALIGNMENT) * _SAVE_ALIGNMENT
        elif not (callee or "").startswith(_RESTORE):
            self.calls.append(Call(callee, self.depth))

    def _through_register(self, operation: str, operands: str) -> None:
        """A call that is too far for one instruction names its target behind `#`."""
        if target := _TARGET.search(operands):
            self._call(target[2])
        elif not (operation == "jr" and operands in self.sums):
            self.calls.append(Call(None, self.depth))
        self.reached = operation != "jr"

    def adjust(self, operation: str, operands: str) -> None:
        if operation.startswith("add") and (found := _OWN.match(operands)):
            self.depth -= int(found[1])
        elif operation in ("add", "sub") and (found := _FROM_REGISTER.match(operands)):
            self._adjust_by(found[1], -1 if operation == "add" else 1)
        elif operands.startswith("sp,") and not operation.startswith(_NO_WRITE):
            self._refuse(operation, operands)
        else:
            self._remember(operation, operands)

    def _adjust_by(self, register: str, sign: int) -> None:
        if register in self.constants:
            self.depth += sign * self.constants[register]
        else:
            self._refuse("add", f"sp,sp,{register}")

    def _refuse(self, operation: str, operands: str) -> None:
        self.unbounded = f"it sets the stack pointer from a register (`{operation} {operands}`)"

    def _remember(self, operation: str, operands: str) -> None:
        """What a register holds from here on, where that matters."""
        written = operands.split(",")[0]
        self.sums.discard(written)
        if operation in ("li", "lui") and (found := _CONSTANT.match(operands)):
            value = int(found[2], 0)
            self.constants[written] = _signed(value << 12) if operation == "lui" else value
        elif operation.startswith("add") and (found := _SUM.match(operands)):
            self._remember_sum(found[1], found[2], found[3])
        elif not operation.startswith(_NO_WRITE):
            self.constants.pop(written, None)

    def _remember_sum(self, written: str, first: str, second: str) -> None:
        if second[0] in "-0123456789":
            if first in self.constants:
                self.constants[written] = self.constants[first] + int(second)
            else:
                self.constants.pop(written, None)
        else:
            self.constants.pop(written, None)
            self.sums.add(written)


def _signed(value: int) -> int:
    """Of 32 bits."""
    return (value & 0xFFFFFFFF) - (1 << 32) if value & 0x80000000 else value & 0xFFFFFFFF
