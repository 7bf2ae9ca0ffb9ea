"""Thumb-2 instructions, as objdump prints them: what they do to the stack pointer and whom they call.

Sources: Armv7-M and Armv8-M architecture reference manuals, the instructions that write SP.
"""

from __future__ import annotations

import re

from mcuforge.report.stack.function import Call
from mcuforge.report.stack.walk import Walk

_TARGET = re.compile(r"^(?:r\d+, |ip, |lr, )?([0-9a-f]+) <(.+?)(\+0x[0-9a-f]+)?>")
_CONDITIONS = "eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le"
_BRANCH = re.compile(rf"^b({_CONDITIONS})?(?:\.[nw])?$")
_LINKED = re.compile(rf"^bl({_CONDITIONS})?(?:\.w)?$")
_ADJUST = re.compile(r"^(add|sub)(?:s|w)?(?:\.w)?$")
_OWN = re.compile(r"^sp, (?:sp, )?#(\d+)")
_WRITES_SP = re.compile(r"^sp, ")
_PRE_INDEXED = re.compile(r"\[sp, #-(\d+)\]!")
_POST_INDEXED = re.compile(r"\[sp\], #(\d+)")
_REGISTERS = re.compile(r"\{(.*)\}")


class ThumbWalk(Walk):
    def control(self, address: int, operation: str, operands: str) -> bool:
        if match := _BRANCH.match(operation):
            self._branch(operands)
            self.reached = match[1] is not None
        elif operation.startswith(("cbz", "cbnz")):
            self._branch(operands)
        elif _LINKED.match(operation):
            self._call(address, operands)
        elif operation.startswith("blx"):
            self.calls.append(Call(None, self.depth))
        elif operation.startswith("bx"):
            if not operands.startswith("lr"):
                self.calls.append(Call(None, self.depth))
            self.reached = operation != "bx"
        elif operation.startswith(("tbb", "tbh")):
            pass  # the table behind it is data, and the code behind that is reached at this depth
        elif "pc" in _written(operation, operands):
            self.reached = operation.removesuffix(".w") not in ("pop", "ldmia", "ldr")
            if operation.startswith("ldr") and "[sp]" not in operands:
                self.calls.append(Call(None, self.depth))
        else:
            return operation in ("udf", "bkpt")
        return True

    def _branch(self, operands: str) -> None:
        if target := _TARGET.match(operands):
            self.branch_to(int(target[1], 16), target[2])

    def _call(self, address: int, operands: str) -> None:
        target = _TARGET.match(operands)
        if target and target[2] == self.name and int(target[1], 16) > address:
            # A part of its own further on, as in libgcc's __aeabi_dmul, which returns to here: a detour, no recursion.
            self._branch(operands)
            return
        self.calls.append(Call(target[2] if target else None, self.depth))

    def adjust(self, operation: str, operands: str) -> None:
        if operation.startswith(("push", "vpush")) or (operation.startswith("stmdb") and operands.startswith("sp!")):
            self.depth += _list_bytes(operands)
        elif operation.startswith(("pop", "vpop")) or (operation.startswith("ldmia") and operands.startswith("sp!")):
            self.depth -= _list_bytes(operands)
        elif found := _PRE_INDEXED.search(operands):
            self.depth += int(found[1])
        elif found := _POST_INDEXED.search(operands):
            self.depth -= int(found[1])
        elif (kind := _ADJUST.match(operation)) and (found := _OWN.match(operands)):
            self.depth += int(found[1]) if kind[1] == "sub" else -int(found[1])
        elif _WRITES_SP.match(operands) and not operation.startswith(("cmp", "str", "stm", "tst", "cmn")):
            self.unbounded = f"it sets the stack pointer from a register (`{operation} {operands}`)"


def _written(operation: str, operands: str) -> set[str]:
    """Registers that a load may write; only loads and moves can write the program counter."""
    if operation.startswith(("pop", "ldm")):
        return _registers(operands)
    if operation.startswith(("ldr", "mov")):
        return {operands.split(",")[0]}
    return set()


def _registers(operands: str) -> set[str]:
    found = _REGISTERS.search(operands)
    return {name.strip() for name in found[1].split(",")} if found else set()


def _list_bytes(operands: str) -> int:
    """Bytes of a register list; `d8-d15` is eight registers of eight bytes."""
    total = 0
    for name in _registers(operands):
        first, _, last = name.partition("-")
        count = int(last[1:]) - int(first[1:]) + 1 if last else 1
        total += count * (8 if first.startswith("d") else 4)
    return total
