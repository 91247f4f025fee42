"""E-mail addresses, numbers, web addresses and profiles as keys by which two records can be found to share one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import phonenumbers
from publicsuffixlist import PublicSuffixList

from crm_site.core import naming
from search.entities import tables

_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,253}\Z")
_PROFILE = re.compile(
    r"(?:https?://)?(?:\w{2,3}\.)?linkedin\.com/(in|company|pub)/([^/?#\s]+)", re.IGNORECASE
)
#: Fewer digits are an extension, or a typing error.
MIN_DIGITS = 7


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=65_536)
def registrable(host: str) -> str:
    """The part of a host that somebody registered: “www.ir.acme.co.uk” → “acme.co.uk”. Empty when there is none."""
    try:
        return str(_suffixes().privatesuffix(host.strip(".").lower()) or "")
    except (UnicodeError, ValueError):
        return ""


def own_domain(host: str) -> str:
    """The registrable domain, when it is the firm's own: empty for mail and page hosts that anybody may use."""
    domain = registrable(host)
    return "" if domain in tables.FREE_MAIL or domain in tables.SHARED_HOSTS else domain


def domains(websites: Iterable[str], emails: Iterable[str]) -> frozenset[str]:
    """The firm's own domains, of its pages and of its people's addresses."""
    found = {own_domain(naming.web_domain(page)) for page in websites}
    found |= {own_domain(address.rpartition("@")[2]) for address in emails}
    return frozenset(found - {""})


def email_key(address: str) -> str:
    """A mailbox: lower case, without what follows a plus; Gmail's dots mean nothing. Empty when it is no address."""
    address = naming.email_key(address)
    if not _ADDRESS.match(address):
        return ""
    mailbox, _, host = address.partition("@")
    mailbox = mailbox.split("+")[0] or mailbox
    if host in tables.GMAIL:
        return f"{mailbox.replace('.', '')}@gmail.com"
    return f"{mailbox}@{host}"


def personal_emails(emails: Iterable[str]) -> frozenset[str]:
    """Mailboxes of one person; not those that a whole office reads."""
    keys = {email_key(address) for address in emails} - {""}
    return frozenset(key for key in keys if key.partition("@")[0] not in tables.ROLE_MAILBOXES)


@lru_cache(maxsize=65_536)
def phone_key(written: str, region: str) -> str:
    """E.164; else the digits. Empty when there are too few of them, or all are the same."""
    digits = "".join(letter for letter in written if letter.isdigit())
    if len(digits) < MIN_DIGITS or len(set(digits)) == 1:
        return ""
    if written.startswith("+") and written[1:] == digits:
        return written[:20]  # E.164 already: parsing it again costs ten times the rest
    try:
        parsed = phonenumbers.parse(written, region or "US")
    except phonenumbers.NumberParseException:
        return digits[:20]
    if not phonenumbers.is_possible_number(parsed):
        return digits[:20]
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))[:20]


def phone_keys(written: Iterable[str], region: str) -> frozenset[str]:
    return frozenset(phone_key(number, region) for number in written) - {""}


def profile_keys(addresses: Iterable[str]) -> frozenset[str]:
    """LinkedIn pages: “in/ann-lee”. Other addresses tell nothing, for a press page may name many people."""
    found = (_PROFILE.search(address) for address in addresses if "linkedin." in address.lower())
    return frozenset(f"{match[1].lower()}/{match[2].lower()}" for match in found if match)
