"""`lakmus causes ledger`, `promises`, …: what the pages of causes show, and the rows behind a figure."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from functools import partial
from textwrap import shorten
from typing import Any

from lakmus.cli.cause_rows import ERROR, MONTH, NOTHING, add_rows
from lakmus.cli.cause_words import side_word, word
from lakmus.cli.options import Commands, add_as_of
from lakmus.cli.stage_text import cost, day_of, finding, table, why_not
from lakmus.cli.verdicts import computed
from lakmus.cli.voice import Voice
from lakmus.history.wording import Wording
from lakmus.usecases.writing import money, number, percent

Answer = dict[str, Any]
ABOUT = {
    "error": Wording("одна ошибка со всех сторон", "one error from all sides"),
    "ledger": Wording("книга потерь по причинам", "the ledger of losses by reason"),
    "promises": Wording("обещания: выполненные, поздние, не выполненные", "promises: kept, late, broken"),
    "messages": Wording("проверка автоматических сообщений", "the audit of automatic messages"),
    "dominoes": Wording("какая ошибка ведёт за собой какую", "which error brings which"),
    "learned": Wording("цифры статей рядом со своими", "the articles' figures beside the company's own"),
    "perception": Wording("что мы думаем, что есть и что не измеряется", "what we think, what is, and what is not measured"),
    "avoidable": Wording("обращения, которые вызвали мы сами", "contacts that the company caused itself"),
    "scorecard": Wording("пять сторон сервиса", "five sides of service"),
    "profiles": Wording("какие клиенты под угрозой: портреты", "which kinds of customers are at risk"),
    "topics": Wording("о чём пишут клиенты", "what customers write about"),
    "unsorted": Wording("тексты, к которым не подошёл ни один код", "texts that no code fits"),
    "money": Wording("сколько стоят клиенты, потери и исправления", "what customers, losses and repairs are worth"),
}
ABOUT_LEARN = Wording(
    "учесть решения людей о причинах ухода в следующем вердикте", "take people's decisions on reasons over into the next verdict"
)
TAKEN_OVER = Wording(
    "Решения о причинах учтены: следующий вердикт будет посчитан с ними.",
    "Decisions on reasons are taken over: the next verdict will be computed with them.",
)
OPTIONS = {
    "error": {"code": ERROR},
    "ledger": {"month": MONTH},
    "promises": {"by": Wording("по чему: action, source, channel, month, staff", "by: action, source, channel, month, staff")},
}
LEDGER = Wording(
    "причина|столкнулись|жаловались|ушли|молча|видимая потеря|невидимая потеря|всего",
    "reason|met with it|complained|left|silently|visible loss|invisible loss|in all",
)
TOGETHER = Wording("всего", "together")
SUMS = Wording("Сходится со списком потерянных: {lost}, {amount}.", "Sums to the list of lost customers: {lost}, {amount}.")
DIFFERS = Wording("Не сходится со списком потерянных: {lost}, {amount}.", "Does not sum to the list of lost customers: {lost}, {amount}.")
PROMISES = Wording("какие|выполнено|поздно|не выполнено|открыто|в срок", "which|kept|late|broken|open|in time")
MESSAGES = Wording("шаблон|отправлено|неверно", "template|sent|wrong")
DOMINOES = Wording("сначала|затем|во сколько раз чаще случайного", "first|then|times as often as by chance")
LEARNED = Wording("ошибка|статья|ваши данные|вес данных|статья не важна с", "error|article|your data|weight of data|article ended")
BELIEFS = Wording("ошибка|думают|по фактам|в текстах", "error|believed|by the facts|in texts")
SIDES = Wording("сторона|что|случаев|клиентов|ушли|молча", "side|which|cases|customers|left|silently")
MOST_PARTS = 13
"""Parts of one side of an error that a terminal shows: a year by months and the month that runs."""
AND_MORE = Wording("и ещё {n} (все – в --format json)", "{n} more (all of them in --format json)")
COSTS = Wording("Во что обошлось за 12 месяцев:", "What it cost in 12 months:")

AFTER_ERRORS = Wording("после какой ошибки|обращений", "after which error|contacts")
CAUSED = Wording(
    "Обращений за 12 месяцев: {contacts}; в {days} дн. после нашей ошибки: {caused} ({share}). Пожеланий: {stated}, не учтено: {broken}.",
    "Contacts in 12 months: {contacts}; within {days} days of an error of ours: {caused} ({share}). Wishes: {stated}, not kept: {broken}.",
)
READINGS = Wording("как считать потерю|сколько", "a loss counted as|how much")
REPAIRED = Wording("без какой ошибки|осталось бы|недель работы|за неделю", "without which error|would be kept|weeks of work|per week")
TOPICS = Wording("тема|текстов|из них недовольных|клиентов|доля|рост", "theme|texts|displeased|customers|share|growth")
WRITTEN_OF = Wording(
    "Текстов за полгода: {texts}; ни к одному коду не подошло: {unsorted}.", "Texts of six months: {texts}; no code fits: {unsorted}."
)
BURST = Wording(
    "{title}: {observed} за {days} дн. по {day}, а обычно бывало {expected}.",
    "{title}: {observed} in {days} days up to {day}, where {expected} were usual.",
)
NO_CODE = Wording("Без кода: {texts}. Последние:", "Without a code: {texts}. The latest:")
PHRASES = Wording("что у них общего|текстов", "what they have in common|texts")
FIVE_SIDES = Wording(
    "сторона|столкнулись|доля купивших|потеряно из-за неё|рост", "side|met with it|share of buyers|lost because of it|growth"
)
PROFILES = Wording(
    "портрет|клиентов|вероятность ухода|маржа за 12 месяцев|ожидаемо уйдёт",
    "profile|customers|probability of leaving|margin of 12 months|expected to be lost",
)
LONGEST_LINE, LATEST = 100, 10
STILL = Wording(
    "Живые клиенты ещё принесут (CLV): {all}; один: {each}.", "The living customers will still bring (CLV): {all}; one: {each}."
)

COUNTED = ("kept", "late", "broken", "open")


def add_below(parser: ArgumentParser, commands: Commands) -> None:
    """Add the pages below the command of causes."""
    below = commands.under(parser, "page", required=False)
    for name, about in ABOUT.items():
        under = below.add(name, about, partial(page, name))
        add_as_of(under, commands, inherited=True)
        for option, meaning in OPTIONS.get(name, {}).items():
            if option == "code":
                under.add_argument(option, metavar="CODE", help=commands.say(meaning))
            else:
                under.add_argument(f"--{option}", default=None, metavar=option.upper(), help=commands.say(meaning))
    below.add("learn", ABOUT_LEARN, learn)
    add_rows(below)


def learn(asked: Namespace, voice: Voice) -> None:
    """Have the next verdict count what people decided on reasons until now."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    from lakmus.usecases.taken_decisions import take_over_decisions

    until = take_over_decisions(home, actor=None)
    if voice.wants_json:
        voice.json({"until": until})
    voice.message(TAKEN_OVER)


