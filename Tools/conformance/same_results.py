"""Runs two models on the same random inputs with onnxruntime and compares every bit of the outputs.

Usage: same_results.py ORIGINAL REWRITTEN [SEED]

Graph optimisation is off, so that both run the nodes they hold.
"""

import sys

import numpy as np
import onnx
import onnxruntime

TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(int64)": np.int64}


def session(path: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def main() -> None:
    original, rewritten = sys.argv[1:3]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    onnx.checker.check_model(onnx.load(rewritten), full_check=True)
    before, after = session(original), session(rewritten)
    generator = np.random.default_rng(seed)
    inputs = {}
    for entry in before.get_inputs():
        shape = [size if isinstance(size, int) else 1 for size in entry.shape]
        inputs[entry.name] = generator.random(shape).astype(TYPES[entry.type])
    names = [entry.name for entry in before.get_outputs()]
    if names != [entry.name for entry in after.get_outputs()]:
        sys.exit(f"outputs {names} became {[entry.name for entry in after.get_outputs()]}")
    for name, a, b in zip(names, before.run(None, inputs), after.run(None, inputs)):
        if a.dtype != b.dtype or a.shape != b.shape or a.tobytes() != b.tobytes():
            sys.exit(f"{name}: {a.dtype} {a.shape} and {b.dtype} {b.shape} differ")
        print(f"{name}: {a.dtype} {a.shape}, equal in every bit")


main()
