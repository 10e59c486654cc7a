"""Makes the models that are measured: ONNX in single precision and INT8, and what the peers make of them.

Published weights are taken where the shared reference data has them. New networks get random weights, and
their normalisations the statistics of a picture, so that numbers neither grow nor fade on their way.
"""

import argparse
import importlib.metadata
import logging
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import nncf
import numpy as np
import onnx
import openvino
from onnxruntime.quantization import (
    CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static)

from agreement import (
    QUANTISED, TRANSLATED, check, ncnn_outputs, onnx_outputs, openvino_outputs)
from networks import NETWORKS, Network, choose, shared
from pictures import calibration
from weights import enliven

PICTURES = 8


def apus(program: pathlib.Path, *arguments) -> None:
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"apus {arguments[0]}: {done.stderr.strip()}")


def make_float(program: pathlib.Path, network: Network, target: pathlib.Path) -> str:
    """Writes the network in single precision, and says whose weights it has."""
    weights = shared() / "models" / network.weights if network.weights else None
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        if weights is not None and weights.exists():
            source, origin, size = weights, "published weights", ["--image-size", network.side]
        else:
            source, origin, size = pathlib.Path(folder) / "new.onnx", "random weights", []
            apus(program, "new", network.variant, "--image-size", network.side, "-o", source)
            model = onnx.load(source)
            enliven(model, calibration(model, network.side, 1)[0])
            onnx.save(model, source)
        part = pathlib.Path(folder) / "network.onnx"
        apus(program, "export", source, "--to", part, *size)
        part.rename(target)
    return origin


def calibration_inputs(network: Network, source: pathlib.Path) -> list[np.ndarray]:
    return calibration(onnx.load(source), network.side, PICTURES)


class Feed(CalibrationDataReader):
    """Hands calibration inputs to onnxruntime, one after the other."""

    def __init__(self, name: str, inputs: list[np.ndarray]):
        self.inputs = iter([{name: values} for values in inputs])

    def get_next(self):
        return next(self.inputs, None)


def make_quantised(network: Network, source: pathlib.Path, target: pathlib.Path) -> None:
    """Activations u8, weights s8 for each output channel: the pair onnxruntime is fast with."""
    model = onnx.load(source)
    inputs = calibration_inputs(network, source)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        part = pathlib.Path(folder) / target.name
        quantize_static(
            source, part, Feed(model.graph.input[0].name, inputs), quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, per_channel=True,
            reduce_range=False, calibrate_method=CalibrationMethod.MinMax)
        # The quantiser drops what the file says about the detector.
        quantised = onnx.load(part)
        del quantised.metadata_props[:]
        quantised.metadata_props.extend(model.metadata_props)
        onnx.save(quantised, part)
        check(onnx_outputs(part, inputs[0]), onnx_outputs(source, inputs[0]), QUANTISED)
        part.rename(target)


def make_openvino(network: Network, source: pathlib.Path, target: pathlib.Path, quantises: bool) -> None:
    """OpenVINO's conversion, and NNCF's INT8 of it.

    In the converted model Swish is one operation; INT8 of a file that is read directly is slower.
    """
    inputs = calibration_inputs(network, source)
    model = openvino.convert_model(source)
    if quantises:
        model = nncf.quantize(model, nncf.Dataset(inputs), subset_size=len(inputs))
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        part = pathlib.Path(folder) / target.name
        openvino.save_model(model, part, compress_to_fp16=False)
        check(
            openvino_outputs(part, inputs[0]), onnx_outputs(source, inputs[0]),
            QUANTISED if quantises else TRANSLATED)
        part.with_suffix(".bin").rename(target.with_suffix(".bin"))
        part.rename(target)


def make_ncnn(network: Network, source: pathlib.Path, target: pathlib.Path) -> None:
    """pnnx's translation, weights in single precision."""
    converter = pathlib.Path(importlib.metadata.distribution("pnnx").locate_file("pnnx/pnnx"))
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        shutil.copy(source, pathlib.Path(folder) / "network.onnx")
        done = subprocess.run(
            [converter, "network.onnx", "fp16=0"], cwd=folder, capture_output=True, text=True, check=False)
        param, weights = (pathlib.Path(folder) / f"network.ncnn.{end}" for end in ("param", "bin"))
        if done.returncode != 0 or not param.exists() or not weights.exists():
            raise RuntimeError(f"pnnx: {(done.stderr or done.stdout).strip()[-300:]}")
        picture = calibration_inputs(network, source)[0]
        check(ncnn_outputs(param, picture), onnx_outputs(source, picture), TRANSLATED)
        weights.rename(target.with_suffix(".bin"))
        param.rename(target)


def make(program: pathlib.Path, network: Network, folder: pathlib.Path) -> None:
    """Makes what is missing of a network's files."""
    source = folder / network.float
    quantised, openvino_float, openvino_quantised, in_ncnn = (
        folder / name for name in (
            network.quantised, network.openvino_float, network.openvino_quantised, network.ncnn))
    steps = [
        (source, "fp32", lambda: make_float(program, network, source)),
        (quantised, "u8s8", lambda: make_quantised(network, source, quantised)),
        (openvino_float, "OpenVINO", lambda: make_openvino(network, source, openvino_float, False)),
        (openvino_quantised, "OpenVINO INT8",
         lambda: make_openvino(network, source, openvino_quantised, True)),
        (in_ncnn, "ncnn", lambda: make_ncnn(network, source, in_ncnn)),
    ]
    for target, what, step in steps:
        if target.exists():
            continue
        start = time.monotonic()
        try:
            note = step()
        except Exception as error:  # whatever a library throws
            # Without this file the row of one peer says that it is missing; without the source there is none.
            if target == source:
                raise
            print(f"{network.name}: {what} cannot be made: {' '.join(str(error).split())[:300]}", flush=True)
            continue
        seconds = time.monotonic() - start
        print(f"{network.name}: {what}{f', {note}' if note else ''}, {seconds:.0f} s", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--apus", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--models", help=f"some of {', '.join(n.name for n in NETWORKS)}")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    logging.getLogger().setLevel(logging.ERROR)
    nncf.set_log_level(logging.ERROR)
    for network in choose(arguments.models):
        make(arguments.apus.resolve(), network, arguments.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
