"""The one family of errors that a person may get to see, and what each means to a face.

```
LakmusError
├── WrongUsage        the call itself is wrong (exit 2, HTTP 400)
├── BadInput          a file, a row or a value cannot be used (exit 1, HTTP 422)
├── NotFound          nothing under this name (exit 1, HTTP 404)
├── NotAllowed        this role may not do this (exit 1, HTTP 403)
├── Busy              somebody else is writing; try again (exit 1, HTTP 409)
└── Damaged           stored data fail their own checks (exit 1, HTTP 500)
```
"""

from __future__ import annotations

from lakmus.history.wording import Wording


class LakmusError(Exception):
    """What happened, that nothing was lost, and what to do; in both languages.

    Parameters
    ----------
    code : stable identifier in snake_case, for programs.
    wording : the message for people.
    """

    exit_code = 1
    http_status = 500

    def __init__(self, code: str, wording: Wording) -> None:
        super().__init__(wording.en)
        self.code = code
        self.wording = wording

    def __reduce__(self) -> tuple[type[LakmusError], tuple[str, Wording]]:
        """Let an error cross from one process to another with both its parts."""
        return type(self), (self.code, self.wording)


class WrongUsage(LakmusError):
    """The call itself is wrong."""

    exit_code = 2
    http_status = 400


class BadInput(LakmusError):
    """A file, a row or a value cannot be used."""

    http_status = 422


class NotFound(LakmusError):
    """Nothing stands under this name."""

    http_status = 404


class NotAllowed(LakmusError):
    """This role may not do this."""

    http_status = 403


class Busy(LakmusError):
    """Somebody else is writing; nothing was changed, try again."""

    http_status = 409


class Damaged(LakmusError):
    """Stored data fail their own checks."""

    http_status = 500
