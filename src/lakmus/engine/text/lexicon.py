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

COMPLAINT_TOPIC = (
    r"жалоб|претензи|опоздани|задержк|просроч|брак|поврежд|сломан|дефект|недовол|качество обслуж|хамств|груб|не работает|не приш|недовоз|"
    r"complain|claim|late deliver|delay|damag|broken|defect|faulty|rude|poor service|service quality"
)
"""Topics of cases that are complaints, not questions."""

COMPLAINT_WORDS = (
    r"\bжалоб\w*|\bжалуюсь|\bпретензи\w*|\bбезобрази\w*|\bвозмущ\w*|\bвозмутительн\w*|\bкошмар\w*|\bужасн\w*|\bотвратительн\w*|\bразочаров\w*|"
    r"\bнедовол\w*|\bхамств\w*|\bхамят\b|\bнаглост\w*|\bобман\w*|сколько можно|до сих пор не|никто не отвеча|уже третий раз|"
    r"уже (?:неделю|месяц)|"
    r"\bcomplain\w*|\bunacceptable\b|\bterrible\b|\bawful\b|\bdisappoint\w*|\boutrage\w*|\bfed up\b|\bnobody (?:answers|replies)\b|"
    r"third time"
)
"""Words of displeasure in a customer's own message."""

CRY_FOR_HELP = (
    r"последний раз (?:обраща|пишу|прошу|заказыва|покупа)|больше (?:никогда|не буду|ничего не (?:закаж|купл))|ухожу (?:к|от)|ноги моей|"
    r"(?:отказываюсь|отказаться) от ваш|перехожу к|расторг\w+ договор|last time i|never (?:order|buy|shop|again)|i am leaving|i'm leaving|"
    r"cancel my (?:account|contract)|switch(?:ing)? to (?:another|a competitor)"
)
"""Words with which a customer says that this is the end."""
