"""`apus export --heads` of heads of distances, against NumPy: small random networks with a model card."""

import itertools
import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from check_heads import FLOAT, HALF, OPSETS, corners, row_gaps, sigmoid, standing
from reference import check_model, gap, noise, onnx_run

STRIDES, CLASSES = (8, 16, 32), 3
# What the outputs of a level hold, the steps of a distance, where the points lie, and what follows.
CASES = {
    "YOLOv10": (("distanceClassGrid",), 16, 0.5, "topK"),
    "YOLOv10 in six outputs": (("distanceGrid", "classGrid"), 16, 0.5, "topK"),
    "NanoDet": (("classDistanceGrid",), 8, 0.5, "nanodet"),
    "NanoDet-Plus": (("classDistanceGrid",), 8, 0.0, "nanodet"),
}
# Height, width and batch of the inputs: the first is that of fixed exports.
INPUTS = ((64, 96, 1), (96, 32, 2), (128, 128, 1))
CONFIDENCE, IOU, MOST = 0.65, 0.6, 40


def distance_heads(apus, table, _, __):
    for case, (contents, bins, offset, suppression) in CASES.items():
        sources = {
            size: network(apus.work / f"raw-{size}.onnx", size, contents, bins, offset, suppression)
            for size in ("fixed", "dynamic")}

        def greatest(form, half, measure):
            worst, expected = 0, {}
            for opset, (size, source) in itertools.product(OPSETS, sources.items()):
                path = apus.work / f"{form}.onnx"
                apus(
                    "export", source, "--to", path, "--heads", form, "--opset", opset,
                    *(("--half",) if half else ()), *THRESHOLDS[form, suppression])
                check_model(path)
                for height, width, batch in INPUTS[:1] if size == "fixed" else INPUTS:
                    pictures = {"images": noise(height + width, batch, 3, height, width)}
                    if (height, width) not in expected:
                        boxes = decoded(
                            onnx_run(source, pictures), contents, bins, offset, suppression, height, width)
                        expected[height, width] = EXPECTED[form, suppression](boxes)
                    seen = onnx_run(path, pictures)["output"]
                    worst = max(worst, measure(seen, expected[height, width]))
            return worst

        def decoded_gap(seen, boxes):
            return max(gap(seen[:, :4], boxes[:, :4]), gap(seen[:, 4:], boxes[:, 4:]))

        def pairs_gap(seen, pairs):
            return max(gap(seen[..., :4], pairs[..., :4]), gap(seen[..., 4:], pairs[..., 4:]))

        def rows_gap(seen, rows):
            gaps = row_gaps(seen, rows)
            return max(gaps["pixels"] / max(INPUTS[0][:2]), gaps["scores"])

        opsets = f"opsets {OPSETS[0]} to {OPSETS[-1]}, fixed and dynamic"
        finished_gap = pairs_gap if suppression == "topK" else rows_gap
        for what, bound, form, half, measure in (
                ("decoded", FLOAT, "decoded", False, decoded_gap),
                ("decoded --half", HALF, "decoded", True, decoded_gap),
                ("end2end", FLOAT, "end2end", False, finished_gap)):
            table.bounded(f"{case}: {what}, {opsets}", bound, greatest, form, half, measure)


THRESHOLDS = {
    ("decoded", "topK"): (), ("decoded", "nanodet"): (),
    ("end2end", "topK"): ("--max-detections", MOST),
    ("end2end", "nanodet"): (
        "--conf", CONFIDENCE, "--iou", IOU, "--max-detections", MOST),
}


