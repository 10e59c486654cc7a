#!/usr/bin/env python3
"""Checks whole models against onnxruntime, onnxsim and upstream's results; prints one line a check.

Run it through Tools/conformance/models, which makes the environment. A check prints the number that was
seen, the bound, and what was measured. Checks that need the shared data are skipped without it.
"""

import argparse
import pathlib
import sys

import reference
from check_detections import detections
from check_distance_heads import distance_heads
from check_exports import exports
from check_flows import flows
from check_heads import heads
from check_rewrites import rewrites
from check_tails import tails


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("apus", type=pathlib.Path)
    parser.add_argument("--exports", type=pathlib.Path, required=True, help="folder of PyTorch exports")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for what is made")
    parser.add_argument("--shared", type=pathlib.Path, required=True, help="folder of reference data")
    parser.add_argument("--tails", type=pathlib.Path, help="folder of exports with other tools' ends")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)

    apus = reference.Apus(arguments.apus.resolve(), arguments.work.resolve())
    table = reference.Table()
    shared = arguments.shared.resolve()
    if shared.is_dir():
        table.bounded("the shared models are those the results came from", 0, reference.changed, shared)
    for part in (exports, flows, heads, distance_heads, rewrites, detections):
        part(apus, table, shared if shared.is_dir() else None, arguments.exports)
    tails(apus, table, arguments.tails and arguments.tails.resolve())
    return table.finish()


if __name__ == "__main__":
    sys.exit(main())
