"""The networks that are measured, and the files they are kept in."""

import os
import pathlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """A network at one input size, batch 1, raw heads."""

    name: str
    # What `apus new` calls it.
    variant: str
    side: int
    # Published weights, in the folder of models of the shared reference data.
    weights: str | None = None

    @property
    def float(self) -> str:
        """Single precision, ONNX."""
        return f"{self.name}.onnx"

    @property
    def quantised(self) -> str:
        """Activations u8, weights s8 for each channel, ONNX with QuantizeLinear and DequantizeLinear."""
        return f"{self.name}-u8s8.onnx"

    @property
    def openvino_float(self) -> str:
        """The network as OpenVINO keeps it; its weights lie beside it in `.bin`."""
        return f"{self.name}-openvino.xml"

    @property
    def openvino_quantised(self) -> str:
        """What NNCF makes of that."""
        return f"{self.name}-nncf.xml"

    @property
    def ncnn(self) -> str:
        """The network as ncnn reads it; its weights lie beside it in `.bin`."""
        return f"{self.name}.ncnn.param"

    @property
    def files(self) -> list[str]:
        """Everybody's form of it."""
        return [self.float, self.quantised, self.openvino_float, self.openvino_quantised, self.ncnn]


NETWORKS = [
    Network("yolov5n", "yolov5n", 640, "yolov5/yolov5n.pt"),
    Network("yolov5s", "yolov5s", 640),
    Network("yolov5m", "yolov5m", 640),
    Network("yolov7-tiny", "yolov7-tiny", 640),
    Network("yolov7", "yolov7", 640),
    Network("yolov10n", "yolov10n", 640, "yolov10/yolov10n.pt"),
    Network("yolov10s", "yolov10s", 640),
    Network("nanodet-m-320", "nanodet-m", 320, "nanodet/nanodet-m_320.ckpt"),
    Network("nanodet-m-416", "nanodet-m", 416, "nanodet/nanodet-m_320.ckpt"),
]


def choose(names: str | None) -> list[Network]:
    """The networks of a list of names with commas between, all without one; an unknown name is refused."""
    if not names:
        return NETWORKS
    known = {network.name: network for network in NETWORKS}
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in known:
            raise SystemExit(f"peers: no network '{name}'; there are {', '.join(known)}")
    return [known[name] for name in wanted]


def shared() -> pathlib.Path:
    """The folder of the shared reference data, which need not be there."""
    root = pathlib.Path(__file__).resolve().parents[2]
    return pathlib.Path(os.environ.get("APUS_SHARED", root.parent / "shared"))
