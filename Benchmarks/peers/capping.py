"""Keeps every engine to an instruction set, whether it has a switch for that or not, and proves that it is kept.

Engines ask the processor what it has by the instruction CPUID. Copies of their packages have every `cpuid` replaced
by a trap, which cap/processor.c answers without what lies above the cap. cap/witness.c then looks, while the engine
runs, at the instructions it really executes. The C library is told by GLIBC_TUNABLES.
"""

import json
import pathlib
import platform
import shutil
import subprocess
import sys
import sysconfig

# What a cap keeps above AVX2 and FMA; the names of features are those of cap/features.h.
VNNI = ("avx512", "avx512vnni", "avxvnni")
CAPS = {
    "avx2": (),
    "avxvnni": ("avxvnni",),
    "avx512": ("avx512",),
    "avx512vnni": VNNI,
    "avx512vbmi": (*VNNI, "avx512vbmi"),
    "avx512bf16": (*VNNI, "avx512vbmi", "avx512bf16"),
    "amx": (*VNNI, "avx512vbmi", "avx512bf16", "amx", "newer"),
}

PACKAGES = ("ncnn", "numpy", "onnxruntime", "openvino")
# CPUID, and the trap that processor.c knows.
CPUID, TRAP = bytes.fromhex("0fa2"), bytes.fromhex("d6a2")
# How often an engine must be caught in vector instructions. Other samples say little: threads that wait for others
# spin, and on an old kernel the thread that is looked at may be one that sleeps.
LEAST_VECTOR = 50


class CapError(Exception):
    """An engine is not kept to the cap, or cannot be."""


def tool(*command: str) -> subprocess.CompletedProcess:
    try:
        return subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        raise CapError(f"{command[0]} is not found; install clang and binutils") from None
    except subprocess.CalledProcessError as error:
        raise CapError(f"{command[0]} fails: {error.stderr.decode().strip()}") from None


def cpuids(library: pathlib.Path) -> list[int]:
    """The places in a file of the instructions `cpuid`: where disassembly finds them, not wherever the bytes are."""
    sections = []
    for line in tool("objdump", "-h", "-w", str(library)).stdout.decode().splitlines():
        cells = line.split()
        if "CODE" in line and cells[0].isdigit():
            size, address, place = int(cells[2], 16), int(cells[3], 16), int(cells[5], 16)
            sections.append((range(address, address + size), place - address))
    found = []
    with subprocess.Popen(["objdump", "-d", str(library)], stdout=subprocess.PIPE) as disassembly:
        for line in disassembly.stdout:
            if line.rstrip().endswith(b"\tcpuid"):
                address = int(line.split(b":")[0], 16)
                found.append(address + next(shift for section, shift in sections if address in section))
    if disassembly.returncode != 0:
        raise CapError(f"objdump fails on {library}")
    return found


def replace_cpuids(library: pathlib.Path) -> None:
    code = library.read_bytes()
    if not code.startswith(b"\x7fELF") or CPUID not in code:
        return
    changed = bytearray(code)
    for place in cpuids(library):
        if changed[place:place + 2] != CPUID:
            raise CapError(f"{library.name}: no cpuid at {place:#x}, where objdump sees one")
        changed[place:place + 2] = TRAP
    library.write_bytes(changed)


def packages_that_trap(build: pathlib.Path) -> pathlib.Path:
    """The folder of the packages with traps in them, made anew where what they are made of has changed."""
    installed = pathlib.Path(sysconfig.get_path("platlib"))
    folders = [installed / (name + end) for name in PACKAGES for end in ("", ".libs")]
    libraries = sorted(
        path for folder in folders if folder.exists() for path in folder.rglob("*.so*") if not path.is_symlink())
    stamp = json.dumps({
        "trap": TRAP.hex(), "of": {str(path): [path.stat().st_size, path.stat().st_mtime_ns] for path in libraries}})
    capped = build / "bench-peers-capped"
    made_of = capped / "made-of.json"
    if made_of.exists() and made_of.read_text() == stamp:
        return capped
    print("peers: making the packages that answer to a cap", file=sys.stderr, flush=True)
    part = build / "bench-peers-capped.part"
    for old in (part, capped):
        if old.exists():
            shutil.rmtree(old)
    for folder in folders:
        if folder.exists():
            shutil.copytree(folder, part / folder.name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for path in libraries:
        replace_cpuids(part / path.relative_to(installed))
    (part / made_of.name).write_text(stamp)
    part.rename(capped)
    return capped


def answering_library(build: pathlib.Path) -> pathlib.Path:
    sources = sorted(pathlib.Path(__file__).with_name("cap").glob("*.c"))
    library = build / "bench-peers-cap.so"
    part = library.with_suffix(".part")
    tool("clang", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", str(part), *map(str, sources))
    part.rename(library)
    return library


class Cap:
    """A cap with all that keeps engines to it."""

    def __init__(self, name: str):
        if sys.platform != "linux" or platform.machine() != "x86_64":
            raise CapError("--cap needs Linux on x86-64")
        self.name, self.keeps = name, CAPS[name]
        build = pathlib.Path(sys.prefix).parent
        self.packages, self.library = packages_that_trap(build), answering_library(build)

    def variables(self, ours: bool) -> dict[str, str]:
        """The variables of a process: of Apus, or of an engine in Python."""
        found = {}
        if "avx512" not in self.keeps:
            found["GLIBC_TUNABLES"] = "glibc.cpu.hwcaps=" + ",".join(
                f"-AVX512{part}" for part in ("F", "CD", "DQ", "BW", "VL"))
        if ours:
            return found | {"APUS_ISA": self.name}
        return found | {
            "CAP_KEEPS": " ".join(self.keeps), "LD_PRELOAD": str(self.library), "PYTHONPATH": str(self.packages)}

    def check(self, engine: str, seen: dict) -> None:
        """Fails unless an engine was seen to keep to the cap, by what cap/witness.c counted."""
        problem = None
        above = [f"{name} in {count}" for name, count in seen["features"].items() if count and name not in self.keeps]
        if not seen["answered"]:
            problem = "it did not ask for the processor's features through a trap"
        elif above:
            problem = f"of {seen['samples']} samples {', '.join(above)}"
        elif seen["vector"] < LEAST_VECTOR:
            problem = f"of {seen['samples']} samples only {seen['vector']} were in vector instructions"
        if problem:
            raise CapError(f"{engine}: the cap {self.name} is not seen to take effect: {problem}")
