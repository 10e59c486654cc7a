#!/usr/bin/env python3
"""Exports tiny detectors with the ends that other tools give theirs, and what each finds in one picture.

The body is that of export_yolov5_like.py with random weights; the ends are written here from the published
formulas. The boxes beside each file (NAME.json) are computed with torch and numpy from the raw heads, not from
the exported graph:

    v5              YOLOv5, grid decode, one output
    v7              YOLOv7 --grid: xy = 2 s sigma + s (cell - 0.5), wh = sigma^2 (4 anchor)
    v7_ort          the same, suppressed in the graph: [detections, 7]
    v7_trt          the same, with an EfficientNMS_TRT node: four outputs
    cells           three outputs [N, 3, H, W, 5 + classes], anchors given on the command line
    v8              one output [N, 4 + classes, boxes]
    v8_grids        distributions and classes in one grid a level
    v8_pairs        the same in two outputs a level, classes through the sigmoid
    v10             the best pairs of box and class, [N, boxes, 6]
    nanodet         classes through the sigmoid and distributions of all cells, one output
    nanodet_raw     the same without the sigmoid
    nanodet_plus    four levels, points at the corners of cells
    nanodet_pairs   classes and distributions of each level in outputs of their own

Needs the PyPI packages of requirements-torch.txt. Usage: export_decode_tails.py FOLDER
"""

import argparse
import json
import pathlib
import warnings

import numpy as np
import onnx
import torch
from export_yolov5_like import ANCHORS, STRIDES, Body
from onnx import TensorProto, helper
from PIL import Image
from torch import nn

SIZE, CLASSES = 96, 5
# The pairs of box and class that YOLOv10 gives.
MOST = 300
MEAN, DEVIATION = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)


