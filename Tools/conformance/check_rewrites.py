"""`apus simplify` and `apus cut`: onnxruntime gives the same before and after; node counts beside onnxsim's."""

import onnx
import onnxsim
from onnx import helper

from reference import (
    Failure, check_model, floating_width, gap, greatest_gap, image, noise, onnx_run, sorted_model)

# Parts of an output's range: folding moves roundings in float32, and in float16 ten bits remain.
BOUNDS = {32: 1e-4, 16: 1e-2}
SEED = 11


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


def check(apus, table, name, path, pictures):
    original = sorted_model(path)
    inputs = [{original.graph.input[0].name: picture} for picture in pictures]
    inputs += [{original.graph.input[0].name: noise(SEED + k, *shape)}
               for k, shape in enumerate(shapes(original))]
    bound = BOUNDS[floating_width(original)]
    simple, cut = apus.work / f"simple-{path.name}", apus.work / f"cut-{path.name}"

    def simplified():
        simple.unlink(missing_ok=True)
        apus("simplify", path, simple)
        check_model(simple)
        return max(greatest_gap(onnx_run(simple, one), onnx_run(original, one)) for one in inputs)

    def cut_heads():
        cut.unlink(missing_ok=True)
        names = [head["name"] for head in apus.json("cut", path, cut)["heads"]]
        check_model(cut)
        inside = with_outputs(original, names)
        return max(compared(onnx_run(cut, one), onnx_run(inside, one), names) for one in inputs)

    what = f"on {len(inputs)} inputs"
    table.bounded(f"{name}: simplify, onnxruntime before and after {what}", bound, simplified)
    if simple.exists():
        table.note(counts(path, original, simple))
    table.bounded(f"{name}: cut, heads against the original's tensors {what}", bound, cut_heads)
    if cut.exists():
        outputs = [(one.name, shape_of(one)) for one in onnx.load(cut).graph.output]
        table.note("heads " + ", ".join(f"{head} {shape}" for head, shape in outputs))


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
