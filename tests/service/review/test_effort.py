"""The keystroke-level model."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from service.review.effort import CONFIRM, PICK, retyped, typed


def test_keys_are_cheaper_than_typing_and_typing_than_nothing_else() -> None:
    assert CONFIRM.seconds < PICK.seconds < typed("12").seconds
    assert retyped("12").seconds == pytest.approx(3 * 0.28 + 1.35)