def cells(stride):
    """Columns and rows of the cells of a level, [cells, 2]."""
    side = -(-SIZE // stride)
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    return torch.stack((x, y), -1).reshape(-1, 2).float()


class Detector(nn.Module):
    """The body, heads of as many channels as the form has, and the form's end."""

    def __init__(self, form):
        super().__init__()
        self.form = form
        self.is_anchored = form.startswith("v5") or form.startswith("v7") or form == "cells"
        self.is_nanodet = form.startswith("nanodet")
        self.bins = 8 if self.is_nanodet else 16
        self.strides = (*STRIDES, 64) if form == "nanodet_plus" else STRIDES
        self.body = Body()
        parts = [3 * (5 + CLASSES)] if self.is_anchored else [4 * self.bins + CLASSES]
        if form.startswith(("v8", "v10")):
            parts = [4 * self.bins, CLASSES]
        widths = [*self.body.channels, self.body.channels[-1]][:len(self.strides)]
        self.heads = nn.ModuleList(
            nn.ModuleList(nn.Conv2d(c, part, 1) for part in parts) for c in widths)
        self.extra = nn.Conv2d(widths[-1], widths[-1], 5, 2, 2)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.uniform_(-0.2, 0.2)
                module.running_var.uniform_(0.5, 2)

    def raw(self, x):
        features = self.body(x)
        if len(self.strides) == 4:
            features.append(self.extra(features[-1]))
        raw = [[part(feature) for part in head] for head, feature in zip(self.heads, features)]
        return [torch.cat(parts, 1) if len(parts) > 1 else parts[0] for parts in raw]

    def spread(self, x):
        """Scales the heads so that their numbers differ from cell to cell, as after training."""
        for head, raw in zip(self.heads, self.raw(x)):
            for part, numbers in zip(head, raw.split([part.out_channels for part in head], 1)):
                numbers = numbers.transpose(0, 1).flatten(1)
                scale = 2 / numbers.std(1, correction=0).clamp(min=1e-4)
                low = 0 if self.is_anchored else 1.5
                part.bias.data = (part.bias - numbers.mean(1)) * scale - low
                part.weight.data *= scale.view(-1, 1, 1, 1)

    def forward(self, x):
        return getattr(self, self.form.split("_")[0])(self.raw(x))

    def v5(self, heads):
        rows = []
        for stride, anchors, head in zip(STRIDES, ANCHORS, heads):
            n = head.shape[-1]
            y = head.view(1, 3, 5 + CLASSES, n, n).permute(0, 1, 3, 4, 2).sigmoid()
            grid = cells(stride).view(1, 1, n, n, 2).expand(1, 3, n, n, 2).to(y.dtype)
            sizes = torch.tensor(anchors, dtype=y.dtype).view(1, 3, 1, 1, 2).expand(1, 3, n, n, 2)
            if self.form.startswith("v5"):
                xy = (y[..., :2] * 2 - 0.5 + grid) * stride
                wh = (y[..., 2:4] * 2) ** 2 * sizes
            else:
                xy = y[..., :2] * (2.0 * stride) + stride * (grid - 0.5)
                wh = y[..., 2:4] ** 2 * (4 * sizes)
            rows.append(torch.cat((xy, wh, y[..., 4:]), -1).view(1, -1, 5 + CLASSES))
        return torch.cat(rows, 1)

    v7 = v5

    def cells(self, heads):
        return [
            head.view(1, 3, 5 + CLASSES, *head.shape[2:]).permute(0, 1, 3, 4, 2) for head in heads]

    def boxes(self, heads):
        """Corners and raw classes of all cells of an anchor-free detector."""
        corners, classes = [], []
        for stride, head in zip(self.strides, heads):
            rows = head.flatten(2).transpose(1, 2)[0]
            first = CLASSES if self.is_nanodet else 0
            spread = rows[:, first:first + 4 * self.bins].view(-1, 4, self.bins).softmax(-1)
            distances = (spread * torch.arange(self.bins)).sum(-1) * stride
            point = (cells(stride) + (0 if self.form == "nanodet_plus" else 0.5)) * stride
            corners.append(torch.cat((point - distances[:, :2], point + distances[:, 2:]), -1))
            classes.append(rows[:, :CLASSES] if self.is_nanodet else rows[:, -CLASSES:])
        return torch.cat(corners), torch.cat(classes)

    def v8(self, heads):
        if self.form == "v8_grids":
            return [torch.cat(head.split((64, CLASSES), 1), 1) for head in heads]
        if self.form == "v8_pairs":
            pairs = [head.split((64, CLASSES), 1) for head in heads]
            return [part for boxes, classes in pairs for part in (boxes, classes.sigmoid())]
        corners, classes = self.boxes(heads)
        centre = (corners[:, :2] + corners[:, 2:]) / 2
        rows = torch.cat((centre, corners[:, 2:] - corners[:, :2], classes.sigmoid()), -1)
        return rows.t()[None]

    def v10(self, heads):
        corners, classes = self.boxes(heads)
        scores = classes.sigmoid()
        best = scores.amax(-1).topk(min(MOST, len(scores))).indices
        score, place = scores[best].flatten().topk(MOST)
        label = place % CLASSES
        box = corners[best][torch.div(place, CLASSES, rounding_mode="floor")]
        return torch.cat((box, score[:, None], label[:, None].float()), -1)[None]

    def nanodet(self, heads):
        rows = []
        for head in heads:
            classes, boxes = head.split((CLASSES, 4 * self.bins), 1)
            if self.form != "nanodet_raw":
                classes = classes.sigmoid()
            parts = [part.flatten(2).permute(0, 2, 1) for part in (classes, boxes)]
            rows += parts if self.form == "nanodet_pairs" else [torch.cat(parts, 2)]
        return rows if self.form == "nanodet_pairs" else torch.cat(rows, 1)

    def found(self, x):
        """The boxes that the form's own tools find, in pixels of the picture."""
        heads = self.raw(x)
        if self.is_anchored:
            rows = self.v5(heads)[0].numpy()
            centre, size = rows[:, :2], rows[:, 2:4]
            corners = np.concatenate((centre - size / 2, centre + size / 2), 1)
            scores = rows[:, 5:] * rows[:, 4:5]
            # TensorRT's plugin takes every class of a box, the others the best one.
            picked = scores if self.form == "v7_trt" else best(scores)
            return suppressed(corners, picked, 0.25, 0.45)
        corners, classes = self.boxes(heads)
        corners, scores = corners.numpy(), classes.sigmoid().numpy()
        if self.is_nanodet:
            return suppressed(corners.clip(0, SIZE), scores, 0.4, 0.5)
        if self.form == "v10":
            order = [(s, b, c) for b, row in enumerate(scores) for c, s in enumerate(row) if s > 0.25]
            return [entry(corners[b], s, c) for s, b, c in sorted(order, reverse=True)[:MOST]]
        return suppressed(corners, best(scores), 0.25, 0.45)


def best(scores):
    """The scores with all but the highest of each row set to nothing."""
    return np.where(scores == scores.max(1, keepdims=True), scores, 0)


def entry(box, score, label):
    return {
        "xyxy": [float(v) for v in np.clip(box, 0, SIZE)], "score": float(score),
        "class_id": int(label)}


def suppressed(corners, scores, least, overlap):
    """Greedy suppression by class, written out."""
    pairs = [(s, b, c) for b, row in enumerate(scores) for c, s in enumerate(row) if s > least]
    kept = []
    for score, b, label in sorted(pairs, reverse=True):
        def meets(other):
            if other[2] != label:
                return False
            p, q = corners[b].astype(np.float64), corners[other[1]].astype(np.float64)
            sides = np.clip(np.minimum(p[2:], q[2:]) - np.maximum(p[:2], q[:2]), 0, None)
            common = sides.prod()
            union = (p[2:] - p[:2]).prod() + (q[2:] - q[:2]).prod() - common
            return common / union > overlap
        if not any(meets(other) for other in kept):
            kept.append((score, b, label))
    return [entry(corners[b], s, label) for s, b, label in kept]


def with_suppression(model, plugin):
    """Adds YOLOv7's end-to-end tail to an output [N, boxes, 5 + classes], by hand."""
    graph = model.graph
    rows = graph.output[0].name

    def constant(name, values, kind, shape):
        graph.initializer.append(helper.make_tensor(name, kind, shape, values))
        return name

    def node(kind, inputs, output, **attributes):
        graph.node.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def cut(name, source, start, end, axis):
        bounds = [constant(f"{name}_{key}", [value], TensorProto.INT64, [1])
                  for key, value in (("start", start), ("end", end), ("axis", axis))]
        return node("Slice", [source, *bounds], name)

    boxes = cut("boxes", rows, 0, 4, 2)
    objectness, classes = cut("objectness", rows, 4, 5, 2), cut("classes", rows, 5, 5 + CLASSES, 2)
    scores = node("Mul", [classes, objectness], "scores")
    # The product with a matrix makes corners of centres and sizes, as upstream does.
    turn = [1, 0, 1, 0, 0, 1, 0, 1, -0.5, 0, 0.5, 0, 0, -0.5, 0, 0.5]
    corners = node("MatMul", [boxes, constant("turn", turn, TensorProto.FLOAT, [4, 4])], "corners")
    del graph.output[:]
    if plugin:
        names = ["num_dets", "det_boxes", "det_scores", "det_classes"]
        graph.node.append(helper.make_node(
            "EfficientNMS_TRT", [corners, scores], names, domain="TRT", background_class=-1,
            box_coding=0, iou_threshold=0.45, max_output_boxes=1000, plugin_version="1",
            score_activation=0, score_threshold=0.25))
        shapes = ([1, 1], [1, 1000, 4], [1, 1000], [1, 1000])
        kinds = (TensorProto.INT32, TensorProto.FLOAT, TensorProto.FLOAT, TensorProto.INT32)
        for name, kind, shape in zip(names, kinds, shapes):
            graph.output.append(helper.make_tensor_value_info(name, kind, shape))
        model.opset_import.append(helper.make_opsetid("TRT", 1))
        return model
    # The best class of a box alone; boxes of different classes are moved apart.
    score = node("ReduceMax", [scores], "best", axes=[2], keepdims=1)
    label = node("Cast", [node("ArgMax", [scores], "which", axis=2)], "label", to=TensorProto.FLOAT)
    step = constant("step", [4096], TensorProto.FLOAT, [1])
    apart = node("Add", [corners, node("Mul", [label, step], "offset")], "apart")
    by_class = node("Transpose", [score], "by_class", perm=[0, 2, 1])
    limits = [constant("most", [1000], TensorProto.INT64, [1]),
              constant("iou", [0.45], TensorProto.FLOAT, [1]),
              constant("least", [0.25], TensorProto.FLOAT, [1])]
    selected = node("NonMaxSuppression", [apart, by_class, *limits], "selected")
    picture, place = cut("picture", selected, 0, 1, 1), cut("place", selected, 2, 3, 1)
    at = node("Concat", [picture, place], "at", axis=1)
    parts = [node("Cast", [picture], "number", to=TensorProto.FLOAT)]
    parts += [node("GatherND", [source, at], f"{name}_of")
              for name, source in (("box", corners), ("label", label), ("score", score))]
    node("Concat", parts, "output", axis=1)
    graph.output.append(helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", 7]))
    return model


FORMS = ("v5", "v7", "v7_ort", "v7_trt", "cells", "v8", "v8_grids", "v8_pairs", "v10",
         "nanodet", "nanodet_raw", "nanodet_plus", "nanodet_pairs")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    blocks = np.random.default_rng(3).integers(0, 256, (SIZE // 8, SIZE // 8, 3), np.uint8)
    pixels = blocks.repeat(8, 0).repeat(8, 1)
    Image.fromarray(pixels).save(folder / "picture.png")
    for form in FORMS:
        torch.manual_seed(11)
        model = Detector(form).eval()
        if model.is_nanodet:
            x = (pixels[..., ::-1].astype(np.float32) - np.float32(MEAN)) / np.float32(DEVIATION)
        else:
            x = pixels.astype(np.float32) / 255
        x = torch.from_numpy(np.ascontiguousarray(x.transpose(2, 0, 1)[None]))
        path = folder / f"{form}.onnx"
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.spread(x)
            found = model.found(x)
            torch.onnx.export(
                model, x, str(path), opset_version=13, dynamo=False, input_names=["images"])
        if form in ("v7_ort", "v7_trt"):
            onnx.save(with_suppression(onnx.load(path), form == "v7_trt"), path)
        anchors = "/".join(",".join(f"{w},{h}" for w, h in level) for level in ANCHORS)
        options = ["--anchors", anchors] if form == "cells" else []
        (folder / f"{form}.json").write_text(json.dumps({"options": options, "detections": found}))


if __name__ == "__main__":
    main()
