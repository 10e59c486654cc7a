"""Writes Tests/Goldens/YOLOv5: small checkpoints of the layouts that the shared vectors lack.

old      before v6.0: Focus, BottleneckCSP, SPP, Hardswish and LeakyReLU, `anchor_grid` as a buffer full of
         zeros, no `stride`, wrapped for several devices, names as a dictionary
fused    v6.0 after `fuse()`: no normalisation, biases in every convolution; C3, SPPF, half precision

The networks are written here from their published structure, with random weights; the files next to
them hold an input and the raw outputs that PyTorch computes. Needs the PyPI packages of
Tools/conformance/requirements-torch.txt. Run it from the root of the repository; the results are committed.
"""

import copy
import pathlib
import sys
import types

import safetensors.torch
import torch
from torch import nn

FOLDER = pathlib.Path("Tests/Goldens/YOLOv5")


class Conv(nn.Module):
    def __init__(self, c1, c2, k=1, s=1, act=None, fused=False):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, k // 2 if k != 6 else 2, bias=fused)
        if not fused:
            self.bn = nn.BatchNorm2d(c2, eps=1e-3)
        self.act = act or nn.SiLU()

    def forward(self, x):
        x = self.conv(x)
        return self.act(self.bn(x) if hasattr(self, "bn") else x)


class Focus(nn.Module):
    def __init__(self, c1, c2, k, act):
        super().__init__()
        self.conv = Conv(4 * c1, c2, k, act=act)

    def forward(self, x):
        rows, columns = (x[..., ::2, :], x[..., 1::2, :]), (slice(0, None, 2), slice(1, None, 2))
        parts = [rows[row][..., columns[column]] for column in (0, 1) for row in (0, 1)]
        return self.conv(torch.cat(parts, 1))


class Bottleneck(nn.Module):
    def __init__(self, c1, c2, shortcut=True, **options):
        super().__init__()
        self.cv1 = Conv(c1, c2, 1, **options)
        self.cv2 = Conv(c2, c2, 3, **options)
        self.add = shortcut and c1 == c2

    def forward(self, x):
        y = self.cv2(self.cv1(x))
        return x + y if self.add else y


class BottleneckCSP(nn.Module):
    def __init__(self, c1, c2, n, shortcut, act):
        super().__init__()
        c = c2 // 2
        self.cv1 = Conv(c1, c, act=act)
        self.cv2 = nn.Conv2d(c1, c, 1, bias=False)
        self.cv3 = nn.Conv2d(c, c, 1, bias=False)
        self.cv4 = Conv(2 * c, c2, act=act)
        self.bn = nn.BatchNorm2d(2 * c, eps=1e-3)
        self.act = nn.LeakyReLU(0.1)
        self.m = nn.Sequential(*(Bottleneck(c, c, shortcut, act=act) for _ in range(n)))

    def forward(self, x):
        inner = self.cv3(self.m(self.cv1(x)))
        return self.cv4(self.act(self.bn(torch.cat((inner, self.cv2(x)), 1))))


class C3(nn.Module):
    def __init__(self, c1, c2, n, shortcut=True, **options):
        super().__init__()
        c = c2 // 2
        self.cv1 = Conv(c1, c, **options)
        self.cv2 = Conv(c1, c, **options)
        self.cv3 = Conv(2 * c, c2, **options)
        self.m = nn.Sequential(*(Bottleneck(c, c, shortcut, **options) for _ in range(n)))

    def forward(self, x):
        return self.cv3(torch.cat((self.m(self.cv1(x)), self.cv2(x)), 1))


