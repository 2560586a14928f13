"""Elements that are shown or not, and pages that nest too deeply."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.errors import DamagedFile
from extraction.ingest.html.tree import refuse_hostile, style_of, without_noscript
from tests.extraction.ingest.html.web_pages import lines, read


def test_what_does_not_show_is_not_read() -> None:
    page = """<title>题</title><style>p{}</style><script>"<p>x"</script><noscript>x</noscript><template><p>x</template>
      <!-- x --><p style="display: none">x</p><p hidden>x</p><div style="visibility:hidden !important">x<p>x</div>
      <p>甲<ruby>规<rp>(<rt>guī<rp>)</ruby>章&shy;乙</p><select><option>x</select><textarea>x</textarea>"""
    assert lines(page) == ["甲规章乙"]


def test_deep_nesting_is_refused_quickly() -> None:
    start = time.perf_counter()
    with pytest.raises(DamagedFile, match="nests"):
        read("<div>" * 100_000 + "甲")
    with pytest.raises(DamagedFile, match="nests"):
        read("<table><tr><td>" * 100_000 + "甲")
    with pytest.raises(DamagedFile, match="open"):
        read("".join(f"<b id={n}>" for n in range(1000)) + "<p>甲" * 100_000)
    assert time.perf_counter() - start < 20


def test_nesting_that_browsers_show_is_read() -> None:
    assert lines("<div>" * 1500 + "甲") == ["甲"]
    assert lines("<table><tr><td>" * 300 + "甲</table>") == ["甲"]


def test_what_is_within_noscript_is_left_out_of_the_source() -> None:
    assert without_noscript("甲<noscript>乙<NOSCRIPT>丙</noscript >丁<noscript>戊") == "甲</noscript >丁<noscript>戊"


def test_properties_of_a_style_attribute() -> None:
    style = style_of({"style": "Display : NONE !important; color:red;;x", "class": "a"})
    assert (style["display"], style["color"]) == ("none", "red")
    assert style_of({}).get("display") is None


@given(st.lists(st.sampled_from(["<div>", "</div>", "<b>", "</b>", "<p>", "<br>", "甲", "</x>"]), max_size=50))
def test_small_pages_are_never_refused(pieces: list[str]) -> None:
    refuse_hostile("".join(pieces))
