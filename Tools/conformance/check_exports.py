"""`apus export` of yolov5n.pt: the raw heads against upstream's, onnxruntime's and our own."""

import numpy as np
import onnx
from safetensors.numpy import load_file

from reference import (
    Failure, check_model, greatest_gap, image, noise, onnx_run, rounding_steps)

# Two programs that compute the same in float32, as a part of the greatest value.
FLOAT = 1e-4
OPSETS = range(9, 23)


def exports(apus, table, shared, _):
    if shared is None:
        table.skip("export of yolov5n.pt", "no shared data")
        return
    checkpoint = shared / "models/yolov5/yolov5n.pt"
    bus = {"images": image(shared / "data/expected/inputs/bus_yolo_letterbox_640x640.png")}
    exported = apus.work / "yolov5n.onnx"
    heads = {}

    def export(path, *options):
        apus("export", checkpoint, "--to", path, *options)
        check_model(path)
        return path

    def heads_of_bus():
        heads.update(onnx_run(export(exported), bus))
        return 0

    table.bounded("yolov5n.pt: export, onnx checker, onnxruntime on bus", 0, heads_of_bus)
    if not heads:
        return
    for name, expected in upstream_heads(shared).items():
        table.bounded(
            f"yolov5n.pt: {name}, onnxruntime of the export against upstream, in float16 roundings",
            1, rounding_steps, heads[name], expected)
    for executor in ("compiled", "interpreter"):
        what = f"yolov5n.pt: heads of bus, {executor} against onnxruntime"
        if apus.runs:
            table.bounded(
                what, FLOAT, lambda: greatest_gap(apus.run(exported, bus, executor), heads))
            table.bounded(
                f"{what}, straight from the checkpoint", FLOAT,
                lambda: greatest_gap(apus.run(checkpoint, bus, executor), heads))
        else:
            table.skip(what, "this apus has no 'run'")

    def opset(version):
        path = export(apus.work / f"opset{version}.onnx", "--opset", version)
        written = onnx.load(path).opset_import[0].version
        if written != version:
            raise Failure(f"the file says opset {written}")
        again = greatest_gap(apus.run(path, bus), heads) if apus.runs else 0
        return max(greatest_gap(onnx_run(path, bus), heads), again)

    for version in OPSETS:
        table.bounded(
            f"yolov5n.pt: --opset {version}, onnxruntime and apus run, against the default's heads",
            FLOAT, opset, version)
    sizes(apus, table, export, bus, heads)


def sizes(apus, table, export, bus, heads):
    """Open sizes and batches against exports of one size."""

    def dynamic(height, width, batch):
        picture = {"images": noise(height, batch, 3, height, width)}
        fixed = export(apus.work / "fixed.onnx", "--image-size", f"{height}x{width}")
        singles = [onnx_run(fixed, {"images": one[None]}) for one in picture["images"]]
        expected = {name: np.concatenate([one[name] for one in singles]) for name in singles[0]}
        path = export(apus.work / "dynamic.onnx", "--dynamic")
        seen = greatest_gap(onnx_run(path, picture), expected)
        return max(seen, greatest_gap(apus.run(path, picture), expected) if apus.runs else 0)

    for height, width, batch in ((320, 416, 1), (640, 640, 1), (96, 160, 3)):
        table.bounded(
            f"yolov5n.pt: --dynamic at {batch} x {height} x {width} against --image-size", FLOAT,
            dynamic, height, width, batch)

    def batch_of_two():
        path = export(apus.work / "batch.onnx", "--dynamic-batch")
        pair = {"images": np.concatenate((bus["images"], bus["images"][..., ::-1]))}
        other = onnx_run(apus.work / "yolov5n.onnx", {"images": pair["images"][1:].copy()})
        expected = {name: np.concatenate((heads[name], other[name])) for name in heads}
        seen = greatest_gap(onnx_run(path, pair), expected)
        return max(seen, greatest_gap(apus.run(path, pair), expected) if apus.runs else 0)

    table.bounded("yolov5n.pt: --dynamic-batch with two pictures", FLOAT, batch_of_two)


def upstream_heads(shared):
    """Raw outputs of the last convolutions, [1, 255, H, W], stored as float16."""
    folder = shared / "data/expected/yolov5n_pt"
    parts = load_file(folder / "raw_heads_bus_part1.safetensors")
    parts |= load_file(folder / "raw_heads_bus_part2.safetensors")
    first = np.concatenate((parts["p3_stride8_anchors0_1"], parts["p3_stride8_anchor2"]), 1)
    return {
        "stride8": first.reshape(1, 255, *first.shape[3:]),
        "stride16": parts["p4_stride16"],
        "stride32": parts["p5_stride32"],
    }
