"""A data set of COCO's size, and how long pycocotools and faster-coco-eval take to evaluate it.

Usage: coco_speed.py FOLDER

Writes for COCOSpeedTests: `objects` [36000, 8] (image, category, x, y, width, height, area, crowd) and
`detections` [500000, 7] (image, category, x, y, width, height, score) as doubles, and `seconds.json`.
"""

import contextlib
import io
import json
import pathlib
import sys
import time

import faster_coco_eval
import numpy
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

IMAGES, CATEGORIES, OBJECTS, PER_IMAGE = 5000, 80, 36000, 100


def make():
    """Objects and detections as rows: few categories are common, 40 % of detections lie near objects."""
    random = numpy.random.default_rng(0)
    share = numpy.arange(1, CATEGORIES + 1) ** -0.8
    share /= share.sum()

    def boxes(count):
        sides = numpy.exp(random.normal(4, 1.1, (count, 2))).clip(2, 500)
        return numpy.concatenate([random.uniform(0, 400, (count, 2)), sides], axis=1)

    def categories(count):
        return random.choice(CATEGORIES, count, p=share) + 1

    box = boxes(OBJECTS)
    area = box[:, 2] * box[:, 3] * random.uniform(0.5, 1, OBJECTS)
    image = random.integers(1, IMAGES + 1, OBJECTS)
    objects = numpy.column_stack(
        [image, categories(OBJECTS), box, area, random.random(OBJECTS) < 0.01]
    )
    objects = objects[numpy.argsort(image, kind="stable")]
    ends = numpy.searchsorted(objects[:, 0], numpy.arange(1, IMAGES + 2))

    count = IMAGES * PER_IMAGE
    image = numpy.repeat(numpy.arange(1, IMAGES + 1), PER_IMAGE)
    first, last = ends[image - 1], ends[image]
    is_near = (random.random(count) < 0.4) & (last > first)
    near = objects[numpy.minimum(first + (random.random(count) * (last - first)).astype(int), OBJECTS - 1)]
    moved = near[:, 2:4] + near[:, 4:6] * random.normal(0, 0.08, (count, 2))
    sized = near[:, 4:6] * numpy.exp(random.normal(0, 0.1, (count, 2)))
    box = numpy.where(is_near[:, None], numpy.concatenate([moved, sized], axis=1), boxes(count))
    category = numpy.where(is_near, near[:, 1], categories(count))
    score = numpy.sort(random.random((IMAGES, PER_IMAGE)) ** 2, axis=1)[:, ::-1].ravel()
    return objects, numpy.column_stack([image, category, box, score.round(4)])


def seconds(api, evaluation, data, results):
    """How long evaluation takes once everything is loaded, and the twelve numbers."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = api()
        truth.dataset = data
        truth.createIndex()
        run = evaluation(truth, truth.loadRes(results), "bbox")
        start = time.perf_counter()
        run.evaluate()
        run.accumulate()
        run.summarize()
        return time.perf_counter() - start, [float(number) for number in run.stats[:12]]


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    objects, detections = make()
    objects.astype("<f8").tofile(folder / "objects")
    detections.astype("<f8").tofile(folder / "detections")

    def loaded():
        data = {
            "info": {},
            "images": [{"id": n + 1, "width": 640, "height": 640} for n in range(IMAGES)],
            "categories": [{"id": n + 1, "name": str(n)} for n in range(CATEGORIES)],
            "annotations": [
                {
                    "id": n + 1,
                    "image_id": int(row[0]),
                    "category_id": int(row[1]),
                    "bbox": row[2:6],
                    "area": row[6],
                    "iscrowd": int(row[7]),
                }
                for n, row in enumerate(objects.tolist())
            ],
        }
        results = [
            {"image_id": int(row[0]), "category_id": int(row[1]), "bbox": row[2:6], "score": row[6]}
            for row in detections.tolist()
        ]
        return data, results

    taken = {}
    for name, api, evaluation in [
        ("faster-coco-eval", faster_coco_eval.COCO, faster_coco_eval.COCOeval_faster),
        ("pycocotools", COCO, COCOeval),
    ]:
        taken[name], numbers = seconds(api, evaluation, *loaded())
        print(f"{name}: {taken[name]:.2f} s")
    (folder / "seconds.json").write_text(json.dumps({"seconds": taken, "numbers": numbers}))


if __name__ == "__main__":
    main()