class SPP(nn.Module):
    def __init__(self, c1, c2, act):
        super().__init__()
        self.cv1 = Conv(c1, c1 // 2, act=act)
        self.cv2 = Conv(2 * c1, c2, act=act)
        self.m = nn.ModuleList(nn.MaxPool2d(k, 1, k // 2) for k in (5, 9, 13))

    def forward(self, x):
        x = self.cv1(x)
        return self.cv2(torch.cat([x] + [pool(x) for pool in self.m], 1))


class SPPF(nn.Module):
    def __init__(self, c1, c2, **options):
        super().__init__()
        self.cv1 = Conv(c1, c1 // 2, **options)
        self.cv2 = Conv(2 * c1, c2, **options)
        self.m = nn.MaxPool2d(5, 1, 2)

    def forward(self, x):
        parts = [self.cv1(x)]
        for _ in range(3):
            parts.append(self.m(parts[-1]))
        return self.cv2(torch.cat(parts, 1))


class Concat(nn.Module):
    def __init__(self):
        super().__init__()
        self.d = 1

    def forward(self, x):
        return torch.cat(x, self.d)


class Detect(nn.Module):
    def __init__(self, nc, anchors, channels, old):
        super().__init__()
        self.nc, self.no, self.nl, self.na = nc, nc + 5, len(anchors), len(anchors[0])
        self.register_buffer("anchors", torch.tensor(anchors))
        if old:
            self.register_buffer("anchor_grid", torch.zeros(self.nl, 1, self.na, 1, 1, 2))
        self.m = nn.ModuleList(nn.Conv2d(c, self.no * self.na, 1) for c in channels)

    def forward(self, x):
        return [layer(value) for layer, value in zip(self.m, x)]


class Model(nn.Module):
    def __init__(self, layers, names):
        super().__init__()
        self.model = nn.Sequential(*(layer for _, layer in layers))
        for index, (source, layer) in enumerate(layers):
            layer.i, layer.f, layer.type = index, source, type(layer).__name__
        self.names = names

    def forward(self, x):
        outputs = []
        for layer in self.model:
            f = layer.f
            if isinstance(f, list):
                x = layer([x if j == -1 else outputs[j] for j in f])
            else:
                x = layer(x if f == -1 else outputs[f])
            outputs.append(x)
        return x


def old_model():
    act = nn.Hardswish()
    up = nn.Upsample(None, 2, "nearest")
    return Model(
        [
            (-1, Focus(3, 4, 3, act)),
            (-1, Conv(4, 8, 3, 2, act)),
            (-1, BottleneckCSP(8, 8, 1, True, act)),
            (-1, Conv(8, 8, 3, 2, act)),
            (-1, SPP(8, 8, act)),
            (-1, up),
            ([-1, 2], Concat()),
            (-1, BottleneckCSP(16, 8, 2, False, act)),
            ([7, 4], Detect(2, [[[1.5, 2.0], [3.0, 4.5]], [[2.0, 1.0], [5.0, 6.25]]], (8, 8), True)),
        ],
        {0: "left", 1: "right"},
    )


def fused_model():
    options = {"fused": True}
    return Model(
        [
            (-1, Conv(3, 4, 6, 2, **options)),
            (-1, Conv(4, 8, 3, 2, **options)),
            (-1, C3(8, 8, 1, **options)),
            (-1, SPPF(8, 8, **options)),
            (-2, Conv(8, 8, 3, 2, **options)),
            ([3, 4], Detect(1, [[[1.25, 1.625]], [[1.875, 3.8125]]], (8, 8), False)),
        ],
        ["thing"],
    )


def as_upstream_modules():
    """Gives the classes the module names that upstream's pickles have."""
    for name, classes in {
        "models.common": (
            Conv, Focus, Bottleneck, BottleneckCSP, C3, SPP, SPPF, Concat),
        "models.yolo": (Detect, Model),
    }.items():
        module = types.ModuleType(name)
        for cls in classes:
            cls.__module__ = name
            setattr(module, cls.__name__, cls)
        sys.modules[name] = module
    sys.modules["models"] = types.ModuleType("models")


def randomise(model):
    """Weights of about unit gain, and statistics that are not the defaults; all exact in float16."""
    for name, tensor in model.state_dict().items():
        if name.endswith("num_batches_tracked") or "anchor" in name:
            continue
        if name.endswith("running_var") or (tensor.ndim == 1 and name.endswith("weight")):
            value = torch.rand_like(tensor) + 0.5
        else:
            fan = tensor[0].numel() if tensor.ndim > 1 else 16
            value = torch.randn_like(tensor) / fan**0.5
        tensor.copy_(value.half().float())


def write(name, model, size, wrap):
    randomise(model)
    model.eval()
    image = torch.rand(1, 3, *size)
    heads = model(image)
    # In training the batch's own statistics magnify rounding: only binary64 tells what is right.
    exact = copy.deepcopy(model).double().train()
    images = torch.rand(2, 3, *size)
    trained = exact(images.double())
    content = wrap(model)
    torch.save(content, FOLDER / f"{name}.pt")
    tensors = {"input": image} | {f"head{level}": head for level, head in enumerate(heads)}
    tensors |= {"input_train": images}
    tensors |= {f"train{level}": head.float() for level, head in enumerate(trained)}
    safetensors.torch.save_file(tensors, FOLDER / f"{name}.safetensors")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    as_upstream_modules()
    torch.manual_seed(5)
    with torch.no_grad():
        write(
            "old", old_model(), (32, 48),
            lambda model: {
                "epoch": 7, "model": nn.DataParallel(model), "ema": None,
                "date": "2020-08-01T00:00:00"})
        write("fused", fused_model(), (32, 40), lambda model: model.half())


main()
