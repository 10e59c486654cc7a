"""Whether what was made of a network still computes it: an engine must not be measured on another network."""

import ncnn
import numpy as np
import onnxruntime
import openvino

# The correlation with the network in single precision that every output must reach. INT8 of eight pictures is
# no fine quantisation: random weights and YOLOv10's class heads lie lowest.
TRANSLATED, QUANTISED = 0.9999, 0.75


def onnx_outputs(model, picture):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: picture})


def openvino_outputs(model, picture):
    compiled = openvino.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    found = compiled(picture)
    return [found[port] for port in compiled.outputs]


def ncnn_outputs(model, picture):
    network = ncnn.Net()
    if network.load_param(str(model)) or network.load_model(str(model.with_suffix(".bin"))):
        raise RuntimeError(f"ncnn does not load {model.name}")
    pixels = picture[0]  # Mat does not keep it alive
    extractor = network.create_extractor()
    extractor.input(network.input_names()[0], ncnn.Mat(pixels))
    return [np.array(extractor.extract(name)[1])[None] for name in network.output_names()]


def check(found, expected, least):
    """Fails unless every output correlates with what is expected of it.

    Outputs are told by their shapes, which are all different: pnnx orders them its own way.
    """
    wanted = {output.shape: output for output in expected}
    if sorted(output.shape for output in found) != sorted(wanted):
        raise RuntimeError(f"the outputs are {[output.shape for output in found]}, not {list(wanted)}")
    for output in found:
        correlation = float(np.corrcoef(output.ravel(), wanted[output.shape].ravel())[0, 1])
        if not correlation >= least:
            raise RuntimeError(
                f"output {output.shape} correlates by {correlation:.4f} with the network's, not {least}")
