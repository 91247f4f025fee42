"""Addresses and numbers, checked and brought into one form."""

from __future__ import annotations

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from crm_site.core import fields, naming, scope

# What a number without a country code is read as. By the organization's currency: its zone may span many countries.
_REGIONS = {
    "USD": "US", "CAD": "CA", "GBP": "GB", "EUR": "DE", "CHF": "CH", "AUD": "AU", "NZD": "NZ", "SGD": "SG",
    "HKD": "HK", "JPY": "JP", "SEK": "SE", "NOK": "NO", "DKK": "DK", "AED": "AE", "INR": "IN", "BRL": "BR",
}  # fmt: skip


def checked_email(value: str, *, field: str) -> str:
    """The address in lower case. Raises Invalid at `field`."""
    address = naming.email_key(fields.line(value, field=field, limit=254, required=True))
    try:
        validate_email(address)
    except ValidationError:
        fields.refuse(field, "This is not an e-mail address.")
    return address


def checked_phone(value: str, *, field: str) -> tuple[str, str]:
    """The number as written, and as E.164. Raises Invalid at `field` when there are too few digits for a number."""
    written = fields.line(value, field=field, limit=50, required=True)
    number = phone_key(written)
    if sum(letter.isdigit() for letter in number) < 5:
        fields.refuse(field, "This is not a phone number.")
    return written, number


def phone_key(written: str) -> str:
    """A number as E.164 where it can be read as one in the organization's country, else its digits."""
    try:
        parsed = phonenumbers.parse(written, _REGIONS.get(scope.current().currency, "US"))
    except phonenumbers.NumberParseException:
        return _digits(written)
    if not phonenumbers.is_possible_number(parsed):
        return _digits(written)
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))[:32]


def _digits(written: str) -> str:
    return "".join(letter for letter in written if letter.isdigit())[:32]
