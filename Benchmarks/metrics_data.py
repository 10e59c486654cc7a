"""A data set of COCO's size and detections on it, as COCO's JSON files.

Usage: metrics_data.py FOLDER

Writes `annotations.json` (5,000 pictures, 80 categories, 36,000 objects, 1 % crowds) and
`results-1.json`, `results-2.json` and `results-4.json` with 100, 200 and 400 detections a picture; `counts.json`
has the numbers of pictures, objects, and detections of the first.
"""

import json
import pathlib
import sys

import numpy

IMAGES, CATEGORIES, OBJECTS, PER_IMAGE = 5000, 80, 36000, 100


def boxes(random, count):
    """Boxes [count, 4]: x, y, width, height; sides are log-normal around 55 pixels."""
    sides = numpy.exp(random.normal(4, 1.1, (count, 2))).clip(2, 500)
    return numpy.concatenate([random.uniform(0, 400, (count, 2)), sides], axis=1)


def categories(random, count):
    """Categories [count], from 1: few are common."""
    share = numpy.arange(1, CATEGORIES + 1) ** -0.8
    return random.choice(CATEGORIES, count, p=share / share.sum()) + 1


def make_objects(random):
    """Rows [OBJECTS, 8] in the order of pictures: picture, category, x, y, width, height, area, crowd."""
    box = boxes(random, OBJECTS)
    area = box[:, 2] * box[:, 3] * random.uniform(0.5, 1, OBJECTS)
    image = numpy.sort(random.integers(1, IMAGES + 1, OBJECTS))
    return numpy.column_stack(
        [image, categories(random, OBJECTS), box, area, random.random(OBJECTS) < 0.01]
    )


def make_detections(random, objects, per_image):
    """Rows [IMAGES * per_image, 7]: picture, category, x, y, width, height, score.

    40 % lie near objects; scores have four digits, so that many are equal.
    """
    ends = numpy.searchsorted(objects[:, 0], numpy.arange(1, IMAGES + 2))
    count = IMAGES * per_image
    image = numpy.repeat(numpy.arange(1, IMAGES + 1), per_image)
    first, last = ends[image - 1], ends[image]
    is_near = (random.random(count) < 0.4) & (last > first)
    place = first + (random.random(count) * (last - first)).astype(int)
    near = objects[numpy.minimum(place, OBJECTS - 1)]
    moved = near[:, 2:4] + near[:, 4:6] * random.normal(0, 0.08, (count, 2))
    sized = near[:, 4:6] * numpy.exp(random.normal(0, 0.1, (count, 2)))
    found = numpy.concatenate([moved, sized], axis=1)
    box = numpy.where(is_near[:, None], found, boxes(random, count))
    category = numpy.where(is_near, near[:, 1], categories(random, count))
    score = numpy.sort(random.random((IMAGES, per_image)) ** 2, axis=1)[:, ::-1].ravel()
    return numpy.column_stack([image, category, box.round(3), score.round(4)])


def write_annotations(path, objects):
    annotations = [
        {
            "id": n + 1,
            "image_id": int(row[0]),
            "category_id": int(row[1]),
            "bbox": row[2:6],
            "area": row[6],
            "iscrowd": int(row[7]),
        }
        for n, row in enumerate(objects.tolist())
    ]
    images = [
        {"id": n + 1, "file_name": f"{n + 1:06}.jpg", "width": 900, "height": 900}
        for n in range(IMAGES)
    ]
    names = [{"id": n + 1, "name": f"class {n + 1}"} for n in range(CATEGORIES)]
    data = {"info": {}, "images": images, "categories": names, "annotations": annotations}
    path.write_text(json.dumps(data))


def write_results(path, detections):
    with path.open("w") as file:
        for n, (image, category, x, y, width, height, score) in enumerate(detections.tolist()):
            file.write(
                f'{",[" [n == 0]}{{"image_id": {image:.0f}, "category_id": {category:.0f}, '
                f'"bbox": [{x!r}, {y!r}, {width!r}, {height!r}], "score": {score!r}}}\n'
            )
        file.write("]")


def main(folder: str) -> None:
    target = pathlib.Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(0)
    objects = make_objects(random)
    write_annotations(target / "annotations.json", objects)
    for times in (1, 2, 4):
        detections = make_detections(random, objects, times * PER_IMAGE)
        write_results(target / f"results-{times}.json", detections)
    counts = {"pictures": IMAGES, "objects": OBJECTS, "detections": IMAGES * PER_IMAGE}
    (target / "counts.json").write_text(json.dumps(counts))


if __name__ == "__main__":
    main(*sys.argv[1:])
