"""Chinese titles at the desk."""

from __future__ import annotations

import pytest

from extraction.doubts import DoubtCode
from service.desk.titles import reason_title


@pytest.mark.parametrize("code", DoubtCode)
def test_every_reason_has_a_chinese_wording(code: DoubtCode) -> None:
    assert any("\u4e00" <= character <= "\u9fff" for character in reason_title(code))


def test_a_reason_of_another_version_is_shown_as_its_code() -> None:
    assert reason_title("raised_by_another_version") == "raised_by_another_version"
