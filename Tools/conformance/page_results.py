"""Data sets and detections for pages of `apus val`: made up, with names that are HTML, and with nothing found.

Usage: page_results.py FOLDER

Writes FOLDER/NAME/data.json (COCO), FOLDER/NAME/*.png and FOLDER/NAME/found.json (COCO results).
"""

import json
import pathlib
import random
import struct
import sys
import zlib

HOSTILE = "</title><script>alert('page')</script><img src=http://example.invalid/x onerror=alert(1)>"
WIDTH, HEIGHT = 240, 180


def png(path, shade):
    """A picture of one gray."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\0" + bytes([shade]) * WIDTH) * HEIGHT
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def write(folder, classes, pictures, found_share):
    """Objects at random, and detections near a share of them."""
    folder.mkdir(parents=True)
    numbers = random.Random(len(classes))
    images, annotations, found = [], [], []
    for picture in range(1, pictures + 1):
        name = f"{picture}.png"
        png(folder / name, numbers.randrange(40, 200))
        images.append({"id": picture, "file_name": name, "width": WIDTH, "height": HEIGHT})
        for _ in range(numbers.randrange(1, 9)):
            side = numbers.randrange(12, 80)
            box = [numbers.randrange(WIDTH - side), numbers.randrange(HEIGHT - side), side, side]
            kind = numbers.randrange(len(classes)) + 1
            annotations.append({
                "id": len(annotations) + 1, "image_id": picture, "category_id": kind, "bbox": box,
                "area": side * side, "iscrowd": 0})
            if numbers.random() < found_share:
                shift = numbers.uniform(-0.4, 0.4)
                guess = kind if numbers.random() < 0.8 else numbers.randrange(len(classes)) + 1
                found.append({
                    "image_id": picture, "category_id": guess,
                    "bbox": [box[0] + shift * side, box[1], side, side],
                    "score": round(numbers.uniform(0.2, 1) * (1 - abs(shift)), 4)})
    names = [{"id": place + 1, "name": name} for place, name in enumerate(classes)]
    data = {"images": images, "annotations": annotations, "categories": names}
    (folder / "data.json").write_text(json.dumps(data))
    (folder / "found.json").write_text(json.dumps(found))


folder = pathlib.Path(sys.argv[1])
write(folder / "hostile", [HOSTILE, "endless" * 40, "b"], 8, 0.8)
write(folder / "one", ["cell"], 6, 0.8)
write(folder / "many", [f"class {place}" for place in range(300)], 60, 0.9)
write(folder / "nothing", ["cat", "dog"], 3, 0)
