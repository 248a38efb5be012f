"""What a column can mean: the fields, their sort, their titles, and the names that companies give them.

The names here are understood in every kind of file; names that mean something only in one kind stand in `file_kinds`.
"""

# ruff: noqa: E501 - a table, one entry a line

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lakmus.connectors.files.names import compact
from lakmus.history.wording import Wording


class Sort(StrEnum):
    """How the cells of a field are read."""

    IDENTIFIER = "identifier"
    LABEL = "label"
    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Field:
    """A target for columns: its sort, its title, and names that mean it in any file."""

    name: str
    sort: Sort
    title: Wording
    synonyms: tuple[str, ...]


def _field(name: str, sort: Sort, ru: str, en: str, synonyms: str = "") -> Field:
    return Field(name, sort, Wording(ru, en), tuple(compact(synonym) for synonym in synonyms.split(",") if synonym.strip()))


ID, LABEL, TEXT, NUMBER, MOMENT = Sort.IDENTIFIER, Sort.LABEL, Sort.TEXT, Sort.NUMBER, Sort.MOMENT

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        _field(
            "customer", ID, "клиент", "customer",
            "id клиента, клиент id, код клиента, номер клиента, контрагент код, клиент код, покупатель код, заказчик код, код партнера, клиент, покупатель, контрагент, партнер, заказчик, id покупателя,"
            " код покупателя, код контрагента, id контрагента, пользователь, id пользователя, абонент, лицевой счет,"
            " внешний id клиента, клиент externalid, пациент, код пациента, id пациента, номер пациента, гость, id гостя, инн, инн контрагента, инн покупателя, инн клиента, customer, customer id, customer no, customer number, customer code, client,"
            " client id, client code, user id, user, buyer, buyer id, account id, member id, consumer id, shopper id, contact id,"
            " requester id, customer external id",
        ),
        _field("customer_master", ID, "общий номер клиента", "master id of the customer",
               "customer unique id, unique customer id, master id, master customer id, golden id, id мастер записи, единый id клиента, общий id клиента"),
        _field(
            "order", ID, "заказ", "order",
            "номер заказа, № заказа, заказ, id заказа, код заказа, заказ номер, заказ клиента, внешний номер заказа, номер чека, чек, документ номер, номер реализации, id сделки, номер сделки, сделка id, сделка номер, deal id,"
            " номер накладной, номер документа, order, order id, order no, order number, order code, order ref, invoice, invoice no,"
            " invoice number, invoice id, receipt, receipt no, receipt id, transaction id, purchase id, sales order",
        ),
        _field(
            "case", ID, "обращение", "case",
            "номер обращения, обращение, id обращения, код обращения, номер заявки, заявка, id заявки, тикет, номер тикета, id тикета,"
            " инцидент, номер инцидента, диалог, id диалога, номер диалога, номер чата, id чата, чат id, ticket, ticket id, ticket no, ticket number, case, case id, case number, incident,"
            " incident number, conversation id, issue id, request id",
        ),
        _field("message", ID, "сообщение", "message", "id сообщения, номер сообщения, message id, comment id"),
        _field("review", ID, "отзыв", "review", "id отзыва, номер отзыва, код отзыва, review id"),
        _field("return", ID, "возврат", "return", "номер возврата, id возврата, return id, return no, return number, refund id, rma"),
        _field("contract", ID, "договор", "contract", "договор, номер договора, id договора, код договора, contract id, contract no, contract number,"
               " subscription id, подписка, номер подписки, agreement"),
        _field("anonymous", ID, "посетитель сайта", "site visitor", "client id сайта, ga client id, cookie id, visitor id, id посетителя, yandex client id, ym client id, session user"),
        _field("ts", MOMENT, "когда", "when", "дата, дата и время, время, документ дата, дата документа, дата записи, дата регистрации документа, дата и время операции, дата начала, время начала, date, datetime, date time, timestamp, ts, created at, created, created time, дата создания, создан, когда, момент"),
        _field("clock", LABEL, "время суток", "time of day"),
        _field("amount", NUMBER, "сумма", "amount", "сумма, итого, всего, amount, total, sum, total amount, grand total, value, dollar value, dollars, сумма итого, сумма с ндс"),
        _field("price", NUMBER, "цена", "price", "цена, цена за единицу, цена за штуку, price, unit price, item price, sale price"),
        _field("quantity", NUMBER, "количество", "quantity", "количество, кол во, колво, кол, qty, quantity, units, pieces, count, number of cds, шт"),
        _field("freight", NUMBER, "доставка, сумма", "delivery charge", "freight value, freight, стоимость доставки, доставка сумма, цена доставки, shipping cost, delivery cost, shipping price"),
        _field(
            "product", ID, "товар (артикул)", "product (code)",
            "артикул, код товара, id товара, товар код, sku, product id, product code, stock code, stockcode, item code, item id, asin, номенклатура код, код номенклатуры, штрихкод, barcode",
        ),
        _field("product_name", LABEL, "название товара", "product name",
               "товар, наименование, наименование товара, название товара, номенклатура, продукт, услуга, product, product name, item, item name, description, title of product"),
        _field("status", LABEL, "состояние", "status", "статус, состояние, status, state, order status, статус заказа, статус обращения, состояние заказа, статус сделки, статус записи, статус визита, статус приема, case status, ticket status"),
        _field("channel", LABEL, "канал", "channel", "канал, канал продаж, источник, площадка, канал обращения, источник записи, источник сделки, ticket channel, способ оформления, способ связи, способ доставки, channel, channel name, source, platform, medium, contact channel"),
        _field("store", LABEL, "магазин", "shop", "магазин, точка продаж, торговая точка, торговое предприятие, отделение, клиника, адрес филиала, пункт выдачи, офис, ресторан, кафе, склад, филиал, подразделение, салон, store, shop, branch, outlet, store id, store name"),
        _field("city", LABEL, "город", "city", "город, населенный пункт, регион, customer city, city, town, region, country, страна, location"),
        _field(
            "staff", LABEL, "сотрудник", "member of staff",
            "сотрудник, менеджер, оператор, врач, мастер, официант, тренер, преподаватель, кем создано, консультант, ответственный, исполнитель, агент, специалист, продавец, кассир, автор ответа, agent, agent name, assignee, operator, staff, employee, handled by, owner, sales person, assignee name",
        ),
        _field("author", LABEL, "кто написал", "who wrote it", "автор, отправитель, от кого, кто, роль, направление, author, sender, from, author type, sender type, author role, role, direction"),
        _field("text", TEXT, "текст", "text", "текст, сообщение, комментарий, содержание, описание, текст сообщения, текст обращения, text, message, body, content, comment, remark, remarks, достоинства, недостатки"),
        _field("title", TEXT, "заголовок", "title", "заголовок, title, subject, headline, тема письма"),
        _field("stars", NUMBER, "звёзды", "stars", "звезды, звезд, кол во звезд, stars, star rating, rating, рейтинг, review score, review rating"),
        _field("score", NUMBER, "оценка в опросе", "score in a survey", "оценка, балл, score, csat, csat score, nps, nps score, ces, ces score, оценка обслуживания, удовлетворенность, satisfaction"),
        _field("survey_kind", LABEL, "вид опроса", "survey", "опрос, вид опроса, тип опроса, анкета, survey, survey type, survey kind, survey name"),
        _field("comment", TEXT, "слова клиента в опросе", "the customer's words in a survey", "комментарий клиента, комментарий к оценке, customer remarks, survey comment, feedback, отзыв клиента, отзыв"),
        _field("sent_at", MOMENT, "опрос отправлен", "survey sent", "дата отправки, отправлен, отправлено, sent at, sent date, survey sent, survey date, invited at"),
        _field(
            "promised_at", MOMENT, "обещано до", "promised until",
            "обещанная дата доставки, обещанная дата, обещано, обещано до, плановая дата доставки, плановая дата, план доставки, ожидаемая дата доставки, дата доставки план, доставить до, желаемая дата доставки, срок доставки,"
            " order estimated delivery date, estimated delivery date, estimated delivery, promised date, promised at, promised delivery date, promised delivery, due date, expected delivery, expected delivery date, eta, delivery date planned",
        ),
        _field(
            "delivered_at", MOMENT, "доставлено", "delivered",
            "фактическая дата доставки, факт доставки, дата доставки факт, доставлено, доставлен, дата вручения, вручено, дата доставки, дата получения, получен, order delivered customer date, delivered at, delivered date,"
            " delivery date, actual delivery date, actual delivery, received at, received date, delivered",
        ),
        _field("cancelled_at", MOMENT, "отменено", "cancelled", "дата отмены, отменен, отменено, cancelled at, canceled at, cancel date, cancellation date, cancelled date"),
        _field("paid_at", MOMENT, "оплачено", "paid", "дата оплаты, оплачен, оплачено, order approved at, paid at, payment date, paid date, approved at"),
        _field(
            "replied_at", MOMENT, "первый ответ", "first reply",
            "дата ответа, ответ дан, дата ответа компании, дата ответа организации, дата официального ответа, дата ответа магазина, дата ответа продавца, дата и время ответа, дата ответа на отзыв, дата и время первого ответа, время ответа, дата первого ответа, первый ответ, ответ отправлен, issue responded, responded at, replied at, first reply at, first response at, answered at, answer date, response date, reply date",
        ),
        _field("reply_minutes", NUMBER, "первый ответ через, минут", "first reply after, minutes",
               "время первого ответа, время до первого ответа, скорость первого ответа, время ожидания первого ответа, время реакции, время ожидания ответа, first reply time, first response time, frt, time to first response, time to first reply"),
        _field("reply_text", TEXT, "текст ответа", "reply", "ответ, текст ответа, ответ компании, ответ организации, ответ владельца, ответ магазина, официальный ответ, ответ на отзыв, reply, response, answer, owner reply, company reply"),
        _field("answered_at", MOMENT, "опрос пройден", "survey answered", "survey response date, дата прохождения, дата ответа на опрос, survey answered at, response at, completed at"),
        _field("resolved_at", MOMENT, "закрыто", "resolved", "дата закрытия, закрыто, закрыт, дата решения, решено, решен, закрыта, решена, дата и время закрытия, дата выполнения, дата завершения, дата завершения диалога, дата окончания диалога, ticket solved timestamp, ticket solved, ticket solved date, solved, resolved at, closed at, closed, close date, closed date, resolution date, solved at, resolved date"),
        _field("reopened_at", MOMENT, "открыто снова", "reopened", "дата повторного открытия, открыто повторно, повторно открыто, переоткрыто, reopened at, reopen date, reopened date"),
        _field("ended_at", MOMENT, "договор окончен", "contract ended", "дата окончания, дата расторжения, окончание, расторгнут, дата отключения, дата прекращения, дата прекращения договора, дата деактивации, действует до, ended at, end date, termination date, churn date, cancelled on"),
        _field("reason", LABEL, "причина", "reason", "причина, причина возврата, причина отмены, причина отключения, причина расторжения, причина ухода, причина обращения, reason, return reason, cancel reason, cancellation reason, refund reason"),
        _field("topic", LABEL, "тема", "topic", "тема, тема обращения, категория, категория обращения, тематика, ticket subject, тема диалога, тема чата, вид обращения, тип обращения, topic, category, issue type, ticket type, case reason, product category"),
        _field("shift", LABEL, "смена", "shift", "смена, смена сотрудника, agent shift, shift, группа сотрудников, team"),
        _field("email", LABEL, "e-mail", "e-mail", "e mail, email, mail, почта, электронная почта, эл почта, адрес электронной почты, рабочий email, рабочий e mail, рабочий email контакт, контакт рабочий email, контакт рабочий e mail, email клиента, почта клиента, email покупателя, email контакта, email address, e mail клиента, customer email, client email, requester email, почта заявителя, email заявителя, email автора, email пользователя, e mail получателя"),
        _field("phone", LABEL, "телефон", "phone", "телефон, номер телефона, мобильный, мобильный телефон, сотовый, тел, рабочий телефон, рабочий телефон контакт, контакт рабочий телефон, контакт мобильный телефон, телефон покупателя, телефон контакта, контактный телефон, телефон получателя, телефон абонента, номер абонента, номер звонящего, кто звонил, телефон пациента, телефон гостя, телефон пользователя, телефон заявителя, контакт телефон, клиент контакт мобильный телефон, caller, caller id, from number, requester phone, phone, phone number, mobile, mobile phone, msisdn, телефон клиента, customer phone, client phone"),
        _field("card", ID, "карта лояльности", "loyalty card", "карта лояльности, номер карты, карта, карта клиента, карта покупателя, номер карты клиента, номер карты лояльности, карта постоянного покупателя, номер карты гостя, карта гостя, номер амбулаторной карты, амбулаторная карта, номер карты пациента, номер медкарты, код карты, дисконтная карта, бонусная карта, loyalty card, card number, card no, card id, loyalty id"),
        _field("name", LABEL, "имя", "name", "фио, имя, имя клиента, контакт, основной контакт, контактное лицо, фио покупателя, имя покупателя, контрагент наименование, клиент наименование, покупатель наименование, имя пользователя, фамилия имя, фио клиента, наименование клиента, полное имя, name, full name, customer name, client name, contact name, requester name, фио пациента, фио абонента, фио гостя, фио заявителя, получатель, фио получателя, клиент контакт, имя посетителя, посетитель, requester"),
        _field("registered_at", MOMENT, "зарегистрирован", "registered", "дата регистрации, зарегистрирован, регистрация, registered at, registration date, signup date, sign up date, joined at, registered, member since"),
        _field("template", LABEL, "шаблон", "template", "шаблон, шаблон сообщения, код шаблона, название рассылки, рассылка, template, template id, template name, campaign, mailing"),
        _field("points", NUMBER, "баллы", "points", "баллы, бонусы, количество баллов, сумма баллов, points, bonus, bonus points, miles"),
        _field("operation", LABEL, "операция", "operation", "операция, вид операции, тип операции, operation, operation type, transaction type, action"),
        _field("result", LABEL, "чем кончился звонок", "how the call ended", "результат звонка, исход звонка, итог звонка, call result, call outcome"),
        _field("page", LABEL, "страница", "page", "страница, адрес страницы, url, page, page url, path, landing page, page path"),
        _field("minutes", NUMBER, "длительность, минут", "duration, minutes", "длительность, продолжительность, время на сайте, duration, minutes, session duration, visit duration, connected handling time"),
        _field("currency", LABEL, "валюта", "currency", "валюта, currency, currency code"),
        _field("feature", LABEL, "прочее (хранить)", "other (keep)"),
    )
}  # fmt: skip
"""Every field by name, in the order in which a person is offered them. Several columns may feed `feature`."""

DURATIONS = ("minutes", "reply_minutes")
"""Fields in minutes, whatever unit a file's column names."""

SYNONYMS: dict[str, str] = {synonym: field.name for field in FIELDS.values() for synonym in (*field.synonyms, compact(field.name))}
"""Compact names and the field each means unless the kind of file says otherwise."""
