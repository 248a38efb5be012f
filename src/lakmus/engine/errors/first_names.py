"""Whether a greeting's name is the customer's: the same word, or a short form of it («Саша» for «Александр»)."""

from __future__ import annotations

_SHORT = """
александр саша шура саня; александра саша шура; алексей леша алеша; анастасия настя; анатолий толя; андрей андрюша; анна аня нюра;
антон тоша; антонина тоня; борис боря; вадим вадик; валентин валя; валентина валя; валерий валера; валерия лера; василий вася;
вера верочка; виктор витя; виктория вика; виталий виталик; владимир вова володя; владислав влад слава; вячеслав слава; галина галя;
геннадий гена; георгий гоша жора; григорий гриша; даниил данила даня; дарья даша; денис дениска; дмитрий дима митя; евгений женя;
евгения женя; екатерина катя; елена лена; елизавета лиза; иван ваня; игорь игорек; илья илюша; инна инночка; ирина ира; кирилл кирюша;
константин костя; ксения ксюша; лариса лара; леонид леня; лидия лида; любовь люба; людмила люда мила; маргарита рита; марина мариша;
мария маша маруся; михаил миша; надежда надя; наталья наталия наташа; никита никитка; николай коля; нина ниночка; оксана ксюша;
олег олежка; ольга оля; павел паша; петр петя; полина поля; раиса рая; роман рома; светлана света; семен сема; сергей сережа;
софья софия соня; станислав стас слава; степан степа; тамара тома; татьяна таня; тимофей тима; ульяна уля; федор федя; юлия юля;
юрий юра; яков яша; ярослав слава ярик; elizabeth liz beth; james jim; john jack; katherine kate; michael mike; robert bob rob;
thomas tom; william bill will; alexander alex; alexandra alex; samuel sam; samantha sam; daniel dan; matthew matt; christopher chris
"""
_GROUPS = [frozenset(group.split()) for group in _SHORT.split(";")]


def _plain(text: str) -> str:
    return text.lower().replace("ё", "е")


def same_person(said: str, known: str) -> bool:
    """Say whether the name `said` may be of the person with the name(s) `known`; names in two scripts are not told apart."""
    one, tokens = _plain(said), _plain(known).split()
    comparable = [token for token in tokens if token.isascii() == one.isascii()]
    if not comparable or one in comparable:
        return True
    return any(one in group and not group.isdisjoint(comparable) for group in _GROUPS)
