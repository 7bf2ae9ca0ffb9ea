"""Thumb-2 disassembly → functions with the depth of their stack at every call.

Instructions are walked in order of address. The depth before one is what a branch to it brought, else what the one
before it left; behind a return or a jump that nothing is known to reach, it is the deepest the function has been.
Sources: Armv7-M and Armv8-M architecture reference manuals, the instructions that write SP.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mcuforge.errors import UserError
from mcuforge.report.stack.function import Call, Function

_LABEL = re.compile(r"^([0-9a-f]+) <(.+)>:$")
_INSTRUCTION = re.compile(r"^ *([0-9a-f]+):\t(\S+)(?:\t(.*))?$")
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


def read_thumb_functions(objdump: Path, elf: Path) -> dict[str, Function]:
    """Every labelled piece of code of an image, by name. Raises UserError when it cannot be disassembled."""
    done = subprocess.run(
        [objdump, "--disassemble", "--no-show-raw-insn", elf], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise UserError(f"cannot disassemble the image: {done.stderr.strip()}")
    return {function.name: function for function in parse_thumb(done.stdout.splitlines())}


def parse_thumb(lines: Iterable[str]) -> Iterator[Function]:
    """The functions of a listing. Code that runs on into the next label is a call of it, at the depth it has there."""
    walk: _Walk | None = None
    for line in lines:
        if label := _LABEL.match(line):
            if walk is not None:
                yield walk.end(follower=label[2])
            walk = _Walk(label[2])
        elif walk is not None and (found := _INSTRUCTION.match(line)):
            walk.step(int(found[1], 16), found[2], found[3] or "")
        elif line.startswith("Disassembly of section") and walk is not None:
            yield walk.end(follower=None)
            walk = None
    if walk is not None:
        yield walk.end(follower=None)


@dataclass
class _Walk:
    name: str
    depth: int = 0
    deepest: int = 0
    reached: bool = True
    calls: list[Call] = field(default_factory=list)
    arrivals: dict[int, int] = field(default_factory=dict)
    unbounded: str | None = None

    def step(self, address: int, operation: str, operands: str) -> None:
        if operation.startswith("."):
            return  # data between the code
        if address in self.arrivals:
            self.depth = max(self.arrivals[address], self.depth if self.reached else 0)
        elif not self.reached:
            if operation.startswith("nop"):
                return  # fills up to the alignment of what comes next
            self.depth = self.deepest
        self.reached = True
        if not self._control(address, operation, operands):
            self._adjust(operation, operands)
        self.deepest = max(self.deepest, self.depth)

    def end(self, follower: str | None) -> Function:
        if self.reached and follower is not None:
            self.calls.append(Call(follower, self.depth))
        return Function(self.name, self.deepest, tuple(self.calls), self.unbounded)

    def _control(self, address: int, operation: str, operands: str) -> bool:
        """Branches, calls and returns; whether it was one."""
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
        target = _TARGET.match(operands)
        if target is None:
            return
        if target[2] == self.name:
            address = int(target[1], 16)
            self.arrivals[address] = max(self.arrivals.get(address, 0), self.depth)
        else:
            # Into the middle of another function, as libgcc's assembler does, costs no more than all of it.
            self.calls.append(Call(target[2], self.depth))

    def _call(self, address: int, operands: str) -> None:
        target = _TARGET.match(operands)
        if target and target[2] == self.name and int(target[1], 16) > address:
            # A part of its own further on, as in libgcc's __aeabi_dmul, which returns to here: a detour, no recursion.
            self._branch(operands)
            return
        self.calls.append(Call(target[2] if target else None, self.depth))

    def _adjust(self, operation: str, operands: str) -> None:
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
