"""`apus val --results` beside pycocotools and faster-coco-eval, and the growth of its memory.

Usage: metrics.py APUS FOLDER ROUNDS ; FOLDER is one of metrics_data.py.

Every run is a process of its own, rounds are interleaved. Of Apus the whole process is counted, of the
peers what lies between import and the last number. Times and ratios are medians over the rounds.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

PEERS = ["pycocotools", "faster-coco-eval"]
# Differences allowed, and how many times faster than the peer Apus must be.
TOLERANCE = {"pycocotools": 1e-12, "faster-coco-eval": 1e-12}
PROMISE = {"pycocotools": 10, "faster-coco-eval": 1}
NUMBERS = (
    "AP AP50 AP75 APSmall APMedium APLarge AR1 AR10 AR100 ARSmall ARMedium ARLarge".split()
)
MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024


def run(command):
    """What a process printed as JSON, its seconds, and its peak memory in bytes.

    The peak of a child starts at that of this process, which therefore reads no data itself.
    """
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"metrics: {' '.join(map(str, command))} ended with {process.returncode}")
        output.seek(0)
        return json.load(output), seconds, usage.ru_maxrss * MEMORY_UNIT


def evaluate(tool, apus, folder, times=1):
    """Seconds, peak memory and the twelve numbers of one run of a tool."""
    annotations, results = folder / "annotations.json", folder / f"results-{times}.json"
    if tool == "apus":
        command = [apus, "val", "--results", results, annotations, "--json"]
        report, seconds, memory = run(command)
        coco = report["coco"]
        return seconds, memory, [-1.0 if coco[name] is None else coco[name] for name in NUMBERS]
    peer = pathlib.Path(__file__).with_name("metrics_peer.py")
    report, _, memory = run([sys.executable, peer, tool, annotations, results])
    return report["seconds"], memory, report["numbers"]


def table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths)))


def measure(apus, folder, rounds):
    """Prints the table of times, and returns what is wrong."""
    seconds = {tool: [] for tool in ["apus", *PEERS]}
    memory = {tool: [] for tool in seconds}
    numbers = {}
    for _ in range(rounds):
        for tool in seconds:
            taken, peak, numbers[tool] = evaluate(tool, apus, folder)
            seconds[tool].append(taken)
            memory[tool].append(peak)
    ratios = {
        peer: statistics.median(theirs / ours for ours, theirs in zip(seconds["apus"], seconds[peer]))
        for peer in PEERS
    }
    rows = [["", "seconds", "least", "most", "times Apus", "peak MiB", "numbers differ by"]]
    faults = []
    for tool, taken in seconds.items():
        difference = max(abs(a - b) for a, b in zip(numbers[tool], numbers["apus"], strict=True))
        rows.append(
            [
                tool,
                f"{statistics.median(taken):.2f}",
                f"{min(taken):.2f}",
                f"{max(taken):.2f}",
                f"{ratios.get(tool, 1):.1f}",
                f"{statistics.median(memory[tool]) / 2**20:.0f}",
                f"{difference:.1e}",
            ]
        )
        if tool == "apus":
            continue
        if difference > TOLERANCE[tool]:
            faults.append(f"numbers differ from {tool}'s by {difference}, not {TOLERANCE[tool]}")
        if ratios[tool] < PROMISE[tool]:
            faults.append(f"{ratios[tool]:.2f} times as fast as {tool}, not {PROMISE[tool]} times")
    table(rows)
    return faults


def grow(apus, folder, count):
    """Prints the memory for one, two and four times the detections, and returns what is wrong."""
    rows = [["detections", "seconds", "peak MiB", "bytes a detection more"]]
    peaks = []
    for times in (1, 2, 4):
        taken, peak, _ = evaluate("apus", apus, folder, times)
        peaks.append(peak)
        more = (peak - peaks[-2]) / (count * times / 2) if times > 1 else 0
        rows.append(
            [
                f"{count * times:,}",
                f"{taken:.2f}",
                f"{peak / 2**20:.0f}",
                f"{more:.0f}" if times > 1 else "",
            ]
        )
    table(rows)
    first, second = peaks[1] - peaks[0], (peaks[2] - peaks[1]) / 2
    if second > 1.5 * first:
        return [f"memory grows faster than detections: {peaks} bytes for 1, 2 and 4 times as many"]
    return []


def main(apus, folder, rounds):
    folder = pathlib.Path(folder)
    counts = json.loads((folder / "counts.json").read_text())
    print(", ".join(f"{count:,} {name}" for name, count in counts.items()), f"; rounds: {rounds}", sep="")
    faults = measure(apus, folder, int(rounds))
    print()
    faults += grow(apus, folder, counts["detections"])
    if faults:
        sys.exit("metrics: " + "; ".join(faults))


if __name__ == "__main__":
    main(*sys.argv[1:])
