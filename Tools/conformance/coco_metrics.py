"""Data sets, detections and what pycocotools makes of them, for PycocotoolsTests.

Usage: coco_metrics.py FOLDER [ANNOTATIONS RESULTS ...]

Writes 300 random cases: crowds, categories and pictures without objects or detections, equal scores,
areas apart from the boxes', crowded pictures, tiny, huge and empty boxes, overlaps equal to thresholds.
Further annotation and results files (`.json` or `.json.gz`) become cases of their own. A case NAME is

    NAME.annotations.json, NAME.results.json   COCO's formats
    NAME.expected   doubles: stats [12], then by category precision and scores [4, 3, 10, 101] each
                    and recall [4, 3, 10], by area range, limit and IoU threshold
"""

import argparse
import contextlib
import gzip
import io
import json
import pathlib

import numpy
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def expected(annotations, results):
    """The numbers of COCOeval: `[12 + categories * (2 * 12120 + 120)]`."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = json.loads(json.dumps(annotations))
        truth.createIndex()
        if results:
            found = truth.loadRes(json.loads(json.dumps(results)))
        else:
            # loadRes looks at the first result and cannot take an empty list.
            found = COCO()
            found.dataset = {"images": annotations["images"], "annotations": []}
            found.createIndex()
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    parts = [evaluation.stats]
    # [T, R, K, A, M] to [K, A, M, T, R], and [T, K, A, M] to [K, A, M, T].
    precision = evaluation.eval["precision"].transpose(2, 3, 4, 0, 1)
    scores = evaluation.eval["scores"].transpose(2, 3, 4, 0, 1)
    recall = evaluation.eval["recall"].transpose(1, 2, 3, 0)
    for category in range(precision.shape[0]):
        parts += [precision[category].ravel(), scores[category].ravel(), recall[category].ravel()]
    return numpy.concatenate(parts).astype("<f8")


def random_case(seed):
    """Annotations and results in COCO's formats."""
    random = numpy.random.default_rng(seed)
    image_ids = random.choice(1000, random.integers(1, 9), replace=False).tolist()
    category_ids = random.choice(90, random.integers(1, 5), replace=False).tolist()
    used = category_ids[: max(1, len(category_ids) - int(random.integers(0, 2)))]
    scale_list = [1, 1, 1, 1, 0.2, 4] if seed % 2 else [1, 1e-3, 1e-170, 40, 1e5, 1e160]
    annotations = []
    for identifier in range(int(random.choice([0, 3, 20, 80]))):
        scale = random.choice(scale_list)
        size = random.uniform(1, 150, 2) * scale
        corner = random.uniform(0, 300, 2) * (scale if scale < 1 else 1)
        with numpy.errstate(over="ignore"):
            area = float(min(1e300, size[0] * size[1] * random.uniform(0.4, 1)))
        if random.random() < 0.1:
            area = float(random.choice([0, 1024, 9216, 1e10]))
        annotations.append(
            {
                "id": identifier + 1,
                "image_id": int(random.choice(image_ids)),
                "category_id": int(random.choice(used)),
                "bbox": [*corner.tolist(), *size.tolist()],
                "area": area,
                "iscrowd": int(random.random() < 0.1),
            }
        )
    results = []
    levels = int(random.choice([1, 5, 20, 100000]))
    for _ in range(int(random.choice([0, 5, 60, 300, 900]))):
        if annotations and random.random() < 0.5:
            near = annotations[random.integers(len(annotations))]
            size = numpy.array(near["bbox"][2:])
            corner = near["bbox"][:2] + size * random.choice([0, 0.02, 0.1, 0.3]) * random.uniform(-1, 1, 2)
            size = size * random.choice([1, 1, random.uniform(0.7, 1.3)])
            place = near["image_id"], near["category_id"]
        else:
            size, corner = random.uniform(0, 150, 2), random.uniform(0, 300, 2)
            place = int(random.choice(image_ids)), int(random.choice(category_ids))
        results.append(
            {
                "image_id": place[0],
                "category_id": place[1],
                "bbox": [*corner.tolist(), *size.tolist()],
                "score": int(random.integers(0, levels + 1)) / levels,
            }
        )
    if seed % 5 == 0:
        # On a grid, overlaps equal thresholds and each other, and some boxes are empty.
        for entry in annotations + results:
            entry["bbox"] = [20.0 * round(side / 20) for side in entry["bbox"]]
    data = {
        "images": [{"id": identifier} for identifier in image_ids],
        "categories": [{"id": identifier} for identifier in category_ids],
        "annotations": annotations,
    }
    return data, results


def read(path):
    """The JSON of a file, compressed or not."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as file:
        return json.load(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("annotations", nargs="?")
    parser.add_argument("results", nargs="*")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    cases = [(f"random{seed}", *random_case(seed)) for seed in range(300)]
    if options.annotations:
        data = read(options.annotations)
        cases += [(f"file{index}", data, read(path)) for index, path in enumerate(options.results)]
    for name, data, results in cases:
        (options.folder / f"{name}.annotations.json").write_text(json.dumps(data))
        (options.folder / f"{name}.results.json").write_text(json.dumps(results))
        with numpy.errstate(all="ignore"):
            expected(data, results).tofile(options.folder / f"{name}.expected")
    (options.folder / "cases.json").write_text(json.dumps([name for name, _, _ in cases]))
    print(f"{len(cases)} cases in {options.folder}")


if __name__ == "__main__":
    main()
