"""Apus beside onnxruntime, OpenVINO and ncnn on the same models, in turns; prints ratios.

Every engine runs in its own process, one run after the other in rounds. With one thread the processor's time of
the process counts, which other programs disturb little; with more the clock's, for which the machine must be idle.
"""

import argparse
import json
import pathlib
import platform
import signal
import subprocess
import sys
import time

from capping import CAPS, Cap, CapError
from contestants import contestants
from networks import NETWORKS, choose
from tables import details, ratios, summary
from turns import measure


def processor() -> str:
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.processor()


def arguments():
    parser = argparse.ArgumentParser(prog="Benchmarks/peers/run", description=__doc__.splitlines()[0])
    parser.add_argument("--apus", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--files", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--models", help=f"some of {','.join(network.name for network in NETWORKS)}")
    parser.add_argument("--engines", help="names that begin like one of these: apus,openvino int8")
    parser.add_argument("--threads", default="1,2", help="numbers of threads (default: 1,2)")
    parser.add_argument("--rounds", type=int, default=10, help="times each engine has its turn (default: 10)")
    parser.add_argument("--runs", type=int, default=3, help="runs of one turn (default: 3)")
    parser.add_argument(
        "--cap", choices=CAPS, 
        help="keep every engine to this instruction set: Apus by APUS_ISA, the others by answering what they ask the "
        "processor; fails where an engine is seen to execute more")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all figures to a file")
    given = parser.parse_args()
    if given.rounds < 1 or given.runs < 1:
        parser.error("--rounds and --runs must be at least 1")
    try:
        given.threads = [int(count) for count in given.threads.split(",")]
    except ValueError:
        parser.error(f"--threads is '{given.threads}', but must be numbers with commas between")
    if min(given.threads) < 1:
        parser.error("--threads must be at least 1")
    return given


def commands(given, network, threads):
    """How each contestant is started, or why it is not."""
    chosen = {}
    prefixes = [name.strip() for name in (given.engines or "").split(",")]
    for contestant in contestants(given.cap):
        if not any(contestant.name.startswith(prefix) for prefix in prefixes):
            continue
        try:
            chosen[contestant] = contestant.command(network, given.files, given.apus.resolve(), threads)
        except FileNotFoundError as error:
            chosen[contestant] = str(error)
    if not chosen:
        names = ", ".join(contestant.name for contestant in contestants(given.cap))
        sys.exit(f"peers: no engine begins like '{given.engines}'; there are {names}")
    return chosen


def make_models(given, networks) -> None:
    """Makes what is missing, in a process of its own, for what quantises is large."""
    if all((given.files / name).exists() for network in networks for name in network.files):
        return
    script = pathlib.Path(__file__).with_name("models.py")
    command = [sys.executable, script, "--apus", given.apus, "--output", given.files]
    done = subprocess.run(command + (["--models", given.models] if given.models else []), check=False)
    if done.returncode != 0:
        sys.exit("peers: the models cannot be made")


def main() -> int:
    # Ends like an interruption, by which no process of an engine is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    given = arguments()
    networks = choose(given.models)
    make_models(given, networks)
    cap = Cap(given.cap) if given.cap else None
    print(f"{processor()}, {time.strftime('%Y-%m-%d')}; least/median of {given.rounds * given.runs} runs each"
          + (f"; everybody kept to {given.cap}" if given.cap else ""), flush=True)
    results = []
    for network in networks:
        for threads in given.threads:
            rows = measure(commands(given, network, threads), cap, given.rounds, given.runs)
            print(f"\n{network.name} {network.side}, {threads} thread{'s' if threads > 1 else ''}")
            print(details(rows), flush=True)
            results.append({
                "model": network.name, "side": network.side, "threads": threads,
                "engines": {contestant.name: row for contestant, row in rows.items()},
                "ratios": ratios(rows, threads)})
    print("\nHow many times the time of Apus the best peer takes; processor time of one thread, wall time of more, ms")
    print("fp32 against fp32, bf16 against bf16, int8 against int8 or bf16, whichever is faster")
    print(summary(results))
    if given.json:
        part = given.json.with_name(given.json.name + ".part")
        part.write_text(json.dumps({
            "date": time.strftime("%Y-%m-%d"), "processor": processor(), "system": platform.platform(),
            "cap": given.cap, "rounds": given.rounds, "runs": given.runs, "results": results}, indent=1))
        part.rename(given.json)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CapError as error:
        sys.exit(f"peers: {error}")
