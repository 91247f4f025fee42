"""Names as keys."""

from __future__ import annotations

import pytest

from crm_site.core import naming


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Blue Heron Capital, LLC", "blue heron capital"),
        ("The Blue Heron Capital L.P.", "Blue Heron Capital LP"),
        ("Société Générale S.A.", "Societe Generale"),
        ("Müller & Söhne GmbH & Co. KG", "Muller and Sohne"),
        ("Smith & Jones Ltd.", "Smith and Jones Limited"),
        ("Van Lanschot B.V.", "van lanschot"),
        ("Nordic Invest Oy", "NORDIC INVEST"),
        ("Acme Sp. z o.o.", "Acme"),
        ("O'Neill Partners Inc", "ONeill Partners"),
        ("Harbor Mgmt", "Harbor Management"),
    ],
)
def test_spellings_of_one_firm_share_a_key(one: str, other: str) -> None:
    assert naming.firm_key(one) == naming.firm_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Blue Heron Capital", "Blue Harbor Capital"),
        ("Asian Fund III", "Asian Fund IV"),
        ("Cedar Row Partners", "Cedar Row Capital"),
    ],
)
def test_different_firms_do_not(one: str, other: str) -> None:
    assert naming.firm_key(one) != naming.firm_key(other)


def test_a_name_that_is_only_a_legal_form_keeps_it() -> None:
    assert naming.firm_key("AG") == "ag"
    assert naming.firm_key("The") == "the"


def test_person_keys_ignore_the_order_of_a_card() -> None:
    assert naming.person_key("Nair, Priya") == naming.person_key("Priya Nair") == "priya nair"


def test_free_mail_says_nothing_about_the_firm() -> None:
    assert naming.email_domain("dana@gmail.com") == ""
    assert naming.email_domain("Dana@BlueHeron.com ") == "blueheron.com"


def test_web_domain_is_the_bare_host() -> None:
    assert naming.web_domain("https://www.BlueHeron.com/team?x=1") == "blueheron.com"


@pytest.mark.parametrize("text", ["", "   ", "\u202e", "💰💰", "ﷺ", "a" * 10_000])
def test_odd_names_make_bounded_keys(text: str) -> None:
    assert len(naming.firm_key(text)) <= naming.MAX_KEY
    assert len(naming.trigrams(naming.firm_key(text))) <= naming.MAX_KEY + 2
