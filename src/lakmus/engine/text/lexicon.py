"""Words that decide something on their own: thanks, displeasure, cries for help. Russian and English.

Patterns are in the syntax that both Python's `re` and Polars' regular expressions read, for lower-case text with «ё» as «е».
"""

from __future__ import annotations

THANKS = r"\b(?:спасибо\w*|благодар\w+|спс|пасиб\w*|thanks?|thank you|thx|cheers)\b"

BESIDE_THANKS = frozenset(
    """
    большое огромное вам тебе вас за помощь ответ оперативность быстрый быстро отклик информацию разъяснение разъяснения и еще раз все всё
    понятно ясно хорошо ок окей ладно отлично супер здорово прекрасно понял поняла понятненько ясненько принято принял приняла получил
    получила получилось разобрался разобралась разобрались решено решили работает пришло пришел пришла дошло очень рад рада вопрос
    вопросов снят закрыт больше нет нету помогли помогло помогли-то хорошего доброго дня вечера выходных удачи вам пожалуйста да ага так
    теперь это вы ваш вашу вашей работу здравствуйте добрый день вечер утро с уважением заранее уже буду иметь ввиду виду в знать you so
    much very for your the help reply answer a lot ok okay great all good got it that is it perfect have nice day again everyone and works
    now solved clear understood many appreciated quick fast support team
    """.split()
)
"""Words that may stand beside thanks without making another matter of it."""

ANOTHER_MATTER = (
    r"\?|\b(?:но|не|однако|когда|где|почему|зачем|сколько|куда|какой|какая|какие|кто|можно|нельзя|жду|ждем|жди|нужн\w+|надо|хочу|хотел\w*|прошу|"
    r"верн\w+|отмен\w+|замен\w+|пришл\w+те|подскаж\w+|провер\w+те|перезвон\w+|до сих пор|опять|снова|also|but|not|when|where|why|how|"
    r"please|need|want|still)\b"
    r"|\d{3,}"
)
"""Signs that a message that thanks also asks for something."""

# The lists below are sought in text in lower case, «ё» as «е», every run of signs other than letters and digits as one space, a space at
# both ends. `_words` puts a space before each entry, so it must begin a word; an entry that ends in "." must also end it.


def _words(entries: str) -> tuple[str, ...]:
    """Return one pattern per line: beginnings of words, or whole phrases."""
    return tuple(f" {line.strip()}".replace(".", " ") for line in entries.strip().splitlines())


COMPLAINT_TOPICS = _words(
    """
    жалоб
    претензи
    опоздани
    задержк
    просроч
    брак
    поврежд
    сломан
    дефект
    недовол
    качество обслуж
    хамств
    груб
    не работает
    не приш
    недовоз
    complain
    claim
    late deliver
    delay
    damag
    broken
    defect
    faulty
    rude
    poor service
    service quality
    """
)
"""Topics of cases that are complaints, not questions."""

COMPLAINT_WORDS = _words(
    """
    жалоб
    жалуюсь
    претензи
    безобрази
    возмущ
    возмутительн
    кошмар
    ужасн
    отвратительн
    разочаров
    недовол
    хамств
    хамят.
    наглост
    обман
    сколько можно
    до сих пор не
    никто не отвеча
    уже третий раз
    уже неделю
    уже месяц
    complain
    unacceptable
    terrible
    awful
    disappoint
    outrage
    fed up.
    nobody answers
    nobody replies
    third time
    """
)
"""Words of displeasure in a customer's own message."""

CRY_FOR_HELP = _words(
    """
    последний раз обраща
    последний раз пишу
    последний раз прошу
    последний раз заказыва
    последний раз покупа
    больше никогда
    больше не буду
    больше ничего не зака
    больше ничего не купл
    ухожу к
    ухожу от
    ноги моей
    отказываюсь от ваш
    отказаться от ваш
    перехожу к
    расторгаю договор
    расторгнуть договор
    никогда больше
    больше не хочу иметь
    больше не хочу связ
    больше не хочу с.
    больше не приду
    больше не вернусь
    больше не обращ
    больше не клиент
    больше не ваш клиент
    больше не пользу
    не буду пользоваться
    не хочу быть клиент
    не хочу оставаться клиент
    перестал быть клиент
    перестала быть клиент
    закрыл карт
    закрыла карт
    закрываю карт
    закрою карт
    закрыл счет
    закрыла счет
    закрыли счет
    закрываю счет
    закрываем счет
    закрою счет
    закрываю все счет
    закрою все счет
    закрыл все
    закрыла все
    закрыл вклад
    закрыла вклад
    закрываю вклад
    закрою вклад
    прекращаю сотрудн
    прекращаем сотрудн
    прекратил сотрудн
    прекратила сотрудн
    прекратили сотрудн
    прерву отношени
    прерву все отношени
    разорву отношени
    ушел в друг
    ушла в друг
    ушли в друг
    уйду в друг
    ухожу в друг
    уходим в друг
    перешел в друг
    перешла в друг
    перешли в друг
    перехожу в друг
    переходим в друг
    перейду в друг
    меняю банк
    сменил банк
    сменила банк
    сменю банк
    поменял банк
    поменяла банк
    меняю оператора
    сменил оператора
    сменила оператора
    отказался от услуг
    отказалась от услуг
    отказываюсь от услуг
    обхожу стороной
    буду обходить
    ни ногой
    last time i
    never order
    never buy
    never shop
    never again
    i am leaving
    i m leaving
    cancel my account
    cancel my contract
    switching to another
    switch to another
    switching to a competitor
    closing my account
    closed my account
    close my account
    closing the account
    moving to another
    moved to another
    going elsewhere
    gone elsewhere
    my business elsewhere
    never use
    never return
    never come back
    never coming back
    won t be back
    won t be returning
    not coming back
    will not return
    """
)
"""Words with which a customer says that this is the end."""
