"""The signals: what is read, in which unit and window, how, and when it warns. Screen, API and reference page come from `SIGNALS`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lakmus.engine.feeds import Feeds
from lakmus.engine.signals import deeds, formulas
from lakmus.engine.signals.aggregates import Measure, Selection, Test, Where, selected
from lakmus.engine.signals.readings import Asked, Part
from lakmus.engine.text.voice import NEGATIVE_STARS, VOICE_KINDS
from lakmus.history.wording import Wording

VISIT_KINDS = ("visited_site", "visited_store", "logged_in", "used_service")
CONTACT_KINDS = ("received_reply", "was_contacted", "called")
LOYALTY_KINDS = ("earned_points", "redeemed_points")
OUTBOUND_KINDS = ("received_automatic_message", "received_offer")
ORDER_KINDS = ("placed_order", "ordered_item")
CASE_KINDS = ("opened_case",)
PRAISE_STARS, PRAISE_POINTS = 4.0, 9.0

PERSONS = selected(*CONTACT_KINDS, where=[Where("_author", Test.AMONG_OR_ABSENT, ("person",))])
"""A two-way contact: a person's reply, our contact with the customer, a call."""
NEGATIVE_REVIEWS = selected("left_review", where=[Where("_stars", Test.AT_MOST, NEGATIVE_STARS)])
PRAISE = selected("left_review", where=[Where("_stars", Test.AT_LEAST, PRAISE_STARS)])
NPS = selected("answered_survey", where=[Where("_survey", Test.AMONG, ("nps",)), Where("_score", Test.PRESENT)])
PURCHASES, DISPLEASURE = selected(deeds.PURCHASE), selected(deeds.DISPLEASURE)


@dataclass(frozen=True)
class Signal:
    """One entry.

    `falling`: a fall is the bad direction (None: its sign is learned, not given). `needs`: the signal is measured where the company sends
    any of these kinds. `parts` are the columns of its formula `read`. `by`: typed columns by which the screen may part it.
    `season`: the group of activities whose season it has.
    """

    code: str
    title: Wording
    unit: Wording
    window_days: int | None
    definition: Wording
    source: str
    falling: bool | None
    needs: tuple[str, ...]
    read: formulas.Read
    parts: Mapping[str, Part] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    season: str | None = None

    def measured_with(self, feeds: Feeds | None) -> bool:
        """Say whether the company sends what the signal reads; with feeds unknown, it is taken to."""
        return feeds is None or feeds.of(*self.needs).count > 0

    @property
    def asked(self) -> Asked:
        """What the signal needs of the prefix sums."""
        return Asked(self.code, self.parts, self.window_days or 90, self.read, self.season)


def _n(of: Selection) -> Part:
    return Part(Measure.COUNT, of)


def _sum(column: str, of: Selection) -> Part:
    return Part(Measure.SUM, of, column)


def _ever(measure: Measure, of: Selection, column: str | None = None) -> Part:
    return Part(measure, of, column, ever=True)


_DAYS, _SHARE, _TIMES = Wording("дней", "days"), Wording("доля", "share"), Wording("раз за 90 дней", "times in 90 days")
_HALF_YEAR = Wording("раз за 180 дней", "times in 180 days")
_YEAR = Wording("раз за год", "times in a year")
_BILL, _MINUTES = Wording("денег за заказ", "money per order"), Wording("минут", "minutes")
_POINTS, _MARK, _LAMPS = Wording("баллов", "points"), Wording("оценка 0–10", "answer 0–10"), Wording("сторон", "dimensions")

