"""Start-up code of a board: the vector table, where the core has one, and the way from reset to main().

Sources: the Armv6-M, Armv7-M and Armv8-M architecture reference manuals ("Exception model", "Vector Table Offset
Register", "Coprocessor Access Control Register", "Stack limit checks"); The RISC-V Instruction Set Manual, volume II
("Machine Trap-Vector Base-Address Register"); the RISC-V ELF psABI (gp, tp).
"""

from __future__ import annotations

from mcuforge.errors import UserError
from mcuforge.manifest.compatibility import is_cortex_m, is_riscv
from mcuforge.manifest.types import Board
from mcuforge.toolchain.flags import core_of
from mcuforge.toolchain.linker_script import copies_weights, templates

# The file name that reports know start-up code by.
STARTUP_FILE = "startup.c"

# Exceptions 2 to 15 of every Cortex-M; None where the architecture reserves the number.
_COMMON_HANDLERS = (
    *("NMI_Handler", "HardFault_Handler", None, None, None, None, None, None, None, "SVC_Handler", None, None),
    *("PendSV_Handler", "SysTick_Handler"),
)
_BASELINE_CORES = ("cortex-m0", "cortex-m0plus", "cortex-m23")
_MINIMUM_TABLE_BYTES = 128


def startup(board: Board) -> str:
    """C source of the start-up code; handlers carry CMSIS names and, for the board's interrupts, `IRQ<n>_Handler`.

    RISC-V has one trap handler instead. Raises UserError for other cores.
    """
    core = core_of(board.cpu, board.positions.at("cpu", "core"))
    if is_riscv(board.cpu):
        template = templates().get_template("startup_riscv.c.j2")
        return template.render(board=board.name, copies_weights=copies_weights(board))
    if not is_cortex_m(board.cpu):
        raise UserError(
            f"there is no start-up code for {board.cpu.core}",
            location=board.positions.at("cpu", "core"),
            hint="export the model into a firmware tree that brings its own",
        )
    handlers = (*_system_handlers(board), *(f"IRQ{number}_Handler" for number in range(board.interrupts)))
    return (
        templates()
        .get_template("startup_cortex_m.c.j2")
        .render(
            board=board.name,
            handlers=handlers,
            alignment=_table_alignment(len(handlers) + 2),
            copies_weights=copies_weights(board),
            stack_limit=core.stack_limit,
            vtor=core.vtor,
            coprocessors=board.cpu.fpu is not None or board.cpu.mve != "none",
        )
    )


def _system_handlers(board: Board) -> tuple[str | None, ...]:
    handlers: list[str | None] = list(_COMMON_HANDLERS)
    if board.cpu.core in _BASELINE_CORES:
        return tuple(handlers)
    handlers[2:5] = ["MemManage_Handler", "BusFault_Handler", "UsageFault_Handler"]
    if core_of(board.cpu).stack_limit:
        handlers[5] = "SecureFault_Handler"
    handlers[10] = "DebugMon_Handler"
    return tuple(handlers)


def _table_alignment(entries: int) -> int:
    alignment = _MINIMUM_TABLE_BYTES
    while alignment < 4 * entries:
        alignment *= 2
    return alignment
