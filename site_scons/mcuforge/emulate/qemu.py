"""Runs a twin: in QEMU, or natively for the host board. Every way it can end badly becomes one clear UserError."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from mcuforge.emulate.clock import ICOUNT_SHIFT
from mcuforge.emulate.replay import ExitCode, Mode, Replay, decode_result, encode_request
from mcuforge.errors import InternalError, Location, UserError

NATIVE = "native"
_SHOWN_LINES = 4
_WARNING = re.compile(r"qemu-system-\w+: warning:")
_PROGRAM_COUNTER = re.compile(r"mcuforge: registers pc=([0-9a-f]{8})")

_QUIET = (*("-nodefaults", "-display", "none", "-monitor", "none", "-serial", "none"),)
_SEMIHOSTING = ("-semihosting-config", "enable=on,target=native")
_ICOUNT = ("-icount", f"shift={ICOUNT_SHIFT},sleep=off")


@dataclass(frozen=True)
class System:
    """A program of QEMU's, one for each architecture: Debian's package of it, and what it must be told besides."""

    program: str
    package: str
    options: tuple[str, ...] = ()


# By the ELF file's own word for its architecture.
_SYSTEMS: Mapping[str, System] = {
    "EM_ARM": System("qemu-system-arm", "qemu-system-arm"),
    # Without the firmware that QEMU would start first.
    "EM_RISCV": System("qemu-system-riscv32", "qemu-system-misc", ("-bios", "none")),
}


@dataclass(frozen=True)
class Twin:
    """A linked twin and where it runs. `machine` is QEMU's name of it, or `native`.

    `directory` takes temporary files; `timeout_s` bounds every run.
    """

    elf: Path
    machine: str
    directory: Path
    timeout_s: float

    def run(self, mode: Mode, vectors: Sequence[bytes]) -> Replay:
        """Replays vectors. Raises UserError when the twin faults, overflows its stack or does not finish."""
        with tempfile.TemporaryDirectory(dir=self.directory, prefix="twin-") as folder:
            Path(folder, "request.bin").write_bytes(encode_request(mode, vectors))
            done = self._call(self._command(mode), folder)
            if done.returncode != ExitCode.OK:
                raise self._failure(done.returncode, done.stderr.decode(errors="replace"))
            return decode_result(Path(folder, "result.bin").read_bytes())

    def execute(self, request: bytes) -> tuple[int, bytes]:
        """Runs another program than the replay: its exit code and what it wrote into `result.bin`."""
        with tempfile.TemporaryDirectory(dir=self.directory, prefix="twin-") as folder:
            Path(folder, "request.bin").write_bytes(request)
            code = self._call(self._command(Mode.WHOLE), folder).returncode
            result = Path(folder, "result.bin")
            return code, result.read_bytes() if result.exists() else b""

    def _command(self, mode: Mode) -> list[str]:
        elf = str(self.elf.resolve())
        if self.machine == NATIVE:
            return [elf]
        # Counting instructions costs speed: only for what is measured.
        icount = _ICOUNT if mode & Mode.TIME else ()
        system = system_of(self.elf)
        words = ("-machine", self.machine, *system.options, *_QUIET, *_SEMIHOSTING, *icount, "-kernel", elf)
        return [find_qemu(system), *words]

    def _call(self, command: Sequence[str], folder: str) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self.timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UserError(
                f"the firmware did not finish within {self.timeout_s:g} s on {self.machine}",
                location=Location(self.elf),
                hint="it loops for ever, or the model needs longer: a larger --timeout",
            ) from None

    def _failure(self, code: int, stderr: str) -> UserError | InternalError:
        # QEMU warns of the board's network card, which is connected to nothing.
        said = [line.rstrip() for line in stderr.splitlines() if line.strip() and not _WARNING.match(line)]
        details = tuple(said[-_SHOWN_LINES:])
        if code in (ExitCode.REQUEST, ExitCode.RESULT):
            return InternalError("the twin stopped: " + "; ".join(details))
        if "unsupported machine type" in stderr:
            program = system_of(self.elf).program
            return UserError(f"{program} does not know the machine {self.machine}", hint="a newer QEMU may")
        what, hint = _describe(code, stderr)
        return UserError(
            f"the firmware {what} on {self.machine}{self._place(stderr)}",
            location=Location(self.elf),
            details=details,
            hint=hint,
        )

    def _place(self, stderr: str) -> str:
        """` in kws_layer_3`, when the registers tell."""
        registers = _PROGRAM_COUNTER.search(stderr)
        function = registers and function_at(self.elf, int(registers[1], 16))
        return f" in {function}" if function else ""


def _describe(code: int, stderr: str) -> tuple[str, str | None]:
    """What happened to the firmware, and what to do about it."""
    if code == ExitCode.STACK:
        return "overflowed its stack", "give it more: `budgets: {stack: …}` in the manifest, or `stack:` of the board"
    if code == ExitCode.FAULT:
        return "ended in a fault", None
    if "Lockup" in stderr:
        return "faulted twice and locked up", "its stack or vector table may be overwritten"
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}", None
    return f"ended with exit code {code}", None


def system_of(elf: Path) -> System:
    """Which of QEMU's programs runs an image. Raises InternalError for an architecture that none is known for."""
    with elf.open("rb") as stream:
        machine = ELFFile(stream)["e_machine"]
    if machine not in _SYSTEMS:
        raise InternalError(f"no emulator is known for {machine}")
    return _SYSTEMS[machine]


def find_qemu(system: System) -> str:
    """The emulator's path. Raises UserError when it is not installed."""
    found = shutil.which(system.program)
    if found is None:
        raise UserError(f"{system.program} is not installed", hint=f"apt install {system.package} (Debian, Ubuntu)")
    return found


def function_at(elf: Path, address: int) -> str | None:
    """The function of an ELF file that holds an address; None when no symbol tells."""
    with elf.open("rb") as stream:
        table = ELFFile(stream).get_section_by_name(".symtab")
        for symbol in table.iter_symbols() if isinstance(table, SymbolTableSection) else ():
            start = symbol["st_value"] & ~1  # Thumb functions are marked in the lowest bit
            if symbol["st_info"]["type"] == "STT_FUNC" and start <= address < start + symbol["st_size"]:
                return str(symbol.name)
    return None
