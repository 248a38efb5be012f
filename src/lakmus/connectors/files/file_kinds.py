"""The kinds of files that hold activities: what each must have, may have, and how its columns are usually called."""

# ruff: noqa: E501 - a table, one entry a line

from __future__ import annotations

from dataclasses import dataclass

from lakmus.connectors.files.names import compact
from lakmus.history.wording import Wording


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file.

    `required` holds groups of alternatives: at least one field of each group must be fed. `fields` are all that this
    kind reads. `names` are names of columns (compact) that speak for this kind, with the field each feeds. `titles`
    are words in the name of a file that speak for it.
    """

    name: str
    title: Wording
    required: tuple[tuple[str, ...], ...]
    fields: frozenset[str]
    names: dict[str, str]
    titles: tuple[str, ...]


def _kind(name: str, ru: str, en: str, required: str, optional: str, titles: str, /, **names: str) -> FileKind:
    groups = tuple(tuple(group.split("|")) for group in required.split())
    fields = {field for group in groups for field in group} | set(optional.split())
    synonyms = {compact(synonym): field for field, listed in names.items() for synonym in listed.split(",")}
    return FileKind(name, Wording(ru, en), groups, frozenset(fields | set(names) - {"none"}), synonyms, tuple(titles.split()))


PERSON = "customer email phone card name"

FILE_KINDS: dict[str, FileKind] = {
    kind.name: kind
    for kind in (
        _kind(
            "orders", "заказы", "orders", "ts order|customer|email|phone|card",
            PERSON + " amount quantity price product product_name status channel store city staff promised_at delivered_at cancelled_at paid_at reason currency freight",
            "orders order заказы заказ продажи sales purchases чеки cdnow реализация реализации transactions leads deals сделки",
            ts="дата заказа, дата оформления, дата оформления заказа, дата и время заказа, оформлен, дата покупки, дата документа, дата продажи, дата чека,"
               " order date, order purchase timestamp, purchase date, purchase timestamp, ordered at, order datetime, invoice date, transaction date, sale date, date of order, order created at, дата создания заказа, принят в обработку, дата приема, дата визита, дата оказания услуги, учетный день, дата сделки, sent",
            amount="сумма заказа, сумма документа, стоимость заказа, итого по заказу, сумма чека, сумма покупки, order amount, order total, order value, revenue, total price, стоимость, бюджет, бюджет сделки, сумма сделки, сумма со скидкой, сумма с учетом скидки, сумма к оплате, к оплате, итоговая сумма, итоговая стоимость, стоимость услуг, стоимость приема, сумма отправления, сумма реализации, выручка, total summ",
            status="order status, статус заказа, этап сделки, стадия сделки, стадия, этап, статус приема, статус визита, статус записи",
            order="номер, номер заказа, number, ссылка, реализация, id, srid",
            channel="способ оформления, канал продаж, sales channel",
            operation="вид документа, тип документа, документ вид",
            product_name="услуги, products, список товаров",
        ),
        _kind(
            "order_lines", "строки заказов", "order lines", "order product|product_name|amount|price",
            "ts customer name quantity price amount freight city store staff channel currency email phone card",
            "lines items item позиции строки товары состав line online retail",
            product="product id, артикул, stock code, stockcode, sku, код товара",
            quantity="quantity, количество, кол во, qty",
            price="price, цена, unit price, unitprice, цена за единицу",
            amount="сумма строки, стоимость строки, line total, line amount, item total, сумма позиции",
            ts="invoice date, дата заказа, order date, дата документа, принят в обработку, дата продажи",
            product_name="товар, наименование, номенклатура, description, product name",
            operation="вид документа, тип документа, документ вид",
            none="order item id, seller id, shipping limit date",
        ),
        _kind(
            "deliveries", "доставки", "deliveries", "order promised_at|delivered_at", "ts customer channel city store",
            "deliveries delivery доставки доставка shipping shipments",
            ts="дата заказа, order date",
            promised_at="обещанная дата доставки, обещано, плановая дата доставки, promised date, promised at, estimated delivery date",
            delivered_at="фактическая дата доставки, дата доставки, доставлено, дата вручения, вручено, дата фактической доставки, actual delivery date, delivered at, delivery date",
            channel="способ доставки, служба доставки, перевозчик, delivery method, carrier",
            none="номер сдэк, трек номер, трек код, номер трека, номер отправления, получатель, tracking number, track number",
        ),
        _kind(
            "payments", "оплаты", "payments", "order amount", "ts customer channel currency",
            "payments payment оплаты оплата платежи",
            amount="payment value, сумма оплаты, сумма платежа, оплачено сумма, payment amount, paid amount",
            channel="payment type, payment method, способ оплаты, вид оплаты",
            ts="дата оплаты, дата платежа, payment date, paid at",
            none="payment sequential, payment installments",
        ),
        _kind(
            "returns", "возвраты", "returns", "order|customer ts",
            "customer return product product_name quantity amount reason currency",
            "returns return возвраты возврат refunds cancellations отмены",
            **{"return": "номер возврата, id возврата, return id"},
            ts="дата возврата, return date, refund date, returned at",
            amount="сумма возврата, refund amount, return amount",
            reason="причина возврата, return reason, refund reason",
        ),
        _kind(
            "cases", "обращения", "cases", "ts case|customer|order|text|topic",
            PERSON + " case order channel topic text title staff shift status reason replied_at reply_minutes resolved_at reopened_at score comment answered_at city store feature",
            "cases tickets обращения заявки тикеты support requests helpdesk",
            case="номер обращения, id обращения, номер заявки, ticket id, case id, номер тикета, номер диалога, id диалога, номер чата, unique id, ticket number, заявка, обращение",
            ts="дата обращения, дата заявки, создано, issue reported at, reported at, opened at, opened, ticket created, дата регистрации обращения, дата открытия, открыто, date of complaint, case created, ticket created timestamp, ticket created date, requested, дата начала диалога, дата начала чата",
            topic="тема обращения, category, категория обращения, ticket subject, ticket type",
            staff="agent name, исполнитель",
            shift="agent shift",
            score="csat score",
            comment="customer remarks",
            text="ticket description, описание обращения, текст обращения",
            feature="supervisor, manager, tenure bucket, sub category, супервайзер, руководитель, подкатегория, приоритет, priority, группа, отдел",
            none="order date time, item price, product category, connected handling time",
        ),
        _kind(
            "messages", "сообщения", "messages", "ts case|customer author|case",
            PERSON + " case order message channel text staff author topic",
            "messages message сообщения переписка диалоги chat чат comments",
            ts="дата сообщения, sent at, время сообщения, message date",
            text="текст сообщения, message text, текст",
            author="автор, author, отправитель, sender, направление, direction",
            message="id сообщения, message id",
        ),
        _kind(
            "reviews", "отзывы", "reviews", "ts stars|text",
            PERSON + " order product product_name review channel stars text title replied_at reply_text city store topic sent_at",
            "reviews review отзывы отзыв",
            review="id отзыва, review id, id",
            ts="дата отзыва, review date, review creation date, reviewed at, опубликован, дата публикации, дата создания",
            stars="оценка, звезды, stars, review score, rating, рейтинг, балл",
            text="текст отзыва, отзыв, review text, review comment message, review, comment, текст, содержание отзыва",
            title="review comment title, заголовок отзыва",
            channel="площадка, источник, платформа, site",
            replied_at="дата ответа",
            reply_text="ответ",
        ),
        _kind(
            "surveys", "опросы", "surveys", "customer|case|order|email|phone sent_at|answered_at|ts score|survey_kind|sent_at",
            PERSON + " case order channel score comment survey_kind staff replied_at reply_text",
            "surveys survey опросы опрос csat nps ces анкеты",
            sent_at="дата отправки, sent at, invited at",
            answered_at="дата ответа, answered at, response date, дата прохождения, дата опроса, дата, survey date",
            survey_kind="опрос, survey, вид опроса, survey type",
            score="оценка, score, csat, nps, ces",
            comment="комментарий, comment, feedback, текст",
        ),
        _kind(
            "customers", "клиенты", "customers", "customer|email|phone|card email|phone|card|name|city|customer_master|registered_at|status",
            PERSON + " customer_master registered_at city status channel store",
            "customers customer clients клиенты контрагенты покупатели users contacts_list",
            customer="id, код, ссылка",
            registered_at="дата регистрации, registered at, дата создания, created at, registration date",
            name="наименование, название, имя",
            none="customer zip code prefix, customer state",
        ),
        _kind(
            "visits", "посещения", "visits", "ts customer|anonymous|email|phone page|minutes|store|channel",
            PERSON + " anonymous channel page minutes store",
            "visits посещения визиты sessions hits pageviews site",
            page="страница, page, url, page path",
            minutes="длительность, время на сайте, duration",
            ts="дата визита, visit date, visited at, session start, дата посещения, время выдачи талона, дата и время визита",
            anonymous="client id сайта, ga client id, visitor id",
        ),
        _kind(
            "loyalty", "программа лояльности", "loyalty", "ts customer|card|email|phone points|operation",
            PERSON + " order points operation channel store",
            "loyalty лояльность баллы бонусы points",
            points="баллы, бонусы, points, bonus",
            operation="операция, operation, вид операции",
            ts="дата операции, operation date",
        ),
        _kind(
            "automatic_messages", "автоматические сообщения", "automatic messages", "ts customer|email|phone|order template",
            PERSON + " order case channel text",
            "automatic messages рассылки уведомления notifications mailings",
            template="шаблон, template, template id, рассылка",
            ts="дата отправки, sent at, отправлено",
        ),
        _kind(
            "contacts", "наши контакты с клиентом", "our contacts", "ts customer|email|phone|order staff|topic|text|channel",
            PERSON + " order channel topic staff text reason",
            "contacts contact контакты звонки calls",
            ts="дата контакта, дата звонка, contact date, call date, contacted at",
            text="примечание, текст примечания",
            none="тип примечания",
        ),
        _kind(
            "calls", "журнал звонков", "log of calls", "ts result customer|email|phone|case",
            PERSON + " case author channel staff minutes topic",
            "telephone calls звонки телефон телефония",
            ts="дата звонка, дата и время звонка, начало звонка, call date, call time, call started at",
            result="результат звонка, результат, исход звонка, итог звонка, статус звонка, call result, call status, call outcome, disposition",
            author="направление, направление звонка, тип звонка, тип вызова, направление вызова, direction, call direction, call type",
            minutes="разговор, время разговора, длительность разговора, длительность звонка, talk time, call duration",
            staff="кто ответил, answered by",
            none="ожидание сек, ожидание, время ожидания, wait, wait time, wait seconds, очередь, queue",
        ),
        _kind(
            "charges", "списания и возвраты денег", "charges and refunds", "ts order amount operation",
            PERSON + " channel currency reason",
            "charges списания эквайринг transactions",
            ts="дата операции, дата и время операции, дата списания, charged at, charge date",
            amount="сумма операции, сумма списания, списано, charged amount, charge amount",
            operation="операция, вид операции, тип операции, operation, operation type, transaction type, charge type",
            channel="способ оплаты, payment method",
        ),
        _kind(
            "offers", "предложения", "offers", "ts customer|email|phone|card template|text product|product_name",
            PERSON + " channel",
            "offers предложения акции promotions",
            ts="дата предложения, offer date, offered at",
            template="предложение, акция, кампания, оффер, offer, offer name, promotion, promo",
            text="текст предложения, offer text",
        ),
        _kind(
            "preferences", "пожелания клиентов", "customers' preferences", "ts customer|email|phone|card text",
            PERSON + " operation topic order channel staff",
            "preferences пожелания предпочтения wishes",
            ts="дата пожелания, дата записи, preference date, stated at",
            topic="вид пожелания, о чем пожелание, preference, preference type",
            text="пожелание, предпочтение, текст пожелания, wish, preference text",
            operation="что произошло, событие, event",
        ),
        _kind(
            "checkouts", "оформления заказа на сайте", "checkouts on the site", "ts customer|anonymous|email|phone operation",
            PERSON + " anonymous order page amount currency reason",
            "checkout checkouts оформления корзины",
            ts="дата события, время события, event time, event at",
            operation="событие оформления, шаг оформления, этап оформления, checkout step, checkout event",
            amount="сумма корзины, стоимость корзины, cart total, cart value, basket total",
            reason="причина отказа, причина, текст ошибки, error message, abandon reason",
        ),
        _kind(
            "contracts", "договоры", "contracts", "ts contract|customer",
            PERSON + " contract amount currency product product_name ended_at reason status",
            "contracts contract договоры договор subscriptions подписки churn",
            contract="договор, номер договора, contract id, subscription id",
            ts="дата начала, дата подключения, дата активации, дата начала действия, дата начала договора, дата заключения, дата договора, start date, started at, contract date, contract start",
            ended_at="дата окончания, дата расторжения, end date, ended at, дата отключения, дата прекращения, дата деактивации, действует до",
            amount="абонентская плата, абонентская плата руб мес, ежемесячный платеж, стоимость тарифа, абонплата, monthly charges, monthly fee, mrr, сумма договора",
            none="tenure, churn, paperless billing, payment method, total charges",
            product_name="тарифный план, тариф, пакет услуг",
        ),
        _kind(
            "invoices", "счета", "invoices", "ts amount contract|customer",
            "contract customer email phone amount currency status",
            "invoices invoice счета счет billing",
            ts="дата счета, дата оплаты, дата платежа, paid at, billing date, invoice paid at",
            amount="сумма счета, invoice amount, billed amount, оплачено, сумма платежа, внесено",
            contract="договор, contract id, subscription id",
        ),
        _kind(
            "reference", "справочник", "reference list", "feature",
            "product product_name",
            "products sellers translation category товары справочник goods",
            feature="product category name, product category name english, product weight g, product length cm, product height cm, product width cm, product photos qty,"
                    " product name lenght, product description lenght, seller id, seller city, seller state, seller zip code prefix, вес, бренд, brand, остаток, stock level, поставщик,"
                    " supplier, единица измерения, закупочная цена, geolocation lat, geolocation lng",
        ),
    )
}  # fmt: skip
"""Every kind by name; "activities" (our own schema) is recognised by its columns and stands apart."""

ACTIVITIES = "activities"
ALIASES = {
    "order-lines": "order_lines",
    "lines": "order_lines",
    "delivery": "deliveries",
    "tickets": "cases",
    "automatic": "automatic_messages",
}
