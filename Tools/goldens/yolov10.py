"""Writes Tests/Goldens/YOLOv10: a small checkpoint in the forms that exports leave, which the shared vectors lack.

removed     steps of distances that are not 0, 1, 2 …; after `fuse()`: no normalisation, one convolution in RepVGGDW; the lists `cv2` and `cv3` of the head,
            which only training uses, deleted; half precision
emptied     the same, unfused, with nothing (`Identity`) in the place of each of their modules

The network is written here from its published structure, with random weights; the files next to them hold an
input and the raw outputs that PyTorch computes. Needs the PyPI packages of
Tools/conformance/requirements-torch.txt. Run it from the root of the repository; the results are committed.
"""

import pathlib
import sys
import types

import safetensors.torch
import torch
from torch import nn

FOLDER = pathlib.Path("Tests/Goldens/YOLOv10")
FUSED = False


class Conv(nn.Module):
    def __init__(self, c1, c2, k=1, s=1, g=1, act=True):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, k // 2, groups=g, bias=FUSED)
        if not FUSED:
            self.bn = nn.BatchNorm2d(c2, eps=1e-3)
        self.act = nn.SiLU() if act else nn.Identity()

    def forward(self, x):
        x = self.conv(x)
        return self.act(self.bn(x) if hasattr(self, "bn") else x)


class RepVGGDW(nn.Module):
    def __init__(self, c):
        super().__init__()
        if FUSED:
            self.conv = nn.Conv2d(c, c, 7, 1, 3, groups=c)
        else:
            self.conv = Conv(c, c, 7, g=c, act=False)
            self.conv1 = Conv(c, c, 3, g=c, act=False)
        self.act = nn.SiLU()

    def forward(self, x):
        y = self.conv(x)
        return self.act(y if FUSED else y + self.conv1(x))


class CIB(nn.Module):
    def __init__(self, c, shortcut):
        super().__init__()
        self.cv1 = nn.Sequential(
            Conv(c, c, 3, g=c), Conv(c, 2 * c), RepVGGDW(2 * c), Conv(2 * c, c), Conv(c, c, 3, g=c))
        self.add = shortcut

    def forward(self, x):
        y = self.cv1(x)
        return x + y if self.add else y


class C2fCIB(nn.Module):
    def __init__(self, c1, c2, n, shortcut):
        super().__init__()
        self.c = c2 // 2
        self.cv1 = Conv(c1, 2 * self.c)
        self.cv2 = Conv((2 + n) * self.c, c2)
        self.m = nn.ModuleList(CIB(self.c, shortcut) for _ in range(n))

    def forward(self, x):
        parts = list(self.cv1(x).chunk(2, 1))
        for block in self.m:
            parts.append(block(parts[-1]))
        return self.cv2(torch.cat(parts, 1))


class SCDown(nn.Module):
    def __init__(self, c1, c2):
        super().__init__()
        self.cv1 = Conv(c1, c2)
        self.cv2 = Conv(c2, c2, 3, 2, g=c2, act=False)

    def forward(self, x):
        return self.cv2(self.cv1(x))


class Attention(nn.Module):
    def __init__(self, c, heads):
        super().__init__()
        self.num_heads, self.head_dim = heads, c // heads
        self.key_dim = self.head_dim // 2
        self.scale = self.key_dim**-0.5
        self.qkv = Conv(c, c + 2 * self.key_dim * heads, act=False)
        self.proj = Conv(c, c, act=False)
        self.pe = Conv(c, c, 3, g=c, act=False)

    def forward(self, x):
        n, c, h, w = x.shape
        parts = self.qkv(x).view(n, self.num_heads, 2 * self.key_dim + self.head_dim, h * w)
        q, k, v = parts.split([self.key_dim, self.key_dim, self.head_dim], 2)
        weights = ((q.transpose(-2, -1) @ k) * self.scale).softmax(-1)
        y = (v @ weights.transpose(-2, -1)).view(n, c, h, w)
        return self.proj(y + self.pe(v.reshape(n, c, h, w)))


class PSA(nn.Module):
    def __init__(self, c1, heads):
        super().__init__()
        self.c = c1 // 2
        self.cv1 = Conv(c1, 2 * self.c)
        self.cv2 = Conv(2 * self.c, c1)
        self.attn = Attention(self.c, heads)
        self.ffn = nn.Sequential(Conv(self.c, 2 * self.c), Conv(2 * self.c, self.c, act=False))

    def forward(self, x):
        a, b = self.cv1(x).split((self.c, self.c), 1)
        b = b + self.attn(b)
        b = b + self.ffn(b)
        return self.cv2(torch.cat((a, b), 1))


