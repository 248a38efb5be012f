"""Labels of texts by people: kept with the version of the taxonomy, compared between people, erased with the customer."""

from __future__ import annotations

import pytest
from sklearn.metrics import cohen_kappa_score

from lakmus.history.failures import BadInput, NotFound
from lakmus.operations.journal.models import JournalEntry
from lakmus.operations.labels import changes
from lakmus.operations.labels.queries import all_labels, own_phrases, taxonomy_version
from lakmus.usecases.texts.label_texts import NEEDED_TOGETHER, agreement_of_people, code_titles, drop_theme, kappa, keep_theme

pytestmark = pytest.mark.django_db


def mark(actor: object, text: str, polarity: str, *codes: str) -> None:
    changes.label_text(activity_id=text, customer="c-1", polarity=polarity, codes=codes, reason=codes[0] if codes else "", actor=actor)


def test_a_second_label_of_the_same_person_takes_the_place_of_the_first_and_the_journal_holds_both(user_of) -> None:
    mark(user_of("owner"), "a-1", "negative", "price")
    mark(user_of("owner"), "a-1", "positive")
    (label,) = all_labels()
    assert (label.polarity, label.codes, label.reason) == ("positive", (), "")
    rows = JournalEntry.objects.filter(verb="labelled_text")
    assert rows.count() == 2 and not any("c-1" in str(row.details) for row in rows)


def test_a_polarity_that_does_not_exist_is_refused(user_of) -> None:
    with pytest.raises(BadInput):
        mark(user_of("owner"), "a-1", "so-so")
    assert all_labels() == []


def test_labels_of_a_forgotten_customer_are_gone(user_of) -> None:
    mark(user_of("owner"), "a-1", "negative")
    assert changes.forget_labels(customers=["c-2"], actor=None) == 0
    assert changes.forget_labels(customers=["c-1"], actor=None) == 1 and all_labels() == []


def test_themes_give_the_taxonomy_new_versions_and_labels_keep_theirs(user_of) -> None:
    owner = user_of("owner")
    assert taxonomy_version() == 0
    keep_theme(title=" Пункт  выдачи ", phrases=["пункт выдачи", "", "..."], actor=owner)
    ((code, (title, phrases)),) = own_phrases().items()
    assert (title, phrases, taxonomy_version()) == ("Пункт выдачи", ["пункт выдачи"], 1)
    assert code_titles()[code].ru == "Пункт выдачи"
    drop_theme(int(code.removeprefix("own_")), actor=owner)
    assert own_phrases() == {} and taxonomy_version() == 2
    with pytest.raises(NotFound):
        drop_theme(int(code.removeprefix("own_")), actor=owner)
    with pytest.raises(BadInput):
        keep_theme(title="Пусто", phrases=["..."], actor=owner)


def test_kappa_is_that_of_the_library_and_lies_in_its_interval() -> None:
    pairs = [("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 3 + [("b", "b")] * 12 + [("c", "c")] * 4
    found = kappa("polarity", pairs)
    assert found.kappa == pytest.approx(cohen_kappa_score([one for one, _ in pairs], [other for _, other in pairs]))
    assert found.low < found.kappa < found.high < 1
    assert kappa("polarity", [("a", "a")] * 5).kappa is None


def test_the_interval_of_kappa_has_the_width_that_resampling_gives() -> None:
    import numpy as np

    pairs = [("a", "a")] * 60 + [("a", "b")] * 15 + [("b", "a")] * 9 + [("b", "b")] * 36
    chance = np.random.default_rng(1)
    drawn = [kappa("x", [pairs[at] for at in chance.integers(0, len(pairs), len(pairs))]).kappa for _ in range(400)]
    found = kappa("x", pairs)
    assert found.high - found.low == pytest.approx(2 * 1.96 * np.std(drawn), rel=0.15)


def test_agreement_of_two_people_is_told_from_enough_texts_on(user_of) -> None:
    owner, head = user_of("owner"), user_of("head_of_service")
    for at in range(NEEDED_TOGETHER - 1):
        mark(owner, f"a-{at}", "negative" if at % 2 else "positive", *(["price"] if at % 3 == 0 else []))
        mark(head, f"a-{at}", "negative" if at % 2 else "positive")
    assert agreement_of_people() == []
    mark(owner, "a-99", "neutral")
    mark(head, "a-99", "neutral")
    polarity, price = agreement_of_people()
    assert (polarity.kappa, polarity.n) == (1.0, NEEDED_TOGETHER)
    assert price.code == "price" and price.kappa == pytest.approx(0)
