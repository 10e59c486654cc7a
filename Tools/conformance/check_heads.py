"""`apus export --heads` of yolov5n.pt: decoding and suppression in the graph, against NumPy's of the raw heads."""

import itertools

import numpy as np

from check_detections import PHOTOS, worst
from reference import Failure, check_model, gap, image, onnx_run

OPSETS = (11, 12, 13, 15, 17, 18, 20)
ANCHORS = (
    (10, 13, 16, 30, 33, 23), (30, 61, 62, 45, 59, 119), (116, 90, 156, 198, 373, 326))
CONFIDENCE, IOU, MOST, CLASS_OFFSET = 0.25, 0.45, 300, 4096

# Greatest differences: of outputs as a part of their range, of finished boxes in pixels and scores.
FLOAT, HALF = 1e-5, 1e-2
BOXES = {False: 0.01, True: 0.5}
SCORES = {False: 1e-5, True: 5e-3}


def heads(apus, table, shared, _):
    if shared is None:
        table.skip("export --heads of yolov5n.pt", "no shared data")
        return
    checkpoint = shared / "models/yolov5/yolov5n.pt"
    bus = image(shared / "data/expected/inputs/bus_yolo_letterbox_640x640.png")
    # One picture of the export's own size; and of another, not square, two, for open sizes.
    small = np.ascontiguousarray(bus[:, :, ::2, ::2][..., :288])
    inputs = {"fixed": bus, "dynamic": np.concatenate((small, small[..., ::-1]))}

    def export(form, opset, size, half, *options):
        path = apus.work / f"{form}.onnx"
        apus(
            "export", checkpoint, "--to", path, "--heads", form, "--opset", opset, *options,
            *(("--dynamic",) if size == "dynamic" else ()), *(("--half",) if half else ()))
        check_model(path)
        return path

    raw, rows, found = {}, {}, {}
    for size, pictures in inputs.items():
        raw[size] = onnx_run(export("raw", 13, size, False), {"images": pictures})
        rows[size] = decoded(raw[size])
        found[size] = suppressed(rows[size])
        count = ", ".join(str(np.sum(found[size][:, 0] == n)) for n in range(len(pictures)))
        table.note(f"yolov5n.pt: {size} {pictures.shape}: {count} boxes by NumPy")

    def outputs(form, opset, half, expected, measure):
        worst_gap = 0
        for size, pictures in inputs.items():
            seen = onnx_run(export(form, opset, size, half), {"images": pictures})
            worst_gap = max(worst_gap, measure(seen, expected[size]))
        return worst_gap

    def raw_gap(seen, expected):
        return max(gap(seen[name], expected[name]) for name in expected)

    def decoded_gap(seen, expected):
        # Boxes lie from 0 to 640 and probabilities from 0 to 1: each by its own range.
        rows = seen["output"]
        return max(gap(rows[..., :4], expected[..., :4]), gap(rows[..., 4:], expected[..., 4:]))

    for half, opset in itertools.product((False, True), OPSETS):
        what = f"yolov5n.pt: --opset {opset}{' --half' if half else ''}, fixed and --dynamic, "
        bound = HALF if half else FLOAT
        table.bounded(f"{what}raw", bound, outputs, "raw", opset, half, raw, raw_gap)
        table.bounded(f"{what}decoded", bound, outputs, "decoded", opset, half, rows, decoded_gap)
        for part, limit in (("pixels", BOXES[half]), ("scores", SCORES[half])):
            table.bounded(
                f"{what}end2end: {part}", limit, outputs, "end2end", opset, half, found,
                lambda seen, expected, part=part: row_gaps(seen["output"], expected)[part])

    def options_are_kept():
        options = ("--conf", "0.5", "--iou", "0.3", "--max-detections", "3")
        path = export("end2end", 13, "fixed", False, *options)
        seen = onnx_run(path, {"images": bus})["output"]
        return row_gaps(seen, suppressed(rows["fixed"], 0.5, 0.3, 3))["pixels"]

    table.bounded("yolov5n.pt: end2end with --conf --iou --max-detections: pixels", 0.01, options_are_kept)

    def batch_of_two():
        path = export("end2end", 13, "fixed", False, "--batch", "2")
        pair = np.concatenate((bus, bus[..., ::-1]))
        second = suppressed(decoded(onnx_run(apus.work / "raw.onnx", {"images": pair[1:].copy()})))
        second[:, 0] = 1
        seen = onnx_run(path, {"images": pair})["output"]
        return row_gaps(seen, np.concatenate((found["fixed"], second)))["pixels"]

    # The last export of this name was an open one in half precision.
    export("raw", 13, "fixed", False)
    table.bounded("yolov5n.pt: end2end with --batch 2: pixels", 0.01, batch_of_two)
    detected(apus, table, shared, export)


