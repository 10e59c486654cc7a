"""`apus data stats` on 100,000 labels: seconds and peak memory, for YOLO text and for COCO JSON.

Usage: data_statistics.py APUS

Makes 10,000 pictures of 10 objects each in a temporary folder: bitmaps of a few bytes that declare a size, their
YOLO labels, and a COCO file with outlines as COCO's own has them. A run includes starting the process, reading
and measuring. Files are in the system's cache.
"""
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import time

PICTURES, OBJECTS, CLASSES, RUNS = 10_000, 10, 80, 3
LIMIT = 10.0


def bitmap(width, height):
    """The smallest bitmap: one bit a pixel, all of one colour."""
    row = (width + 31) // 32 * 4
    size = 62 + row * height
    return (b"BM" + struct.pack("<IIIIiiHHIIiiII", size, 0, 62, 40, width, height, 1, 1, 0, row * height, 0, 0, 2, 2)
            + b"\0\0\0\0\xff\xff\xff\0" + bytes(row * height))


def make(folder):
    draw = random.Random(1)
    sizes = [(64, 48), (48, 64), (64, 36)]
    pictures = {size: bitmap(*size) for size in sizes}
    os.makedirs(f"{folder}/images/train")
    os.makedirs(f"{folder}/labels/train")
    names = [f"class {index}" for index in range(CLASSES)]
    with open(f"{folder}/data.yaml", "w") as file:
        file.write(f"train: images/train\nnames: {json.dumps(names)}\n")
    images, annotations = [], []
    for index in range(PICTURES):
        width, height = size = sizes[index % len(sizes)]
        with open(f"{folder}/images/train/{index:06}.bmp", "wb") as file:
            file.write(pictures[size])
        images.append({"id": index + 1, "file_name": f"{index:06}.jpg", "width": width * 10, "height": height * 10})
        lines = []
        for _ in range(OBJECTS):
            kind = min(int(draw.expovariate(0.1)), CLASSES - 1)
            w, h = draw.uniform(0.01, 0.5), draw.uniform(0.01, 0.5)
            x, y = draw.uniform(w / 2, 1 - w / 2), draw.uniform(h / 2, 1 - h / 2)
            lines.append(f"{kind} {x:.6f} {y:.6f} {w:.6f} {h:.6f}\n")
            left, top = round((x - w / 2) * width * 10, 2), round((y - h / 2) * height * 10, 2)
            across, down = round(w * width * 10, 2), round(h * height * 10, 2)
            outline = [round(left + across * draw.random(), 2) if place % 2 == 0 else round(top + down * draw.random(), 2)
                       for place in range(40)]
            annotations.append({
                "id": len(annotations) + 1, "image_id": index + 1, "category_id": kind + 1, "iscrowd": 0,
                "bbox": [left, top, across, down], "area": round(across * down, 2), "segmentation": [outline]})
        with open(f"{folder}/labels/train/{index:06}.txt", "w") as file:
            file.writelines(lines)
    with open(f"{folder}/instances_train.json", "w") as file:
        json.dump({"images": images, "annotations": annotations,
                   "categories": [{"id": index + 1, "name": name} for index, name in enumerate(names)]}, file)


def measure(command):
    """The least seconds of several runs by the clock and of the processor, and the most memory of one in MiB."""
    seconds, busy, memory = [], [], 0
    for _ in range(RUNS):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - start)
        busy.append(usage.ru_utime + usage.ru_stime)
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"{' '.join(command)} failed")
        memory = max(memory, usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20))
        count = json.loads(output)["statistics"]["objects"]["count"]
        assert count == PICTURES * OBJECTS, count
    return min(seconds), min(busy), memory


def main(apus):
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        make(folder)
        print(f"apus data stats, {PICTURES * OBJECTS:,} labels in {PICTURES:,} pictures (bound: {LIMIT:.0f} s)")
        for name, path in (("YOLO text", f"{folder}/data.yaml"), ("COCO JSON", f"{folder}/instances_train.json")):
            seconds, busy, memory = measure([apus, "data", "stats", path, "--json"])
            # On a busy machine the clock says little; the command uses one processor.
            failed |= min(seconds, busy) > LIMIT
            print(f"{name}: {seconds:.2f} s ({busy:.2f} s of processor time), {memory:.0f} MiB"
                  f"{'  TOO SLOW' if min(seconds, busy) > LIMIT else ''}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