SIGNALS: tuple[Signal, ...] = (
    Signal("cry_for_help", Wording("сказал, что уходит", "said that they are leaving"), _TIMES, 90,
           Wording("слов «в последний раз обращаюсь», «ухожу» и подобных за 90 дней; такие обращения идут без очереди",
                   "words such as “this is the last time I write” in 90 days; such cases jump the queue"),
           "text.voice", False, VOICE_KINDS, formulas.any_count("n"), {"n": _n(selected(deeds.CRY))}),
    Signal("contract_notice", Wording("предупредил об уходе", "gave notice"), _YEAR, 365,
           Wording("уведомлений о расторжении и законченных договоров за год", "notices and ended contracts in a year"),
           "contracts", False, ("started_contract", "renewed_contract", "gave_notice", "ended_contract"),
           formulas.any_count("n"), {"n": _n(selected("gave_notice", "ended_contract"))}),
    Signal("critical_cases", Wording("жалоба ждёт ответа", "a complaint is waiting"), _TIMES, 90,
           Wording("жалоб и криков о помощи за 90 дней, на которые больше суток не ответил человек",
                   "complaints and cries for help of 90 days without a person's reply for over a day"),
           "signals.deeds", False, CASE_KINDS, formulas.any_count("n"), {"n": _n(selected(deeds.CRITICAL))}),
    Signal("purchase_gap", Wording("дольше обычного без покупки", "longer than usual without a purchase"), _DAYS, None,
           Wording("дней с последнего заказа против личного 90-го процентиля перерывов, стянутого к компании, когда перерывов мало",
                   "days since the last order against the personal 90th percentile of gaps, shrunk towards the company's when gaps "
                   "are few"),
           "Buhlmann (1967); see signals.rhythm", False, ORDER_KINDS, formulas.purchase_gap,
           {"last": _ever(Measure.LAST, PURCHASES), "purchases": _ever(Measure.COUNT, PURCHASES)}),
    Signal("purchase_frequency", Wording("покупает реже", "buys less often"), _TIMES, 90,
           Wording("покупок за 90 дней против своего обычного за год до того с поправкой на сезон; тревога, если такое падение случайно "
                   "реже чем в 5 %",
                   "purchases in 90 days against the own usual of the year before, season allowed for; warns when chance gives such a "
                   "fall in under 5%"),
           "Poisson tail, Garwood (1936)", True, ORDER_KINDS, formulas.falling_count("n"), {"n": _n(PURCHASES)}, season="orders"),
    Signal("mean_order_amount", Wording("средний чек упал", "mean order value fell"), _BILL, 90,
           Wording("средняя сумма заказа за 90 дней против своей обычной; тревога ниже 80 %, если падение больше разброса своих заказов",
                   "mean amount of an order in 90 days against the own usual; warns under 80% when the fall exceeds the spread of the "
                   "own orders"),
           "Welch (1947)", True, ORDER_KINDS, formulas.mean_amount,
           {"orders": _n(selected(deeds.PRICED_ORDER)), "amount": _sum("_amount", selected(deeds.PRICED_ORDER)),
            "squares": Part(Measure.SQUARES, selected(deeds.PRICED_ORDER), "_amount")}),
    Signal("cancellations_share", Wording("чаще отменяет", "cancels more often"), _SHARE, 90,
           Wording("доля отменённых среди заказов за 90 дней; тревога от двух отмен, если столько случайно бывает реже чем в 5 %",
                   "share of cancelled among orders of 90 days; warns from two cancellations on, when chance gives as many in under 5%"),
           "binomial tail", False, ("cancelled_order",), formulas.bad_share("bad", "all"),
           {"bad": _n(selected(deeds.CANCELLED_ORDER)), "all": _n(selected(deeds.ORDER))}),
    Signal("returns_share", Wording("чаще возвращает", "returns more often"), _SHARE, 90,
           Wording("доля заказов с возвратом за 90 дней; тревога от двух, если столько случайно бывает реже чем в 5 %",
                   "share of orders with a return in 90 days; warns from two on, when chance gives as many in under 5%"),
           "binomial tail", False, ("returned_item",), formulas.bad_share("bad", "all"),
           {"bad": _n(selected(deeds.RETURNED_ORDER)), "all": _n(selected(deeds.ORDER))}),
    Signal("visits", Wording("реже заходит", "visits less often"), _TIMES, 90,
           Wording("визитов на сайт и в магазин за 90 дней против своих обычных с поправкой на сезон",
                   "visits to site and shop in 90 days against the own usual, season allowed for"),
           "Poisson tail, Garwood (1936)", True, ("visited_site", "visited_store"), formulas.falling_count("n"),
           {"n": _n(selected("visited_site", "visited_store"))}, season="visits"),
    Signal("account_use", Wording("реже пользуется", "uses it less"), _TIMES, 90,
           Wording("входов в кабинет и использований услуги за 90 дней против своих обычных с поправкой на сезон",
                   "log-ins and uses of the service in 90 days against the own usual, season allowed for"),
           "Poisson tail, Garwood (1936)", True, ("logged_in", "used_service"), formulas.falling_count("n"),
           {"n": _n(selected("logged_in", "used_service"))}, season="account_use"),
    Signal("complaints", Wording("жаловался", "complained"), _TIMES, 90,
           Wording("жалоб, повторных открытий и слов недовольства за 90 дней; знак и риска, и интереса к нам",
                   "complaints, reopenings and words of displeasure in 90 days; a sign of risk and of engagement alike"),
           "text.voice", None, VOICE_KINDS, formulas.any_count("n"), {"n": _n(DISPLEASURE)}),
    Signal("negative_reviews", Wording("плохая оценка", "bad review"), _TIMES, 90,
           Wording("отзывов в 1–2 звезды за 90 дней, по темам и площадкам", "reviews of 1 or 2 stars in 90 days, by topic and source"),
           "text.voice", False, ("left_review",), formulas.any_count("n"), {"n": _n(NEGATIVE_REVIEWS)}, by=("_topic", "_channel")),
    Signal("unanswered_questions", Wording("не получил хорошего ответа", "got no good answer"), _TIMES, 90,
           Wording("обращений за 90 дней без ответа человека в течение 72 часов или открытых снова",
                   "cases of 90 days without a person's reply within 72 hours, or opened again"),
           "signals.deeds", False, CASE_KINDS, formulas.rising_count("n"), {"n": _n(selected(deeds.UNANSWERED))},
           by=("_topic", "_channel")),
    Signal("time_to_resolve", Wording("простые вопросы решаем дольше", "simple requests take longer"), _MINUTES, 180,
           Wording("среднее время решения обычных обращений (не жалоб, не открытых снова) за 180 дней; тревога от двух, если вдвое дольше",
                   "mean time to settle standard requests (no complaints, not reopened) of 180 days; warns from two on when twice as long"),
           "signals.deeds", False, ("case_resolved",), formulas.mean_minutes,
           {"settled": _n(selected(deeds.SETTLED)), "minutes": _sum("_minutes", selected(deeds.SETTLED))}),
    Signal("loyalty_activity", Wording("меньше пользуется программой", "uses the programme less"), _TIMES, 90,
           Wording("начислений и списаний баллов за 90 дней против своих обычных с поправкой на сезон",
                   "points earned and spent, times in 90 days against the own usual, season allowed for"),
           "Poisson tail, Garwood (1936)", True, LOYALTY_KINDS, formulas.falling_count("n"), {"n": _n(selected(*LOYALTY_KINDS))},
           season="points"),
    Signal("dormant_points", Wording("баллы лежат без дела", "points lie idle"), _POINTS, None,
           Wording("неистраченных баллов, если 180 дней их не копили и не тратили",
                   "points unspent where none were earned or spent for 180 days"),
           "loyalty", False, ("earned_points",), formulas.dormant_points,
           {"earned": _ever(Measure.SUM, selected("earned_points"), "_points"),
            "redeemed": _ever(Measure.SUM, selected("redeemed_points"), "_points"),
            "expired": _ever(Measure.SUM, selected("points_expired"), "_points"), "last": _ever(Measure.LAST, selected(*LOYALTY_KINDS))}),
    Signal("referrals", Wording("реже советует нас", "recommends us less"), _YEAR, 365,
           Wording("приведённых друзей и рекомендаций за год против своих обычных", "friends brought and recommendations in a year "
                   "against the own usual"),
           "Poisson tail, Garwood (1936)", True, ("referred_friend", "recommended_us"), formulas.falling_count("n"),
           {"n": _n(selected("referred_friend", "recommended_us"))}),
    Signal("promoter_drift", Wording("оценка NPS ухудшилась", "NPS answer got worse"), _MARK, 180,
           Wording("средний ответ NPS за 180 дней; тревога, если класс хуже своего обычного: промоутер (от 9), нейтрал (от 7), критик",
                   "mean NPS answer of 180 days; warns when its class is worse than the own usual: promoter (9+), passive (7+), detractor"),
           "Reichheld (2003)", True, ("answered_survey",), formulas.promoter_drift,
           {"answers": _n(NPS), "points": _sum("_score", NPS)}),
    Signal("survey_silence", Wording("перестал отвечать на опросы", "stopped answering surveys"), _SHARE, 180,
           Wording("доля опросов с ответом за 180 дней; тревога, если такое падение против своей обычной доли случайно реже чем в 5 %",
                   "share of surveys answered in 180 days; warns when chance gives such a fall from the own usual share in under 5%"),
           "Poisson tail, Garwood (1936)", True, ("was_surveyed",), formulas.falling_share("answered", "sent", least=2),
           {"answered": _n(selected("answered_survey")), "sent": _n(selected("was_surveyed"))}),
    Signal("messages_opened", Wording("реже открывает письма", "opens messages less often"), _SHARE, 90,
           Wording("доля открытых среди полученных сообщений за 90 дней; тревога, если такое падение случайно реже чем в 5 %",
                   "share of received messages opened in 90 days; warns when chance gives such a fall in under 5%"),
           "Poisson tail, Garwood (1936)", True, ("opened_message",), formulas.falling_share("opened", "received", least=2),
           {"opened": _n(selected("opened_message")), "received": _n(selected(*OUTBOUND_KINDS))}),
    Signal("days_since_contact", Wording("давно не общались", "no contact for long"), _DAYS, None,
           Wording("дней с последнего двустороннего контакта: ответ человека, звонок, наше обращение; тревога после 180 дней",
                   "days since the last two-way contact: a person's reply, a call, our own contact; warns after 180 days"),
           "“frozen relationship”", False, CONTACT_KINDS, formulas.since_contact, {"last": _ever(Measure.LAST, PERSONS)}),
    Signal("praise_only", Wording("хвалит, но не пользуется", "praises, but does not use"), _HALF_YEAR, 180,
           Wording("похвал (4–5 звёзд, NPS от 9) за 180 дней; тревога, если при этом нет ни одного вопроса, а пользование упало сверх шума",
                   "praise (4–5 stars, NPS 9+) in 180 days; warns when there is no question and use fell beyond noise"),
           "signals.formulas", None, ("left_review", "answered_survey"), formulas.praise_only,
           {"praise": _n(PRAISE), "asked": _n(selected(deeds.QUESTION, "sent_message")),
            "used": _n(selected(deeds.PURCHASE, *VISIT_KINDS))}),
    Signal("lamps_dark", Wording("погасло несколько сторон", "several dimensions went dark"), _LAMPS, None,
           Wording("сколько сторон отношений погасло: заказы, визиты, письма, баллы, разговор; тревога от двух",
                   "how many dimensions of the relation went dark: orders, visits, messages, points, talk; warns from two on"),
           "signals.lamps", False, (*ORDER_KINDS, *VISIT_KINDS), formulas.lamps_dark),
)  # fmt: skip
"""Every signal, in the order in which people read them; to add one, write its parts, its formula and its entry."""

BY_CODE = {signal.code: signal for signal in SIGNALS}
