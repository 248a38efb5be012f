"""The pages of alerts: read and unread, the rule, the delivery; who may, and what a form changes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from lakmus.operations.alerts import changes
from lakmus.operations.alerts.models import Dispatch, ToldAlert
from lakmus.operations.alerts.queries import delivery_terms
from lakmus.usecases.alerts.alert_rules import standing_rule
from lakmus.usecases.alerts.deliver_alerts import webhook_secret
from lakmus.usecases.alerts.read_alerts import mark_opened
from lakmus.usecases.alerts.show_alerts import SegmentAlert, alert_asked
from lakmus.usecases.alerts.tell_alerts import unread_count
from lakmus.usecases.alerts.theme_bursts import BURST, COOL_DOWN
from tests.web.shop_of_figures import shop_of_figures  # noqa: F401 - a fixture

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DELIVERY = {
    "do": "save", "site_address": "https://lakmus.example.org/", "mail_is_on": "1", "recipients": "a@example.org\nb@example.org",
    "mail_hour": "8", "mail_language": "en", "webhook_is_on": "1", "webhook_address": "https://outside.example/hook",
}  # fmt: skip
RULE = {"least_change": "35", "least_count": "12", "cool_down_weeks": "6", "direction": "up", "dimensions": ["channel", "place"]}
ALERT = {
    "rule": "beyond_noise", "measure": "purchases", "dimension": "place", "segment": "Тверь", "direction": "down", "until": NOW,
    "window_days": 28, "observed": 50, "expected": 100.0, "change": -0.5, "p_value": 0.001,
}  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> ToldAlert:
    """Return an alert that was told."""
    cool_down = {"beyond_noise": timedelta(weeks=12)}
    return changes.note_alerts(found=[ALERT], at=NOW, cool_down=cool_down, fresh_since=NOW - timedelta(days=1))[0]


def test_an_unread_alert_is_marked_in_the_navigation_until_it_is_read(told: ToldAlert, client_of, user_of) -> None:
    owner: Client = client_of("owner")
    assert 'class="news"' in owner.get("/profile/").content.decode()
    assert 'class="news"' not in client_of("agent").get("/profile/").content.decode()
    assert owner.post("/signals/alerts/read/", {"number": told.pk, "do": "read"}).status_code == 302
    assert 'class="news"' not in owner.get("/profile/").content.decode() and unread_count(user_of("analyst")) == 1
    owner.post("/signals/alerts/read/", {"number": told.pk, "do": "unread"})
    assert unread_count(user_of("owner")) == 1
    owner.post("/signals/alerts/read/", {})
    assert unread_count(user_of("owner")) == 0 and owner.post("/signals/alerts/read/", {"number": "999"}).status_code == 404


def test_whoever_opens_the_customers_behind_an_alert_has_read_it_and_nobody_else(told: ToldAlert, user_of) -> None:
    alert = SegmentAlert("purchases", "place", "Тверь", NOW + timedelta(days=7), 28, 50, 100.0, -0.5, 0.001)
    mark_opened(user_of("owner"), alert_asked(alert) | {"segment": "Псков"})
    assert unread_count(user_of("owner")) == 1
    mark_opened(user_of("owner"), alert_asked(alert))
    assert (unread_count(user_of("owner")), unread_count(user_of("analyst"))) == (0, 1)


@pytest.mark.slow
def test_a_burst_of_a_theme_is_marked_at_causes_until_its_texts_are_opened(shop_of_figures: Path, settings, client_of) -> None:  # noqa: F811
    settings.LAKMUS_HOME = shop_of_figures
    burst = ALERT | {"rule": BURST, "measure": "texts", "dimension": "theme", "segment": "price", "direction": "up"}
    changes.note_alerts(found=[burst], at=NOW, cool_down={BURST: COOL_DOWN}, fresh_since=NOW - timedelta(days=1))
    owner: Client = client_of("owner")
    assert 'class="news"' in owner.get("/profile/").content.decode()
    assert owner.get("/causes/topics/price/?days=7&until=2026-03-01T00:00:00%2B00:00").status_code == 200
    assert 'class="news"' not in owner.get("/profile/").content.decode()


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("administrator", 200), ("analyst", 403), ("head_of_service", 403), ("agent", 403)]
)
def test_only_those_who_keep_the_house_see_where_alerts_go(client_of, role: str, status: int) -> None:
    client = client_of(role)
    assert client.get("/settings/delivery/").status_code == status
    assert client.post("/settings/delivery/", DELIVERY).status_code == (200 if status == 200 else 403)


def test_delivery_is_set_and_its_secret_shown_once(client_of) -> None:
    keeper: Client = client_of("administrator")
    first = keeper.post("/settings/delivery/", DELIVERY).content.decode()
    assert re.search(r'<code id="secret">([^<]+)</code>', first).group(1) == webhook_secret()
    terms = delivery_terms()
    assert (terms.recipients, terms.mail_hour, terms.site_address) == (["a@example.org", "b@example.org"], 8, "https://lakmus.example.org")
    assert webhook_secret() not in keeper.get("/settings/delivery/").content.decode()
    assert keeper.post("/settings/delivery/", DELIVERY).status_code == 302
    renewed = keeper.post("/settings/delivery/", {"do": "secret"}).content.decode()
    assert webhook_secret() in renewed and webhook_secret() not in first


@pytest.mark.parametrize(
    "wrong",
    [{"recipients": "a@example.org nobody"}, {"recipients": ""}, {"webhook_address": "https://10.0.0.1/"}, {"webhook_address": ""},
     {"mail_hour": "24"}, {"site_address": "lakmus"}],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_stays(client_of, wrong: dict[str, str]) -> None:
    answer = client_of("owner").post("/settings/delivery/", DELIVERY | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'role="alert"' in page and "lakmus" in page
    assert not delivery_terms().mail_is_on and not delivery_terms().webhook_is_on


def test_a_test_is_queued_and_what_was_given_up_is_sent_again(client_of) -> None:
    keeper: Client = client_of("owner")
    assert keeper.post("/settings/delivery/", {"do": "test", "channel": "webhook"}).status_code == 422
    keeper.post("/settings/delivery/", DELIVERY)
    assert keeper.post("/settings/delivery/", {"do": "test", "channel": "webhook"}).status_code == 302
    assert Dispatch.objects.get().is_test and 'hx-trigger="every 2s"' in keeper.get("/settings/delivery/").content.decode()
    failed = changes.note_dispatch(channel="webhook", message_id="alert_1", body="{}", at=NOW, state="given_up", outcome="timeout")
    assert 'value="again"' in keeper.get("/settings/delivery/").content.decode()
    keeper.post("/settings/delivery/", {"do": "again", "number": failed.pk})
    failed.refresh_from_db()
    assert failed.state == "waiting"


@pytest.mark.slow
def test_a_rule_is_tried_without_a_change_then_taken_then_given_back(shop_of_figures: Path, settings, client_of) -> None:  # noqa: F811
    settings.LAKMUS_HOME = shop_of_figures
    analyst: Client = client_of("analyst")
    tried = analyst.post("/signals/alerts/rule/", RULE | {"do": "preview"})
    assert tried.status_code == 200 and 'value="35"' in tried.content.decode() and standing_rule().is_shipped
    assert analyst.post("/signals/alerts/rule/", RULE | {"do": "save"}).status_code == 302
    assert standing_rule().watch.rule.least_change == 0.35 and standing_rule().changed_by == "analyst"
    refused = analyst.post("/signals/alerts/rule/", RULE | {"do": "save", "least_change": "много"})
    assert refused.status_code == 422 and standing_rule().watch.rule.least_change == 0.35
    marketer: Client = client_of("marketer")
    assert marketer.get("/signals/alerts/rule/").status_code == 200
    assert marketer.post("/signals/alerts/rule/", RULE | {"do": "restore"}).status_code == 403
    assert analyst.post("/signals/alerts/rule/", RULE | {"do": "restore"}).status_code == 302 and standing_rule().is_shipped
