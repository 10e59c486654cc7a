"""Models for pages: names that are HTML, and far more nodes than any detector has without names.

Usage: page_models.py FOLDER
"""

import pathlib
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

HOSTILE = "</title><script>alert('page')</script><img src=http://example.invalid/x onerror=alert(1)>"


def write(path, nodes, weights, output):
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, path.stem, [value("x", TensorProto.FLOAT, [1, 8, 32, 32])],
        [value(output, TensorProto.FLOAT, [1, 8, 32, 32])],
        [numpy_helper.from_array(np.zeros((8, 8, 1, 1), np.float32), name) for name in weights])
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid("acme", 1)]
    save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)


def hostile(path):
    nodes = [
        helper.make_node("Conv", ["x", HOSTILE], [f"a{HOSTILE}"], f"one/{HOSTILE}"),
        helper.make_node(HOSTILE, [f"a{HOSTILE}"], ["b"], f"two/{HOSTILE}", domain="acme"),
        helper.make_node("Relu", ["b"], [HOSTILE + "y"], "three' onclick='alert(2)"),
    ]
    write(path, nodes, [HOSTILE], HOSTILE + "y")


def large(path, steps):
    nodes, value = [], "x"
    for step in range(steps):
        nodes += [
            helper.make_node("Conv", [value, "w"], [f"c{step}"], f"Conv_{step}"),
            helper.make_node("Sigmoid", [f"c{step}"], [f"s{step}"], f"Sigmoid_{step}"),
            helper.make_node("Mul", [f"c{step}", f"s{step}"], [f"m{step}"], f"Mul_{step}"),
            helper.make_node("Add", [value, f"m{step}"], [f"a{step}"], f"Add_{step}"),
        ]
        value = f"a{step}"
    write(path, nodes, ["w"], value)


folder = pathlib.Path(sys.argv[1])
hostile(folder / "hostile.onnx")
large(folder / "large.onnx", 400)
