#!/usr/bin/env python3
"""Exports a YOLOv5 of the v6.0 layout with 3 classes and random weights, as upstream's exporters do.

The whole network is here (24 layers, P3 to P5), at a quarter of the width of yolov5n, for 640 x 640 pictures:

    v60          decode of v6.0, one output, opset 12
    v60_four     the same with the three raw heads as further outputs
    v60_inplace  boxes assigned to slices of the sigmoid in place, which becomes ScatterND
    v60_dynamic  grid computed in the graph; batch, height and width open
    v70          decode of v7.0 by Split, opset 17
    train        three outputs [N, 3, H, W, 8], normalisation kept
    dynamo       v70 through PyTorch's newer exporter, opset 18 (where onnxscript is installed)

Needs the PyPI packages of requirements-torch.txt. Usage: export_yolov5.py FOLDER
"""

import argparse
import contextlib
import importlib.util
import io
import pathlib
import warnings

import torch
from torch import nn

CLASSES = 3
SIZE = 640
STRIDES = (8, 16, 32)
ANCHORS = [
    [(10, 13), (16, 30), (33, 23)],
    [(30, 61), (62, 45), (59, 119)],
    [(116, 90), (156, 198), (373, 326)],
]
WIDTHS = (4, 8, 16, 32, 64)


class Conv(nn.Module):
    def __init__(self, c1, c2, k=1, s=1, p=None):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, k // 2 if p is None else p, bias=False)
        self.bn = nn.BatchNorm2d(c2, eps=1e-3, momentum=None)
        self.act = nn.SiLU()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Bottleneck(nn.Module):
    def __init__(self, c, shortcut):
        super().__init__()
        self.cv1, self.cv2, self.shortcut = Conv(c, c), Conv(c, c, 3), shortcut

    def forward(self, x):
        y = self.cv2(self.cv1(x))
        return x + y if self.shortcut else y


class C3(nn.Module):
    def __init__(self, c1, c2, n=1, shortcut=True):
        super().__init__()
        c = c2 // 2
        self.cv1, self.cv2, self.cv3 = Conv(c1, c), Conv(c1, c), Conv(2 * c, c2)
        self.m = nn.Sequential(*(Bottleneck(c, shortcut) for _ in range(n)))

    def forward(self, x):
        return self.cv3(torch.cat((self.m(self.cv1(x)), self.cv2(x)), 1))


