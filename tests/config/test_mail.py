"""Which server an address names for letters."""

from __future__ import annotations

import pytest

from lakmus.config.mail import FILES, NOWHERE, SMTP, mail_settings


def test_without_an_address_no_letters_go_out() -> None:
    assert mail_settings("").backend == NOWHERE


def test_an_address_says_server_login_and_sender() -> None:
    mail = mail_settings("smtp://robot%40example.org:p%3Aw@mail.example.org:2525?from=lakmus@example.org")
    assert (mail.backend, mail.host, mail.port, mail.user, mail.password) == (SMTP, "mail.example.org", 2525, "robot@example.org", "p:w")
    assert (mail.starts_tls, mail.is_tls, mail.sender) == (True, False, "lakmus@example.org")


@pytest.mark.parametrize(
    ("url", "port", "starts_tls", "is_tls", "sender"),
    [
        ("smtp://mail.example.org", 587, True, False, "lakmus@mail.example.org"),
        ("smtp://mail.example.org:25?tls=0", 25, False, False, "lakmus@mail.example.org"),
        ("smtps://a%40b.org:x@mail.example.org", 465, False, True, "a@b.org"),
    ],
)
def test_what_is_not_said_is_what_servers_usually_want(url: str, port: int, starts_tls: bool, is_tls: bool, sender: str) -> None:
    mail = mail_settings(url)
    assert (mail.port, mail.starts_tls, mail.is_tls, mail.sender) == (port, starts_tls, is_tls, sender)


def test_letters_can_go_into_a_folder() -> None:
    assert (mail_settings("file:///tmp/letters").backend, mail_settings("file:///tmp/letters").folder) == (FILES, "/tmp/letters")


@pytest.mark.parametrize("url", ["http://mail.example.org", "smtp://", "file://", "mail.example.org"])
def test_what_names_no_server_stops_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="LAKMUS_MAIL"):
        mail_settings(url)
