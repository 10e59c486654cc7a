"""Writes Tests/Goldens/YOLOv7: outputs of the shared vectors' networks in training, computed in double precision.

Normalisation by the batch divides by the deviation of a handful of numbers where the grid is small, so single
precision alone moves the raw outputs by up to 3e-3: the shared `train.head*` tell no more than that. Here the same
networks run in both precisions; the single one must give the shared numbers, the double one is written. The levels
of stride 16 and more are kept, which read everything before them.

The blocks are written here from their published structure. Needs the PyPI packages of
Tools/conformance/requirements-torch.txt and the shared vectors (APUS_SHARED, default ../shared). Run it from the root
of the repository; the results are committed.
"""

import collections
import io
import os
import pathlib
import pickle
import zipfile

import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional as F

FOLDER = pathlib.Path("Tests/Goldens/YOLOv7")
VECTORS = pathlib.Path(os.environ.get("APUS_SHARED", "../shared")) / "data/vectors/arch/yolov7"
NAMES = ["y7_tiny", "y7", "y7_deploycfg", "y7_w6_aux", "y7_e6e_aux"]


class Module:
    """The record of a module: its class by name, and its attributes."""

    def __init__(self, *arguments):
        pass

    def __setstate__(self, state):
        if isinstance(state, dict):
            self.__dict__.update(state)

    def __getattr__(self, name):
        for table in ("_parameters", "_buffers", "_modules"):
            if name in self.__dict__.get(table, {}):
                return self.__dict__[table][name]
        raise AttributeError(name)

    def children(self):
        return list(self.__dict__["_modules"].values())


class Reader(pickle.Unpickler):
    """Reads a checkpoint without upstream's classes."""

    STORAGES = {"HalfStorage": torch.half, "FloatStorage": torch.float, "LongStorage": torch.long}

    def __init__(self, path):
        self.archive = zipfile.ZipFile(path)
        name = next(n for n in self.archive.namelist() if n.endswith("data.pkl"))
        self.folder = name[: -len("data.pkl")]
        super().__init__(io.BytesIO(self.archive.read(name)))

    def find_class(self, module, name):
        if module == "collections":
            return getattr(collections, name)
        if name == "_rebuild_tensor_v2":
            return lambda storage, offset, size, stride, *_: torch.as_strided(
                storage, size, stride, offset
            ).clone()
        if name == "_rebuild_parameter":
            return lambda tensor, *_: tensor
        if module == "torch" and name in self.STORAGES:
            return self.STORAGES[name]
        return type(name, (Module,), {})

    def persistent_load(self, identity):
        _, dtype, key, *_ = identity
        content = self.archive.read(self.folder + "data/" + key)
        return torch.frombuffer(bytearray(content), dtype=dtype)


