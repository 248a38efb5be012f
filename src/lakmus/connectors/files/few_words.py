"""Questions to columns of few words (a state, a channel, who wrote it): each word is asked once instead of each row."""

# ruff: noqa: S608 - texts from files enter SQL only through `sql.literal` and `sql.named`

from __future__ import annotations

import duckdb

from lakmus.connectors.files.sql import literal, named

MOST_WORDS = 200


def saying(column: str, pattern: str) -> str:
    """SQL: whether a column's text, in small letters, holds the pattern, asked of each row; null where there is no text."""
    return f"regexp_matches(lower({named(column)}), {literal(pattern)})"


class FewWords:
    """Knows the words of a relation's columns, as far as they are few."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, relation: str) -> None:
        self._connection, self._relation = connection, relation
        self._words: dict[str, list[str]] = {}

    def matching(self, column: str, pattern: str) -> str:
        """SQL: whether the column's text, in small letters, holds the pattern; not true where it has none."""
        words = self._of(column)
        if len(words) > MOST_WORDS:
            return saying(column, pattern)
        found = self._connection.execute(f"select word from (select unnest(?::varchar[]) as word) where {saying('word', pattern)}", [words])
        some = ", ".join(literal(word) for (word,) in found.fetchall())
        return f"coalesce({named(column)} in ({some}), false)" if some else "false"

    def _of(self, column: str) -> list[str]:
        if column not in self._words:
            words = f"select distinct {named(column)} from {self._relation} where {named(column)} is not null limit {MOST_WORDS + 1}"
            self._words[column] = [word for (word,) in self._connection.execute(words).fetchall()]
        return self._words[column]
