"""Data sets for pages: names that are HTML, classes by the hundred, people and cars, and next to nothing.

Usage: page_datasets.py FOLDER
"""

import json
import pathlib
import random
import sys

HOSTILE = "</title><script>alert('page')</script><img src=http://example.invalid/x onerror=alert(1)>"


def write(path, names, sizes, boxes, splits=()):
    """A COCO file: sizes of pictures, and boxes as (picture, class, x, y, width, height)."""
    images = [{"id": index, "file_name": f"{index}.jpg", "width": width, "height": height}
              for index, (width, height) in enumerate(sizes)]
    for image, split in zip(images, splits):
        image["splits"] = [split]
    annotations = [{"id": index, "image_id": picture, "category_id": kind, "bbox": box, "iscrowd": 0}
                   for index, (picture, kind, *box) in enumerate(boxes)]
    categories = [{"id": index, "name": name} for index, name in enumerate(names)]
    path.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))


def street(path):
    """Small people in groups, large cars, in wide pictures; the second split has more cars."""
    draw = random.Random(3)
    boxes, splits = [], []
    for picture in range(300):
        splits.append("train" if picture < 220 else "val")
        for _ in range(max(0, int(draw.gauss(14, 8)))):
            height = draw.lognormvariate(3.8, 0.5)
            width = height * draw.uniform(0.3, 0.5)
            boxes.append((picture, 0, draw.uniform(0, 1920 - width), draw.gauss(620, 90) - height, width, height))
        for _ in range(draw.randint(0, 3 if splits[-1] == "train" else 7)):
            width = draw.lognormvariate(5.6, 0.5)
            height = width * draw.uniform(0.5, 0.9)
            boxes.append((picture, 1, draw.uniform(0, max(1, 1920 - width)), draw.gauss(700, 60) - height, width, height))
    write(path, ["person", "car"], [(1920, 1080)] * 300, boxes, splits)


def many(path):
    draw = random.Random(4)
    boxes = [(draw.randrange(200), min(499, int(draw.expovariate(0.02))), draw.uniform(0, 500), draw.uniform(0, 400),
              2 ** draw.uniform(0, 8), 2 ** draw.uniform(0, 8)) for _ in range(20_000)]
    write(path, [f"a class with a rather long name {index}" for index in range(500)], [(640, 480)] * 200, boxes)


folder = pathlib.Path(sys.argv[1])
street(folder / "street.json")
many(folder / "many.json")
write(folder / "hostile.json", [HOSTILE, "W" * 3000], [(100, 80)], [(0, 0, 1, 1, 9, 9), (0, 1, 5, 5, 30, 70)])
write(folder / "nothing.json", ["a"], [(640, 480)], [])
write(folder / "flat.json", ["a"], [(1, 1_000_000)], [(0, 0, 0, 0, 0, 0), (0, 0, -1e9, 0, 1e12, 1e12)])
