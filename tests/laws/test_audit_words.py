"""Whatever is written down can be read: verbs and doers of the audit log have words."""

from __future__ import annotations

from collections import Counter

from flask import Flask

from signing.audit import ActorKind, Verb
from signing.web.staff import verbs


def test_each_verb_and_each_sort_of_doer_has_words_of_its_own(app: Flask) -> None:
    assert set(verbs.VERBS) == set(Verb)
    assert set(verbs.ACTORS) == set(ActorKind)
    with app.test_request_context():
        said = Counter(words for _verb, words in verbs.listed())
    assert [words for words, n in said.items() if n > 1 or not words] == []
