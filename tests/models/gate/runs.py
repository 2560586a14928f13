"""Training runs made up for a test, with their comparison."""

from __future__ import annotations

from pathlib import Path

from models.gate.comparison import Comparison, Trial, judged, write_comparison
from models.gate.outcomes import Outcome, changes
from models.versions import sha256_of
from models.weights import shipped, weights

SHIPPED = next(known for known in shipped() if known.name == "digits")


def made_run(folder: Path, note: str = "another") -> Path:
    import onnx

    model = onnx.load(SHIPPED.path())
    entry = model.metadata_props.add()
    entry.key, entry.value = "note", note
    (folder / "model").mkdir(parents=True)
    onnx.save(model, folder / "model" / "digits.onnx")
    sha256 = sha256_of(folder / "model" / "digits.onnx")
    card = SHIPPED.path().with_name("model.toml").read_text(encoding="utf-8").replace(SHIPPED.sha256, sha256)
    (folder / "model" / "model.toml").write_text(card, encoding="utf-8")
    return folder


def outcomes(rights: list[bool], kind: str = "row") -> list[Outcome]:
    return [Outcome(f"r{k % 10}", kind, right) for k, right in enumerate(rights)]


def compared(run: Path, old: list[bool], new: list[bool], strict: tuple[str, ...] = ()) -> Comparison:
    """The comparison of a run, written into it."""
    frozen = Trial("frozen", "a test", "0" * 64, 10, False, tuple(changes(outcomes(old), outcomes(new))))
    held_out = Trial("held-out", "a test", "1" * 64, 10, True, frozen.changes)
    active = weights("digits")
    found = Comparison(
        "digits",
        active.sha256,
        active.version,
        sha256_of(run / "model" / "digits.onnx"),
        (frozen, held_out),
        "a test",
        {"seed": 1},
        strict,
    )
    found = judged(found)
    write_comparison(run, found)
    return found


BETTER = ([True] * 900 + [False] * 100, [True] * 1000)


WORSE = ([True] * 1000, [True] * 900 + [False] * 100)
