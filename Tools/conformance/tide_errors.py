"""What tidecv makes of the cases that coco_metrics.py wrote, for TIDETests.

Usage: tide_errors.py FOLDER

Writes NAME.errors.json for every case: `ap50` and the gains in percent points (null where tidecv divides
by zero classes), the kind of every detection (null where tidecv does not look at it, with whether it is
ignored) and the missed objects. Cases where an overlap is no number have no file: tidecv takes NaN for
the highest overlap there is.
"""

import json
import pathlib
import sys
from unittest import mock

# What tidecv draws and downloads with is not needed here.
for name in ["appdirs", "cv2", "matplotlib", "matplotlib.pyplot", "tidecv.plotting"]:
    sys.modules[name] = mock.MagicMock()

import numpy
from pycocotools import mask
from tidecv import TIDE, Data

KINDS = ["classification", "localisation", "both", "duplicate", "background", "missed"]


def data_of(annotations, results):
    """The two data sets of tidecv, filled as its COCO readers do."""
    truth, found = Data("truth", max_dets=100), Data("found")
    for image in annotations["images"]:
        truth.add_image(image["id"], str(image["id"]))
    for category in annotations["categories"]:
        truth.add_class(category["id"], str(category["id"]))
    for entry in annotations["annotations"]:
        add = truth.add_ignore_region if entry["iscrowd"] else truth.add_ground_truth
        add(entry["image_id"], entry["category_id"], entry["bbox"], None)
    for entry in results:
        found.add_detection(entry["image_id"], entry["category_id"], entry["score"], entry["bbox"])
    return truth, found


def has_numbers(truth, found):
    """Whether every overlap is a number."""
    for image in list(truth.images):
        objects, detections = truth.get(image), found.get(image)
        if objects and detections:
            overlaps = mask.iou(
                [entry["bbox"] for entry in detections],
                [entry["bbox"] for entry in objects],
                [entry["ignore"] for entry in objects],
            )
            if not numpy.isfinite(overlaps).all():
                return False
    return True


def mean(data):
    """The mean AP; None where there is no class."""
    try:
        return data.get_mAP()
    except ZeroDivisionError:
        return None


def gain(value, base, floor=None):
    if value is None:
        return None
    return value - base if floor is None else max(value - base, floor)


def errors(annotations, results):
    """Everything that is compared."""
    truth, found = data_of(annotations, results)
    try:
        run = TIDE().evaluate(truth, found)
    except ZeroDivisionError:
        return {"ap50": None}
    verdicts, missed = {}, []
    for kind, error_type in zip(KINDS, TIDE._error_types):
        for error in run.error_dict[error_type]:
            if kind == "missed":
                missed.append(error.gt["_id"])
            else:
                verdicts[error.pred["_id"]] = kind
    detections = []
    for entry in found.annotations:
        if "used" not in entry:
            detections.append([None, False])
        else:
            detections.append([verdicts.get(entry["_id"], "correct"), entry["used"] is None])
    gains = {
        kind: gain(mean(run.fix_errors(lambda error: isinstance(error, error_type))), run.ap, 0)
        for kind, error_type in zip(KINDS, TIDE._error_types)
    }
    fixed = [
        run.fix_errors(transform=TIDE._special_error_types[0].fix),
        run.fix_errors(false_neg_dict=run.false_negatives),
    ]
    return {
        "ap50": run.ap,
        "counts": dict(zip(KINDS, [run.count_errors()[kind] for kind in TIDE._error_types])),
        "gains": gains,
        "falsePositiveGain": gain(mean(fixed[0]), run.ap),
        "falseNegativeGain": gain(mean(fixed[1]), run.ap),
        "detections": detections,
        "missed": sorted(missed),
    }


def main():
    folder = pathlib.Path(sys.argv[1])
    names = json.loads((folder / "cases.json").read_text())
    left_out = 0
    for name in names:
        annotations = json.loads((folder / f"{name}.annotations.json").read_text())
        results = json.loads((folder / f"{name}.results.json").read_text())
        if has_numbers(*data_of(annotations, results)):
            content = errors(annotations, results)
            (folder / f"{name}.errors.json").write_text(json.dumps(content))
        else:
            left_out += 1
    print(f"tidecv: {len(names) - left_out} cases, {left_out} left out where an overlap is no number")


if __name__ == "__main__":
    main()
