"""Exchanges random files with the safetensors package of PyPI, in both directions.

Writes files with the package, has `swift test` read and write each, and compares the bytes: both
writers order and pad alike, so the files must be identical. Needs the PyPI packages of
Tools/conformance/requirements.txt. Run it from the root of the repository.
"""

import argparse
import os
import pathlib
import subprocess
import tempfile

import numpy
import safetensors.numpy

TYPES = ["u8", "i8", "f8", "f4", "u4", "i4", "f2", "u2", "i2", "i1", "u1", "?"]
NAMES = ["weight", "bias", "running_mean", "num_batches_tracked", 'quote"', "back\\slash", "ä", "\t", "\x01"]


def random_file(random):
    """Tensors of random types, sizes and bits."""
    tensors = {}
    for index in range(random.integers(0, 20)):
        shape = tuple(random.integers(0, 6, random.integers(0, 5)))
        dtype = numpy.dtype(random.choice(TYPES))
        raw = random.bytes(int(numpy.prod(shape)) * dtype.itemsize)
        values = numpy.frombuffer(raw, dtype="u1")
        values = values % 2 if dtype.kind == "b" else values
        name = f"model.{index}.{random.choice(NAMES)}"
        tensors[name] = numpy.frombuffer(values.astype("u1").tobytes(), dtype).reshape(shape)
    return tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random = numpy.random.default_rng(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for index in range(options.count):
            metadata = {"format": "np"} if index % 2 else None
            path = folder / f"{index}.in.safetensors"
            safetensors.numpy.save_file(random_file(random), path, metadata)
        environment = dict(os.environ, APUS_SAFETENSORS_FOLDER=str(folder))
        command = ["swift", "test", "-c", "release", "--filter", "SafetensorsExchangeTests"]
        subprocess.run(command, env=environment, check=True)
        differences = 0
        for index in range(options.count):
            written = (folder / f"{index}.in.safetensors").read_bytes()
            returned = (folder / f"{index}.out.safetensors").read_bytes()
            safetensors.numpy.load(returned)
            differences += written != returned
    print(f"safetensors: {options.count} files, seed {options.seed}, {differences} differ")
    raise SystemExit(1 if differences else 0)


if __name__ == "__main__":
    main()
