"""Identifiers of people and the one form in which each is compared: an e-mail, a phone, a card, an id in some system."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

import phonenumbers
import polars as pl

IdentifierKind = Literal["external", "email", "phone", "card", "messenger", "site", "order", "case"]
KINDS: tuple[str, ...] = get_args(IdentifierKind)
# An id of another system stands in activities as it is; the rest stand there with their kind in front.
BARE_KIND = "external"
PROVISIONAL_PREFIXES = tuple(f"{kind}:" for kind in ("email", "phone", "card", "messenger", "site", "order", "case", "review"))
NOBODY = frozenset(("", "0", "0.0", "nan", "null", "-", "none", "неизвестно", "n/a"))
REGION = "RU"
# Written out, since Python and Polars differ on what a blank is, and both must read an identifier alike.
BLANKS = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
BLANK = re.compile(f"[{BLANKS}]+")
EMAIL_PATTERN = rf"^[^@{BLANKS},;<>]+@[^@{BLANKS},;<>]+\.[^@{BLANKS}.,;<>]+$"
EMAIL = re.compile(EMAIL_PATTERN.replace("$", r"\Z"))
# National numbers of ten digits behind +7, 8 or nothing: all that most Russian files hold, and cheap to read in bulk.
LOCAL_PHONE = r"^(?:\+7|8)?([0-9]{10})$"
LOCAL_PHONE_BARE_COUNTRY = "^7([3489][0-9]{9})$"
LOCAL_SHAPE = "^[+0-9 ().\xa0-]*$"
PHONE_NOISE = "[ ().\xa0-]"
ONE_DIGIT_ONLY = tuple(str(digit) * 10 for digit in range(10))


@dataclass(frozen=True, slots=True)
class Identifier:
    """One way to recognise a customer: its kind and the value as somebody wrote it."""

    kind: str
    written: str


def normalise_email(written: str) -> str | None:
    """Return the address in small letters without blanks, or None where it is no address.

    Dots and `+tags` stay: outside one provider they belong to different people.
    """
    address = BLANK.sub(" ", written).strip(" ").removeprefix("mailto:").lower()
    return address if EMAIL.match(address) else None


def normalise_phone(written: str, region: str = REGION) -> str | None:
    """Return the number in E.164 (`+79161234567`), or None where it can be nobody's number.

    Numbers without a country are read as numbers of `region`. Ten equal digits are a filler, not a phone.
    """
    try:
        number = phonenumbers.parse(written.strip(), region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or str(number.national_number).zfill(10) in ONE_DIGIT_ONLY:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def normalise_identifier(identifier: Identifier) -> str | None:
    """Return the form in which identifiers of this kind are compared, or None where the value means nobody."""
    if identifier.kind == "email":
        return normalise_email(identifier.written)
    if identifier.kind == "phone":
        return normalise_phone(identifier.written)
    plain = BLANK.sub(" ", identifier.written).strip(" ")
    if plain.lower() in NOBODY:
        return None
    return plain.replace(" ", "").upper() if identifier.kind == "card" else plain


def key_of(kind: str, normal: str) -> str:
    """Return the customer key under which activities stand when only this identifier is known."""
    return normal if kind == BARE_KIND else f"{kind}:{normal}"


def is_provisional(customer: str) -> bool:
    """Say whether a customer key is only an identifier that stands in for a customer not known yet."""
    return customer.startswith(PROVISIONAL_PREFIXES)


def provisional(column: str) -> pl.Expr:
    """Say for a column of customer keys what `is_provisional` says for one."""
    key = pl.col(column)
    return pl.any_horizontal([key.str.starts_with(prefix) for prefix in PROVISIONAL_PREFIXES])


def keys() -> pl.Expr:
    """Return for columns `kind` and `normal` what `key_of` returns for one identifier."""
    return pl.when(pl.col("kind") == BARE_KIND).then(pl.col("normal")).otherwise(pl.col("kind") + ":" + pl.col("normal"))


def with_normal(rows: pl.DataFrame) -> pl.DataFrame:
    """Add column `normal` to rows of `kind` and `written`, as `normalise_identifier` does; null where it returns None.

    Whole columns at a time; only foreign and oddly written phones are parsed one by one.
    """
    numbered = rows.with_row_index("place")
    parts = [part.with_columns(_normal(str(kind)).alias("normal")) for (kind,), part in numbered.group_by("kind", maintain_order=True)]
    if not parts:
        return rows.with_columns(pl.lit(None, pl.String).alias("normal"))
    together = pl.concat(parts)
    return _with_odd_phones(together.sort("place") if len(parts) > 1 else together).drop("place")


def _normal(kind: str) -> pl.Expr:
    """Return the expression over `written` that normalises one kind; null for phones that it cannot read."""
    written = pl.col("written")
    if kind == "phone":
        digits = pl.when(written.str.contains(LOCAL_SHAPE)).then(written.str.replace_all(PHONE_NOISE, ""))
        local = pl.coalesce(digits.str.extract(LOCAL_PHONE), digits.str.extract(LOCAL_PHONE_BARE_COUNTRY))
        return pl.when(~local.is_in(ONE_DIGIT_ONLY)).then("+7" + local)
    plain = written.str.replace_all(BLANK.pattern, " ").str.strip_chars(" ")
    if kind == "email":
        email = plain.str.strip_prefix("mailto:").str.to_lowercase()
        return pl.when(email.str.contains(EMAIL_PATTERN)).then(email)
    known = pl.when(~plain.str.to_lowercase().is_in(NOBODY))
    return known.then(plain.str.replace_all(" ", "", literal=True).str.to_uppercase() if kind == "card" else plain)


def _with_odd_phones(rows: pl.DataFrame) -> pl.DataFrame:
    odd = rows.filter((pl.col("kind") == "phone") & pl.col("normal").is_null())["written"].unique()
    if not len(odd):
        return rows
    parsed = pl.DataFrame({"written": odd, "parsed": pl.Series([normalise_phone(text) for text in odd], dtype=pl.String)})
    joined = rows.join(parsed, on="written", how="left", maintain_order="left")
    phone = (pl.col("kind") == "phone") & pl.col("normal").is_null()
    return joined.with_columns(pl.when(phone).then("parsed").otherwise("normal").alias("normal")).drop("parsed")
