"""Who is who: links, stand-ins that find their customer, contradictions that wait, merges that can be undone."""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakmus.history.failures import NotFound, WrongUsage
from lakmus.stream.identity import Identifier, Identity, LinkReport
from lakmus.stream.store import Stream
from tests.stream.samples import LATER, START, content, copied, order, orders_of, reader

ORDERS = [order(1, "anna", 0), order(2, "борис", 1), order(3, "email:a@b.ru", 2), order(4, "вера", 3)]


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Stream:
    made = Stream.create(tmp_path_factory.mktemp("identity") / "s", buckets=4)
    made.append(reader([*ORDERS, order(5, None, 4) | {"anonymous_customer_id": "cookie-1"}]))
    return made


@pytest.fixture
def stream(original, tmp_path) -> Stream:
    return copied(original, tmp_path)


def link(stream: Stream, *rows: tuple[str, str, str]) -> LinkReport:
    return stream.identity.link(rows, source="test", at=START)


def orders_by_customer(stream: Stream) -> dict[str | None, list[str]]:
    rows = pl.DataFrame(content(stream), infer_schema_length=None).sort("ts")
    return dict(rows.group_by("customer", maintain_order=True).agg("_order").iter_rows())


def test_activities_known_only_by_an_email_come_back_under_their_customer(stream) -> None:
    assert link(stream, ("email", " A@B.ru", "anna")) == LinkReport(linked=1)
    assert stream.identity.canonical("email:a@b.ru") == "anna"
    assert orders_of(stream, "anna") == orders_of(stream, "email:a@b.ru") == ["1", "3"]
    assert orders_by_customer(stream)["anna"] == ["1", "3"]


def test_a_site_client_id_becomes_its_customer_where_the_customer_lives(stream) -> None:
    link(stream, ("site", "cookie-1", "вера"))
    assert orders_of(stream, "вера") == ["4", "5"] and orders_by_customer(stream)["вера"] == ["4", "5"]
    assert None not in orders_by_customer(stream) and len(content(stream)) == 5


def test_two_customers_who_share_an_email_are_not_merged_and_wait_for_a_person(stream) -> None:
    assert link(stream, ("email", "x@y.ru", "anna"), ("email", "X@y.ru", "борис")) == LinkReport(linked=1, conflicts=1)
    (conflict,) = stream.identity.conflicts()
    assert (conflict.holder, conflict.claimants, conflict.identifier.kind) == ("anna", ("борис",), "email")
    assert orders_of(stream, "anna") == ["1"] and orders_of(stream, "борис") == ["2"]
    assert link(stream, ("email", "x@y.ru", "борис")) == LinkReport(), "the same contradiction is asked once"


@pytest.mark.parametrize(
    ("decision", "anna", "found"), [("same", ["1", "2"], ["anna"]), ("different", ["1"], ["anna"]), ("shared", ["1"], [])]
)
def test_a_person_decides_what_a_shared_email_means(stream, decision, anna, found) -> None:
    link(stream, ("email", "x@y.ru", "anna"), ("email", "x@y.ru", "борис"))
    (conflict,) = stream.identity.conflicts()
    stream.identity.resolve(conflict.conflict_id, decision, actor="olga", at=LATER)
    assert stream.identity.conflicts() == [] and orders_of(stream, "anna") == anna
    assert stream.identity.find("x@y.ru") == found
    assert link(stream, ("email", "x@y.ru", "борис")) == LinkReport(), "what was decided is not asked again"
    with pytest.raises(NotFound):
        stream.identity.resolve(conflict.conflict_id, "same", at=LATER)


def test_a_stand_in_is_merged_into_the_real_customer_who_shares_its_phone(stream) -> None:
    assert link(stream, ("email", "a@b.ru", "email:a@b.ru"), ("phone", "8 916 123-45-67", "email:a@b.ru")).merged == 0
    assert link(stream, ("phone", "+7 (916) 123-45-67", "anna")) == LinkReport(merged=1)
    assert orders_of(stream, "anna") == ["1", "3"]
    (merge,) = stream.identity.merges()
    assert (merge.customer, merge.into, merge.actor) == ("email:a@b.ru", "anna", "automatic")


def test_two_stand_ins_who_share_a_phone_are_two_people_until_somebody_decides(stream) -> None:
    report = link(stream, ("phone", "89161234567", "email:a@b.ru"), ("phone", "89161234567", "email:other@b.ru"))
    assert (report.merged, report.conflicts) == (0, 1)
    assert stream.identity.canonical("email:other@b.ru") == "email:other@b.ru"


def test_an_automatic_merge_that_was_undone_does_not_come_back(stream) -> None:
    link(stream, ("email", "a@b.ru", "email:a@b.ru"))
    link(stream, ("email", "a@b.ru", "anna"))
    assert orders_of(stream, "anna") == ["1", "3"]
    stream.identity.undo(stream.identity.merges()[0].merge_id, actor="olga", at=LATER)
    assert orders_of(stream, "anna") == ["1"] and orders_of(stream, "email:a@b.ru") == ["3"]
    link(stream, ("email", "a@b.ru", "anna"))
    assert orders_of(stream, "anna") == ["1"]


def test_a_merge_by_a_person_is_undone_without_a_trace_in_the_history(stream) -> None:
    before, files = content(stream), stream.files()
    merge = stream.identity.merge("борис", "anna", actor="olga", at=LATER)
    assert orders_by_customer(stream)["anna"] == ["1", "2"] and stream.identity.canonical("борис") == "anna"
    assert stream.files() == files, "a merge never rewrites activities"
    stream.identity.undo(merge, actor="olga", at=LATER)
    assert content(stream) == before
    with pytest.raises(NotFound):
        stream.identity.undo(merge, actor="olga", at=LATER)


