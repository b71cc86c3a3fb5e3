"""The token is checked at the start, and shown nowhere."""

from __future__ import annotations

import pytest

from lead_funnel.crm.client import TOKEN, URL, RetryPolicy, open_client
from lead_funnel.errors import UserError

SECRET = "secret-token-1234"
QUICK = RetryPolicy()


@pytest.mark.parametrize("token", ["se cret", "se\ncret", "sécret", "se\x00cret", "secret\u200b"])
def test_a_token_that_none_can_be_is_refused_unseen(token: str) -> None:
    with pytest.raises(UserError, match=f"{TOKEN} holds a character") as refusal:
        open_client(QUICK, {URL: "https://crm.example", TOKEN: token})
    assert "cret" not in str(refusal.value)


def test_a_token_loses_the_blanks_around_it() -> None:
    client = open_client(QUICK, {URL: " https://crm.example/ \n", TOKEN: f" {SECRET}\r\n"})
    assert (client.url, client.token) == ("https://crm.example", SECRET)
    with pytest.raises(UserError, match=f"Set {URL}"):
        open_client(QUICK, {URL: "https://crm.example", TOKEN: " \n"})


@pytest.mark.parametrize(
    "url",
    [
        "crm.example", "https://", "ftp://localhost", "https://user:pass@crm.example",
        "https://crm.example?key=1", "https://crm example", "https://[::1", "https://a:port",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_unseen(url: str) -> None:
    with pytest.raises(UserError, match=f"{URL} is not an address") as refusal:
        open_client(QUICK, {URL: url, TOKEN: SECRET})
    assert "pass" not in str(refusal.value).replace("a password", "")
