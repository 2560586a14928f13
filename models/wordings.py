"""Wordings of rows and columns that annotated reports have taught: `wordings.json` beside the token classifier.

They count as the form's own. Retraining writes them (`training.labeller.data.wordings`); the shipped weights have none.
"""

from __future__ import annotations

import json

from models.weights import WeightsError, weights

FILE = "wordings.json"
_WEIGHTS = "labeller"

Wordings = tuple[tuple[str, tuple[str, ...]], ...]
"""Names of labels, `row.<block>.<row>` or `column.<block>.<column>`, each with its wordings.

A tuple, because the forms with these wordings are cached by it (`extraction.forms.catalogue.template`): it is hashed
twice a report, and the strings in it keep their hashes.
"""


def read_wordings() -> Wordings:
    """The wordings beside the classifier in use, none without a classifier. Raises ValueError for a bad file."""
    try:
        path = weights(_WEIGHTS).path().with_name(FILE)
    except WeightsError:
        return ()
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return tuple((name, tuple(texts)) for name, texts in found.items())
