"""Writes the ONNX backend node tests of the installed `onnx` package, one folder for each case.

Usage: write_node_cases.py FOLDER

FOLDER/<case>/model.onnx, input_<i>.pb and output_<i>.pb (TensorProto). Values that are no tensors are left
out; the models that use them say so in their inputs and outputs.
"""

import pathlib
import shutil
import sys
import warnings

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases


def main() -> None:
    target = pathlib.Path(sys.argv[1])
    stamp = target / "version.txt"
    if stamp.exists() and stamp.read_text() == onnx.__version__:
        print(f"node tests of onnx {onnx.__version__} are in {target}")
        return
    shutil.rmtree(target, ignore_errors=True)
    np.random.seed(0)
    warnings.simplefilter("ignore")
    count = 0
    for case in collect_testcases(None):
        folder = target / case.name
        folder.mkdir(parents=True)
        (folder / "model.onnx").write_bytes(case.model.SerializeToString())
        inputs, outputs = case.data_sets[0]
        for role, values, infos in (
            ("input", inputs, case.model.graph.input),
            ("output", outputs, case.model.graph.output),
        ):
            for index, (value, info) in enumerate(zip(values, infos)):
                if not info.type.HasField("tensor_type"):
                    continue
                if not isinstance(value, onnx.TensorProto):
                    value = numpy_helper.from_array(np.asarray(value), info.name)
                (folder / f"{role}_{index}.pb").write_bytes(value.SerializeToString())
        count += 1
    stamp.write_text(onnx.__version__)
    print(f"wrote {count} node tests of onnx {onnx.__version__} to {target}")


main()
