"""The bot's sign of life. Writing it down may fail, and the bot goes on: it once died of that."""

from __future__ import annotations

import logging

from django.db import Error

from crm_site.work import beats
from intake.matrix import condition
from intake.matrix.bot import thrift
from intake.matrix.bot.database import in_database
from intake.matrix.bot.desk import Desk

log = logging.getLogger(__name__)


EVERY_S = 15.0


async def beat(desk: Desk) -> None:
    """Beat until told to stop."""
    while not desk.stopping.is_set():
        try:
            await in_database(beats.record)(condition.BEAT)
        except Error as error:
            log.warning("No sign of life written: %s", str(error).strip())
        thrift.trim()
        await desk.pause(EVERY_S)
