"""What "lost" means: every version is kept with its author, any can be taken up again, nothing impossible gets in."""

from __future__ import annotations

import pytest

from lakmus.history.company import LossTerms
from lakmus.history.failures import BadInput, NotFound
from lakmus.operations.company.loss_changes import define_loss, use_definition
from lakmus.operations.company.queries import company_terms, loss_definitions
from lakmus.operations.journal.models import JournalEntry

pytestmark = pytest.mark.django_db


def test_each_change_is_a_version_and_the_journal_says_who_went_from_which_to_which(user_of) -> None:
    owner = user_of("owner")
    define_loss(actor=owner, terms=LossTerms(horizon_days=90), note="квартал")
    define_loss(actor=owner, terms=LossTerms(horizon_days=60, horizon_by="place", horizons={"Омск": 30}))
    assert company_terms().loss == LossTerms(2, "", 60, 2, "place", {"Омск": 30})
    assert use_definition(actor=owner, number=1) == company_terms().loss == LossTerms(1, "", 90)
    assert use_definition(actor=owner, number=0) == company_terms().loss == LossTerms()
    assert [(row.number, row.note, row.author_name) for row in loss_definitions()] == [
        (2, "", owner.username),
        (1, "квартал", owner.username),
    ]
    rows = [(entry.verb, entry.details["before"], entry.object_key) for entry in JournalEntry.objects.filter(object_kind="definition")]
    assert rows == [("took_up_definition", 1, "0"), ("took_up_definition", 2, "1"), ("defined_loss", 1, "2"), ("defined_loss", 0, "1")]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (LossTerms(basis="mood"), "bad_loss_basis"), (LossTerms(horizon_days=3), "bad_loss_horizon"),
        (LossTerms(horizon_days=731), "bad_loss_horizon"), (LossTerms(least_purchases=1), "bad_least_purchases"),
        (LossTerms(horizon_by="staff", horizons={"1": 30}), "bad_loss_segments"), (LossTerms(horizons={"Омск": 30}), "bad_loss_segments"),
        (LossTerms(horizon_by="place", horizons={"Омск": 0}), "bad_loss_horizon"), (LossTerms(), "definition_in_use"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_kept(terms: LossTerms, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        define_loss(actor=None, terms=terms)
    assert refused.value.code == code
    assert company_terms().loss == LossTerms() and not loss_definitions().exists()


def test_a_version_that_is_not_there_cannot_be_taken_up() -> None:
    with pytest.raises(NotFound):
        use_definition(actor=None, number=3)


def test_by_contract_no_horizon_is_kept() -> None:
    define_loss(actor=None, terms=LossTerms(basis="contract", horizon_days=90, least_purchases=5, horizon_by="place", horizons={"Омск": 9}))
    assert company_terms().loss == LossTerms(1, "contract")
