#!/usr/bin/env python3
"""Warps by OpenCV, for ApusImageTests to compare with its own to the bit.

Needs numpy and opencv-python-headless; OpenCV 4 gives the cases of fixed point, OpenCV 5 those of single
precision (on a processor with AVX2).

  opencv_warp.py cases FOLDER [--count 300] [--seed 1]
      Writes random and awkward cases; then run
      APUS_OPENCV_WARPS=FOLDER swift test -c release --filter OpenCVWarpTests
  opencv_warp.py golden FILE
      Renews the digests of this version's arithmetic in Tests/ApusImageTests/Golden/opencv_warp.json.
"""

import argparse
import hashlib
import json
import pathlib

import cv2
import numpy as np

from opencv_resize import samples

SINGLE = "singlePrecision"
METHODS = [SINGLE] if int(cv2.__version__.split(".")[0]) >= 5 else ["fixedPoint", "affineFixedPoint"]

# (source width, source height, target width, target height)
AWKWARD = [
    (1, 1, 1, 1), (1, 1, 7, 5), (1, 9, 5, 3), (9, 1, 4, 2), (2, 2, 33, 17), (33, 47, 64, 64),
    (53, 37, 64, 64), (53, 37, 64, 44), (97, 31, 96, 64), (41, 100, 26, 64), (64, 64, 64, 64),
    (81, 108, 32, 32), (128, 72, 64, 32), (77, 58, 100, 101), (200, 3, 17, 300), (5, 90, 333, 2),
]


def nanodet(width, height, new_width, new_height, keep_ratio):
    """NanoDet's get_resize_matrix."""
    if not keep_ratio:
        return np.diag([new_width / width, new_height / height, 1.0])
    tall = width / height < new_width / new_height
    ratio = new_height / height if tall else new_width / width
    centre, back = np.eye(3), np.eye(3)
    centre[:2, 2] = -width / 2, -height / 2
    back[:2, 2] = 0.5 * new_width, 0.5 * new_height
    return back @ np.diag([ratio, ratio, 1.0]) @ centre


def matrices(rng, sizes):
    """One matrix of each kind: stretch, ratio kept, affine, perspective."""
    yield nanodet(*sizes, False)
    yield nanodet(*sizes, True)
    affine = np.eye(3)
    affine[:2, :2] = rng.normal(0, 1, (2, 2)) + np.eye(2) * 0.5
    affine[:2, 2] = rng.normal(0, 40, 2) + np.array(sizes[2:]) / 3
    yield affine
    perspective = affine.copy()
    perspective[2, :2] = rng.normal(0, 0.004, 2)
    yield perspective


def warp(image, matrix, size, border, method):
    options = {
        "flags": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_CONSTANT,
        "borderValue": [int(value) for value in border],
    }
    if method == "affineFixedPoint":
        return cv2.warpAffine(image, matrix[:2], size, **options)
    return cv2.warpPerspective(image, matrix, size, **options)


def all_cases(rng, sizes):
    for width, height, new_width, new_height in sizes:
        for kind, matrix in enumerate(matrices(rng, (width, height, new_width, new_height))):
            border = [0, 0, 0] if kind < 2 else [int(value) for value in rng.integers(0, 256, 3)]
            for method in METHODS:
                if method != "affineFixedPoint" or kind < 3:
                    yield method, (width, height), (new_width, new_height), matrix, border


def write_cases(folder, count, seed):
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    sizes = AWKWARD + [(810, 1080, 320, 320), (1280, 720, 320, 320), (640, 480, 416, 416)]
    sizes += [tuple(int(side) for side in rng.integers(1, 300, 4)) for _ in range(count)]
    cases = []
    for method, source, target, matrix, border in all_cases(rng, sizes):
        name = f"{len(cases):05d}"
        image = rng.integers(0, 256, (source[1], source[0], 3), np.uint8)
        output = warp(image, matrix, target, border, method)
        (folder / f"{name}.in").write_bytes(image.tobytes())
        (folder / f"{name}.out").write_bytes(output.tobytes())
        # Bit patterns: a reader of decimals may be off by one.
        bits = [format(int(word), "016x") for word in matrix.ravel().view(np.uint64)]
        cases.append({
            "name": name, "method": method, "from": source, "to": target, "matrix": bits,
            "border": border,
        })
    (folder / "cases.json").write_text(json.dumps({"opencv": cv2.__version__, "cases": cases}))
    print(f"OpenCV {cv2.__version__}: {len(cases)} warps in {folder}")


def write_golden(file):
    document = json.loads(file.read_text()) if file.exists() else {"opencv": [], "cases": []}
    kept = [case for case in document["cases"] if case[0] not in METHODS]
    versions = [text for text in document["opencv"] if text[0] != cv2.__version__[0]]
    made = []
    for method, source, target, matrix, border in all_cases(np.random.default_rng(7), AWKWARD):
        seed = len(made) + 1
        image = samples(seed, source[0] * source[1] * 3).reshape(source[1], source[0], 3)
        output = warp(image, matrix, target, border, method)
        digest = hashlib.sha256(output.tobytes()).hexdigest()[:16]
        bits = [format(int(word), "016x") for word in matrix.ravel().view(np.uint64)]
        made.append([method, seed, *source, *target, bits, border, digest])
    cases = ",\n".join("  " + json.dumps(case) for case in kept + made)
    versions = json.dumps(sorted(versions + [cv2.__version__]))
    file.write_text(f'{{"opencv": {versions}, "cases": [\n{cases}\n]}}\n')
    print(f"OpenCV {cv2.__version__}: {len(made)} digests in {file}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    cases = commands.add_parser("cases")
    cases.add_argument("folder", type=pathlib.Path)
    cases.add_argument("--count", type=int, default=300)
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
