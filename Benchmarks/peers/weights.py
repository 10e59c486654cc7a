"""Weights for new networks: random ones that let every layer pass numbers of about unit scale."""

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper


def enliven(model: onnx.ModelProto, picture: np.ndarray) -> None:
    """Gives a new network weights, and its normalisations the statistics of what really goes through them.

    For one picture InstanceNormalization is BatchNormalization in training: a run with these in its place
    shows every layer what the finished network will show it.
    """
    random = np.random.default_rng(3)
    uses = {
        name: (node.op_type, place)
        for node in model.graph.node for place, name in enumerate(node.input)}
    constants = {tensor.name: tensor for tensor in model.graph.initializer}

    def replace(name, value):
        constants[name].CopyFrom(numpy_helper.from_array(value.astype(np.float32), name))

    for name, tensor in constants.items():
        kind, place = uses.get(name, ("", 0))
        if kind == "Conv" and place == 1:
            fan = int(np.prod(tensor.dims[1:]))
            replace(name, random.standard_normal(tuple(tensor.dims)) * (1.6 / fan) ** 0.5)
        elif kind == "BatchNormalization" and place in (1, 2):
            # Positive on the whole: where activations are close to linear, small differences stay small, as
            # in a trained network, and INT8 differs from single precision by noise alone.
            low, high = ((0.7, 1.3), (0.5, 1.5))[place - 1]
            replace(name, random.uniform(low, high, tuple(tensor.dims)))

    measured = onnx.ModelProto()
    measured.CopyFrom(model)
    normalised = [node for node in measured.graph.node if node.op_type == "BatchNormalization"]
    for node in normalised:
        node.op_type = "InstanceNormalization"
        del node.input[3:]
        del node.attribute[:]
        measured.graph.output.append(
            helper.make_tensor_value_info(node.input[0], onnx.TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # it warns of every statistic that is not used
    session = onnxruntime.InferenceSession(
        measured.SerializeToString(), options, providers=["CPUExecutionProvider"])
    seen = session.run([node.input[0] for node in normalised], {session.get_inputs()[0].name: picture})
    statistics = {node.output[0]: values for node, values in zip(normalised, seen)}
    for node in model.graph.node:
        if node.op_type == "BatchNormalization":
            values = statistics[node.output[0]]
            replace(node.input[3], values.mean((0, 2, 3)))
            replace(node.input[4], values.var((0, 2, 3)) + 1e-3)