def page(name: str, asked: Namespace, voice: Voice) -> None:
    """Answer with a page of causes."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    from lakmus.usecases.causes.pages import cause_page

    chosen = {option: getattr(asked, option) for option in OPTIONS.get(name, {}) if getattr(asked, option) is not None}
    shown = computed(home, asked, voice)
    if voice.wants_json:
        voice.json(cause_page(home, shown, name, chosen, language=asked.language))
        return
    told = cause_page(home, shown, name, chosen, language=voice.language)
    voice.text(written(told, shown.verdict.currency, voice.language))


def written(told: Answer, currency: str, language: str) -> str:
    """Return a page of causes for a person at a terminal."""
    body = WRITTEN[told["page"]](told, currency, language)
    return f"{told['title']}\n\n{body or NOTHING.in_language(language)}"


def _ledger(told: Answer, currency: str, language: str) -> str:
    if not told["lines"]:
        return why_not(told["shortage"], language) if told.get("shortage") else ""

    def line(title: str, row: Answer) -> list[str]:
        met = [number(row.get(name), language) for name in ("met", "complained")]
        left = [number(row[name], language, digits=1) for name in ("left", "left_silently")]
        visible = None if row["money_silent"] is None else row["money"] - row["money_silent"]
        return [title, *met, *left, *(money(amount, currency, language) for amount in (visible, row["money_silent"], row["money"]))]

    rows = [line(row["title"], row) for row in told["lines"]] + [line(TOGETHER.in_language(language), told["total"])]
    last = (SUMS if told["reconciled"] else DIFFERS).in_language(language)
    last = last.format(lost=number(told["lost"], language), amount=money(told["lost_value"], currency, language))
    return f"{table(LEDGER, rows, language, right=tuple(range(1, 8)))}\n\n{last}"


def _promises(told: Answer, currency: str, language: str) -> str:
    from lakmus.usecases.causes.promises import ACTIONS, SOURCES

    words = {"action": ACTIONS, "source": SOURCES}.get(told["by"], {})

    def named(key: str | None) -> str:
        return word(words, key, language) if key in words else side_word(told["by"], key, language)

    rows = [
        [named(group["key"]), *(number(group[name], language) for name in COUNTED), _share(group["in_time"], language)]
        for group in told["groups"]
    ]
    return table(PROMISES, rows, language, right=(1, 2, 3, 4))


def _messages(told: Answer, currency: str, language: str) -> str:
    rows = [
        [side_word("template", row["key"], language), number(row["sent"], language), number(row["wrong"], language)]
        for row in told["templates"]
    ]
    whole = [TOGETHER.in_language(language), number(told["sent"], language), number(told["wrong"], language)]
    return table(MESSAGES, [*rows, whole], language, right=(1, 2)) if told["sent"] else ""


def _dominoes(told: Answer, currency: str, language: str) -> str:
    from lakmus.usecases.titles import title_of

    rows = [
        [
            *(title_of(edge[end]).in_language(language) for end in ("cause_code", "effect_code")),
            finding(edge["lift"], language, partial(number, digits=1)),
        ]
        for edge in told["edges"]
    ]
    return table(DOMINOES, rows, language)


def _learned(told: Answer, currency: str, language: str) -> str:
    rows = [
        [
            row["title"],
            percent(learned["article_share"], language),
            _share(learned["posterior"], language),
            percent(learned["weight_of_data"], language),
            learned["article_ended_on"] or "–",
        ]
        for row in told["errors"]
        if (learned := row["learned"])
    ]
    return table(LEARNED, rows, language, right=(1, 3))


def _perception(told: Answer, currency: str, language: str) -> str:
    rows = [
        [row["title"], percent(row["believed"], language), _share(row["facts"], language), _share(row["voices"], language)]
        for row in told["errors"]
    ]
    return table(BELIEFS, rows, language, right=(1,))


def _error(told: Answer, currency: str, language: str) -> str:
    from lakmus.usecases.causes.sides import DIMENSIONS

    rows = []
    for side, found in told["sides"].items():
        if side == "moment":
            continue
        title = DIMENSIONS[side][0].in_language(language)
        for row in found[:MOST_PARTS]:
            met = [number(row[name], language) for name in ("cases", "customers")]
            left = [number(row[name], language) if told["outcome_known"] else "–" for name in ("left", "left_silently")]
            rows.append([title, side_word(side, row["key"], language), *met, *left])
        if len(found) > MOST_PARTS:
            rows.append([title, AND_MORE.in_language(language).format(n=number(len(found) - MOST_PARTS, language)), "", "", "", ""])
    head = f"{COSTS.in_language(language)} {cost(told['money'], currency, language)}"
    return f"{head}\n\n{table(SIDES, rows, language, right=(2, 3, 4, 5))}"


def _avoidable(told: Answer, currency: str, language: str) -> str:
    if not told["contacts"] and not told["wishes"]["stated"]:
        return ""
    counts = {
        "contacts": told["contacts"],
        "caused": told["caused"],
        "stated": told["wishes"]["stated"],
        "broken": told["wishes"]["not_kept"],
    }
    written = {name: number(count, language) for name, count in counts.items()} | {"days": number(told["within_days"], language)}
    head = CAUSED.in_language(language).format(share=_share(told["share_caused"], language), **written)
    rows = [[row["title"], number(row["contacts"], language)] for row in told["by_code"]]
    return f"{head}\n\n{table(AFTER_ERRORS, rows, language, right=(1,))}" if rows else head


def _scorecard(told: Answer, currency: str, language: str) -> str:
    rows = [
        [
            side["title"],
            number(side["hit"], language),
            _share(side["share"], language),
            cost(side["money"], currency, language),
            finding(side["growth"], language, partial(number, digits=1)),
        ]
        for side in told["sides"]
    ]
    return table(FIVE_SIDES, rows, language, right=(1,))


def _profiles(told: Answer, currency: str, language: str) -> str:
    rows = [
        [
            row["title"],
            number(row["customers"], language),
            _share(row["risk"], language),
            *(money(row[name], currency, language) for name in ("value", "expected")),
        ]
        for row in (*told["profiles"], told["everybody"])
    ]
    return table(PROFILES, rows, language, right=(1, 3, 4))


def _topics(told: Answer, currency: str, language: str) -> str:
    rows = [
        [
            one["title"],
            *(number(one[name], language) for name in ("texts", "negative", "customers")),
            percent(one["share"], language, digits=1),
            finding(one["trend"], language, partial(number, digits=1)),
        ]
        for one in told["topics"]
    ]
    if not rows:
        return ""
    head = WRITTEN_OF.in_language(language).format(**{name: number(told[name], language) for name in ("texts", "unsorted")})
    bursts = [_burst(one, language) for one in told["topics"] if one["burst"]]
    return "\n".join([head, *bursts, "", table(TOPICS, rows, language, right=(1, 2, 3, 4))])


def _burst(topic: Answer, language: str) -> str:
    burst = topic["burst"]
    said = {"title": topic["title"], "observed": number(burst["observed"], language), "days": number(burst["days"], language)}
    usual = number(burst["expected"], language, digits=1)
    return BURST.in_language(language).format(**said, expected=usual, day=day_of(burst["at"], language))


def _unsorted(told: Answer, currency: str, language: str) -> str:
    if not told["texts"]:
        return ""
    phrases = [[theme["phrase"], number(theme["texts"], language)] for theme in told["phrases"]]
    head = NO_CODE.in_language(language).format(texts=number(told["texts"], language))
    latest = [f"{day_of(row['at'], language)}  {shorten(row['text'], LONGEST_LINE, placeholder='…')}" for row in told["latest"][:LATEST]]
    parts = [table(PHRASES, phrases, language, right=(1,)) if phrases else "", "\n".join([head, *latest])]
    return "\n\n".join(part for part in parts if part)


def _money(told: Answer, currency: str, language: str) -> str:
    head = STILL.in_language(language).format(all=cost(told["clv"], currency, language), each=cost(told["clv_each"], currency, language))
    costs = [[row["title"], cost(row["cost"], currency, language)] for row in told["costs"]]
    repairs = [
        [
            row["title"],
            cost(row["kept"], currency, language),
            number(row["weeks"], language, digits=1),
            cost(row["per_week"], currency, language) if row["per_week"] else "",
        ]
        for row in told["repairs"]
    ]
    parts = [head, table(READINGS, costs, language) if costs else "", table(REPAIRED, repairs, language, right=(2,)) if repairs else ""]
    return "\n\n".join(part for part in parts if part)


def _share(found: Answer, language: str) -> str:
    if "point" in found or found["available"]:
        return finding(found, language, partial(percent, digits=1))
    return str(found["reason"])


WRITTEN = {
    "error": _error,
    "ledger": _ledger,
    "promises": _promises,
    "messages": _messages,
    "dominoes": _dominoes,
    "learned": _learned,
    "perception": _perception,
    "avoidable": _avoidable,
    "scorecard": _scorecard,
    "profiles": _profiles,
    "topics": _topics,
    "unsorted": _unsorted,
    "money": _money,
}