class Run:
    """Runs a network's records in one precision and form."""

    def __init__(self, dtype, trains):
        self.dtype, self.trains = dtype, trains

    def weight(self, tensor):
        return None if tensor is None else tensor.float().to(self.dtype)

    def __call__(self, module, x):
        return getattr(self, type(module).__name__)(module, x)

    def chain(self, module, names, x):
        for name in names:
            x = self(getattr(module, name), x)
        return x

    def Conv2d(self, m, x):
        weight, bias = self.weight(m.weight), self.weight(m.bias)
        return F.conv2d(x, weight, bias, m.stride, m.padding, m.dilation, m.groups)

    def BatchNorm2d(self, m, x):
        mean, variance = self.weight(m.running_mean).clone(), self.weight(m.running_var).clone()
        scale, shift = self.weight(m.weight), self.weight(m.bias)
        return F.batch_norm(x, mean, variance, scale, shift, self.trains, m.momentum, m.eps)

    def SiLU(self, m, x):
        return F.silu(x)

    def LeakyReLU(self, m, x):
        return F.leaky_relu(x, m.negative_slope)

    def MaxPool2d(self, m, x):
        return F.max_pool2d(x, m.kernel_size, m.stride, m.padding)

    def Upsample(self, m, x):
        return F.interpolate(x, scale_factor=m.scale_factor, mode=m.mode)

    def Sequential(self, m, x):
        for child in m.children():
            x = self(child, x)
        return x

    def Conv(self, m, x):
        return self.chain(m, ["conv", "bn", "act"], x)

    def MP(self, m, x):
        return self(m.m, x)

    SP = MP

    def Concat(self, m, x):
        return torch.cat(x, m.d)

    def Shortcut(self, m, x):
        return x[0] + x[1]

    def ReOrg(self, m, x):
        corners = [(0, 0), (1, 0), (0, 1), (1, 1)]
        return torch.cat([x[..., row::2, column::2] for row, column in corners], 1)

    def DownC(self, m, x):
        return torch.cat((self.chain(m, ["cv1", "cv2"], x), self.chain(m, ["mp", "cv3"], x)), 1)

    def SPPCSPC(self, m, x):
        inner = self.chain(m, ["cv1", "cv3", "cv4"], x)
        pooled = torch.cat([inner] + [self(pool, inner) for pool in m.m.children()], 1)
        return self(m.cv7, torch.cat((self.chain(m, ["cv5", "cv6"], pooled), self(m.cv2, x)), 1))

    def RepConv(self, m, x):
        branches = [m.rbr_dense, m.rbr_1x1] + ([m.rbr_identity] if m.rbr_identity else [])
        return self(m.act, sum(self(branch, x) for branch in branches))

    def Detect(self, m, x):
        return [self(conv, value) for conv, value in zip(m.m.children(), x)]

    def IDetect(self, m, x):
        levels = zip(m.ia.children(), m.m.children(), m.im.children(), x)
        return [
            self.weight(im.implicit) * self(conv, value + self.weight(ia.implicit))
            for ia, conv, im, value in levels
        ]

    def IAuxDetect(self, m, x):
        auxiliary = zip(m.m2.children(), x[m.nl :])
        return self.IDetect(m, x) + [self(conv, value) for conv, value in auxiliary]

    def outputs(self, model, picture):
        """The raw outputs `[N, anchors, H, W, 5 + classes]`, leads first."""
        values = []
        x = picture.to(self.dtype)
        for module in model.model.children():
            if isinstance(module.f, list):
                x = [x if source == -1 else values[source] for source in module.f]
            elif module.f != -1:
                x = values[module.f]
            x = self(module, x)
            values.append(x)
        anchors = module.na
        return [y.unflatten(1, (anchors, -1)).permute(0, 1, 3, 4, 2) for y in x]


def main():
    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        model = Reader(VECTORS / f"{name}.stripped.pt").load()["model"]
        vectors = load_file(VECTORS / f"{name}.safetensors")
        levels = sum(key.startswith("eval.head") for key in vectors)
        keys = [f"head{level}" for level in range(levels)]
        with torch.no_grad():
            inference = Run(torch.float, False).outputs(model, vectors["input"])
            single = Run(torch.float, True).outputs(model, vectors["input_train"])
            double = Run(torch.double, True).outputs(model, vectors["input_train"])
        for key, head in zip(keys, inference):
            torch.testing.assert_close(head, vectors[f"eval.{key}"], rtol=1e-5, atol=2e-6)
        keys += [f"aux{level}" for level in range(len(single) - levels)]
        kept = {}
        for key, one, two in zip(keys, single, double):
            expected = vectors[f"train.{key}"]
            torch.testing.assert_close(one, expected, rtol=1e-5, atol=5e-5)
            print(f"{name} {key}: single from double {(one - two).abs().max():.1e}")
            if not key.endswith("0"):
                kept[f"train.{key}"] = two.float().contiguous()
        save_file(kept, FOLDER / f"{name}.safetensors")


if __name__ == "__main__":
    main()
