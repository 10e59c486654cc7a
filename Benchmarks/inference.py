"""Apus beside onnxruntime: one exported model, one random input, rounds interleaved.

Prints for one and two threads the least and the median time of each, and the ratio of the medians. A
ratio above 1 means that Apus is slower.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import onnxruntime
from safetensors.numpy import save_file

ROUNDS = 6
RUNS = 5


def main(apus: str, model: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        network = os.path.join(folder, "network.onnx")
        subprocess.run([apus, "export", model, "--to", network], check=True, capture_output=True)
        sizes = onnxruntime.InferenceSession(network).get_inputs()[0]
        images = numpy.random.default_rng(1).random(sizes.shape, dtype=numpy.float32)
        inputs = os.path.join(folder, "inputs.safetensors")
        save_file({sizes.name: images}, inputs)
        print(f"{os.path.basename(model)} {sizes.shape}, fp32, milliseconds, least/median")
        for threads in (1, 2):
            ours, theirs = measure(apus, network, inputs, sizes.name, images, folder, threads)
            ratio = statistics.median(ours) / statistics.median(theirs)
            print(
                f"{threads} thread(s): apus {min(ours):.1f}/{statistics.median(ours):.1f}"
                f"  onnxruntime {min(theirs):.1f}/{statistics.median(theirs):.1f}"
                f"  ratio {ratio:.2f}"
            )


def measure(apus, network, inputs, name, images, folder, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(network, options, ["CPUExecutionProvider"])
    session.run(None, {name: images})
    ours, theirs = [], []
    for _ in range(ROUNDS):
        command = [apus, "run", network, "--input", inputs, "--threads", str(threads), "--json",
                   "--output", os.path.join(folder, "out.safetensors"), "--runs", str(RUNS + 1)]
        done = subprocess.run(command, check=True, capture_output=True)
        ours += json.loads(done.stdout)["milliseconds"][1:]
        for _ in range(RUNS):
            start = time.perf_counter()
            session.run(None, {name: images})
            theirs.append(1000 * (time.perf_counter() - start))
    return ours, theirs


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