class SPPF(nn.Module):
    def __init__(self, c1, c2):
        super().__init__()
        self.cv1, self.cv2 = Conv(c1, c1 // 2), Conv(2 * c1, c2)
        self.m = nn.MaxPool2d(5, 1, 2)

    def forward(self, x):
        x = self.cv1(x)
        y = self.m(x)
        z = self.m(y)
        return self.cv2(torch.cat((x, y, z, self.m(z)), 1))


class Detect(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.no, self.form = CLASSES + 5, "v70"
        self.m = nn.ModuleList(nn.Conv2d(c, 3 * self.no, 1) for c in channels)
        pixels = torch.tensor(ANCHORS, dtype=torch.float32)
        self.register_buffer("anchors", pixels / torch.tensor(STRIDES).view(-1, 1, 1))
        self.cached = {}

    def grids(self, level, nx, ny):
        """Cells and anchors as [1, 3, ny, nx, 2]; constants unless the sizes are open."""
        key = (level, nx, ny)
        if self.form != "v60_dynamic" and key in self.cached:
            return self.cached[key]
        y, x = torch.meshgrid(torch.arange(ny), torch.arange(nx), indexing="ij")
        cells = torch.stack((x, y), 2).expand((1, 3, ny, nx, 2)).float()
        if self.form in ("v70", "dynamo"):
            cells = cells - 0.5
        pixels = self.anchors[level] * STRIDES[level]
        self.cached[key] = cells, pixels.view((1, 3, 1, 1, 2)).expand((1, 3, ny, nx, 2)).float()
        return self.cached[key]

    def forward(self, features):
        raw, decoded = [], []
        for level, (conv, x) in enumerate(zip(self.m, features)):
            x = conv(x)
            n, _, ny, nx = x.shape
            if self.form != "v60_dynamic":
                ny, nx = int(ny), int(nx)
            x = x.view(n, 3, self.no, ny, nx).permute(0, 1, 3, 4, 2).contiguous()
            raw.append(x)
            if self.form == "train":
                continue
            cells, anchors = self.grids(level, nx, ny)
            y = x.sigmoid()
            if self.form == "v60_inplace":
                y[..., 0:2] = (y[..., 0:2] * 2.0 - 0.5 + cells) * STRIDES[level]
                y[..., 2:4] = (y[..., 2:4] * 2) ** 2 * anchors
            elif self.form.startswith("v60"):
                xy = (y[..., 0:2] * 2.0 - 0.5 + cells) * STRIDES[level]
                wh = (y[..., 2:4] * 2) ** 2 * anchors
                y = torch.cat((xy, wh, y[..., 4:]), -1)
            else:
                xy, wh, conf = y.split((2, 2, CLASSES + 1), 4)
                xy = (xy * 2 + cells) * STRIDES[level]
                wh = (wh * 2) ** 2 * anchors
                y = torch.cat((xy, wh, conf), 4)
            decoded.append(y.view(n, -1 if self.form == "v60_dynamic" else 3 * nx * ny, self.no))
        if self.form == "train":
            return tuple(raw)
        joined = torch.cat(decoded, 1)
        return (joined, *raw) if self.form == "v60_four" else joined


class YOLOv5(nn.Module):
    def __init__(self):
        super().__init__()
        a, b, c, d, e = WIDTHS
        up, cat = nn.Upsample(None, 2, "nearest"), nn.Identity()
        # Concatenations: the layer, and the earlier layer whose output joins the last one.
        self.sources = {12: 6, 16: 4, 19: 14, 22: 10}
        self.layers = nn.ModuleList([
            Conv(3, a, 6, 2, 2), Conv(a, b, 3, 2), C3(b, b, 1), Conv(b, c, 3, 2), C3(c, c, 2),
            Conv(c, d, 3, 2), C3(d, d, 3), Conv(d, e, 3, 2), C3(e, e, 1), SPPF(e, e),
            Conv(e, d), up, cat, C3(2 * d, d, 1, False),
            Conv(d, c), up, cat, C3(2 * c, c, 1, False),
            Conv(c, c, 3, 2), cat, C3(2 * c, d, 1, False),
            Conv(d, d, 3, 2), cat, C3(2 * d, e, 1, False),
        ])
        self.detect = Detect((c, d, e))

    def forward(self, x):
        outputs = []
        for index, layer in enumerate(self.layers):
            joined = self.sources.get(index)
            x = layer(x) if joined is None else torch.cat((x, outputs[joined]), 1)
            outputs.append(x)
        return self.detect([outputs[17], outputs[20], outputs[23]])


def network():
    """Random weights, statistics of a random picture, and scales and shifts that are not the defaults."""
    torch.manual_seed(3)
    model = YOLOv5()
    with torch.no_grad():
        model.train()(torch.rand(2, 3, SIZE, SIZE))
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.5, 0.5)
        # Logits of a few units, as trained ones: squares of boxes would magnify the roundings of greater.
        for conv in model.detect.m:
            conv.weight.mul_(0.25)
    return model.eval()


def export(model, form, opset, path):
    model.detect.form, model.detect.cached = form, {}
    image = torch.zeros(1, 3, SIZE, SIZE)
    with torch.no_grad():
        model(image)
    options = {"opset_version": opset, "input_names": ["images"], "dynamo": form == "dynamo"}
    if form == "dynamo":
        options["external_data"] = False
    else:
        options["do_constant_folding"] = form != "train"
    if form == "train":
        options["training"] = torch.onnx.TrainingMode.PRESERVE
    if form == "v60_dynamic":
        options["dynamic_axes"] = {
            "images": {0: "batch", 2: "height", 3: "width"}, "output": {0: "batch", 1: "anchors"}}
        options["output_names"] = ["output"]
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        torch.onnx.export(model, (image,), str(path), **options)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    forms = {
        "v60": 12, "v60_four": 12, "v60_inplace": 12, "v60_dynamic": 13, "v70": 17, "train": 12}
    if importlib.util.find_spec("onnxscript"):
        forms["dynamo"] = 18
    model = network()
    for form, opset in forms.items():
        export(model, form, opset, folder / f"{form}.onnx")


if __name__ == "__main__":
    main()