class DFL(nn.Module):
    def __init__(self, steps):
        super().__init__()
        self.conv = nn.Conv2d(len(steps), 1, 1, bias=False)
        self.conv.weight.data[0, :, 0, 0] = torch.tensor(steps)


class v10Detect(nn.Module):
    def __init__(self, nc, channels, emptied):
        super().__init__()
        self.nc, self.nl, self.reg_max = nc, len(channels), 4
        self.stride = torch.tensor([8.0, 16.0])
        self.dfl = DFL([0, 1, 2, 3] if emptied else [0, 0.9375, 2.0625, 3])
        if emptied:
            self.cv2 = nn.ModuleList(nn.Identity() for _ in channels)
            self.cv3 = nn.ModuleList(nn.Identity() for _ in channels)
        self.one2one_cv2 = nn.ModuleList(
            nn.Sequential(Conv(c, 16, 3), Conv(16, 16, 3), nn.Conv2d(16, 4 * self.reg_max, 1))
            for c in channels)
        self.one2one_cv3 = nn.ModuleList(
            nn.Sequential(
                nn.Sequential(Conv(c, c, 3, g=c), Conv(c, 8)),
                nn.Sequential(Conv(8, 8, 3, g=8), Conv(8, 8)), nn.Conv2d(8, nc, 1))
            for c in channels)

    def forward(self, x):
        both = zip(x, self.one2one_cv2, self.one2one_cv3)
        return [part(value) for value, *parts in both for part in parts]


class YOLOv10DetectionModel(nn.Module):
    def __init__(self, layers, names):
        super().__init__()
        self.model = nn.Sequential(*(layer for _, layer in layers))
        for index, (source, layer) in enumerate(layers):
            layer.i, layer.f = index, source
        self.names = names

    def forward(self, x):
        outputs = []
        for layer in self.model:
            f = layer.f
            x = layer([outputs[j] for j in f]) if isinstance(f, list) else layer(x)
            outputs.append(x)
        return x


def network(emptied):
    return YOLOv10DetectionModel(
        [
            (-1, Conv(3, 4, 3, 2)),
            (-1, Conv(4, 4, 3, 2)),
            (-1, SCDown(4, 8)),
            (-1, C2fCIB(8, 8, 2, True)),
            (-1, SCDown(8, 12)),
            (-1, PSA(12, 3)),
            ([3, 5], v10Detect(2, (8, 12), emptied)),
        ],
        {0: "left", 1: "right"},
    )


def as_upstream_modules():
    """Gives the classes the module names that upstream's pickles have."""
    for name, classes in {
        "ultralytics.nn.modules.conv": (Conv,),
        "ultralytics.nn.modules.block": (RepVGGDW, CIB, C2fCIB, SCDown, Attention, PSA, DFL),
        "ultralytics.nn.modules.head": (v10Detect,),
        "ultralytics.nn.tasks": (YOLOv10DetectionModel,),
    }.items():
        module = types.ModuleType(name)
        for cls in classes:
            cls.__module__ = name
            setattr(module, cls.__name__, cls)
        sys.modules[name] = module
    for name in ("ultralytics", "ultralytics.nn", "ultralytics.nn.modules"):
        sys.modules[name] = types.ModuleType(name)


def randomise(model):
    """Weights of about unit gain, and statistics that are not the defaults; all exact in float16."""
    for name, tensor in model.state_dict().items():
        if name.endswith("num_batches_tracked") or ".dfl." in name:
            continue
        if name.endswith("running_var") or (tensor.ndim == 1 and name.endswith("weight")):
            value = torch.rand_like(tensor) + 0.5
        else:
            fan = tensor[0].numel() if tensor.ndim > 1 else 16
            value = torch.randn_like(tensor) / fan**0.5
        tensor.copy_(value.half().float())


def write(name, model):
    randomise(model)
    model.eval()
    image = torch.rand(1, 3, 32, 48)
    heads = model(image)
    torch.save({"epoch": -1, "model": model.half(), "ema": None}, FOLDER / f"{name}.pt")
    tensors = {"input": image} | {f"head{index}": head for index, head in enumerate(heads)}
    safetensors.torch.save_file(tensors, FOLDER / f"{name}.safetensors")


def main():
    global FUSED
    FOLDER.mkdir(parents=True, exist_ok=True)
    as_upstream_modules()
    torch.manual_seed(10)
    with torch.no_grad():
        FUSED = True
        write("removed", network(False))
        FUSED = False
        write("emptied", network(True))


main()
