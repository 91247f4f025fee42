"""The bot's account: logging in, and finding out whether the log-in still holds."""

from __future__ import annotations

import logging
from dataclasses import replace

from django.conf import settings

from intake.matrix import session
from intake.matrix.client import Client
from intake.matrix.crypto import EncryptedClient
from intake.matrix.session import Session

log = logging.getLogger(__name__)

DEVICE_NAME = "Roundtable"


class NotConfigured(Exception):
    """Something must be set before the bot can run. The message says what."""


def client_of(known: Session) -> Client:
    """The client for this log-in. Raises NotConfigured."""
    if not settings.MATRIX.e2ee:
        return Client(known)
    if not known.device_id:
        raise NotConfigured(
            "MATRIX_E2EE needs the device of the token: set MATRIX_DEVICE_ID, or run --login."
        )
    return EncryptedClient(known)


def configured() -> Session:
    """The account, with its token if there is one. Raises NotConfigured."""
    matrix = settings.MATRIX
    if not matrix.homeserver:
        raise NotConfigured(
            "MATRIX_HOMESERVER is not set: enter the homeserver's address, such as https://matrix.example.com."
        )
    return session.load() or Session(matrix.homeserver, matrix.user, matrix.device_id, "")


async def logged_in() -> Session:
    """The account with a token: the known one, else by MATRIX_PASSWORD. Raises NotConfigured, MatrixError."""
    known = configured()
    if known.access_token:
        return known
    if not settings.MATRIX.password:
        raise NotConfigured(
            "There is no log-in yet: run `manage.py matrix_bot --login`, or set MATRIX_ACCESS_TOKEN."
        )
    return await log_in(known, settings.MATRIX.password)


async def log_in(known: Session, password: str) -> Session:
    """Log in by password, as the same device where one is known, and keep token and device. Raises MatrixError.

    The device stays the same because the homeserver tells repeated messages apart by device.
    """
    async with Client(replace(known, access_token="")) as client:
        made = await client.log_in(password=password, device_name=DEVICE_NAME)
    if made.user_id != known.user_id:
        raise NotConfigured(f"The homeserver logged in {made.user_id}, but MATRIX_USER is {known.user_id}.")
    if settings.MATRIX.e2ee:
        encrypted = EncryptedClient(made)
        async with encrypted:
            await encrypted.establish_identity(password)
    session.store(made)
    log.info("Logged in as %s, device %s", made.user_id, made.device_id)
    return made


async def confirmed(client: Client) -> str:
    """The device of the client's token, which must be MATRIX_USER's. Raises NotConfigured, MatrixError."""
    user_id, device_id = await client.whoami()
    if user_id != client.user_id:
        raise NotConfigured(f"The token is {user_id}'s, but MATRIX_USER is {client.user_id}.")
    wanted = client.session.device_id
    if wanted and device_id and wanted != device_id:
        raise NotConfigured(f"The token is device {device_id}'s, but MATRIX_DEVICE_ID is {wanted}.")
    return device_id
