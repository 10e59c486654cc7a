"""What the checks of whole models share: running Apus and onnxruntime, measuring, and the table."""

import hashlib
import json
import pathlib
import subprocess

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from PIL import Image
from safetensors.numpy import load_file, save_file


class Failure(Exception):
    """Why a check could not be measured."""


class Table:
    """Prints a line for every check as it is made, and counts them."""

    def __init__(self):
        self.counts = {"ok": 0, "FAILED": 0, "skipped": 0}
        print(f"{'':8}{'seen':>10}{'bound':>9}  check")

    def line(self, state, seen, bound, what):
        self.counts[state] += 1
        print(f"{state:8}{seen:>10}{bound:>9}  {what}", flush=True)

    def bounded(self, what, bound, measure, *arguments):
        """A check whose number, `measure(*arguments)`, may be at most `bound`."""
        try:
            seen = measure(*arguments)
        except Exception as error:
            text = " ".join(str(error).split())
            self.line("FAILED", "-", f"{bound:g}", f"{what}: {text[:300]}")
            return
        # Not `seen > bound`, which would let NaN pass.
        self.line("ok" if seen <= bound else "FAILED", f"{seen:.3g}", f"{bound:g}", what)

    def skip(self, what, reason):
        self.line("skipped", "", "", f"{what}: {reason}")

    def note(self, text):
        print(f"{'':29}{text}", flush=True)

    def finish(self):
        counts = ", ".join(f"{count} {state}" for state, count in self.counts.items())
        print(f"models: {counts}")
        return 1 if self.counts["FAILED"] or not self.counts["ok"] else 0


class Apus:
    """The command line tool, and the folder its files go to."""

    def __init__(self, program, work):
        self.program, self.work = program, work
        self.runs = "\n  run " in self("--help")

    def __call__(self, *arguments):
        result = subprocess.run(
            [self.program, *map(str, arguments)], capture_output=True, text=True, cwd=self.work)
        if result.returncode:
            command = f"apus {' '.join(map(str, arguments))}"
            raise Failure(f"exit {result.returncode} of '{command}': {result.stderr or result.stdout}")
        return result.stdout

    def json(self, *arguments):
        return json.loads(self(*arguments, "--json"))

    def run(self, model, inputs, executor="compiled"):
        """The outputs of a model by name."""
        source, result = self.work / "inputs.safetensors", self.work / "outputs.safetensors"
        save_file({name: np.ascontiguousarray(value) for name, value in inputs.items()}, source)
        result.unlink(missing_ok=True)
        self("run", model, "--input", source, "--output", result, "--executor", executor)
        return load_file(result)


# The models used here, and the results that name the hash of the file they came from.
SOURCES = {
    "models/yolov5/yolov5n.pt": "yolov5n_pt",
    "models/yolov5/yolov5n.onnx": "yolov5n_onnx",
    "models/yolov10/yolov10n.onnx": "yolov10n_onnx",
}


def changed(shared):
    """How many shared models differ from those the stored results were made with."""
    wrong = []
    for model, results in SOURCES.items():
        metrics = json.loads((shared / "data/expected" / results / "metrics.json").read_text())
        if hashlib.sha256((shared / model).read_bytes()).hexdigest() != metrics["weights_sha256"]:
            wrong.append(model)
    if wrong:
        raise Failure(f"other files than the results were made with: {', '.join(wrong)}")
    return 0


def image(path):
    """A picture as the networks take it: RGB from 0 to 1, [1, 3, H, W]."""
    pixels = np.asarray(Image.open(path).convert("RGB"), np.float32) / 255
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])


def noise(seed, *shape):
    return np.random.default_rng(seed).random(shape, np.float32)


def onnx_run(model, inputs):
    """The outputs by name of a file or of a model in memory, in onnxruntime on the processor.

    Its graph optimisations are off: they may themselves change results.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    source = str(model) if isinstance(model, pathlib.Path) else model.SerializeToString()
    session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def check_model(path):
    onnx.checker.check_model(str(path), full_check=True)


def gap(seen, expected):
    """The greatest difference as a part of the greatest expected magnitude."""
    if seen.shape != expected.shape:
        raise Failure(f"shape {seen.shape}, expected {expected.shape}")
    if not np.isfinite(seen).all():
        raise Failure("values that are not finite")
    seen, expected = seen.astype(np.float64), expected.astype(np.float64)
    return float(np.abs(seen - expected).max() / max(np.abs(expected).max(), 1e-12))


def greatest_gap(seen, expected):
    """The greatest gap over outputs, which must have the same names."""
    if set(seen) != set(expected):
        raise Failure(f"outputs {sorted(seen)}, expected {sorted(expected)}")
    return max(gap(seen[name], expected[name]) for name in expected)


def rounding_steps(seen, stored):
    """The greatest difference from stored float16 values, where 1 is what rounding to them allows.

    That is half a step of float16 at the value, and what two float32 programs may differ by: a part in
    100,000 of the greatest value.
    """
    if seen.shape != stored.shape:
        raise Failure(f"shape {seen.shape}, expected {stored.shape}")
    allowed = np.spacing(np.abs(stored)).astype(np.float64) / 2
    allowed += 1e-5 * float(np.abs(stored).max())
    return float((np.abs(seen.astype(np.float64) - stored.astype(np.float64)) / allowed).max())


def sorted_model(path):
    """An ONNX model with its nodes in topological order, which not every tool does without."""
    model = onnx.load(path)
    known = {value.name for value in [*model.graph.input, *model.graph.initializer]} | {""}
    waiting, ordered = list(model.graph.node), []
    while waiting:
        ready = [node for node in waiting if known.issuperset(node.input)]
        if not ready:
            raise Failure(f"{path}: nodes that form a cycle")
        ordered += ready
        known.update(name for node in ready for name in node.output)
        waiting = [node for node in waiting if not known.issuperset(node.output)]
    del model.graph.node[:]
    model.graph.node.extend(ordered)
    return model


def floating_width(model):
    """The width in bits of the narrowest floating-point initialiser."""
    kinds = [numpy_helper.to_array(tensor).dtype for tensor in model.graph.initializer]
    return min((8 * kind.itemsize for kind in kinds if kind.kind == "f"), default=32)
