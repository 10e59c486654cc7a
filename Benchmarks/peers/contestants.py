"""Who is measured: each engine with each of its settings, and how its process is started."""

import pathlib
import sys
from dataclasses import dataclass

from capping import CAPS
from networks import Network


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
    """Everybody, or those that a cap leaves: without bf16 there is nobody for it."""
    halves = cap is None or "avx512bf16" in CAPS[cap]
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
        Contestant("openvino int8", "int8", "openvino", "openvino_quantised"),
        Contestant("openvino int8 NHWC heads", "int8", "openvino-nhwc", "openvino_quantised"),
    ]
    return [one for one in everybody if halves or one.precision != "bf16"]
