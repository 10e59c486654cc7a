"""Calibration pictures, prepared as the detector's own preprocess specification says."""

import json
import pathlib

import numpy as np
import onnx
from PIL import Image

from networks import shared


def specification(model: onnx.ModelProto) -> dict:
    """How pixels become the network's input: channel order, mean, standard deviation and padding."""
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    return json.loads(metadata["apus.card"])["preprocess"]


def letterboxed(picture: Image.Image, side: int, preprocess: dict) -> np.ndarray:
    """A picture as the network's input [1, 3, side, side]."""
    scale = side / max(picture.size)
    width, height = (max(1, round(length * scale)) for length in picture.size)
    canvas = Image.new("RGB", (side, side), tuple(preprocess["padColor"]))
    resized = picture.convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
    canvas.paste(resized, ((side - width) // 2, (side - height) // 2))
    pixels = np.asarray(canvas, np.float32)
    if preprocess["channelOrder"] == "bgr":
        pixels = pixels[:, :, ::-1]
    mean, deviation = (np.float32(preprocess[key]) for key in ("mean", "standardDeviation"))
    return np.ascontiguousarray(((pixels - mean) / deviation).transpose(2, 0, 1)[None])


def drawn(seed: int, side: int) -> Image.Image:
    """A picture of coloured rectangles of many sizes over a gradient with noise, where there is no photograph."""
    random = np.random.default_rng(seed)
    ramp = np.linspace(0, 1, side, dtype=np.float32)
    corner = random.uniform(0, 255, (3, 3)).astype(np.float32)
    pixels = corner[0] + ramp[:, None, None] * corner[1] / 2 - ramp[None, :, None] * corner[2] / 2
    for _ in range(60):
        left, top = random.integers(0, side, 2)
        width, height = (side * random.uniform(0.02, 0.4, 2)).astype(int) + 1
        pixels[top:top + height, left:left + width] = random.uniform(0, 255, 3)
    pixels += random.normal(0, 8, pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def calibration(model: onnx.ModelProto, side: int, count: int) -> list[np.ndarray]:
    """Inputs to calibrate a network with: photographs of the shared training set, or drawn pictures."""
    folder: pathlib.Path = shared() / "data" / "coco_train2017_subset" / "images"
    paths = sorted(folder.glob("*.jpg"))
    # Spread over the set, whose order has a meaning in some.
    paths = paths[:: max(1, len(paths) // count)][:count]
    pictures = [Image.open(path) for path in paths] or [drawn(seed, side) for seed in range(count)]
    preprocess = specification(model)
    return [letterboxed(picture, side, preprocess) for picture in pictures]
