"""`apus run`, `simplify` and `cut` on models that others exported.

onnxruntime gives the same as our executors and the same before and after a rewrite; node counts stand
beside onnxsim's.
"""

import numpy as np
import onnx
import onnxsim
from onnx import helper
from safetensors.numpy import load_file

from reference import (
    Failure, check_model, floating_width, gap, greatest_gap, image, noise, onnx_run, rounding_steps,
    sorted_model)

# Parts of an output's range: folding moves roundings in float32, and in float16 ten bits remain.
BOUNDS = {32: 1e-4, 16: 1e-2}
SEED = 11
NEWEST = 22


def rewrites(apus, table, shared, exports):
    models = {}
    if shared is None:
        table.skip("simplify and cut of yolov5n.onnx and yolov10n.onnx", "no shared data")
    else:
        bus = image(shared / "data/expected/inputs/bus_yolo_letterbox_640x640.png")
        for path in ("models/yolov5/yolov5n.onnx", "models/yolov10/yolov10n.onnx"):
            models[(shared / path).name] = shared / path, [bus]
    for path in sorted(exports.glob("*.onnx")):
        models[f"PyTorch {path.name}"] = path, []
    if not any(exports.glob("*.onnx")):
        table.skip("simplify and cut of PyTorch exports", f"no models in {exports.name}")
    for name, (path, pictures) in models.items():
        check(apus, table, name, path, pictures)
    if shared is not None:
        table.bounded(
            "yolov10n.onnx: the cut heads of bus against upstream's, in float16 roundings", 1,
            upstream_gap, apus, shared, bus)


def upstream_gap(apus, shared, bus):
    """The cut model's heads, joined as upstream stored them: [1, 64 + 80, cells of all levels]."""
    cut = apus.work / "cut-yolov10n.onnx"
    heads = apus.run(cut, {"images": bus}) if apus.runs else onnx_run(cut, {"images": bus})
    values = [head.reshape(*head.shape[:2], -1) for head in heads.values()]
    values.sort(key=lambda head: -head.shape[2])
    boxes, scores = ([head for head in values if head.shape[1] == count] for count in (64, 80))
    stored = load_file(shared / "data/expected/yolov10n_onnx/raw_heads_bus.safetensors")
    joined = np.concatenate((np.concatenate(boxes, 2), np.concatenate(scores, 2)), 1)
    return rounding_steps(joined, stored["head_1x144x8400"])


def check(apus, table, name, path, pictures):
    original = sorted_model(path)
    inputs = [{original.graph.input[0].name: picture} for picture in pictures]
    inputs += [{original.graph.input[0].name: noise(SEED + k, *shape)}
               for k, shape in enumerate(shapes(original))]
    # Rows that TopK puts in order change places where rounding decides between scores.
    ranked = any(node.op_type == "TopK" for node in original.graph.node)
    measure = greatest_row_gap if ranked else greatest_gap
    bound = BOUNDS[floating_width(original)]
    simple, cut = apus.work / f"simple-{path.name}", apus.work / f"cut-{path.name}"

    def executed(executor):
        pairs = [(apus.run(path, one, executor), onnx_run(original, one)) for one in inputs]
        return max(measure(seen, expected) for seen, expected in pairs)

    def simplified(*options):
        simple.unlink(missing_ok=True)
        apus("simplify", path, simple, *options)
        check_model(simple)
        return max(greatest_gap(onnx_run(simple, one), onnx_run(original, one)) for one in inputs)

    def cut_heads():
        cut.unlink(missing_ok=True)
        names = [head["name"] for head in apus.json("cut", path, cut)["heads"]]
        check_model(cut)
        inside = with_outputs(original, names)
        return max(compared(onnx_run(cut, one), onnx_run(inside, one), names) for one in inputs)

    for executor in ("compiled", "interpreter") if apus.runs else ():
        table.bounded(f"{name}: run, {executor} against onnxruntime", bound, executed, executor)
    what = f"on {len(inputs)} inputs"
    table.bounded(f"{name}: simplify, onnxruntime before and after {what}", bound, simplified)
    if simple.exists():
        table.note(counts(path, original, simple))
    table.bounded(
        f"{name}: simplify --opset {NEWEST}, onnxruntime before and after {what}", bound, simplified,
        "--opset", NEWEST)
    table.bounded(f"{name}: cut, heads against the original's tensors {what}", bound, cut_heads)
    if cut.exists():
        for value in onnx.load(cut).graph.output:
            sizes = " x ".join(str(size) if isinstance(size, int) else "?" for size in shape_of(value))
            table.note(f"head {value.name}: {sizes}")


def greatest_row_gap(seen, expected):
    """As `greatest_gap`, but for [N, rows, numbers] in any order of rows: each has a near one over there."""
    if set(seen) != set(expected):
        raise Failure(f"outputs {sorted(seen)}, expected {sorted(expected)}")
    worst = 0.0
    for name, rows in expected.items():
        if seen[name].shape != rows.shape or rows.ndim != 3:
            raise Failure(f"'{name}' of shape {seen[name].shape}, expected {rows.shape} with rows")
        for one, other in zip(seen[name], rows):
            distance = np.abs(one[:, None] - other[None]).max(-1)
            if not np.isfinite(distance).all():
                raise Failure("values that are not finite")
            apart = max(distance.min(0).max(), distance.min(1).max())
            worst = max(worst, float(apart / np.abs(other).max()))
    return worst


def shape_of(value):
    dims = value.type.tensor_type.shape.dim
    return [dim.dim_value if dim.HasField("dim_value") else dim.dim_param for dim in dims]


def shapes(model):
    """The input's shape twice, or where sizes are open two that differ."""
    shape = shape_of(model.graph.input[0])
    if all(isinstance(size, int) for size in shape):
        return [shape, shape]
    return [[size if isinstance(size, int) else other for size, other in zip(shape, open_shape)]
            for open_shape in ((1, 3, 128, 160), (2, 3, 96, 64))]


def with_outputs(model, names):
    """The same model with values of its inside as further outputs."""
    inferred = onnx.shape_inference.infer_shapes(model)
    known = {value.name: value for value in [*inferred.graph.value_info, *inferred.graph.output]}
    opened = onnx.ModelProto()
    opened.CopyFrom(model)
    present = {value.name for value in model.graph.output}
    for name in names:
        if name not in known:
            raise Failure(f"the original has no value '{name}'")
        if name not in present:
            kind = known[name].type.tensor_type.elem_type
            opened.graph.output.append(helper.make_tensor_value_info(name, kind, None))
    return opened


def compared(cut, inside, names):
    if not names:
        raise Failure("no heads")
    outputs = list(cut)
    if len(outputs) != len(names):
        raise Failure(f"outputs {outputs} for the heads {names}")
    return max(gap(cut[output], inside[name]) for output, name in zip(outputs, names))


def counts(path, original, simple):
    """How many nodes there are, with Constant nodes counted apart: onnxsim keeps some."""

    def count(model):
        constants = sum(node.op_type == "Constant" for node in model.graph.node)
        return f"{len(model.graph.node) - constants}+{constants}"

    try:
        other = count(onnxsim.simplify(original)[0])
    except Exception as error:
        other = f"failed ({' '.join(str(error).split())[:80]})"
    return (f"nodes + constants: original {count(original)}, apus {count(onnx.load(simple))}, "
            f"onnxsim {onnxsim.__version__} {other}")
