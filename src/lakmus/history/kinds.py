"""The entries of the catalogue: every kind of activity that a customer's history can hold.

To add one, add an entry here; the import, the timeline, the API and the reference page read it from `KINDS`.
"""

from __future__ import annotations

from lakmus.history.activity import TYPED_COLUMNS
from lakmus.history.catalogue import ActivityKind, Authority, Family, Feature
from lakmus.history.wording import Wording

FEATURES = {
    feature.column: feature
    for feature in (
        Feature("_amount", "currency", Wording("сумма", "amount")),
        Feature("_currency", "ISO 4217", Wording("валюта", "currency")),
        Feature("_order", "", Wording("заказ", "order")),
        Feature("_case", "", Wording("обращение", "case")),
        Feature("_product", "", Wording("товар или услуга", "product or service")),
        Feature("_quantity", "pieces", Wording("количество", "quantity")),
        Feature("_channel", "", Wording("канал", "channel")),
        Feature("_staff", "", Wording("сотрудник", "member of staff")),
        Feature("_author", "customer|person|bot|system", Wording("кто написал", "who wrote it")),
        Feature("_topic", "", Wording("тема", "topic")),
        Feature("_reason", "", Wording("причина", "reason")),
        Feature("_text", "", Wording("текст", "text")),
        Feature("_stars", "1..5", Wording("звёзды", "stars")),
        Feature("_score", "points of the survey's scale", Wording("оценка", "score")),
        Feature("_survey", "csat|nps|ces|exit|open", Wording("опрос", "survey")),
        Feature("_promised_at", "UTC", Wording("обещано до", "promised until")),
        Feature("_template", "", Wording("шаблон", "template")),
        Feature("_page", "", Wording("страница", "page")),
        Feature("_place", "", Wording("магазин или город", "shop or city")),
        Feature("_points", "points", Wording("баллы", "points")),
        Feature("_minutes", "minutes", Wording("длительность", "duration")),
        Feature("_contract", "", Wording("договор", "contract")),
        Feature("_status", "", Wording("состояние", "status")),
        Feature("_name", "", Wording("имя", "name")),
    )
}


def _kinds(family: Family, authority: Authority, *entries: tuple[str, str, str, str, str, int]) -> list[ActivityKind]:
    """Build one family's kinds from (name, Russian, English, columns, identity, revenue sign)."""
    return [
        ActivityKind(
            name=name,
            family=family,
            title=Wording(russian, english),
            authority=authority,
            features=tuple(FEATURES[f"_{column}"] for column in columns.split()),
            identity=tuple(_column(part) for part in identity.split()),
            revenue_sign=sign,
        )
        for name, russian, english, columns, identity, sign in entries
    ]


def _column(name: str) -> str:
    return f"_{name}" if f"_{name}" in TYPED_COLUMNS else name