def detected(apus, table, shared, export):
    """`apus detect` on what was exported, against the checkpoint itself."""
    checkpoint = shared / "models/yolov5/yolov5n.pt"
    for photo in PHOTOS:
        command = (shared / "data/photos" / photo, "--no-pictures")
        expected = {"detections": None}

        def boxes(form, size, half):
            if expected["detections"] is None:
                ours = apus.json("detect", checkpoint, *command)
                expected["detections"] = [as_upstream(one) for one in ours]
            return worst(apus.json("detect", export(form, 13, size, half), *command), expected)[0]

        for form, size, half in itertools.product(
                ("raw", "decoded", "end2end"), ("fixed", "dynamic"), (False, True)):
            table.bounded(
                f"yolov5n.pt: detect of {form}, {size}{', --half' if half else ''}, on {photo}"
                " against the checkpoint: pixels", BOXES[half], boxes, form, size, half)


def sigmoid(values):
    return 1 / (1 + np.exp(-values.astype(np.float64)))


def decoded(raw):
    """[N, boxes, 85] from the raw outputs, in double precision."""
    levels = []
    for name, anchors in zip(("stride8", "stride16", "stride32"), ANCHORS):
        stride, grid = int(name[6:]), raw[name]
        count, _, height, width = grid.shape
        values = sigmoid(grid.reshape(count, 3, 85, height, width)).transpose(0, 1, 3, 4, 2)
        row, column = np.mgrid[:height, :width]
        values[..., 0] = (2 * values[..., 0] - 0.5 + column) * stride
        values[..., 1] = (2 * values[..., 1] - 0.5 + row) * stride
        sizes = np.reshape(anchors, (3, 1, 1, 2))
        values[..., 2:4] = (2 * values[..., 2:4]) ** 2 * sizes
        levels.append(values.reshape(count, -1, 85))
    return np.concatenate(levels, 1)


def suppressed(rows, confidence=CONFIDENCE, iou=IOU, most=MOST):
    """[D, 7]: picture, x1, y1, x2, y2, class, score; the best class of each box, best first."""
    found = []
    for number, picture in enumerate(rows):
        scores = picture[:, 5:] * picture[:, 4:5]
        found += standing(
            number, corners(picture[:, :4]), scores.argmax(1), scores.max(1), confidence, iou, most)
    return np.array(found).reshape(-1, 7)


def corners(boxes):
    """[boxes, 4] as x1, y1, x2, y2 from centre and size."""
    return np.concatenate((boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2), 1)


def standing(number, boxes, labels, scores, confidence, iou, most):
    """The rows of one picture that no better one of their class overlaps."""
    order = [k for k in np.argsort(-scores, kind="stable") if scores[k] > confidence]
    apart = boxes + CLASS_OFFSET * labels[:, None]
    kept = []
    for k in order:
        if all(overlap(apart[k], apart[j]) <= iou for j in kept):
            kept.append(k)
    return [(number, *boxes[k], labels[k], scores[k]) for k in kept[:most]]


def overlap(a, b):
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    common = np.prod(np.maximum(high - low, 0))
    return common / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - common)


def row_gaps(seen, expected):
    """The greatest differences of finished detections, row by row; pictures and classes must be equal.

    Rows of nearly equal scores may change places, so each is paired with the nearest of its class.
    """
    if seen.shape != expected.shape:
        raise Failure(f"shape {seen.shape}, expected {expected.shape}")
    gaps = {"pixels": 0.0, "scores": 0.0}
    free = list(range(len(seen)))
    for row in expected:
        same = [k for k in free if seen[k, 0] == row[0] and seen[k, 5] == row[5]]
        if not same:
            raise Failure(f"no box of class {row[5]:g} in picture {row[0]:g} is left for {row}")
        nearest = min(same, key=lambda k: np.abs(seen[k, 1:5] - row[1:5]).max())
        free.remove(nearest)
        gaps["pixels"] = max(gaps["pixels"], float(np.abs(seen[nearest, 1:5] - row[1:5]).max()))
        gaps["scores"] = max(gaps["scores"], float(abs(seen[nearest, 6] - row[6])))
    return gaps


def as_upstream(detection):
    """A detection as `apus detect --json` prints it, with the keys of the stored results."""
    x, y, width, height = detection["bbox"]
    return {
        "xyxy": [x, y, x + width, y + height], "class_id": detection["category_id"],
        "score": detection["score"]}
