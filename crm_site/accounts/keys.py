"""From the text of an API key to the membership it acts as."""

from __future__ import annotations

import hmac

from crm_site.accounts import key_text, services
from crm_site.accounts.models import ApiKey


def resolve(text: str) -> ApiKey | None:
    """The usable key behind `text`, with its membership; None for anything else. Notes that it was used."""
    prefix = key_text.prefix_of(text)
    if prefix is None or len(prefix) > 12 or not prefix.isalnum():
        return None
    # Unscoped: the key itself says which organization to enter.
    usable = ApiKey.unscoped.usable().select_related("membership__organization", "membership__user")
    found = usable.filter(prefix=prefix).first()
    if found is None or not hmac.compare_digest(found.digest.encode(), key_text.digest_of(text).encode()):
        return None
    services.note_key_use(key=found)
    return found
