#!/usr/bin/env python3
"""Compares Apus with onnxruntime on every published network at its own size; prints a line for each.

New networks give nearly constant outputs, so weights and statistics are replaced: every layer keeps the scale
of what goes through it, and no normalisation is the identity. Then onnx.checker must accept the file, and three
results must agree: onnxruntime on the file, our engine on the file, and onnxruntime on our simplified export of it.

Run it through Tools/conformance/families, which makes the environment.
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import time

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import load_file, save_file

from reference import check_model, onnx_run

# Two programs that compute the same in float32, as a part of the greatest value of an output.
BOUND = 1e-4
LIGHT = 25e9


def liven(path, target):
    """Replaces the weights by ones that let every layer pass numbers of about unit scale."""
    model = onnx.load(path)
    random = np.random.default_rng(3)
    uses = {}
    for node in model.graph.node:
        for place, name in enumerate(node.input):
            uses.setdefault(name, (node.op_type, place))
    for tensor in model.graph.initializer:
        old = numpy_helper.to_array(tensor)
        kind, place = uses.get(tensor.name, ("", 0))
        if old.dtype != np.float32:
            continue
        if kind == "Conv" and place == 1:
            fan = int(np.prod(old.shape[1:]))
            new = random.standard_normal(old.shape, np.float32) * np.float32((1.6 / fan) ** 0.5)
        elif kind == "BatchNormalization":
            low, high = ((0.7, 1.3), (-0.2, 0.2), (-0.2, 0.2), (0.6, 1.4))[place - 1]
            new = random.uniform(low, high, old.shape).astype(np.float32)
        else:
            continue
        tensor.CopyFrom(numpy_helper.from_array(new, tensor.name))
    onnx.save(model, target)


def gap(found, expected):
    """The greatest difference, as a part of how far the expected numbers reach from their middle."""
    if sorted(found) != sorted(expected):
        return float("inf")
    worst = 0.0
    for name, numbers in expected.items():
        if found[name].shape != numbers.shape or not np.isfinite(numbers).all():
            return float("inf")
        reach = float(np.abs(numbers - np.median(numbers)).max())
        # An output that hardly varies would hide differences.
        if reach < 1e-3:
            return float("inf")
        worst = max(worst, float(np.abs(found[name] - numbers).max()) / reach)
    return worst


class Check:
    def __init__(self, apus, work):
        self.apus, self.work = apus, work

    def run(self, *arguments):
        done = subprocess.run(
            [self.apus, *map(str, arguments)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"apus {arguments[0]}: {done.stderr.strip()}")
        return done.stdout

    def network(self, row):
        fresh, network, fused = (
            self.work / f"{name}.onnx" for name in ("fresh", "network", "fused"))
        picture, outputs = self.work / "picture.safetensors", self.work / "outputs.safetensors"
        side = row["inputSide"]
        try:
            self.run("new", row["name"], "--seed", 1, "--output", fresh)
            check_model(fresh)
            liven(fresh, network)
            image = np.random.default_rng(4).random((1, 3, side, side), np.float32)
            save_file({"images": image}, picture)
            expected = onnx_run(network, {"images": image})
            self.run("run", network, "--input", picture, "--output", outputs, "--threads", 2)
            ours = gap(load_file(outputs), expected)
            self.run("export", network, "--to", fused)
            check_model(fused)
            folded = gap(onnx_run(fused, {"images": image}), expected)
            nodes = [node.op_type for node in onnx.load(fused).graph.node]
            return ours, folded, len(nodes), nodes.count("BatchNormalization")
        finally:
            for path in (fresh, network, fused, picture, outputs):
                path.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("apus", type=pathlib.Path)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    check = Check(arguments.apus.resolve(), arguments.work.resolve())
    rows = json.loads(check.run("models", "--json"))
    rows = [
        row for row in rows
        if arguments.only in row["name"]
        and not (arguments.light and row["multiplyAccumulates"] >= LIGHT)]
    width = max([len(row["name"]) for row in rows], default=0)
    print(
        f"{'':7}{'network':{width}}{'input':>6}{'parameters':>13}{'GMAC':>9}{'engine':>10}{'export':>10}"
        f"{'nodes':>7}{'seconds':>9}   (bound {BOUND:g})")
    failures = 0
    for row in rows:
        start = time.monotonic()
        try:
            ours, folded, nodes, left = check.network(row)
            passed = ours <= BOUND and folded <= BOUND and left == 0
            seen = f"{ours:>10.1e}{folded:>10.1e}{nodes:>7}"
        except Exception as error:  # every fault is a line of the table
            passed, seen = False, "  " + " ".join(str(error).split())[:300]
        failures += not passed
        print(
            f"{'ok' if passed else 'FAILED':7}{row['name']:{width}}{row['inputSide']:>6}"
            f"{row['parameters']:>13,}{row['multiplyAccumulates'] / 1e9:>9.3f}{seen}"
            f"{time.monotonic() - start:>9.1f}", flush=True)
    peak = max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"families: {len(rows) - failures} ok, {failures} FAILED; largest process {peak / 2**20:.1f} GiB")
    return 1 if failures or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
