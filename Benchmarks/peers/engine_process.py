"""One peer on one model, running when it is told to, as `apus bench --serve` does.

Usage: engine_process.py ENGINE MODEL SIDE THREADS
With cap/*.c loaded (see capping.py), the first line says as well what was executed while the engine warmed up.

When the model is ready, one line of JSON says so. Every line `run K` of standard input is answered by one line with
the times of K runs in milliseconds; the end of standard input ends the process. Importing a library counts for
nothing; inputs and outputs stay where the engine wants them, in favour of every engine.
"""

import ctypes
import json
import os
import sys
import time

import numpy as np

WARMUP = 5
# A capped engine warms up until it was caught so often in vector instructions; the seconds end it where it never is.
VECTOR_SAMPLES, SECONDS = 100, 60


def picture(side):
    return np.random.default_rng(1).random((1, 3, side, side), np.float32)


class ONNXRuntime:
    def __init__(self):
        import onnxruntime
        self.library, self.version = onnxruntime, onnxruntime.__version__

    def load(self, model, side, threads):
        options = self.library.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        session = self.library.InferenceSession(model, options, ["CPUExecutionProvider"])
        binding = session.io_binding()
        value = self.library.OrtValue.ortvalue_from_numpy(picture(side))
        binding.bind_ortvalue_input(session.get_inputs()[0].name, value)
        for output in session.get_outputs():
            binding.bind_ortvalue_output(
                output.name,
                self.library.OrtValue.ortvalue_from_shape_and_type(output.shape, np.float32))
        return lambda: session.run_with_iobinding(binding)


class OpenVINO:
    """The settings are those of one request at a time; heads may stay in the layout convolutions write."""

    def __init__(self, precision=None, heads="NCHW"):
        import openvino
        self.library, self.version = openvino, openvino.__version__.split("-")[0]
        self.precision, self.heads = precision, heads

    def load(self, model, side, threads):
        core = self.library.Core()
        network = core.read_model(model)
        if self.heads != "NCHW":
            steps = self.library.preprocess.PrePostProcessor(network)
            for index in range(len(network.outputs)):
                steps.output(index).model().set_layout(self.library.Layout("NCHW"))
                steps.output(index).tensor().set_layout(self.library.Layout(self.heads))
            network = steps.build()
        settings = {
            "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY"}
        if self.precision is not None:
            settings["INFERENCE_PRECISION_HINT"] = self.precision
        compiled = core.compile_model(network, "CPU", settings)
        used = compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
        if self.precision is not None and used != self.precision:
            raise RuntimeError(f"runs in {used} on this processor")
        request = compiled.create_infer_request()
        request.set_input_tensor(self.library.Tensor(picture(side)))
        return request.infer


class NCNN:
    def __init__(self):
        import ncnn
        self.library, self.version = ncnn, ncnn.__version__

    def load(self, model, side, threads):
        network = self.library.Net()
        network.opt.num_threads = threads
        if network.load_param(model) or network.load_model(model.removesuffix("param") + "bin"):
            raise RuntimeError(f"ncnn does not load {model}")
        given, wanted = network.input_names()[0], network.output_names()
        pixels = picture(side)[0]  # Mat does not keep it alive
        value = self.library.Mat(pixels).clone()

        def run():
            extractor = network.create_extractor()
            extractor.input(given, value)
            for name in wanted:
                if extractor.extract(name)[0] != 0:
                    raise RuntimeError(f"ncnn does not compute {name}")

        return run


ENGINES = {
    "onnxruntime": ONNXRuntime,
    "openvino-f32": lambda: OpenVINO("f32"),
    "openvino-bf16": lambda: OpenVINO("bf16"),
    "openvino-bf16-nhwc": lambda: OpenVINO("bf16", "NHWC"),
    # What is not quantised runs in the precision that the engine prefers, or that a cap leaves it.
    "openvino": lambda: OpenVINO(),
    "openvino-nhwc": lambda: OpenVINO(heads="NHWC"),
    "ncnn": NCNN,
}


class Witness:
    """What cap/processor.c answered and cap/witness.c saw."""

    def __init__(self):
        self.library = ctypes.CDLL(None)
        self.library.cap_answered.restype = ctypes.c_uint64
        self.library.cap_seen.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
        self.before = self.library.cap_answered()

    def seen(self):
        text = ctypes.create_string_buffer(1024)
        self.library.cap_seen(text, len(text))
        return {"answered": self.library.cap_answered() - self.before, **json.loads(text.value)}

    def watch(self, run):
        """Warms up, and until enough was seen."""
        end = time.monotonic() + SECONDS
        self.library.cap_watch()
        for _ in range(WARMUP):
            run()
        while self.seen()["vector"] < VECTOR_SAMPLES and time.monotonic() < end:
            run()
        self.library.cap_ignore()
        return self.seen()


def peak_memory():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))


def say(**values):
    print(json.dumps(values), flush=True)


def main(name, model, side, threads):
    witness = Witness() if "CAP_KEEPS" in os.environ else None
    engine = ENGINES[name]()
    idle = peak_memory()
    busy, start = time.process_time(), time.perf_counter()
    run = engine.load(model, int(side), int(threads))
    load = {"wall": [1000 * (time.perf_counter() - start)], "processor": [1000 * (time.process_time() - busy)]}
    seen = None
    if witness is not None:
        seen = witness.watch(run)
    else:
        for _ in range(WARMUP):
            run()
    say(load=load, version=engine.version, idlePeak=idle, seen=seen)
    for line in sys.stdin:
        wall, processor = [], []
        for _ in range(int(line.removeprefix("run "))):
            busy, start = time.process_time(), time.perf_counter()
            run()
            wall.append(1000 * (time.perf_counter() - start))
            processor.append(1000 * (time.process_time() - busy))
        say(wall=wall, processor=processor, processPeak=peak_memory())


if __name__ == "__main__":
    main(*sys.argv[1:])
