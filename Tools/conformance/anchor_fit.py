"""Compares `apus anchors check` with numpy's figures of YOLOv5's `check_anchors`.

Usage: anchor_fit.py APUS ANNOTATIONS

ANNOTATIONS is a COCO file. The formulas are those of `metric` in `utils/autoanchor.py` (ultralytics/yolov5 v7.0),
without the random scale of every picture; crowds are left out.
"""

import json
import subprocess
import sys

import numpy

ANCHORS = "10,13,16,30,33,23/30,61,62,45,59,119/116,90,156,198,373,326"


def expected(path, size, limit):
    """Best possible recall, anchors per target, and the objects."""
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    pictures = {picture["id"]: (picture["width"], picture["height"]) for picture in data["images"]}
    anchors = numpy.array(ANCHORS.replace("/", ",").split(","), numpy.float32).reshape(-1, 2)
    sizes = []
    for annotation in data["annotations"]:
        if annotation.get("iscrowd"):
            continue
        sides = numpy.array(pictures[annotation["image_id"]], numpy.float64)
        label = (numpy.array(annotation["bbox"][2:]) / sides).astype(numpy.float32)
        sizes.append(label * (size * sides / sides.max()))
    sizes = numpy.array(sizes).astype(numpy.float32)
    ratios = sizes[:, None] / anchors[None]
    fits = numpy.minimum(ratios, 1 / ratios).min(2)
    recall = (fits.max(1) > 1 / limit).astype(numpy.float32).mean()
    return recall, (fits > 1 / limit).sum(1).astype(numpy.float32).mean(), len(sizes)


def main(apus, path):
    for size, limit in [(640, 4.0), (320, 4.0), (1280, 3.0)]:
        command = [apus, "anchors", "check", path, "--anchors", ANCHORS, "--json"]
        command += ["--image-size", str(size), "--ratio", str(limit)]
        fit = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["fit"]
        found = (
            numpy.float32(fit["bestPossibleRecall"]), numpy.float32(fit["anchorsPerTarget"]),
            fit["objects"])
        wanted = expected(path, size, limit)
        print(f"input {size}, ratio {limit}: apus {found}, numpy {wanted}")
        if found[2] != wanted[2] or not numpy.allclose(found[:2], wanted[:2], rtol=2e-7, atol=0):
            sys.exit("they differ")


if __name__ == "__main__":
    main(*sys.argv[1:])
