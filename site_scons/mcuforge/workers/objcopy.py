"""A linked image → .hex and .bin. Runs only after the verdict: no image exists that breaks a budget."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from mcuforge.errors import UserError
from mcuforge.workers.runner import run


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mcuforge.workers.objcopy", description=__doc__)
    for option in ("--objcopy", "--elf", "--hex", "--bin"):
        parser.add_argument(option, type=Path, required=True)
    args = parser.parse_args(argv)
    for form, output in (("ihex", args.hex), ("binary", args.bin)):
        part = output.with_name(f".{output.name}.part")
        done = subprocess.run([args.objcopy, "-O", form, args.elf, part], capture_output=True, text=True, check=False)
        if done.returncode:
            part.unlink(missing_ok=True)
            raise UserError(f"objcopy failed: {done.stderr.strip()}")
        os.replace(part, output)
    return 0


if __name__ == "__main__":
    sys.exit(run(main))
