#!/usr/bin/env python3
"""Exports tiny detectors in the forms that YOLOv5 and its relatives are found in.

The networks are ours: a few narrow layers with the joints of YOLOv5 (6x6 stem or Focus, stages, SPPF, PAN, three
heads), random weights, 3 classes. What matters is how the heads are decoded:

    v60      one output, boxes written back into slices by Concat, constant grid
    v70      one output, Split of the sigmoid, constant grid
    computed one output as v70, grid computed in the graph, batch and picture size symbolic
    focus    Focus instead of the stem, BatchNormalization kept, decode as v60
    three    three outputs [N, 3, H, W, 5 + 3]
    raw      three outputs [N, 3 * (5 + 3), H, W]
    dfl      boxes as distributions and classes in separate heads, without objectness, one output
    topk     dfl followed by the choice of the best boxes (YOLOv10's end-to-end form), one output [N, 10, 6]
    nms      v70 followed by NonMaxSuppression
    branches raw, as YOLOv7, YOLOv10 and RepVGG train it: parallel convolutions with a normalisation each, constants
             before and after the convolutions of the heads

Needs the PyPI packages of requirements-torch.txt. Usage: export_yolov5_like.py FOLDER
"""

import argparse
import io
import pathlib
import warnings

import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

CLASSES = 3
SIZE = 64
STRIDES = (8, 16, 32)
ANCHORS = [
    [(10, 13), (16, 30), (33, 23)],
    [(30, 61), (62, 45), (59, 119)],
    [(116, 90), (156, 198), (373, 326)],
]


class ConvBlock(nn.Module):
    def __init__(self, c1, c2, k=1, s=1, p=None):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, k // 2 if p is None else p, bias=False)
        self.bn = nn.BatchNorm2d(c2, eps=1e-3)
        self.act = nn.SiLU()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Branches(nn.Module):
    """Convolutions of one value with kernels of several sizes, a normalisation each, added."""

    def __init__(self, c1, c2, kernels, groups=1, s=1, identity=False):
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(c1, c2, k, s, k // 2, groups=groups, bias=False), nn.BatchNorm2d(c2))
            for k in kernels)
        if identity:
            self.branches.append(nn.BatchNorm2d(c1))
        self.act = nn.SiLU()

    def forward(self, x):
        return self.act(sum((branch(x) for branch in self.branches[1:]), self.branches[0](x)))


class Focus(nn.Module):
    def __init__(self, c1, c2):
        super().__init__()
        self.conv = ConvBlock(4 * c1, c2, 3)

    def forward(self, x):
        parts = [x[..., dy::2, dx::2] for dx in (0, 1) for dy in (0, 1)]
        return self.conv(torch.cat(parts, 1))


