"""Every way from an official checkpoint to boxes: exported in each form, cut again, detected with; the same boxes."""

from reference import Failure

CHECKPOINTS = ("yolov5/yolov5n.pt", "yolov10/yolov10n.pt", "nanodet/nanodet-m_320.ckpt")
# Pixels: float32 in another order, and weights rounded to float16.
FLOAT, HALF = 0.01, 0.5


def flows(apus, table, shared, _):
    if shared is None:
        table.skip("detection after export and cut", "no shared data")
        return
    photos = shared / "data/photos"
    for checkpoint in CHECKPOINTS:
        path = shared / "models" / checkpoint
        expected = boxes(apus, path, photos)
        for heads in ("raw", "decoded", "end2end"):
            for options in ((), ("--dynamic",), ("--half",), ("--half", "--dynamic")):
                bound = HALF if "--half" in options else FLOAT
                what = " ".join([f"{path.name}: boxes after export --heads {heads}", *options])
                exported, cut = apus.work / "exported.onnx", apus.work / "cut.onnx"

                def gap(made, *command):
                    made.unlink(missing_ok=True)
                    apus(*command)
                    return greatest_gap(boxes(apus, made, photos), expected)

                table.bounded(
                    f"{what}, in pixels", bound, gap, exported, "export", path, "--to", exported,
                    "--heads", heads, *options)
                table.bounded(f"{what} and cut, in pixels", bound, gap, cut, "cut", exported, cut)


def boxes(apus, model, photos):
    """The detections by picture, best first."""
    found = {}
    for row in apus.json("detect", model, photos):
        found.setdefault(row["file_name"], []).append(row)
    return {name: sorted(rows, key=lambda row: -row["score"]) for name, rows in found.items()}


def greatest_gap(found, expected):
    """How far a box lies from its counterpart, which must have the same class."""
    if not expected or set(found) != set(expected):
        raise Failure(f"pictures {sorted(found)}, expected {sorted(expected)}")
    worst = 0.0
    for name, rows in expected.items():
        seen, wanted = ([row["category_id"] for row in part] for part in (found[name], rows))
        if seen != wanted:
            raise Failure(f"{name}: classes {seen}, expected {wanted}")
        for row, other in zip(rows, found[name]):
            worst = max([worst, *(abs(a - b) for a, b in zip(row["bbox"], other["bbox"]))])
    return worst