def network(path, size, contents, bins, offset, suppression):
    """A file with a random convolution for each raw head, and a card that describes them."""
    widths = {"distanceGrid": 4 * bins, "classGrid": CLASSES}
    nodes, weights, outputs, heads = [], [], [], []
    for stride, content in itertools.product(STRIDES, contents):
        name, channels = f"{content}{stride}", widths.get(content, 4 * bins + CLASSES)
        # Pictures hold numbers from 0 to 1: heads then lie within a few units around 0.
        values = np.random.default_rng(stride + channels).normal(
            0, 3 / stride, (channels, 3, stride, stride)).astype(np.float32)
        values -= values.mean((1, 2, 3), keepdims=True)
        weights.append(numpy_helper.from_array(values, f"{name}.weight"))
        nodes.append(helper.make_node(
            "Conv", ["images", f"{name}.weight"], [name], name, strides=[stride, stride]))
        sides = [None, None] if size == "dynamic" else [side // stride for side in INPUTS[0][:2]]
        outputs.append(helper.make_tensor_value_info(
            name, TensorProto.FLOAT, [None if size == "dynamic" else 1, channels, *sides]))
        head = {"output": name, "content": content, "stride": stride, "cellOffset": offset}
        heads.append(head | ({} if content == "classGrid" else {"bins": bins}))
    shape = ["batch", 3, "height", "width"] if size == "dynamic" else [1, 3, *INPUTS[0][:2]]
    graph = helper.make_graph(
        nodes, "heads", [helper.make_tensor_value_info("images", TensorProto.FLOAT, shape)], outputs,
        weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    card = {
        "classNames": ["a", "b", "c"], "strides": STRIDES, "heads": heads, "suppression": suppression}
    helper.set_model_props(model, {"apus.card": json.dumps(card)})
    onnx.save(model, path)
    return path


def decoded(raw, contents, bins, offset, suppression, height, width):
    """[N, 4 + classes, boxes] from the raw outputs, in double precision."""
    levels = []
    for stride in STRIDES:
        parts = {}
        for content in contents:
            values = raw[f"{content}{stride}"].astype(np.float64)
            if content == "distanceClassGrid":
                parts["distances"], parts["classes"] = values[:, :4 * bins], values[:, 4 * bins:]
            elif content == "classDistanceGrid":
                parts["classes"], parts["distances"] = values[:, :CLASSES], values[:, CLASSES:]
            else:
                parts["classes" if content == "classGrid" else "distances"] = values
        count, _, rows, columns = parts["distances"].shape
        powers = np.exp(parts["distances"].reshape(count, 4, bins, -1))
        sides = (powers * np.arange(bins)[:, None]).sum(2) / powers.sum(2) * stride
        row, column = np.divmod(np.arange(rows * columns), columns)
        points = (np.stack((column, row)) + offset) * stride
        low, high = points - sides[:, :2], points + sides[:, 2:]
        if suppression == "nanodet":
            limits = np.array([[width], [height]])
            low, high = np.clip(low, 0, limits), np.clip(high, 0, limits)
        scores = sigmoid(parts["classes"].reshape(count, CLASSES, -1))
        levels.append(np.concatenate(((low + high) / 2, high - low, scores), 1))
    return np.concatenate(levels, 2)


def best_pairs(boxes):
    """[N, k, 6]: x1, y1, x2, y2, score, class of the best pairs among the best boxes."""
    found = []
    for picture in boxes:
        rows = picture.T
        rows = rows[np.argsort(-rows[:, 4:].max(1), kind="stable")[:MOST]]
        scores = rows[:, 4:].reshape(-1)
        order = np.argsort(-scores, kind="stable")[:min(MOST, len(rows))]
        places = order // CLASSES
        found.append(np.concatenate(
            (corners(rows[places, :4]), scores[order, None], (order % CLASSES)[:, None]), 1))
    return np.array(found)


def all_pairs(boxes):
    """[D, 7]: picture, x1, y1, x2, y2, class, score over all pairs of box and class."""
    found = []
    for number, picture in enumerate(boxes):
        rows = picture.T
        labels = np.tile(np.arange(CLASSES), len(rows))
        found += standing(
            number, corners(np.repeat(rows[:, :4], CLASSES, 0)), labels, rows[:, 4:].reshape(-1),
            CONFIDENCE, IOU, MOST)
    return np.array(found).reshape(-1, 7)


EXPECTED = {
    ("decoded", "topK"): lambda boxes: boxes, ("decoded", "nanodet"): lambda boxes: boxes,
    ("end2end", "topK"): best_pairs, ("end2end", "nanodet"): all_pairs,
}
