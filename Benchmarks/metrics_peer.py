"""Evaluates a file of results as a Python tool does, and prints how long it took and the twelve numbers.

Usage: metrics_peer.py pycocotools|faster-coco-eval ANNOTATIONS RESULTS
"""

import contextlib
import io
import json
import sys
import time


def main(tool: str, annotations: str, results: str) -> None:
    if tool == "pycocotools":
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    else:
        from faster_coco_eval import COCO
        from faster_coco_eval import COCOeval_faster as COCOeval
    # Starting Python and importing are not counted, in favour of the peers.
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(annotations)
        run = COCOeval(truth, truth.loadRes(results), "bbox")
        loaded = time.perf_counter()
        run.evaluate()
        run.accumulate()
        run.summarize()
    end = time.perf_counter()
    numbers = [float(number) for number in run.stats[:12]]
    print(json.dumps({"seconds": end - start, "reading": loaded - start, "numbers": numbers}))


if __name__ == "__main__":
    main(*sys.argv[1:])
