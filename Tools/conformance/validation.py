"""Runs `apus val` on the subset of COCO val2017 and compares it with what upstream's pipelines reached.

Usage: validation.py APUS SHARED WORK

Models: AP and AP50 within 0.001, areas within 0.003. Recorded results: equal to pycocotools' printed digits.
Exit code 1 where a bound does not hold.
"""

import gzip
import json
import pathlib
import subprocess
import sys

KEYS = ["AP", "AP50", "AP75", "APSmall", "APMedium", "APLarge",
        "AR1", "AR10", "AR100", "ARSmall", "ARMedium", "ARLarge"]
BOUNDS = {"AP": 1e-3, "AP50": 1e-3, "APSmall": 3e-3, "APMedium": 3e-3, "APLarge": 3e-3}

MODELS = [
    ("yolov5/yolov5n.pt", [], "yolov5n_pt", "metrics_square"),
    ("yolov5/yolov5n.pt", ["--rect", "--batch", "1"], "yolov5n_pt", "metrics_rect"),
    ("yolov10/yolov10n.onnx", [], "yolov10n_onnx", "metrics_square"),
    ("yolov10/yolov10n.pt", [], "yolov10n_onnx", "metrics_square"),
    ("nanodet/nanodet-m_320.ckpt", [], "nanodet_m_320_ckpt", "metrics_square"),
]
RECORDED = [
    ("yolov5n_pt", "coco_results", "metrics_square"),
    ("yolov5n_pt", "coco_results_rect", "metrics_rect"),
    ("yolov10n_onnx", "coco_results", "metrics_square"),
    ("nanodet_m_320_ckpt", "coco_results", "metrics_square"),
    ("nanodet_m_320_ckpt", "coco_results_head", "metrics_head"),
    ("nanodet-plus-m_320_ncnn", "coco_results", "metrics_square"),
]


def main():
    apus, shared, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    data = str(shared / "data/coco_val2017_subset/instances_val2017_subset.json")
    work.mkdir(parents=True, exist_ok=True)
    failures = 0

    def measured(arguments):
        run = subprocess.run(
            [apus, "val", *arguments, data, "--json"], check=True, stdout=subprocess.PIPE)
        return json.loads(run.stdout)

    def expected(folder, part):
        metrics = json.loads((shared / "data/expected" / folder / "metrics.json").read_text())
        return dict(zip(KEYS, metrics[part]["pycocotools_bbox"].values()))

    def line(name, report, reference, bounds):
        nonlocal failures
        found = {key: report["coco"][key] for key in KEYS}
        wrong = [key for key, bound in bounds.items() if not abs(found[key] - reference[key]) <= bound]
        failures += bool(wrong)
        cells = "  ".join(
            f"{found[key]:.6f} ({found[key] - reference[key]:+.6f})"
            for key in ["AP", "AP50", "APSmall", "APMedium", "APLarge"])
        print(f"{'FAILED' if wrong else 'ok':6}  {name:44}  {cells}", flush=True)

    print(f"{'':6}  {'found (less upstream)':44}  "
          + "  ".join(f"{key:20}" for key in ["AP50-95", "AP50", "small", "medium", "large"]))
    for model, options, folder, part in MODELS:
        report = measured([str(shared / "models" / model), *options])
        line(" ".join([model, *options]), report, expected(folder, part), BOUNDS)
    for folder, name, part in RECORDED:
        path = work / f"{folder}_{name}.json"
        path.write_bytes(gzip.decompress(
            (shared / "data/expected" / folder / f"{name}.json.gz").read_bytes()))
        report = measured(["--results", str(path)])
        line(f"--results {folder}/{name}", report, expected(folder, part),
             dict.fromkeys(KEYS, 0.6e-6))
    sys.exit(failures > 0)


main()
