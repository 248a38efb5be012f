"""The words of the report that do not come from the engine."""

from __future__ import annotations

from lakmus.history.estimate import Badge
from lakmus.history.wording import Wording

TITLE = Wording("Лакмус: вердикт", "Lakmus: the verdict")
AS_OF = Wording("на {day}", "as of {day}")
LEFT = Wording("За 12 месяцев {verb} {customers} из {all}.", "In 12 months {customers} of {all} left.")
SILENTLY = Wording(" {silent} из них – молча.", " {silent} of them silently.")
NOBODY_LEFT = Wording("За 12 месяцев не ушёл никто из {all}.", "In 12 months nobody of {all} left.")
THAT_IS = Wording(" Это {money}", " That is {money}")
TOO_LITTLE = Wording("Мало данных, чтобы сказать, кто ушёл", "Too little data to say who has left")
THIN = Wording("мало данных", "too little data")
SHORT_OF = Wording("Нужно {needed}, есть {available}.", "{needed} are needed, there are {available}.")
ONE_TIME = Wording("Купивших один раз не считаем: их {count}.", "Customers with a single purchase are not counted: {count}.")

KNOWN = Wording("Известно клиентов", "Customers known")
ACTIVE = Wording("Остаются", "Stay")
COOLING = Wording("из них остывают", "of them cooling")
COLD = Wording("из них холодные", "of them cold")
LOST = Wording("Ушли за 12 месяцев", "Left in 12 months")
LOST_SILENTLY = Wording("из них молча", "of them silently")
ORDERS = Wording("Заказов", "Orders")
REVENUE = Wording("Выручка", "Revenue")
LATE = Wording("Опоздали доставкой", "Delivered late")
LATE_OF = Wording("{late} из {all} с обещанным сроком", "{late} of {all} with a promise")
AT_RISK = Wording("Маржа за 12 месяцев у оставшихся", "Margin of 12 months of those who stay")
SHAPES = Wording("Как уходили", "How they left")
SHAPES_OF = Wording("резко: {abrupt}, остывая: {gradual}, неясно: {unclear}", "at once: {abrupt}, cooling: {gradual}, unclear: {unclear}")

MONTHS = Wording("Кого вы потеряли, по месяцам", "Whom you lost, month by month")
MONTHS_HINT = Wording("Сверху – кто жаловался, снизу – кто промолчал", "Above: who complained. Below: who kept silent")
MONTHS_UNHEARD = Wording("Кто из них жаловался, файлы не говорят", "The files do not say which of them complained")
GONE = Wording("Ушли", "Left")
MONTH, VISIBLE, SILENT = Wording("Месяц", "Month"), Wording("Видно", "Visible"), Wording("Молча", "Silently")
SILENT_TO_VOCAL = Wording("На одного жаловавшегося {k} ушли молча ({range}).", "For one who complained, {k} left in silence ({range}).")

BELIEF = Wording("Можно ли этому верить", "May this be believed")
ERRORS = Wording("Ошибки, которые обходятся дороже всего", "The errors that cost most")
ERRORS_HINT = Wording(
    "Маржа за 12 месяцев и промежуток, в котором она лежит с вероятностью 95 %.",
    "Margin of 12 months, and the interval it lies in with 95% probability.",
)
NO_ERRORS = Wording(
    "Ошибок в загруженных файлах не найдено. Что файлы не могут показать, сказано ниже.",
    "No service errors were found in the imported files. What the files cannot show is said below.",
)
NO_DETECTORS = Wording(
    "Ни одну ошибку по этим файлам проверить нельзя: это пробел в данных, а не здоровье. Чего не хватает, сказано ниже.",
    "None of the errors can be checked with these files: a gap in the data, not health. What is missing is said below.",
)
NO_HARM = Wording("вреда не видно", "no harm seen")
UP_TO = Wording("от нуля до {high}", "from zero to {high}")
NOT_MORE_OFTEN = Wording("после неё уходят не чаще", "customers leave no more often after it")
FOUND, EXPOSED = Wording("Найдено случаев", "Cases found"), Wording("Столкнулись", "Met with it")
COMPLAINED, LEFT_AFTER = Wording("Пожаловались", "Complained"), Wording("Ушли после этого", "Left afterwards")
MORE_OFTEN = Wording("Уходят чаще на", "Leave more often by")
CASES = Wording("случаев: {n}", "n = {n}")
BADGES = {
    Badge.DIFFERENCE: Wording("○ разница между группами", "○ difference by exposure"),
    Badge.ADJUSTED: Wording("◇ сравнение с похожими клиентами", "◇ adjusted association"),
    Badge.RANDOMISED: Wording("● проверено случайной группой", "● randomised effect"),
    Badge.COUNTED: Wording("сосчитано", "counted"),
}

PEOPLE = Wording("Кому позвонить в понедельник", "Whom to contact on Monday")
PEOPLE_HINT = Wording(
    "{people}. Сначала те, с кем минута работы сохранит больше денег.", "{people}. First those with whom a minute of work keeps most money."
)
NO_PEOPLE = Wording("На этой неделе никто не выделяется.", "Nobody stands out this week.")
NO_RHYTHM = Wording("Кому звонить, сказать нельзя: неизвестно, кто уходит.", "Whom to call cannot be said: nobody knows who is leaving.")
WHO, SCALE = Wording("Клиент", "Customer"), Wording("Уходит ↔ остаётся", "Leaving ↔ staying")
HAPPENED, STAKE = Wording("Что случилось", "What happened"), Wording("Под угрозой", "At risk")
STEP = Wording("Что сделать", "Next step")
SINCE = Wording("с {month}, {orders}", "since {month}, {orders}")
CUSTOMER_SINCE = Wording("с {month}", "since {month}")
CHANCE = Wording("{point} за {days} (от {low} до {high})", "{point} in {days} ({low} to {high})")
CHIP = Wording("{day}: {title}", "{day}: {title}")
QUOTE = Wording(" («{quote}»)", " (“{quote}”)")
UNTOUCHED = Wording("Кого не трогать", "Whom to leave alone")

COVERAGE = Wording("Что мы видим", "What we see")
COVERED = Wording("{share}, {linked} из {total}", "{share}, {linked} of {total}")
NOTHING_TO_LINK = Wording("записей нет", "no records")
UNKNOWN = Wording("Чего мы не знаем", "What is not known")
NEEDED = Wording("{title}. Нужны данные: {needed}", "{title}. Data needed: {needed}")
DEFINITION = Wording("Что значит «ушёл»", "What “left” means")
DEFINED = Wording("Определение", "Definition")
VERSION, HORIZON = Wording("Версия", "Version"), Wording("Срок", "Horizon")
HORIZON_OF = Wording("{days} (от {low} до {high}, клиентов: {n})", "{days} ({low} to {high}, n = {n})")
WINDOW = Wording("Окно", "Window")
ELIGIBLE, EXCLUDED = Wording("Кого считаем", "Counted"), Wording("Не считаем", "Left out")
CENSORED = Wording("О ком рано судить", "Too early to say")
MARGIN = Wording("Деньги", "Money")
