"""Has `onnx.checker` look at every model in a folder, with full shape inference.

Usage: check_written.py FOLDER
"""

import pathlib
import sys

import onnx


def main() -> None:
    paths = sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"))
    faults = []
    for path in paths:
        try:
            onnx.checker.check_model(onnx.load(path), full_check=True)
        except Exception as error:  # Every fault is of interest, whatever its class.
            faults.append(f"{path.stem}: {str(error).strip().splitlines()[0]}")
    print(f"onnx.checker: {len(paths) - len(faults)} of {len(paths)} written models accepted")
    if faults or not paths:
        sys.exit("\n".join(faults) or "no models found")


main()
