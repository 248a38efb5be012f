"""What is said of a pushed row that cannot be used: what is wrong with it and how to write it."""

from __future__ import annotations

from lakmus.history.wording import Wording

NOT_AN_OBJECT = Wording("Строка должна быть объектом JSON: {…}.", "A row must be a JSON object: {…}.")
KIND_MISSING = Wording("Не сказано, что произошло: нужно поле kind.", "It does not say what happened: the field kind is needed.")
TWO_KINDS = Wording("Поля kind и activity говорят разное.", "The fields kind and activity contradict each other.")
KIND_UNKNOWN = Wording("Вида события «{written}» нет в каталоге.", "The catalogue has no activity kind “{written}”.")
FIELD_UNKNOWN = Wording(
    "У вида {kind} нет поля «{name}». Есть: {known}. Прочее кладите в features.",
    "The kind {kind} has no field “{name}”. It has: {known}. Put the rest into features.",
)
FIELD_TWICE = Wording(
    "Поле «{name}» дано дважды: с подчёркиванием и без.", "The field “{name}” is given twice: with its underscore and without."
)
FIELD_MISSING = Wording(
    "Виду {kind} нужно поле {name}: без него эту запись не отличить от другой.",
    "The kind {kind} needs the field {name}: without it this record cannot be told from another.",
)
TS_MISSING = Wording("Не сказано, когда это было: нужно поле ts.", "It does not say when: the field ts is needed.")
TS_IN_FUTURE = Wording(
    "Момент ts лежит в будущем; проверьте часы и часовой пояс.", "The moment ts lies in the future; check clock and time zone."
)
TS_TOO_EARLY = Wording("Момент ts раньше 1970 года.", "The moment ts lies before 1970.")
MOMENT_UNREADABLE = Wording(
    "Момент не читается; нужно так: 2026-03-31T12:00:00+03:00.", "The moment cannot be read; write 2026-03-31T12:00:00+03:00."
)
MOMENT_WITHOUT_ZONE = Wording(
    "У момента нет часового пояса; нужно так: 2026-03-31T12:00:00+03:00.", "The moment has no time zone; write 2026-03-31T12:00:00+03:00."
)
KNOWN_AT_IMPOSSIBLE = Wording(
    "Момент known_at (когда об этом узнали) раньше самого события или в будущем.",
    "The moment known_at (when it became known) lies before the event itself or in the future.",
)
NUMBER_UNREADABLE = Wording("Нужно число без кавычек: 1234.56.", "A number without quotes is needed: 1234.56.")
NUMBER_TOO_LARGE = Wording("Число слишком велико: больше триллиона.", "The number is too large: beyond a trillion.")
AMOUNT_NEGATIVE = Wording(
    "Сумма не бывает отрицательной: куда идут деньги, говорит вид события (возврат — returned_item, отмена — cancelled_order).",
    "An amount is never negative: the kind says which way the money goes (returned_item, cancelled_order).",
)
STARS_IMPOSSIBLE = Wording("Звёзд бывает от 1 до 5.", "Stars go from 1 to 5.")
TEXT_EXPECTED = Wording("Нужна строка.", "A text is needed.")
TEXT_TOO_LONG = Wording("Текст длиннее {longest} знаков.", "The text is longer than {longest} characters.")
TEXT_BROKEN = Wording("В тексте есть знаки, которых нет в Юникоде.", "The text holds characters that are not Unicode.")
AUTHOR_UNKNOWN = Wording("Автор — одно из: {known}.", "The author is one of: {known}.")
CURRENCY_UNKNOWN = Wording("Валюта — код из трёх букв: RUB.", "The currency is a code of three letters: RUB.")
FEATURES_UNREADABLE = Wording("Поле features должно быть объектом JSON.", "The field features must be a JSON object.")
NOBODY = Wording(
    "Не сказано, с кем это было: нужен customer; если клиент неизвестен — anonymous, order или case.",
    "It does not say whose history this is: customer is needed; if unknown, then anonymous, order or case.",
)
ACTIVITY_ID_DIFFERS = Wording(
    "Присланный activity_id не равен вычисленному ({made}). Уберите поле: мы вычисляем его сами.",
    "The activity_id given is not the one computed ({made}). Leave the field out: it is computed here.",
)
IDENTIFIER_UNREADABLE = Wording(
    "Это не похоже на адрес, телефон или номер карты, который бывает у человека.",
    "This does not look like an address, a phone or a card number that a person can have.",
)
FORGOTTEN = Wording(
    "Этого клиента попросили забыть, поэтому строка не взята. Больше её не присылайте.",
    "This customer was to be forgotten, so the row was not taken. Do not send it again.",
)