class Pool(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.cv1 = ConvBlock(c, c // 2)
        self.cv2 = ConvBlock(2 * c, c)
        self.pool = nn.MaxPool2d(5, 1, 2)

    def forward(self, x):
        x = self.cv1(x)
        a = self.pool(x)
        b = self.pool(a)
        return self.cv2(torch.cat((x, a, b, self.pool(b)), 1))


class Body(nn.Module):
    """Picture to three levels of features, with a residual, a pool pyramid and a way up and down."""

    def __init__(self, width=4, focus=False, branches=False):
        super().__init__()
        w = width
        self.stem = Focus(3, w) if focus else ConvBlock(3, w, 6, 2, 2)
        self.down2 = ConvBlock(w, w, 3, 2)
        self.down3 = ConvBlock(w, 2 * w, 3, 2)
        self.residual = ConvBlock(2 * w, 2 * w, 3)
        self.down4 = ConvBlock(2 * w, 2 * w, 3, 2)
        self.down5 = ConvBlock(2 * w, 2 * w, 3, 2)
        self.pool = Pool(2 * w)
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        self.join4 = ConvBlock(4 * w, 2 * w)
        self.join3 = ConvBlock(4 * w, 2 * w)
        self.back4 = ConvBlock(2 * w, 2 * w, 3, 2)
        self.channels = [2 * w, 4 * w, 4 * w]
        if branches:
            self.down2 = Branches(w, w, (3, 1), s=2)
            self.residual = Branches(2 * w, 2 * w, (3, 1), identity=True)
            self.down4 = Branches(2 * w, 2 * w, (7, 3), groups=2 * w, s=2)
            self.back4 = Branches(2 * w, 2 * w, (1, 3), s=2)

    def forward(self, x):
        p3 = self.down3(self.down2(self.stem(x)))
        p3 = p3 + self.residual(p3)
        p4 = self.down4(p3)
        p5 = self.pool(self.down5(p4))
        n4 = self.join4(torch.cat((self.up(p5), p4), 1))
        n3 = self.join3(torch.cat((self.up(n4), p3), 1))
        back = self.back4(n3)
        return [n3, torch.cat((back, n4), 1), torch.cat((p5, p5), 1)]


class AnchorHeads(nn.Module):
    """Decoding as in YOLOv5: xy = (2 s - 0.5 + cell) stride, wh = (2 s)^2 anchor."""

    def __init__(self, channels, form):
        super().__init__()
        self.form = form
        self.numbers = 5 + CLASSES
        self.m = nn.ModuleList(nn.Conv2d(c, 3 * self.numbers, 1) for c in channels)
        self.register_buffer("anchors", torch.tensor(ANCHORS, dtype=torch.float32))
        if form == "branches":
            self.before = nn.ParameterList(torch.randn(1, c, 1, 1) for c in channels)
            self.after = nn.ParameterList(torch.randn(1, 3 * self.numbers, 1, 1) for _ in channels)

    def grid(self, index, ny, nx):
        y, x = torch.meshgrid(torch.arange(ny), torch.arange(nx), indexing="ij")
        offset = 0.0 if self.form in ("v60", "focus") else -0.5
        grid = torch.stack((x, y), 2).expand(1, 3, ny, nx, 2).float() + offset
        anchors = self.anchors[index].view(1, 3, 1, 1, 2).expand(1, 3, ny, nx, 2)
        return grid, anchors

    def forward(self, features):
        decoded = []
        for index, (conv, x) in enumerate(zip(self.m, features)):
            if self.form == "branches":
                decoded.append(self.after[index] * conv(self.before[index] + x))
                continue
            x = conv(x)
            if self.form == "raw":
                decoded.append(x)
                continue
            ny, nx = x.shape[2:]
            if self.form != "computed":
                ny, nx = int(ny), int(nx)
            x = x.view(x.shape[0], 3, self.numbers, ny, nx).permute(0, 1, 3, 4, 2).contiguous()
            if self.form == "three":
                decoded.append(x)
                continue
            grid, anchors = self.grid(index, ny, nx)
            if self.form != "computed":
                grid, anchors = grid.detach().clone(), anchors.detach().clone()
            s = x.sigmoid()
            if self.form in ("v60", "focus"):
                xy = (s[..., 0:2] * 2.0 - 0.5 + grid) * STRIDES[index]
                wh = (s[..., 2:4] * 2.0) ** 2 * anchors
                y = torch.cat((xy, wh, s[..., 4:]), -1)
            else:
                xy, wh, conf = s.split((2, 2, CLASSES + 1), 4)
                xy = (xy * 2 + grid) * STRIDES[index]
                wh = (wh * 2) ** 2 * anchors
                y = torch.cat((xy, wh, conf), 4)
            decoded.append(y.view(x.shape[0], 3 * nx * ny, self.numbers))
        if self.form in ("branches", "raw", "three"):
            return tuple(decoded)
        return torch.cat(decoded, 1)


class DistributionHeads(nn.Module):
    """Distances to the four sides as means of distributions over `bins`, classes beside them."""

    def __init__(self, channels, chooses, bins=8):
        super().__init__()
        self.chooses = chooses
        self.bins = bins
        self.boxes = nn.ModuleList(nn.Conv2d(c, 4 * bins, 1) for c in channels)
        self.scores = nn.ModuleList(nn.Conv2d(c, CLASSES, 1) for c in channels)
        self.mean = nn.Conv2d(bins, 1, 1, bias=False)
        self.mean.weight.data = torch.arange(bins, dtype=torch.float32).view(1, bins, 1, 1)

    def forward(self, features):
        cells = []
        joined = []
        for index, x in enumerate(features):
            n = (SIZE // STRIDES[index]) ** 2
            y = torch.cat((self.boxes[index](x), self.scores[index](x)), 1)
            joined.append(y.view(1, 4 * self.bins + CLASSES, n))
            side = SIZE // STRIDES[index]
            gy, gx = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
            cells.append(torch.stack((gx, gy)).reshape(2, n).float() + 0.5)
        boxes, scores = torch.cat(joined, 2).split((4 * self.bins, CLASSES), 1)
        spread = boxes.view(1, 4, self.bins, -1).transpose(2, 1).softmax(1)
        near, far = self.mean(spread).view(1, 4, -1).chunk(2, 1)
        centre = torch.cat(cells, 1).unsqueeze(0)
        low, high = centre - near, centre + far
        box = torch.cat(((low + high) / 2, high - low), 1)
        y = torch.cat((box, scores.sigmoid()), 1)
        return self.best(y.transpose(1, 2)) if self.chooses else y

    def best(self, y, count=10):
        """The boxes of the best cells, then the best classes of those."""
        boxes, scores = y.split((4, CLASSES), 2)
        _, cells = scores.amax(-1).topk(count)
        boxes = boxes.gather(1, cells.unsqueeze(-1).repeat(1, 1, 4))
        scores = scores.gather(1, cells.unsqueeze(-1).repeat(1, 1, CLASSES))
        score, place = scores.flatten(1).topk(count)
        boxes = boxes.gather(1, (place // CLASSES).unsqueeze(-1).repeat(1, 1, 4))
        return torch.cat((boxes, score.unsqueeze(-1), (place % CLASSES).unsqueeze(-1).float()), -1)


class Detector(nn.Module):
    def __init__(self, form):
        super().__init__()
        self.body = Body(focus=form == "focus", branches=form == "branches")
        heads = self.body.channels
        if form in ("dfl", "topk"):
            self.heads = DistributionHeads(heads, chooses=form == "topk")
        else:
            self.heads = AnchorHeads(heads, form)
        # Statistics as after training: neither 0 nor 1.
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.uniform_(-0.2, 0.2)
                module.running_var.uniform_(0.5, 2)
                module.weight.data.uniform_(0.5, 1.5)
                module.bias.data.uniform_(-0.5, 0.5)

    def forward(self, x):
        return self.heads(self.body(x))


def export(form, opset):
    torch.manual_seed(7)
    model = Detector(form).eval()
    buffer = io.BytesIO()
    dynamic = {"images": {0: "batch", 2: "height", 3: "width"}} if form == "computed" else None
    as_trained = form in ("focus", "branches")
    keep = torch.onnx.TrainingMode.PRESERVE if as_trained else torch.onnx.TrainingMode.EVAL
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, torch.zeros(1, 3, SIZE, SIZE), buffer, opset_version=opset, dynamo=False,
            input_names=["images"], dynamic_axes=dynamic, training=keep,
            do_constant_folding=not as_trained)
    graph = onnx.load_from_string(buffer.getvalue())
    graph.producer_version = ""
    return graph


def with_suppression(model):
    """Adds [N, boxes, numbers] to boxes and scores to NonMaxSuppression, by hand."""
    graph = model.graph
    decoded = graph.output[0].name

    def constant(name, values, dtype, shape):
        graph.initializer.append(helper.make_tensor(name, dtype, shape, values))
        return name

    def cut(name, start, end):
        bounds = [constant(f"{name}_{k}", [v], TensorProto.INT64, [1])
                  for k, v in (("start", start), ("end", end), ("axis", 2))]
        graph.node.append(helper.make_node("Slice", [decoded, *bounds], [name]))
        return name

    boxes, objectness, classes = cut("boxes", 0, 4), cut("objectness", 4, 5), cut("classes", 5, 8)
    graph.node.append(helper.make_node("Mul", [classes, objectness], ["scores"]))
    graph.node.append(helper.make_node("Transpose", ["scores"], ["by_class"], perm=[0, 2, 1]))
    limits = [constant("max_boxes", [100], TensorProto.INT64, [1]),
              constant("iou", [0.45], TensorProto.FLOAT, [1]),
              constant("score", [0.25], TensorProto.FLOAT, [1])]
    graph.node.append(helper.make_node(
        "NonMaxSuppression", [boxes, "by_class", *limits], ["selected"], center_point_box=1))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("selected", TensorProto.INT64, ["n", 3]))
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    opsets = {"v60": 12, "v70": 17, "computed": 13, "focus": 11, "three": 12, "raw": 12, "dfl": 17,
              "topk": 13, "branches": 13}
    for form, opset in opsets.items():
        onnx.save(export(form, opset), folder / f"{form}.onnx")
    onnx.save(with_suppression(export("v70", 17)), folder / "nms.onnx")


if __name__ == "__main__":
    main()
