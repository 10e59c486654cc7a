#!/usr/bin/env python3
"""Pictures of many kinds and their pixels by OpenCV's imread, for ApusImageTests to compare.

Needs the PyPI packages of Tools/conformance/requirements-opencv.txt.

  opencv_pictures.py FOLDER [PHOTO ...]
      Writes the pictures and their digests, and the digests of the given photographs; then run
      APUS_OPENCV_PICTURES=FOLDER swift test -c release --filter OpenCVPictureTests
  opencv_pictures.py --golden FOLDER
      Writes the few small ones kept in Tests/ApusImageTests/Golden/pictures.
"""

import argparse
import hashlib
import json
import pathlib

import cv2
import numpy as np
from PIL import Image, PngImagePlugin


def texture(width, height, channels, seed=0):
    """Smooth waves with some noise, so that every codec has something to do."""
    y, x = np.mgrid[0:height, 0:width]
    noise = np.random.default_rng(seed).normal(0, 8, (height, width, channels))
    waves = [128 + 100 * np.sin(x / (5 + 3 * c)) * np.cos(y / (7 + 2 * c)) for c in range(channels)]
    return np.clip(np.stack(waves, -1) + noise, 0, 255).astype(np.uint8)


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return block


def jpegs(folder, size=(61, 43)):
    color = Image.fromarray(texture(*size, 3))
    Image.fromarray(texture(*size, 1)[:, :, 0]).save(folder / "gray.jpg", quality=90)
    Image.fromarray(texture(*size, 4), "CMYK").save(folder / "cmyk.jpg", quality=90)
    for name, sampling in [("444", 0), ("422", 1), ("420", 2)]:
        color.save(folder / f"{name}.jpg", quality=85, subsampling=sampling)
        color.save(folder / f"{name}_progressive.jpg", subsampling=sampling, progressive=True)
    for orientation in range(1, 9):
        color.save(folder / f"exif{orientation}.jpg", exif=exif(orientation))
    array = np.ascontiguousarray(texture(*size, 3))
    cv2.imwrite(str(folder / "restarts.jpg"), array, [cv2.IMWRITE_JPEG_RST_INTERVAL, 2])
    for name, factor in [("411", 0x411111), ("440", 0x121111)]:
        cv2.imwrite(
            str(folder / f"{name}.jpg"), array, [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor])


def pngs(folder, size=(37, 29)):
    color = Image.fromarray(texture(*size, 3))
    color.save(folder / "rgb8.png")
    Image.fromarray(texture(*size, 4), "RGBA").save(folder / "rgba8.png")
    Image.fromarray(texture(*size, 2), "LA").save(folder / "la8.png")
    gray = Image.fromarray(texture(*size, 1)[:, :, 0])
    gray.save(folder / "gray8.png")
    gray.convert("1").save(folder / "gray1.png")
    for colors in (2, 4, 16, 200):
        color.quantize(colors).save(folder / f"palette{colors}.png")
    color.quantize(16).save(folder / "palette_transparent.png", transparency=3)
    color.save(folder / "rgb_transparent.png", transparency=(1, 2, 3))
    for channels in (1, 3, 4):
        deep = texture(*size, channels).astype(np.uint16) * 257 // 3 + 77
        cv2.imwrite(str(folder / f"deep{channels}.png"), deep)
    info = PngImagePlugin.PngInfo()
    info.add(b"gAMA", (100_000).to_bytes(4, "big"))
    color.save(folder / "gamma.png", pnginfo=info)


def others(folder, size=(53, 47)):
    color = Image.fromarray(texture(*size, 3))
    color.save(folder / "lossy.webp", quality=80)
    color.save(folder / "lossless.webp", lossless=True)
    Image.fromarray(texture(*size, 4), "RGBA").save(folder / "alpha.webp", quality=80)
    Image.fromarray(texture(*size, 4), "RGBA").save(folder / "alpha_lossless.webp", lossless=True)
    color.save(folder / "rgb.bmp")
    color.quantize(100).save(folder / "palette.bmp")
    Image.fromarray(texture(*size, 1)[:, :, 0]).save(folder / "gray.bmp")
    Image.fromarray(texture(*size, 1)[:, :, 0]).convert("1").save(folder / "bits.bmp")
    Image.fromarray(texture(*size, 4), "RGBA").save(folder / "rgba.bmp")


# Kinds of pictures our own encoders do not make.
GOLDEN = [
    "cmyk.jpg", "411.jpg", "420_progressive.jpg", "restarts.jpg", "la8.png", "gray1.png",
    "palette4.png", "palette_transparent.png", "deep1.png", "deep3.png", "gamma.png", "bits.bmp",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--golden", action="store_true")
    parser.add_argument("photos", type=pathlib.Path, nargs="*")
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    for make in (jpegs, pngs, others):
        make(folder, (13, 11)) if arguments.golden else make(folder)
    kinds = {".jpg", ".png", ".webp", ".bmp"}
    made = sorted(path for path in folder.iterdir() if path.suffix in kinds)
    if arguments.golden:
        for path in made:
            if path.name not in GOLDEN:
                path.unlink()
        made = [path for path in made if path.name in GOLDEN]
    cases = []
    for path in made + arguments.photos:
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is None:
            print(f"OpenCV cannot read {path}")
            continue
        is_made = path in made
        keeps_raw = is_made and not arguments.golden
        raw = path.name + ".bgr"
        if keeps_raw:
            (folder / raw).write_bytes(image.tobytes())
        cases.append({
            "file": path.name if is_made else str(path.resolve()), "raw": raw if keeps_raw else "",
            "size": [image.shape[1], image.shape[0]],
            "sha256": hashlib.sha256(image.tobytes()).hexdigest(),
        })
    (folder / "pictures.json").write_text(
        json.dumps({"opencv": cv2.__version__, "cases": cases}, indent=1) + "\n")
    print(f"OpenCV {cv2.__version__}: {len(cases)} pictures in {folder}")


if __name__ == "__main__":
    main()
