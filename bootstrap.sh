#!/bin/sh
# Installs what is missing, then runs the command it is given:
#   sh bootstrap.sh scons project=kws board=nrf5340
#   sh bootstrap.sh pytest
# Python packages go into .venv beside this script; compilers and QEMU come from Debian's packages. A second run only
# compares a checksum and starts the command. What converts models (TensorFlow, PyTorch) is installed for the projects
# named on the command line that need it, and for the tests; RISC-V's compiler and emulator for the boards named there.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$root"
venv=$root/.venv

say() { printf 'bootstrap: %s\n' "$*" >&2; }

find_python() {
  for candidate in python3 python3.11 python3.12 python3.13; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
}

# Debian packages whose files are not there yet.
missing_packages() {
  command -v arm-none-eabi-gcc >/dev/null 2>&1 || printf ' gcc-arm-none-eabi'
  printf '#include <string.h>\n' | arm-none-eabi-gcc -E -x c - >/dev/null 2>&1 || printf ' libnewlib-arm-none-eabi'
  # Only headers: TensorFlow Lite Micro's C++ is compiled against them, and linked without a C++ library.
  printf '#include <new>\n' | arm-none-eabi-gcc -E -x c++ - >/dev/null 2>&1 || printf ' libstdc++-arm-none-eabi-dev'
  command -v qemu-system-arm >/dev/null 2>&1 || printf ' qemu-system-arm'
  printf '#include <string.h>\n' | gcc -E -x c - >/dev/null 2>&1 || printf ' gcc libc6-dev'
  "$python" -c 'import ensurepip, venv' 2>/dev/null || printf ' python3-venv'
}

# RISC-V has a compiler and an emulator of its own, for the boards named on the command line that need them.
missing_riscv_packages() {
  IFS=,
  for word in "$@"; do
    case $word in board=*) ;; *) continue ;; esac
    for board in ${word#board=}; do
      grep -qs '^toolchain: riscv64-unknown-elf-gcc' "boards/$board.yaml" "$board" || continue
      command -v riscv64-unknown-elf-gcc >/dev/null 2>&1 ||
        printf ' gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf'
      command -v qemu-system-riscv32 >/dev/null 2>&1 || printf ' qemu-system-misc'
      return
    done
  done
}

install_packages() {
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "installing Debian packages:$*"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
      >"$root/.bootstrap.log" 2>&1 || { cat "$root/.bootstrap.log" >&2; exit 2; }
    rm -f "$root/.bootstrap.log"
    return
  fi
  say "error: missing on this machine:$(printf ' %s' "$@")"
  say "hint: as root on Debian or Ubuntu: apt-get install $*"
  say "      elsewhere install an Arm GNU toolchain with newlib (arm-none-eabi-gcc), QEMU (qemu-system-arm),"
  say "      a host C compiler, and Python's venv module; then run this again"
  exit 2
}

python=$(find_python)
if [ -z "$python" ]; then
  say "error: Python 3.11 or newer is needed"
  say "hint: on Debian 12: apt-get install python3 python3-venv"
  exit 2
fi

packages=$(missing_riscv_packages "$@")
# shellcheck disable=SC2086  # a list of words
[ -z "$packages" ] || install_packages $packages

stamp="$(cksum <pyproject.toml) $("$python" -V) $root"
if [ "$(cat "$venv/stamp" 2>/dev/null || :)" != "$stamp" ]; then
  packages=$(missing_packages)
  # shellcheck disable=SC2086  # a list of words
  [ -z "$packages" ] || install_packages $packages
  say "installing Python packages into .venv"
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[dev]' >&2
  printf '%s' "$stamp" >"$venv/stamp"
fi

[ $# -gt 0 ] || { say "ready; give a command, for example: sh bootstrap.sh scons -h"; exit 0; }
case "$1 $*" in
  pytest*) "$venv/bin/python" -m mcuforge.extras --all ;;
  *\ project=*) "$venv/bin/python" -m mcuforge.extras "$@" ;;
esac
PATH=$venv/bin:$PATH
VIRTUAL_ENV=$venv
export PATH VIRTUAL_ENV
exec "$@"
