"""`apus detect` on the ends of other tools' exports, whole and cut, against boxes computed with numpy."""

import json

from check_detections import worst

# Float32 sums in another order, magnified by heads that were scaled up.
PIXELS = 0.05
SCORE = 2e-4
# Ends that are raw already, and TensorRT's, which takes every class of a box as YOLOv7 itself does not.
UNCUT = {"cells", "v8_grids", "v8_pairs", "nanodet_pairs", "nanodet_raw", "v7_trt"}


def tails(apus, table, folder):
    if folder is None:
        table.skip("detect on ends of other tools' exports", "needs --torch")
        return
    for expected in sorted(folder.glob("*.json")):
        wanted = json.loads(expected.read_text())
        model = expected.with_suffix(".onnx")
        compare(apus, table, model, wanted, folder, "")
        if expected.stem in UNCUT:
            continue
        cut = apus.work / f"{expected.stem}-cut.onnx"
        compare(apus, table, cut, wanted, folder, " after apus cut", model)


def compare(apus, table, model, wanted, folder, when, whole=None):
    gaps = {}

    def boxes():
        if whole:
            apus("cut", whole, model)
        found = apus.json(
            "detect", model, folder / "picture.png", *wanted["options"], "--no-pictures")
        gaps["pixels"], gaps["score"] = worst(found, wanted)
        return gaps["pixels"]

    what = f"{model.stem}: {len(wanted['detections'])} boxes{when}"
    table.bounded(f"{what}, pixels", PIXELS, boxes)
    if gaps:
        table.bounded(f"{what}, score", SCORE, gaps.get, "score")
