"""Drafts of reviews."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="the service is in the extra serve")

from service.review.actions import Action, Kind, Refused
from service.store import drafts
from service.store.engine import Store
from tests.service.archive import stored, unsure
from tests.service.review.cells import ALL, OTHER, UPHELD, gold, value


def test_a_draft_is_what_was_done_in_order(store: Store) -> None:
    read = unsure(gold(), UPHELD, OTHER)
    done = (value(UPHELD, "3"), Action(Kind.MISSING, (UPHELD, OTHER)), Action(Kind.UNDO), value(OTHER, "0"), ALL)
    with store.writing() as session:
        number = stored(session, read)
        assert [drafts.add(session, number, "甲", read, action)[0] for action in done] == [1, 2, 3, 4, 5]
        with pytest.raises(Refused):
            drafts.add(session, number, "甲", read, value(UPHELD, "三"))
    with store.reading() as session:
        kept = drafts.rows(session, number)
        assert drafts.actions(kept) == done
        assert kept[0].before == "3"