# An identity of `customer ts …` is for records that carry no number of their own (see `ActivityKind.own_numbers`); `repeat` numbers equal records of
# one file, so that two equal lines of one invoice are two and the same line in two files is one.
ORDERS = _kinds(
    Family.ORDERS,
    Authority.SHOP,
    ("placed_order", "оформил заказ", "placed an order", "order amount currency channel place staff status", "order", 1),
    ("ordered_item", "заказал товар", "ordered an item", "order product quantity amount currency place", "order product quantity amount ts repeat", 0),
    ("paid_order", "оплатил заказ", "paid for an order", "order amount currency channel", "order amount ts repeat", 0),
    ("was_promised_delivery", "получил обещание доставки", "was promised delivery", "order promised_at channel", "order promised_at", 0),
    ("received_order", "получил заказ", "received an order", "order channel place", "order", 0),
    ("cancelled_order", "отменил заказ", "cancelled an order", "order amount currency reason", "order", -1),
    ("returned_item", "вернул товар", "returned an item", "order product quantity amount currency reason", "order product quantity amount ts repeat", -1),
    ("was_refunded", "получил возврат денег", "was refunded", "order amount currency reason", "order amount ts repeat", 0),
    ("was_charged", "заплатил по факту", "was charged", "order amount currency", "order amount ts repeat", 0),
)
CONTRACTS = _kinds(
    Family.CONTRACTS,
    Authority.BILLING,
    ("started_contract", "заключил договор", "started a contract", "contract amount currency product", "contract", 0),
    ("renewed_contract", "продлил договор", "renewed a contract", "contract amount currency product", "contract ts", 0),
    ("paid_invoice", "оплатил счёт", "paid an invoice", "contract amount currency", "contract amount ts repeat", 1),
    ("gave_notice", "предупредил об уходе", "gave notice", "contract reason text", "contract ts", 0),
    ("ended_contract", "закончил договор", "ended a contract", "contract reason", "contract ts", 0),
)
CONVERSATIONS = _kinds(
    Family.CONVERSATIONS,
    Authority.HELP_DESK,
    ("opened_case", "обратился", "opened a case", "case order channel topic text staff", "case", 0),
    ("sent_message", "написал", "sent a message", "case order channel author text", "case customer ts text repeat", 0),
    ("received_reply", "получил ответ", "received a reply", "case order channel author staff text", "case customer ts author text repeat", 0),
    ("case_resolved", "обращение закрыто", "case was resolved", "case staff status reason", "case ts", 0),
    ("case_reopened", "обращение открыто снова", "case was reopened", "case staff reason", "case ts", 0),
    ("called", "позвонил", "called", "case channel staff minutes topic", "customer ts case repeat", 0),
    ("missed_call", "не дозвонился", "call was missed", "case channel minutes", "customer ts case repeat", 0),
    ("abandoned_queue", "не дождался в очереди", "abandoned the queue", "case channel minutes", "customer ts case repeat", 0),
)
VOICE = _kinds(
    Family.VOICE,
    Authority.REVIEW_SITE,
    ("left_review", "оставил отзыв", "left a review", "order product channel stars text place topic", "order customer ts stars text repeat", 0),
    ("review_answered", "получил ответ на отзыв", "review was answered", "order channel author staff text", "order customer ts text repeat", 0),
    ("was_surveyed", "получил опрос", "was surveyed", "survey case order channel", "customer survey case order ts", 0),
    ("answered_survey", "ответил на опрос", "answered a survey", "survey case order channel score text", "customer survey case order ts", 0),
    ("complained", "пожаловался", "complained", "case order channel topic text", "customer case order ts text repeat", 0),
    ("recommended_us", "посоветовал нас", "recommended us", "channel text", "customer ts repeat", 0),
)
OUTBOUND = _kinds(
    Family.OUTBOUND,
    Authority.MAILER,
    ("received_automatic_message", "получил автоматическое сообщение", "received an automatic message", "template order case channel text", "customer order template channel ts repeat", 0),
    ("received_offer", "получил предложение", "received an offer", "template product channel text", "customer template ts repeat", 0),
    ("opened_message", "открыл сообщение", "opened a message", "template order channel", "customer template order ts", 0),
    ("unsubscribed", "отписался", "unsubscribed", "template channel reason", "customer channel ts", 0),
)
BEHAVIOUR = _kinds(
    Family.BEHAVIOUR,
    Authority.SITE,
    ("visited_site", "зашёл на сайт", "visited the site", "page channel minutes", "customer anonymous_customer_id ts page repeat", 0),
    ("visited_store", "зашёл в магазин", "visited a store", "place minutes", "customer ts place repeat", 0),
    ("viewed_product", "смотрел товар", "viewed a product", "product page", "customer anonymous_customer_id ts product repeat", 0),
    ("started_checkout", "начал оформление", "started checkout", "order page amount currency", "customer anonymous_customer_id ts repeat", 0),
    ("abandoned_checkout", "бросил оформление", "abandoned checkout", "order page amount currency reason", "customer anonymous_customer_id ts repeat", 0),
    ("logged_in", "вошёл в кабинет", "logged in", "channel", "customer ts repeat", 0),
    ("used_service", "пользовался услугой", "used the service", "product quantity minutes", "customer ts product repeat", 0),
    ("searched_help", "искал помощь", "searched for help", "text page", "customer anonymous_customer_id ts text repeat", 0),
    ("read_article", "читал статью помощи", "read a help article", "page", "customer anonymous_customer_id ts page repeat", 0),
)
LOYALTY = _kinds(
    Family.LOYALTY,
    Authority.LOYALTY,
    ("joined_programme", "вступил в программу", "joined the programme", "channel place", "customer ts", 0),
    ("earned_points", "получил баллы", "earned points", "points order", "customer order points ts repeat", 0),
    ("redeemed_points", "потратил баллы", "redeemed points", "points order", "customer order points ts repeat", 0),
    ("points_expired", "баллы сгорели", "points expired", "points", "customer points ts repeat", 0),
    ("referred_friend", "привёл друга", "referred a friend", "channel", "customer ts repeat", 0),
)
CARE = _kinds(
    Family.CARE,
    Authority.CRM,
    ("was_contacted", "мы связались", "was contacted", "channel staff topic text order", "customer ts channel repeat", 0),
    ("received_gesture", "получил знак внимания", "received a gesture", "amount currency reason order", "customer ts repeat", 0),
    ("stated_preference", "назвал предпочтение", "stated a preference", "topic text", "customer topic text ts", 0),
    ("preference_violated", "предпочтение нарушено", "preference was violated", "topic text order", "customer topic ts", 0),
    ("was_notified_of_change", "предупреждён об изменении", "was notified of a change", "topic text channel", "customer topic ts", 0),
)
PROFILE = _kinds(
    Family.PROFILE,
    Authority.CRM,
    ("gave_details", "сообщил о себе", "gave details", "name place status channel", "customer name place status", 0),
)

KINDS: dict[str, ActivityKind] = {
    kind.name: kind
    for family in (ORDERS, CONTRACTS, CONVERSATIONS, VOICE, OUTBOUND, BEHAVIOUR, LOYALTY, CARE, PROFILE)
    for kind in family
}
"""Every kind by its name, in the order in which people read them."""
