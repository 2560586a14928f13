"""The network: a small convolutional CTC recogniser. Input height 32, one step of class scores for every 4 pixels."""

from __future__ import annotations

import torch
from torch import Tensor, nn

STRIDE = 4  # pixels of width to a step


def _conv(inputs: int, outputs: int, kernel: tuple[int, int], stride: tuple[int, int] = (1, 1)) -> nn.Sequential:
    padding = (kernel[0] // 2, kernel[1] // 2)
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class _Residual(nn.Module):
    """Two 3 x 3 convolutions with a residual connection."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _conv(channels, channels, (3, 3))
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.second(self.first(x)))


class _Along(nn.Module):
    """A dilated convolution along the line with a residual connection, for context left and right."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, (1, 3), padding=(0, dilation), dilation=(1, dilation), bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.body(x))


class DigitNetwork(nn.Module):
    """n x 1 x 32 x w pictures -> n x w/4 x classes logits; class 0 is the CTC blank."""

    def __init__(self, classes: int, channels: tuple[int, int, int, int] = (16, 32, 48, 96)) -> None:
        super().__init__()
        a, b, c, d = channels
        self.body = nn.Sequential(
            _conv(1, a, (3, 3), (2, 2)),
            _conv(a, b, (3, 3), (2, 2)),
            _Residual(b),
            _conv(b, c, (3, 3), (2, 1)),
            _Residual(c),
            nn.Conv2d(c, d, (4, 1), bias=False),  # all that stands above each other, seen at once
            nn.BatchNorm2d(d),
            nn.ReLU(),
            _Along(d, 1),
            _Along(d, 2),
            _Along(d, 1),
            nn.Dropout(0.1),
            nn.Conv2d(d, classes, 1),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Return logits, n x steps x classes."""
        scores: Tensor = self.body(pictures)
        return scores.squeeze(2).transpose(1, 2)
