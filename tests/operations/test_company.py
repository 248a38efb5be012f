"""The company's terms and the mappings of its files."""

from __future__ import annotations

from dataclasses import fields

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from lakmus.history.company import Company, LossTerms
from lakmus.history.failures import BadInput
from lakmus.operations.company import changes, queries
from lakmus.operations.company.changes import BAD_TERM
from lakmus.operations.company.loss_changes import define_loss, use_definition
from lakmus.operations.company.models import CompanyTerms
from lakmus.operations.journal.models import JournalEntry

pytestmark = pytest.mark.django_db


def test_before_anybody_said_anything_the_terms_are_the_assumed_ones() -> None:
    assert queries.company_terms() == Company()


def test_a_new_row_of_terms_assumes_what_the_vocabulary_assumes() -> None:
    row = CompanyTerms()
    assert {name: getattr(row, name) for name in queries.TERMS} == {name: getattr(Company(), name) for name in queries.TERMS}
    assert {*queries.TERMS, "loss"} == {term.name for term in fields(Company)}


def test_setting_the_margin_confirms_it_and_leaves_the_rest() -> None:
    terms = changes.set_terms(actor=None, margin_share=0.42, currency="eur")
    assert terms == queries.company_terms()
    assert (terms.margin_share, terms.margin_is_assumed, terms.currency, terms.aftersales_days) == (0.42, False, "EUR", 14)


def test_what_a_new_customer_costs_is_unknown_until_said_and_a_discount_rate_that_was_said_is_no_assumption() -> None:
    terms = changes.set_terms(actor=None, acquisition_cost=1200, discount_rate=0.2)
    assert (terms.acquisition_cost, terms.discount_rate, terms.discount_is_assumed) == (1200.0, 0.2, False)
    assert changes.set_terms(actor=None, acquisition_cost=None).acquisition_cost is None


def test_within_a_request_terms_are_read_once_and_anew_when_they_change(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    changes.set_terms(actor=None, currency="EUR")
    with queries.terms_at_hand():
        with django_assert_num_queries(1):
            assert queries.company_terms() is queries.company_terms()
        changes.set_terms(actor=None, currency="USD")
        assert queries.company_terms().currency == "USD"
        use_definition(actor=None, number=define_loss(actor=None, terms=LossTerms(horizon_days=90)).version - 1)
        assert queries.company_terms().loss == LossTerms()
    with django_assert_num_queries(2):
        assert queries.company_terms() == queries.company_terms()


def test_terms_whose_change_is_undone_are_not_kept_for_the_rest_of_a_request() -> None:
    with queries.terms_at_hand():
        with pytest.raises(BadInput), transaction.atomic():
            changes.set_terms(actor=None, currency="EUR")
            raise BadInput("undone", BAD_TERM)
        assert queries.company_terms() == Company()


def test_the_journal_says_what_each_term_was_and_became() -> None:
    changes.set_terms(actor=None, aftersales_days=7)
    changes.set_terms(actor=None, aftersales_days=10, name="Магазин")
    details = [entry.details for entry in JournalEntry.objects.order_by("id")]
    assert details == [{"aftersales_days": [14, 7]}, {"aftersales_days": [7, 10], "name": ["Лакмус", "Магазин"]}]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("margin_share", 1.3), ("margin_share", -0.1), ("margin_share", float("nan")), ("margin_share", "много"),
        ("currency", "рубли"), ("currency", ""), ("time_zone", "Europe/Moskva"), ("time_zone", "../etc/passwd"), ("name", "  "),
        ("aftersales_days", 0), ("aftersales_days", 2.5), ("aftersales_days", True), ("no_reply_after_minutes", -5),
        ("acquisition_cost", -1), ("acquisition_cost", float("inf")), ("discount_rate", 1.5), ("discount_is_assumed", 1),
        ("reply_target_minutes", {"chat": 0}), ("reply_target_minutes", 60), ("margin_is_assumed", "no"),
    ],
)  # fmt: skip
def test_a_term_that_cannot_be_is_refused_and_nothing_changes(name: str, written: object) -> None:
    with pytest.raises(BadInput) as refused:
        changes.set_terms(actor=None, **{"repeat_contact_days": 5, name: written})
    assert refused.value.code == f"bad_{name}"
    assert queries.company_terms() == Company()


def test_an_unknown_term_is_refused() -> None:
    with pytest.raises(BadInput, match="margin"):
        changes.set_terms(actor=None, margin=0.3)


def test_reply_targets_always_serve_channels_without_an_entry() -> None:
    terms = changes.set_terms(actor=None, reply_target_minutes={"chat": 5})
    assert terms.reply_target_minutes == {"chat": 5, "": 1440}


def test_the_database_itself_holds_one_company() -> None:
    CompanyTerms.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        CompanyTerms.objects.create(pk=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        CompanyTerms.objects.update(margin_share=2)


def test_a_mapping_is_kept_for_its_headers_and_replaced_by_the_next() -> None:
    changes.keep_mapping(signature="ab12", mapping={"Сумма": "amount"}, kind="orders", actor=None)
    changes.keep_mapping(signature="ab12", mapping={"Сумма": "price"}, kind="orders", actor=None)
    changes.note_mapping_use(signature="ab12")
    (profile,) = queries.mapping_profiles()
    assert (profile.signature, profile.mapping, profile.used_count) == ("ab12", {"Сумма": "price"}, 1)
    assert list(JournalEntry.objects.order_by("id").values_list("verb", flat=True)) == ["kept_mapping", "kept_mapping"]