def test_merges_chain_to_one_person_and_never_run_in_a_circle(stream) -> None:
    stream.identity.merge("anna", "борис", actor="olga", at=LATER)
    stream.identity.merge("борис", "вера", actor="olga", at=LATER)
    assert {stream.identity.canonical(name) for name in ("anna", "борис", "вера")} == {"вера"}
    assert orders_of(stream, "anna") == ["1", "2", "4"] == orders_by_customer(stream)["вера"]
    with pytest.raises(WrongUsage):
        stream.identity.merge("вера", "anna", actor="olga", at=LATER)


def test_an_id_of_another_system_reads_as_its_master_customer(stream) -> None:
    assert link(stream, ("external", "борис", "master-1"), ("external", "вера", "master-1")).linked == 2
    assert orders_of(stream, "master-1") == ["2", "4"] == orders_by_customer(stream)["master-1"]


def test_an_identifier_taken_away_stays_away_from_that_customer(stream) -> None:
    link(stream, ("email", "a@b.ru", "anna"))
    stream.identity.unlink(Identifier("email", "A@B.RU"), actor="olga", at=LATER)
    link(stream, ("email", "a@b.ru", "anna"))
    assert orders_of(stream, "anna") == ["1"] and stream.identity.find("a@b.ru") == []
    assert link(stream, ("email", "a@b.ru", "вера")).linked == 1


def test_values_that_mean_nobody_link_nobody(stream) -> None:
    report = link(stream, ("email", "нет", "anna"), ("phone", "0000000000", "anna"), ("card", "0", "anna"), ("email", "q@q.ru", "nan"))
    assert report == LinkReport(unusable=4) and stream.identity.version == 0
    with pytest.raises(WrongUsage):
        link(stream, ("colour", "red", "anna"))


def test_people_are_found_by_any_writing_and_by_a_part(stream) -> None:
    link(stream, ("phone", "8 916 123-45-67", "anna"), ("email", "Boris.K@mail.ru", "борис"), ("card", "7700 12", "вера"))
    found = {text: stream.identity.find(text) for text in ("+7 (916) 1234567", "boris.k", "BORIS", "770012", "1234", "ru", "")}
    assert found == {
        "+7 (916) 1234567": ["anna"], "boris.k": ["борис"], "BORIS": ["борис"], "770012": ["вера"], "1234": ["anna"], "ru": [], "": []
    }  # fmt: skip


def test_coverage_counts_people_identifiers_and_what_waits(stream) -> None:
    link(stream, ("email", "x@y.ru", "anna"), ("phone", "89161234567", "anna"), ("email", "x@y.ru", "борис"), ("card", "7", "email:z@z.ru"))
    coverage = stream.identity.coverage()
    assert (coverage.identifier_count, coverage.customer_count, coverage.conflict_count) == (3, 1, 1)
    assert coverage.by_kind == {"card": 1, "email": 1, "phone": 1}


def test_past_moments_are_seen_through_the_merges_of_today(stream) -> None:
    link(stream, ("email", "a@b.ru", "anna"))
    assert orders_of(stream, "anna", START + timedelta(days=1)) == ["1"]
    assert orders_of(stream, "anna", START + timedelta(days=2)) == ["1", "3"]


def test_another_process_sees_links_at_once(stream) -> None:
    other = Stream.open(stream.path)
    assert orders_of(other, "anna") == ["1"]
    link(stream, ("email", "a@b.ru", "anna"))
    assert orders_of(other, "anna") == ["1", "3"]


def test_links_that_a_restored_folder_does_not_have_are_not_remembered(stream, original) -> None:
    link(stream, ("email", "a@b.ru", "anna"))
    assert orders_of(stream, "anna") == ["1", "3"]
    shutil.rmtree(stream.path)
    shutil.copytree(original.path, stream.path)
    again = Stream.open(stream.path)
    assert orders_of(again, "anna") == ["1"]
    link(again, ("email", "a@b.ru", "борис"))
    assert orders_of(again, "anna") == ["1"]
    assert orders_of(again, "борис") == ["2", "3"]


NAMES = st.sampled_from(["anna", "борис", "вера", "email:a@b.ru", "email:c@d.ru", "phone:+79161234567"])
WRITTEN = st.sampled_from([("email", "a@b.ru"), ("email", "c@d.ru"), ("phone", "89161234567"), ("external", "anna"), ("external", "борис")])


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.lists(st.lists(st.tuples(WRITTEN, NAMES), max_size=6), max_size=4))
def test_whatever_is_linked_everybody_ends_at_one_person_and_columns_agree_with_single_reads(tmp_path_factory, batches) -> None:
    identity = Identity(tmp_path_factory.mktemp("who") / "identity", nullcontext)
    for batch in batches:
        identity.link([(*written, customer) for written, customer in batch], source="test", at=START)
    state = identity.state()
    names = ["anna", "борис", "вера", "email:a@b.ru", "email:c@d.ru", "phone:+79161234567"]
    ends = state.canonical_column(pl.Series(names)).to_list()
    assert ends == [state.canonical(name) for name in names] == [state.canonical(end) for end in ends]
    assert all(name in state.keys_of(end) for name, end in zip(names, ends, strict=True))
    merged_silently = [{"anna", "борис", "вера"} & set(state.keys_of(end)) for end in ends]
    if not any(written[0] == "external" for batch in batches for written, _ in batch):
        assert all(len(real) < 2 for real in merged_silently), "two real customers became one without a person"
