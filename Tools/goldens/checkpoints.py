"""Writes Tests/Goldens/Checkpoints: pickles of every protocol, small torch.save files, safetensors.

Needs the PyPI packages of Tools/conformance/requirements-torch.txt. Run it from the root of the repository; the
results are committed, so this is only needed to add a case. views.legacy.pt differs from run to run:
PyTorch names its storages by their addresses.
"""

import argparse
import collections
import datetime
import json
import pathlib
import pickle
import sys
import types

import numpy
import safetensors
import safetensors.torch
import torch

FOLDER = pathlib.Path("Tests/Goldens/Checkpoints")


def plain_values():
    """One value of each kind that a checkpoint's own fields are made of."""
    shared = [1, 2]
    return {
        "none": None,
        "true": True,
        "false": False,
        "small": 7,
        "byte": 200,
        "short": 40_000,
        "negative": -3,
        "int32": -2_000_000_000,
        "int64": -(2**62),
        "huge": 2**80,
        "float": -0.15625,
        "text": "line\nquote' back\\ umlaut ä emoji \U0001f985",
        "bytes": bytes([0, 1, 127, 128, 255]),
        "bytearray": bytearray([9, 8]),
        "list": [1, [2, [3]]],
        "tuples": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)),
        "set": {5},
        "frozenset": frozenset([6]),
        "ordered": collections.OrderedDict([("b", 1), ("a", 2)]),
        "default": collections.defaultdict(list, {"k": [1]}),
        "shared": [shared, shared],
        "date": datetime.date(2022, 2, 8),
        "namespace": argparse.Namespace(batch_size=16, name="exp"),
        "scalar": numpy.float64(0.375),
        "array": numpy.arange(6, dtype=numpy.int32).reshape(2, 3),
        "path": pathlib.PurePosixPath("runs/train"),
        3: "integer key",
    }


class Inner(torch.nn.Module):
    """A module with a parameter, a persistent buffer, a hidden buffer and a missing bias."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.arange(4.0))
        self.register_parameter("bias", None)
        self.register_buffer("mean", torch.tensor([0.5]))
        self.register_buffer("hidden", torch.tensor([9.0]), persistent=False)


def tensors():
    """Dense, transposed, offset, repeated, empty and shared views in every type."""
    base = torch.arange(24, dtype=torch.float32)
    return {
        "dense": base.reshape(2, 3, 4),
        "transposed": base.reshape(4, 6).t(),
        "sliced": base.reshape(4, 6)[1:3, ::2],
        "offset": base[5:9],
        "expanded": torch.tensor([[1.5], [2.5]]).expand(2, 3),
        "scalar": torch.tensor(3.25),
        "empty": torch.zeros(0, 3),
        "half": torch.tensor([1.0, -2.5, 65504.0]).half(),
        "bfloat16": torch.tensor([1.0, -2.5, 3e38]).bfloat16(),
        "double": torch.tensor([1 / 3], dtype=torch.float64),
        "int8": torch.tensor([-128, 127], dtype=torch.int8),
        "int16": torch.tensor([-32768, 32767], dtype=torch.int16),
        "int32": torch.tensor([-(2**31)], dtype=torch.int32),
        "int64": torch.tensor([2**62, -1]),
        "uint8": torch.tensor([0, 255], dtype=torch.uint8),
        "uint16": torch.tensor([0, 65535], dtype=torch.uint16),
        "bool": torch.tensor([True, False, True]),
    }


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for protocol in range(6):
        (FOLDER / f"values.p{protocol}.pkl").write_bytes(pickle.dumps(plain_values(), protocol))
    content = {"tensors": tensors(), "size": torch.Size([2, 3]), "device": torch.device("cpu")}
    torch.save(content, FOLDER / "views.pt")
    # The old layout knows no unsigned types beyond bytes.
    content["tensors"].pop("uint16")
    torch.save(content, FOLDER / "views.legacy.pt", _use_new_zipfile_serialization=False)
    dense = {name: tensor.contiguous().clone() for name, tensor in tensors().items()}
    data = safetensors.torch.save(dense, metadata={"format": "pt"})
    (FOLDER / "views.safetensors").write_bytes(data)
    module = torch.nn.Sequential(collections.OrderedDict(first=Inner(), second=torch.nn.ReLU()))
    module.third = module.first
    Inner.__module__ = "models.inner"
    sys.modules["models"] = types.ModuleType("models")
    sys.modules["models.inner"] = types.ModuleType("models.inner")
    sys.modules["models.inner"].Inner = Inner
    torch.save({"epoch": 3, "model": module}, FOLDER / "module.pt")
    (FOLDER / "module.json").write_text(json.dumps(list(module.state_dict())) + "\n")


if __name__ == "__main__":
    main()
