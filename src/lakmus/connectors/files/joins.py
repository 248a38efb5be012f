"""How files given together hang together, in words; the reading itself stands in `linking`."""

from __future__ import annotations

from dataclasses import replace

from lakmus.connectors.files.dates import SLASHES
from lakmus.connectors.files.fields import FIELDS, Sort
from lakmus.connectors.files.file_kinds import FILE_KINDS
from lakmus.connectors.files.names import words
from lakmus.connectors.files.plan import FilePlan
from lakmus.connectors.files.recognise import believable, meaning
from lakmus.connectors.files.second_thoughts import looks_like_names
from lakmus.history.wording import Wording

BY_ORDER = Wording(
    "клиент и дата заказа берутся по номеру заказа из «{other}»", "customer and date of the order come by its number from “{other}”"
)
BY_CASE = Wording("клиент берётся по номеру обращения из «{other}»", "the customer comes by the number of the case from “{other}”")
BY_MASTER = Wording(
    "номера клиентов приводятся к общему номеру из «{other}»", "customer numbers are brought to the common one of “{other}”"
)
BY_CONTACT = Wording(
    "клиент узнаётся по почте, телефону или карте из «{other}»", "the customer is known by e-mail, phone or card from “{other}”"
)
SKIPPED = Wording("справочник, событий в нём нет: пропустим", "a reference list without activities: it will be passed over")
NOBODY = Wording("номера клиента нет: события останутся без клиента", "there is no customer number: the activities stay without a customer")
BY_NAME = Wording(
    "клиенты различаются только по имени из «{column}»: тёзки станут одним клиентом. Добавьте в выгрузку код, телефон или почту",
    "customers are told apart by the name in “{column}” alone: namesakes become one. Add a code, phone or e-mail to the export",
)
NO_CUSTOMERS = Wording(
    "в заказах нет ни номера клиента, ни телефона, ни почты, ни карты: в выручку они войдут, а кто ушёл, по ним не узнать",
    "the orders name no customer, phone, e-mail or card: they count as revenue, but who left cannot be told by them",
)
GROUPED = Wording(
    "номер, дату и клиента называет только первая строка заказа: остальные его строки берут их у неё",
    "only the first row of an order names its number, date and customer: its other rows take them from it",
)
EMPTY = Wording(
    "колонка «{column}» пуста: денег у этих записей не будет", "the column “{column}” is empty: these records will have no money"
)
EITHER_DAY = Wording(
    "даты в «{column}» можно прочесть двояко: «{sample}» берём как день/месяц. Если это не так, назовите вид mm/dd/yyyy",
    "the dates of “{column}” can be read both ways: “{sample}” is taken as day/month. If that is wrong, name the form mm/dd/yyyy",
)
NO_PHONES = Wording(
    "колонка «{column}» не читается: в ней не телефоны, например «{sample}»",
    "the column “{column}” is not read: its cells are no phones, such as “{sample}”",
)
UNREADABLE = {
    Sort.NUMBER: Wording(
        "колонка «{column}» не читается: в ней не числа, например «{sample}»",
        "the column “{column}” is not read: its cells are no numbers, such as “{sample}”",
    ),
    Sort.MOMENT: Wording(
        "колонка «{column}» не читается: в ней не даты, например «{sample}»",
        "the column “{column}” is not read: its cells are no dates, such as “{sample}”",
    ),
}
DAY_WORDS = frozenset("дата срок время date time".split())
PEOPLE = ("customer", "customer_master", "email", "phone", "card", "anonymous")
MOST_COLUMNS = 100
HAVE_ORDERS = ("orders", "order_lines")


def describe_joins(files: tuple[FilePlan, ...]) -> tuple[FilePlan, ...]:
    """Return the plans with the joins that reading them together will make."""
    return tuple(replace(file, joins=_joins(file, files), notes=_notes(file, files)) for file in files)


def _joins(file: FilePlan, files: tuple[FilePlan, ...]) -> tuple[Wording, ...]:
    if file.kind is None or file.is_reference or file.problems:
        return ()
    found: list[Wording] = []
    others = [other for other in files if other is not file and not other.problems and other.kind]
    if file.kind != "orders" and file.column_of("order"):
        found += [BY_ORDER.filled(other=other.name) for other in others if other.kind == "orders" and other.column_of("order")][:1]
    if file.kind != "cases" and file.column_of("case"):
        found += [BY_CASE.filled(other=other.name) for other in others if other.kind == "cases" and other.column_of("case")][:1]
    customers = [other for other in others if other.kind == "customers"]
    if file.column_of("customer"):
        found += [BY_MASTER.filled(other=other.name) for other in customers if other.column_of("customer_master")][:1]
    elif any(file.column_of(field) for field in ("email", "phone", "card")):
        found += [BY_CONTACT.filled(other=other.name) for other in customers][:1]
    return tuple(found)


def _notes(file: FilePlan, files: tuple[FilePlan, ...]) -> tuple[Wording, ...]:
    if file.is_reference:
        return (SKIPPED,)
    return (*_whose(file, files), *((GROUPED,) if file.grouped and not file.problems else ()), *_unreadable(file))


def _unreadable(file: FilePlan) -> list[Wording]:
    """Say which columns are called like something that is needed and hold something else."""
    kind = FILE_KINDS.get(file.kind or "")
    if kind is None or file.problems:
        return []
    fed = {column.field for column in file.columns}
    said = []
    for column in file.columns if len(file.columns) <= MOST_COLUMNS else ():
        strength, field = meaning(kind, column.name)
        if column.field is not None or strength < 1 or field not in FIELDS or field in fed or believable(field, column.samples):
            if column.field in ("amount", "price") and not column.samples:
                said.append(EMPTY.filled(column=column.name))
            if column.field and column.confidence <= 0.5 and column.date_format in SLASHES:
                said.append(EITHER_DAY.filled(column=column.name, sample=column.samples[0]))
            continue
        if field == "phone":
            said.append(NO_PHONES.filled(column=column.name, sample=column.samples[0]))
        sort = FIELDS[field].sort
        if sort is Sort.NUMBER or (sort is Sort.MOMENT and DAY_WORDS & set(words(column.name))):
            said.append(UNREADABLE[sort].filled(column=column.name, sample=column.samples[0]))
    return said


def _whose(file: FilePlan, files: tuple[FilePlan, ...]) -> tuple[Wording, ...]:
    customer = file.column_of("customer")
    if customer and looks_like_names(customer.samples):
        return (BY_NAME.filled(column=customer.name),)
    links = ("customer", "order", "case", "email", "phone", "card", "anonymous", "customer_master", "contract")
    if (
        file.kind
        and not file.problems
        and file.kind != "activities"
        and file.kind == "cases"
        and not any(file.column_of(field) for field in ("customer", "email", "phone", "card"))
    ):
        return (NOBODY,)
    stand_alone = file.kind == "orders" or (file.kind == "order_lines" and file.column_of("ts") and files == (file,))
    if stand_alone and not file.problems and not any(file.column_of(field) for field in PEOPLE):
        return (NO_CUSTOMERS,)
    return () if any(file.column_of(field) for field in links) or not file.kind or file.kind == "activities" else (NOBODY,)
