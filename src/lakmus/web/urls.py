"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from lakmus.web.views import (
    accounts,
    alerts,
    causes,
    definition,
    delivery,
    errors,
    house,
    importing,
    insights,
    losses,
    people,
    risk,
    rooms,
    sources,
    waits,
)

urlpatterns = [
    # The way of thought.
    path("", rooms.verdict, name="verdict"),
    path("report.pdf", rooms.report, name="report"),
    path("signals/", rooms.signals, name="signals"),
    path("signals/alerts/", alerts.alerts, name="alerts"),
    path("signals/alerts/read/", alerts.mark, name="alerts_mark"),
    path("signals/alerts/rule/", alerts.rule, name="alert_rule"),
    path("signals/retention/", insights.retention, name="retention"),
    path("signals/survival/", insights.survival, name="survival"),
    path("signals/map/", insights.rfm, name="rfm"),
    path("signals/moves/", insights.flows, name="flows"),
    path("signals/site/", insights.site, name="site"),
    path("signals/backtest/", risk.backtest, name="backtest"),
    path("signals/customers/", insights.group, name="group"),
    path("signals/customers/file/", insights.group_file, name="group_file"),
    path("signals/groups/", insights.saved, name="segments"),
    path("signals/groups/<int:number>/delete/", insights.drop, name="segment_drop"),
    path("causes/", causes.ranked, name="causes"),
    path("causes/waiting/", waits.waiting, name="waiting"),
    path("causes/waiting/cases/", waits.cases, name="waiting_cases"),
    path("causes/ledger/", losses.ledger, name="ledger"),
    path("causes/ledger/file/", losses.ledger_file, name="ledger_file"),
    path("causes/ledger/customers/", losses.reasons, name="reasons"),
    path("causes/ledger/decide/", losses.decide, name="reason_decide"),
    path("causes/promises/", losses.promises, name="promises"),
    path("causes/messages/", losses.audit, name="audit"),
    path("causes/dominoes/", losses.dominoes, name="dominoes"),
    path("causes/learned/", losses.learned, name="learned"),
    path("causes/perception/", losses.perception, name="perception"),
    path("causes/<slug:code>/", causes.one, name="cause"),
    path("measures/", rooms.measures, name="measures"),
    path("results/", rooms.results, name="results"),
    path("definition/", definition.card, name="definition"),
    path("definition/change/", definition.change, name="definition_change"),
    path("definition/take-up/", definition.take_up, name="definition_take_up"),
    # The rows behind the figures.
    path("customers/", people.customers, name="customers"),
    path("customers/<path:key>/forget/", people.forget, name="forget"),
    path("customers/<path:key>/", people.customer, name="customer"),
    path("stories/<path:key>/", people.story, name="story"),
    path("orders/", people.orders, name="orders"),
    path("errors/", people.errors, name="errors"),
    path("errors/<str:error_id>/evidence/", people.evidence, name="evidence"),
    # The data.
    path("data/", sources.sources, name="data"),
    path("data/links/", sources.decide, name="decide_link"),
    path("data/export/<slug:name>/", sources.export, name="export"),
    path("data/import/", importing.new, name="import_new"),
    path("data/imports/<int:number>/", importing.job, name="import_job"),
    path("data/imports/<int:number>/columns/", importing.plan, name="import_plan"),
    path("data/imports/<int:number>/again/", importing.again, name="import_again"),
    path("data/imports/<int:number>/rejected/<int:position>/", importing.rejected, name="import_rejected"),
    # The house.
    path("settings/", house.settings, name="settings"),
    path("settings/delivery/", delivery.delivery, name="delivery"),
    path("users/", house.users, name="users"),
    path("profile/", house.profile, name="profile"),
    path("tokens/", house.tokens, name="tokens"),
    path("forgotten/", house.forgotten, name="forgotten"),
    path("journal/", house.journal, name="journal"),
    path("login/", accounts.log_in, name="login"),
    path("logout/", accounts.log_out, name="logout"),
    path("language/", accounts.set_language, name="set_language"),
    path("theme/", accounts.set_theme, name="set_theme"),
    path("health/", accounts.health, name="health"),
]

handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.our_error
