# mypy: disable-error-code="no-untyped-call"
"""The network: a small U-net of depthwise convolutions (Ronneberger et al. 2015), one map a class at half resolution.

The maps of `CLASSES` exclude each other (softmax); that of stamps, which lie over print, is separate (sigmoid).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.layout.config import Shape

CLASSES = ("none", "title", "heading", "text", "table", "furniture")
"""The classes of a pixel; the map after theirs is `stamp`."""

PATCH = 4
"""Side in pixels of the first convolution's patches."""

STEP = 32
"""Sides of the input are multiples of this, in pixels."""


class LayoutNet(nn.Module):
    """N x 3 x H x W (BGR, 0 to 255) -> N x (CLASSES + 1) x H/2 x W/2 logits."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.stem = _normed(nn.Conv2d(3, shape.channels[0], PATCH, PATCH, bias=False))
        widths = (shape.channels[0], *shape.channels)
        self.stages = nn.ModuleList(
            nn.Sequential(
                *([] if k == 0 else [Separable(widths[k], widths[k + 1], stride=2)]),
                *(Separable(widths[k + 1], widths[k + 1]) for _ in range(blocks)),
            )
            for k, blocks in enumerate(shape.blocks)
        )
        self.context = Context(widths[-1])
        self.laterals = nn.ModuleList(nn.Conv2d(width, shape.decoder, 1) for width in shape.channels)
        self.smooth = nn.ModuleList(Separable(shape.decoder, shape.decoder) for _ in shape.channels[:-1])
        # Four values a class at a quarter of the resolution, spread over half of it: as sharp as convolutions there,
        # for a third of the time.
        self.head = nn.Sequential(
            Separable(shape.decoder, shape.decoder),
            nn.Conv2d(shape.decoder, (len(CLASSES) + 1) * 4, 1),
            nn.PixelShuffle(2),
        )

    def forward(self, pages: Tensor) -> Tensor:
        """Return the logits."""
        features, x = [], self.stem((pages - 128) / 64)
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        up = self.laterals[-1](self.context(x))
        for k in range(len(self.smooth) - 1, -1, -1):
            up = self.smooth[k](_doubled(up) + self.laterals[k](features[k]))
        logits: Tensor = self.head(up)
        return logits


class Separable(nn.Module):
    """A depthwise and a pointwise convolution, with a residual connection where the shape stays."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False),
            nn.BatchNorm2d(inputs),
            _normed(nn.Conv2d(inputs, outputs, 1, bias=False)),
        )
        self.past = inputs == outputs and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        """Return the same shape, or half of it with other channels."""
        y: Tensor = self.body(x)
        return x + y if self.past else y


class Context(nn.Module):
    """A global feature of the whole page, added everywhere: a page without print, a page that is all table."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mix = nn.Sequential(nn.Conv2d(channels, channels, 1), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        """Return the same shape."""
        y: Tensor = x + self.mix(x.mean((2, 3), keepdim=True))
        return y


class Served(nn.Module):
    """The network as it is exported: one page as bytes in, probabilities out.

    In: H x W x 3 BGR bytes. Out: (CLASSES + 1) x H/2 x W/2.
    """

    def __init__(self, net: LayoutNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, page: Tensor) -> Tensor:
        """Return the probabilities."""
        logits = self.net(page.permute(2, 0, 1)[None].float())[0]
        return torch.cat([logits[:-1].softmax(0), logits[-1:].sigmoid()])


def _normed(layer: nn.Conv2d) -> nn.Sequential:
    return nn.Sequential(layer, nn.BatchNorm2d(layer.out_channels), nn.ReLU())


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear")
