#!/usr/bin/env python3
"""Resizes by OpenCV, for ApusImageTests to compare with its own to the bit.

Needs the PyPI packages of Tools/conformance/requirements-opencv.txt (any OpenCV 4.x or 5.x works).

  opencv_resize.py cases FOLDER [--count 200] [--seed 1]
      Writes random and awkward cases; then run
      APUS_OPENCV_CASES=FOLDER swift test -c release --filter OpenCVResizeTests
      Also prints whether OpenCV's own code paths (IPP, vector code) agree with one another.
  opencv_resize.py golden FILE
      Writes the digests kept in Tests/ApusImageTests/Golden/opencv_resize.json.
"""

import argparse
import hashlib
import json
import pathlib
import random

import cv2
import numpy as np

METHODS = {"linear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA}

# (source width, source height, target width, target height)
AWKWARD = [
    (1, 1, 1, 1), (1, 1, 7, 5), (1, 1, 640, 640), (1, 9, 1, 4), (9, 1, 4, 1), (1, 9, 5, 3),
    (2, 2, 1, 1), (16, 16, 8, 8), (64, 48, 32, 24), (33, 21, 16, 10), (34, 20, 17, 20),
    (20, 34, 20, 17), (30, 30, 10, 10), (40, 40, 10, 20), (45, 30, 15, 6), (64, 64, 16, 16),
    (63, 65, 64, 64), (64, 64, 63, 65), (64, 64, 64, 64), (7, 5, 14, 10), (7, 5, 21, 20),
    (101, 67, 13, 200), (13, 200, 101, 67), (255, 3, 2, 255), (1280, 720, 640, 360),
    (810, 1080, 480, 640), (768, 576, 640, 480), (1920, 1080, 640, 360), (100, 100, 1, 1),
    (3, 1000, 1, 333), (1000, 3, 999, 4), (500, 375, 416, 312),
]


def samples(seed, count):
    """Bytes of a linear congruential generator, which the Swift tests repeat."""
    out = np.empty(count, np.uint8)
    state = seed
    for index in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out[index] = state >> 24
    return out


def resize(image, width, height, method):
    out = cv2.resize(image, (width, height), interpolation=METHODS[method])
    return out.reshape(height, width, -1)


def random_sizes(rng, count):
    for index in range(count):
        small = index % 3 == 0
        top = 40 if small else 700
        yield tuple(rng.randint(1, top) for _ in range(4))


def code_paths():
    """Names and switches of the code paths this build of OpenCV has."""
    yield "default", lambda: None
    yield "setUseOptimized(False)", lambda: cv2.setUseOptimized(False)
    if hasattr(cv2, "ipp") and cv2.ipp.useIPP():
        yield "IPP off", lambda: cv2.ipp.setUseIPP(False)
        yield "IPP not exact", lambda: cv2.ipp.setUseIPP_NotExact(True)


def restore():
    cv2.setUseOptimized(True)
    if hasattr(cv2, "ipp"):
        cv2.ipp.setUseIPP(True)
        cv2.ipp.setUseIPP_NotExact(False)


def write_cases(folder, count, seed):
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(seed)
    noise = np.random.default_rng(seed)
    cases = []
    differing = {}
    for sizes in AWKWARD + list(random_sizes(rng, count)):
        width, height, new_width, new_height = sizes
        channels = (3, 1, 4)[len(cases) // 2 % 3]
        image = noise.integers(0, 256, (height, width, channels), np.uint8)
        for method in METHODS:
            name = f"{len(cases):04d}"
            outputs = {}
            for path, switch in code_paths():
                switch()
                outputs[path] = resize(image, new_width, new_height, method)
                restore()
            for path, output in outputs.items():
                gap = np.abs(output.astype(int) - outputs["default"]).max()
                entry = differing.setdefault((path, method), [0, 0])
                entry[0] += int(gap > 0)
                entry[1] = max(entry[1], int(gap))
            (folder / f"{name}.in").write_bytes(image.tobytes())
            (folder / f"{name}.out").write_bytes(outputs["default"].tobytes())
            cases.append({
                "name": name, "method": method, "channels": channels, "from": [width, height],
                "to": [new_width, new_height],
            })
    manifest = {"opencv": cv2.__version__, "seed": seed, "cases": cases}
    (folder / "cases.json").write_text(json.dumps(manifest))
    print(f"OpenCV {cv2.__version__}: {len(cases)} cases in {folder}")
    for (path, method), (number, gap) in sorted(differing.items()):
        print(f"  {path}, {method}: {number} differ from the default path, by at most {gap}")


def write_golden(file):
    cases = []
    for width, height, new_width, new_height in AWKWARD:
        if width * height > 50_000:
            continue
        for method in METHODS:
            for channels in (1, 3, 4):
                seed = len(cases) + 1
                image = samples(seed, width * height * channels).reshape(height, width, channels)
                output = resize(image, new_width, new_height, method)
                digest = hashlib.sha256(output.tobytes()).hexdigest()[:16]
                cases.append(
                    [method, channels, width, height, new_width, new_height, digest])
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    file.write_text(f'{{"opencv": "{cv2.__version__}", "cases": [\n{lines}\n]}}\n')
    print(f"OpenCV {cv2.__version__}: {len(cases)} digests in {file}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    cases = commands.add_parser("cases")
    cases.add_argument("folder", type=pathlib.Path)
    cases.add_argument("--count", type=int, default=200)
    cases.add_argument("--seed", type=int, default=1)
    golden = commands.add_parser("golden")
    golden.add_argument("file", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.command == "cases":
        write_cases(arguments.folder, arguments.count, arguments.seed)
    else:
        write_golden(arguments.file)


if __name__ == "__main__":
    main()
