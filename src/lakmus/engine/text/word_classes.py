"""Classes of words that the lexicon's entries name in braces. Russian lemmas and English words side by side."""

from __future__ import annotations

CLASSES: dict[str, str] = {
    "not": """
        {concord} не нет без нельзя =нету
        =no =not =never =without =cannot =didn't =don't =doesn't =isn't =wasn't =aren't =weren't
        =can't =couldn't =won't =wouldn't =haven't =hasn't =hadn't =didnt =dont =doesnt =cant =wont =couldnt =isnt =wasnt
    """,
    "concord": "ни никто никогда никакой ничто ничуть нисколько =ничего =никому =никого =nobody =none =nothing =neither =nor",
    "only": "только просто столько лишь менее меньше один =раз первый слишком =only =just =merely =simply",
    "staff": """
        сотрудник сотрудница официант официантка офиц* менеджер оператор консультант администратор админ* продавец продавщица
        кассир кассирша курьер водитель специалист персонал хостес девушка девочка охранник охрана управляющий директор мастер бармен
        работник работница представитель поддержка операционист* специалистка мальчик парень руководитель начальник дежурный горничная
        регистратура ресепшн* ресепшен* саппорт* кол-центр* колл-центр* коллцентр* техподдержка
        staff employee manager operator agent waiter waitress clerk cashier courier driver receptionist representative rep consultant
        specialist team helpdesk supervisor advisor assistant
    """,
    "service": "обслуживание сервис обслуга обслуж* =сервиса service serving customer-service",
    "wait": "ждать прождать подождать ожидать ожидание дожидаться выжидать пождать ждун wait waited awaiting",
    "long": """
        долго {lasting} подолгу медленно медленный медлительный вечность бесконечно бесконечный нескоро дольше долговато медленнее
        long slow slowly forever ages eternity endless endlessly
    """,
    "lasting": "=долгий =долгая =долгое =долгие =долгого =долгой =долгую =долгим =долгих =долгими =долгому",
    "time": """
        минута мин полчаса час часик часок полтора день сутки неделя месяц год полгода четверть минуточка пол-часа получас полуторачасовой
        minute min hour day week month year fortnight
    """,
    "hours": """
        полчаса час часик полтора день сутки неделя месяц год полгода пол-часа получас полуторачасовой полдня hour day week month year
        fortnight
    """,
    "days": "день сутки неделя месяц год полгода day week month year fortnight",
    "nth": "=второй =третий =четвертый =пятый =шестой =седьмой =десятый =сотый =который =очередной",
    "appeal": """
        обращаться обратиться писать написать просить попросить напоминать напомнить жаловаться пожаловаться спрашивать уточнять ждать
        требовать переносить перенести ломаться звонить позвонить дозваниваться присылать объяснять отправлять
    """,
    "minutes": "минута мин минуточка minute min",
    "many": "#15 пятнадцать двадцать тридцать сорок пятьдесят шестьдесят fifteen twenty thirty forty fifty sixty",
    "much": "очень слишком так весьма чрезмерно ужасно невыносимо безумно крайне довольно very too so extremely really way quite",
    "bad": """
        плохой плохо ужасный ужасно ужас отвратительный отвратительно кошмар кошмарный слабый слабоватый слабо посредственный
        посредственно худший хуже нулевой разочаровать разочаровывать разочарование огорчить огорчать огорчение расстроить расстраивать
        испортить испорченный хромать подкачать подвести подводить неудовлетворительный некачественный безобразный безобразие мерзкий
        паршивый хреновый хреново фигов* отстой позорный позор днище треш трэш убогий двойка неважный неважно мрак гадкий гадость
        противный неприятный неприятно неприветливый неумелый непрофессиональный непрофессионализм ужаснуть возмутить возмущать напрягать
        напрячь раздражать хамский нерасторопный нерасторопность невнимательный недоволен недовольный жуткий жуть тоскливо =минус
        подпортить недоработка оставлять страдать отталкивать убить убивать добивать
        bad terrible awful horrible horrid poor poorly appalling dreadful disgusting pathetic worst worse atrocious abysmal lousy
        unacceptable useless disappointing disappointed disappoint shocking shameful mediocre unprofessional unsatisfactory subpar dire
        ridiculous joke nightmare disgrace disaster zero
    """,
    "good": """
        хороший хорошо отличный отлично прекрасный прекрасно замечательный замечательно великолепный великолепно превосходный супер
        понравиться нравиться порадовать радовать быстрый быстро приятный приятно вежливый вежливо внимательный внимательно приветливый
        приветливо доброжелательный профессиональный качественный качественно высота дружелюбный устроить устраивать идеальный идеально
        достойный впечатлить вдохновить блистать блеснуть уровень удовлетворить ахти фонтан айс лучший лучше лучшее улыбаться улыбчивый
        good great excellent perfect fine nice friendly polite helpful quick fast wonderful fantastic happy satisfied impressed pleased
        satisfactory professional attentive pleasant acceptable decent
    """,
    "answer": """
        ответ ответить отвечать отписать отписаться отклик откликнуться откликаться реагировать отреагировать реакция перезвонить
        перезванивать answer reply respond response react reaction
    """,
    "order": """
        заказ посылка товар доставка блюдо еда карта деньги возврат посылочка вещь покупка пицца суп кофе чай напиток счет сдача меню салат
        горячее десерт пиво вино коктейль справка документ заявление заявка выплата перевод ремонт
        order parcel package delivery item product card money refund bill food meal drink dish document application payment repair
    """,
    "goods": """
        товар вещь покупка изделие телефон ноутбук техника мебель диван обувь одежда платье букет цветок запчасть прибор устройство блюдо
        еда пицца суп кофе чай напиток салат горячее десерт пиво вино
        item product goods phone laptop device furniture shoe clothes dress part food meal drink dish pizza coffee
    """,
    "promise": """
        обещать пообещать обещание обещанный клясться гарантировать уверять заверять заверить уверить
        promise promised guarantee assure assured pledge
    """,
    "problem": """
        проблема вопрос ситуация обращение жалоба претензия заявка заявление спор дело неисправность поломка
        problem issue question complaint case ticket request matter query dispute
    """,
    "we": "я мы нас мне нам меня мой наш =us =me =my =our =i =we",
    "they": "вы вас вам вами ваш они им их банк магазин компания фирма салон контора you your they bank shop store company",
    "money": """
        деньги комиссия плата сумма рубль руб средство страховка процент пеня штраф money fee charge commission amount insurance interest
        penalty
    """,
    "call": "звонить позвонить дозвониться дозваниваться прозваниваться звонок call phone ring",
}
"""Each class by its name; an entry may name several: ``{staff}|{service}``."""
