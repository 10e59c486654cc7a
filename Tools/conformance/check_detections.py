"""`apus detect` on the shared photographs against what upstream's programs found."""

import json

import numpy as np

from reference import Failure

PIXELS = 0.5
SCORE = 0.002
PHOTOS = ("bus.jpg", "zidane.jpg", "dog.jpg")

# The model, what upstream found with it, and the options that ask for the same.
RUNS = (
    ("models/yolov5/yolov5n.pt", "yolov5n_pt/detections.json", ()),
    ("models/yolov5/yolov5n.pt", "yolov5n_pt/detections_rect.json", ("--rect",)),
    ("models/yolov5/yolov5n.onnx", "yolov5n_onnx/detections.json", ()),
    ("models/yolov5/yolov5n.onnx", "yolov5n_onnx/detections_fp32_graph.json", ()),
    ("models/yolov10/yolov10n.onnx", "yolov10n_onnx/detections.json", ()),
)


def detections(apus, table, shared, _):
    if shared is None:
        table.skip("detect on photographs", "no shared data")
        return
    for model, expected, options in RUNS:
        upstream = json.loads((shared / "data/expected" / expected).read_text())
        for photo in PHOTOS:
            source = shared / "data/photos" / photo
            command = ("detect", shared / model, source, *options, "--no-pictures")
            what = f"{model.split('/')[-1]} {' '.join((*options, 'on'))} {photo} against {expected}"
            gaps = {}

            def boxes():
                gaps["pixels"], gaps["score"] = worst(apus.json(*command), upstream[photo])
                return gaps["pixels"]

            table.bounded(f"{what}: pixels", PIXELS, boxes)
            if gaps:
                table.bounded(f"{what}: score", SCORE, gaps.get, "score")


def worst(ours, upstream):
    """The greatest gaps in corners and scores when each box is paired with the nearest of its class."""
    theirs = upstream["detections"]
    if len(ours) != len(theirs):
        raise Failure(f"{len(ours)} boxes, expected {len(theirs)}")
    if not theirs:
        return 0.0, 0.0
    pixels = score = 0.0
    left = list(theirs)
    for one in ours:
        x, y, width, height = one["bbox"]
        box = np.array([x, y, x + width, y + height])
        same = [other for other in left if other["class_id"] == one["category_id"]]
        if not same:
            raise Failure(f"a box of class {one['category_id']} too many")
        near = min(same, key=lambda other: np.abs(box - other["xyxy"]).max())
        left.remove(near)
        pixels = max(pixels, float(np.abs(box - near["xyxy"]).max()))
        score = max(score, abs(one["score"] - near["score"]))
    return pixels, score
