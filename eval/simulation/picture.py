"""The table of the simulation as a picture: misreads recovered, figures for review, time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from eval.simulation.outcome import Outcome

Cases = Mapping[tuple[float, int, bool], Outcome]

_PANELS: tuple[tuple[str, Callable[[Outcome], float]], ...] = (
    ("misreads recovered, %", lambda o: 100 * o.recovered / max(1, o.misread)),
    ("figures for review, %", lambda o: 100 * o.review / max(1, o.figures)),
    ("worst report, ms", lambda o: 1000 * o.seconds_at(1.0)),
)


def draw(cases: Cases, path: Path) -> None:
    """Write the picture; the suffix says in which format."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.4), layout="constrained")
    axes = figure.subplots(1, len(_PANELS))
    rates = sorted({rate for rate, _, _ in cases})
    for axis, (title, value) in zip(axes, _PANELS, strict=True):
        for candidates, source_error in sorted({key[1:] for key in cases}):
            ys = [value(cases[rate, candidates, source_error]) for rate in rates]
            label = f"{candidates} readings{', source error' if source_error else ''}"
            axis.plot(
                [f"{rate:.0%}" for rate in rates], ys, marker="o", linestyle="--" if source_error else "-", label=label
            )
        axis.set_xlabel("figures misread")
        axis.set_title(title)
        axis.set_ylim(bottom=0)
    axes[0].legend(fontsize="small")
    figure.savefig(path)
