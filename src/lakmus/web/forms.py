"""The forms whose fields need more than a line of template."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _

from lakmus.history.company import Company
from lakmus.history.money import SIGNS
from lakmus.web.wordings import channel_title

TARGET = "target_"
ZONES = sorted(
    zone
    for zone in available_timezones()
    if zone.startswith(("Europe/", "Asia/", "America/", "Africa/", "Australia/", "Pacific/")) or zone == "UTC"
)


def _percent(share: float) -> str:
    """Write a share as the percent of a field: `30`, not `30.0`."""
    return f"{round(share * 100, 2):g}"


class TermsForm(forms.Form):
    """The terms on which every figure is read; see `lakmus.history.company.Company`."""

    name = forms.CharField(max_length=200)
    currency = forms.ChoiceField()
    time_zone = forms.ChoiceField(choices=[(zone, zone) for zone in ZONES])
    margin_percent = forms.DecimalField(min_value=0, max_value=100, max_digits=5, decimal_places=2)
    acquisition_cost = forms.DecimalField(min_value=0, max_value=10**9, decimal_places=2, required=False)
    discount_percent = forms.DecimalField(min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False)
    no_reply_after_hours = forms.IntegerField(min_value=1, max_value=8760)
    repeat_contact_days = forms.IntegerField(min_value=1, max_value=3650)
    aftersales_days = forms.IntegerField(min_value=1, max_value=3650)

    def __init__(self, *args: Any, channels: dict[str, int], currency: str, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._say(currency, zone)
        for channel, minutes in channels.items():
            field = forms.IntegerField(min_value=1, max_value=527_040, initial=minutes, label=channel_title(channel))
            field.is_target = True  # type: ignore[attr-defined]  # read by the template
            self.fields[TARGET + channel] = field

    def _say(self, currency: str, zone: str) -> None:
        """Name the fields in the reader's language."""
        texts = {
            "name": (_("Name of the company"), ""),
            "currency": (_("Currency"), ""),
            "time_zone": (_("Time zone"), _("Days begin and end in it")),
            "margin_percent": (_("Margin, % of revenue"), _("What stays with the company of each sale; every loss in money is read by it")),
            "acquisition_cost": (
                _("What winning one new customer costs"),
                _("In the currency above: advertising, sales, first discount. Empty: not known, and nothing is counted by it"),
            ),
            "discount_percent": (
                _("Discount rate, % a year"),
                _("By so much money a year from now is worth less than today. Empty: 15% is assumed"),
            ),
            "no_reply_after_hours": (_("Unanswered for so many hours: never answered"), ""),
            "repeat_contact_days": (_("Again on the same matter within so many days: the problem was not solved"), ""),
            "aftersales_days": (_("A useful contact is expected within so many days after delivery"), ""),
        }
        for key, (label, hint) in texts.items():
            self.fields[key].label, self.fields[key].help_text = label, hint
        codes = dict.fromkeys([*SIGNS, currency])
        self.fields["currency"].choices = [(code, f"{code} {SIGNS.get(code, '')}".strip()) for code in codes]  # type: ignore[attr-defined]
        if zone not in ZONES:
            self.fields["time_zone"].choices = [(zone, zone), *((known, known) for known in ZONES)]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, company: Company, given: Any = None) -> TermsForm:
        """Return the form filled with the terms as they stand, or with what was given."""
        initial = {
            "name": company.name,
            "currency": company.currency,
            "time_zone": company.time_zone,
            "margin_percent": _percent(company.margin_share),
            "acquisition_cost": company.acquisition_cost,
            "discount_percent": None if company.discount_is_assumed else _percent(company.discount_rate),
            "no_reply_after_hours": company.no_reply_after_minutes // 60,
            "repeat_contact_days": company.repeat_contact_days,
            "aftersales_days": company.aftersales_days,
        }
        return cls(given, initial=initial, channels=company.reply_target_minutes, currency=company.currency, zone=company.time_zone)

    def terms(self) -> dict[str, Any]:
        """Return what was given as terms of the company."""
        given = self.cleaned_data
        terms = {key: given[key] for key in ("name", "currency", "time_zone", "repeat_contact_days", "aftersales_days")}
        terms["margin_share"] = float(given["margin_percent"]) / 100
        cost, discount = given["acquisition_cost"], given["discount_percent"]
        terms["acquisition_cost"] = None if cost is None else float(cost)
        terms["discount_rate"] = Company().discount_rate if discount is None else float(discount) / 100
        terms["discount_is_assumed"] = discount is None
        terms["no_reply_after_minutes"] = given["no_reply_after_hours"] * 60
        terms["reply_target_minutes"] = {key.removeprefix(TARGET): minutes for key, minutes in given.items() if key.startswith(TARGET)}
        return terms
