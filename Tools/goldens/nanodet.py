"""Writes Tests/Goldens/NanoDet: parts of NanoDet that the shared vectors lack, reduced, with random weights.

csp      the backbone of NanoDet-g
tan      the neck of NanoDet-t, with two encoders; its attention is PyTorch's own

The parts are written here from their published structure. A file holds the state under the names that upstream's
checkpoints have, the inputs, and the maps that PyTorch computes in binary64; weights and inputs are rounded to
binary16 first. Needs the PyPI packages of Tools/conformance/requirements-torch.txt. Run it from the root of the
repository; the results are committed.
"""

import pathlib

import safetensors.torch
import torch
from torch import nn
from torch.nn import functional

FOLDER = pathlib.Path("Tests/Goldens/NanoDet")


class Conv(nn.Module):
    """A convolution, normalisation and activation; without normalisation it has a bias."""

    def __init__(self, c1, c2, k=1, s=1, norm=True, act=None):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, k // 2, bias=not norm)
        if norm:
            self.bn = nn.BatchNorm2d(c2)
        self.act = act or nn.LeakyReLU(0.1)

    def forward(self, x):
        x = self.conv(x)
        return self.act(self.bn(x) if hasattr(self, "bn") else x)


class Pair(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.in_conv, self.mid_conv = Conv(c, c // 2, 3), Conv(c // 2, c // 2, 3)

    def forward(self, x):
        x = self.in_conv(x)
        return torch.cat((self.mid_conv(x), x), 1)


class Partial(nn.Module):
    def __init__(self, c, n, s):
        super().__init__()
        self.in_conv, self.res_out_conv = Conv(c, c, 3, s), Conv(c, c, 3)
        self.res_blocks = nn.Sequential(*(Pair(c) for _ in range(n)))

    def forward(self, x):
        x = self.in_conv(x)
        return torch.cat((self.res_out_conv(self.res_blocks(x)), x), 1)


class CSP(nn.Module):
    def __init__(self):
        super().__init__()
        self.stages = nn.ModuleList([
            Conv(3, 2, 3, 2), nn.MaxPool2d(3, 2, 1), Partial(2, 1, 1), Partial(4, 2, 2), Partial(8, 1, 2),
            Partial(16, 1, 2)])

    def forward(self, inputs):
        maps, x = [], inputs[0]
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps[-3:]


class Encoder(nn.Module):
    def __init__(self, c, heads, hidden):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(c), nn.LayerNorm(c)
        self.attn = nn.MultiheadAttention(c, heads)
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(c, hidden), "fc2": nn.Linear(hidden, c)})

    def forward(self, x):
        y = self.norm1(x)
        x = x + self.attn(y, y, y)[0]
        y = functional.leaky_relu(self.mlp["fc1"](self.norm2(x)), 0.1)
        return x + self.mlp["fc2"](y)


class Transformer(nn.Module):
    def __init__(self, c, heads, count, hidden):
        super().__init__()
        self.conv = Conv(3 * c, c, norm=False, act=nn.ReLU())
        self.linear = nn.Linear(c, c)  # never used
        self.encoders = nn.Sequential(*(Encoder(c, heads, hidden) for _ in range(count)))

    def forward(self, x, positions):
        x = self.conv(x)
        tokens = self.encoders(x.flatten(2).permute(2, 0, 1) + positions)
        return tokens.permute(1, 2, 0).reshape(x.shape)


class TAN(nn.Module):
    def __init__(self, channels, c, side, heads, count, hidden):
        super().__init__()
        self.lateral_convs = nn.ModuleList(Conv(each, c) for each in channels)
        self.transformer = Transformer(c, heads, count, hidden)
        self.pos_embed = nn.Parameter(torch.zeros(side * side, 1, c))

    def forward(self, inputs):
        laterals = [conv(x) for conv, x in zip(self.lateral_convs, inputs)]

        def sized(x, like):
            return functional.interpolate(x, size=like.shape[2:], mode="bilinear")

        x = self.transformer(torch.cat([sized(x, laterals[1]) for x in laterals], 1), self.pos_embed)
        return [lateral + sized(x, lateral) for lateral in laterals]


def write(name, part, module, shapes):
    for key, tensor in module.state_dict().items():
        if not tensor.is_floating_point():
            continue
        tensor.normal_(0, 2 / max(tensor[0].numel(), 1) ** 0.5 if tensor.ndim > 1 else 0.2)
        if key.endswith(("running_var", "bn.weight", "norm1.weight", "norm2.weight")):
            tensor.uniform_(0.5, 1.5)
        tensor.copy_(tensor.half())
    inputs = [torch.randn(shape).half() for shape in shapes]
    outputs = module.eval().double()([x.double() for x in inputs])
    tensors = {f"input{i}": x for i, x in enumerate(inputs)}
    tensors |= {f"map{i}": x.float() for i, x in enumerate(outputs)}
    tensors |= {
        f"{part}.{key}": x.half() if x.is_floating_point() else x for key, x in module.state_dict().items()}
    safetensors.torch.save_file(tensors, FOLDER / f"{name}.safetensors")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(7)
    with torch.no_grad():
        write("csp", "backbone", CSP(), [(1, 3, 32, 64)])
        write(
            "tan", "fpn", TAN([6, 10, 12], 16, 4, heads=8, count=2, hidden=32),
            [(2, 6, 8, 8), (2, 10, 4, 4), (2, 12, 2, 2)])


main()
