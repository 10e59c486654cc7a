"""Who is measured: each engine with each of its settings, and how its process is started."""

import os
import pathlib
import sys
from dataclasses import dataclass

from networks import Network

# What an instruction set is called by APUS_ISA and by ONEDNN_MAX_CPU_ISA, and whether bf16 is part of it.
CAPS = {
    "avx2": ("AVX2", False),
    "avxvnni": ("AVX2_VNNI", False),
    "avx512": ("AVX512_CORE", False),
    "avx512vnni": ("AVX512_CORE_VNNI", False),
    "avx512bf16": ("AVX512_CORE_BF16", True),
    "amx": ("AVX512_CORE_AMX", True),
}


@dataclass(frozen=True)
class Contestant:
    """An engine in one precision, with one setting."""

    name: str
    precision: str
    # The name in engine_process.py; None for Apus.
    engine: str | None
    # The property of Network that names the file it runs.
    file: str
    options: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        return self.engine is None

    def command(self, network: Network, models: pathlib.Path, apus: pathlib.Path, threads: int) -> list[str]:
        model = models / getattr(network, self.file)
        if not model.exists():
            raise FileNotFoundError(f"{model.name} was not made")
        if self.is_ours:
            return [str(apus), "bench", str(model), "--serve", "--threads", str(threads), *self.options]
        script = pathlib.Path(__file__).with_name("engine_process.py")
        return [sys.executable, str(script), self.engine, str(model), str(network.side), str(threads)]


def contestants(cap: str | None) -> list[Contestant]:
    """Everybody, or those that a cap leaves."""
    # Where bf16 is lacking, OpenVINO must be told so, for it goes by the processor.
    halves = cap is None or CAPS[cap][1]
    plain = "openvino" if halves else "openvino-f32"
    everybody = [
        Contestant("apus fp32", "fp32", None, "float"),
        Contestant("onnxruntime fp32", "fp32", "onnxruntime", "float"),
        Contestant("openvino f32", "fp32", "openvino-f32", "openvino_float"),
        Contestant("ncnn fp32", "fp32", "ncnn", "ncnn"),
        Contestant("apus bf16", "bf16", None, "float", ("--precision", "bf16")),
        Contestant("openvino bf16", "bf16", "openvino-bf16", "openvino_float"),
        Contestant("openvino bf16 NHWC heads", "bf16", "openvino-bf16-nhwc", "openvino_float"),
        Contestant("apus int8", "int8", None, "quantised"),
        Contestant("onnxruntime u8s8", "int8", "onnxruntime", "quantised"),
        Contestant("openvino int8", "int8", plain, "openvino_quantised"),
        Contestant("openvino int8 NHWC heads", "int8", f"{plain}-nhwc", "openvino_quantised"),
    ]
    return [one for one in everybody if halves or one.precision != "bf16"]


def environment(cap: str | None) -> dict[str, str]:
    """The variables of every process; a cap is nothing to onnxruntime and ncnn, which have none."""
    variables = dict(os.environ)
    if cap is not None:
        variables |= {"APUS_ISA": cap, "ONEDNN_MAX_CPU_ISA": CAPS[cap][0]}
    return variables
