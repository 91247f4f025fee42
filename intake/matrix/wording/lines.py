"""The short things the bot says: help, hello, refusals, hints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_site.core import text
from intake.matrix.choices import Purpose
from intake.matrix.wording import addresses
from intake.matrix.wording.said import Bold, Code, Link, Page, Part, Said, say

_EXAMPLE = "Met Dana Whitfield (COO, Blue Heron Capital), follow up next Tuesday, thinking 2-3m"
_QUESTION = "who have we not talked to in 60 days"


def hello(purpose: str) -> Said:
    """What the bot says when it comes into a room, with one line of help."""
    if purpose == Purpose.INTAKE:
        return (
            Page()
            .line("Hello, I am Roundtable. Tell me here what happened with an investor, one message each.")
            .line("For example: ", Code(_EXAMPLE))
            .line(
                "I answer in a thread with what I would write; nothing is written before a ", Code("yes"), "."
            )
            .line("A message that begins with ", Code("?"), " is a question: ", Code(f"? {_QUESTION}"))
            .said()
        )
    if purpose == Purpose.QUERY:
        return (
            Page()
            .line("Hello, I am Roundtable. Each message in this room is a question about your investors.")
            .line("For example: ", Code(_QUESTION), ". I answer in a thread.")
            .said()
        )
    return say(
        "Hello, I am Roundtable. This room has no use yet: an admin says under ",
        Link("Settings", addresses.of_rooms()),
        " whether it is for messages or for questions. Until then I keep nothing of what is said here.",
    )


def help_in_thread(several: bool) -> Said:
    """All that can be answered to a proposal."""
    page = (
        Page()
        .line("What you can answer to a proposal:")
        .item(Code("yes"), " or 👍 writes it, ", Code("no"), " or 👎 drops it")
        .item(Code('edit amount=2m note="two words"'), " changes it and shows it again")
        .item(Code("pick 2"), " takes another investor, ", Code("new"), " makes a new one")
    )
    if several:
        page.item(
            Code("yes 2"),
            " or ",
            Code("yes all"),
            " when several wait; ",
            Code("2 pick 1"),
            " for one of them",
        )
    return page.said()


def help_in_room(purpose: str) -> Said:
    """The same as the hello, for somebody who asks."""
    if purpose == Purpose.QUERY:
        return (
            Page()
            .line(
                "Ask your question as a message in this room; I answer in its thread. For example: ",
                Code(_QUESTION),
            )
            .line("Where a name means several, I list them: say ", Code("pick 2"), " in that thread.")
            .said()
        )
    return (
        Page()
        .line("Tell me what happened, for example: ", Code(_EXAMPLE))
        .line(
            "I answer in a thread; there, say ", Code("yes"), ", ", Code("no"), ", ", Code("edit field=value"), ", ",
            Code("pick 2"), " or ", Code("new"), ". A message that begins with ", Code("?"), " is a question.",
        )
        .said()
    )  # fmt: skip


def not_understood() -> Said:
    """One short line, once per thread."""
    return say(
        "I understand ", Code("yes"), ", ", Code("no"), ", ", Code("edit field=value"), ", ", Code("pick 2"), ", ",
        Code("new"), " and ", Code("help"), ".",
    )  # fmt: skip


def stranger() -> Said:
    """To somebody without a Matrix identity in this organization."""
    return say(
        "Sorry, I don't know you yet, so nothing was done. An admin can link your Matrix id to your account under ",
        Link("Settings", addresses.of_identities()),
        ".",
    )


def not_allowed(why: str) -> Said:
    """To a member whose role does not allow it."""
    return say("Sorry, nothing was done. ", why)


def say_it_in_the_thread(waiting: Sequence[str]) -> Said:
    """To an answer given outside the thread. waiting: how the messages begin that wait for this person."""
    page = Page().line("Which one do you mean? Please answer in the thread of the proposal, or react to it.")
    for beginning in waiting:
        page.item("Waiting: ", text.shorten(beginning, 80))
    return page.said()


def say_it_in_the_room() -> Said:
    """To something said in the thread of a post that is no proposal."""
    return say("I read what is said in the room itself. Please send it there as a message of its own.")


def still_reading() -> Said:
    """To an answer that came before the proposal."""
    return say("I am still reading this. Answer when the proposal is here.")


def nothing_here() -> Said:
    """To an answer in a thread without a proposal."""
    return say("There is no proposal in this thread, so there was nothing to decide.")


def edited_since() -> Said:
    """To an answer given to an older version."""
    return say("It was edited since; look at the new one below and answer again. Nothing was written.")


def several_wait(titles: Mapping[int, str]) -> Said:
    """To an answer that does not say which. titles: by number."""
    numbers = ", ".join(map(str, titles))
    page = Page().line(f"Several wait here: {numbers}. Which one?")
    for number, title in titles.items():
        page.item(f"{number}. {title}")
    first = next(iter(titles))
    parts: list[Part] = [
        "Say ",
        Code(f"yes {first}"),
        " or ",
        Code("yes all"),
        ", or react to the one you mean; ",
    ]
    return page.last(
        *parts, "begin with its number to change one: ", Code(f"{first} edit amount=2m"), "."
    ).said()


def no_such_number(number: int, numbers: Sequence[int]) -> Said:
    """To a number nobody has."""
    there = "only number 1" if len(numbers) == 1 else f"numbers {numbers[0]} to {numbers[-1]}"
    return say(f"There is no proposal {number} here; there is {there}.".replace("is numbers", "are numbers"))


def pick_which() -> Said:
    """To a `pick` without a number."""
    return say("Say which one, for example ", Code("pick 2"), ".")


def cannot(title: str, message: str, fields: Mapping[str, Any], *, retry: bool) -> Said:
    """An error in the words of the service. retry: it was a yes, and another may succeed."""
    before: list[Part] = [Bold(title), ": "] if title else []
    page = Page().line(*before, message)
    for why in fields.values():
        if isinstance(why, str) and why not in message:
            page.item(why)
    if retry:
        page.last("Nothing was written. It still waits: mend it and say ", Code("yes"), " again.")
    return page.said()


def too_long(message: str) -> Said:
    """To a message nobody would approve unread."""
    return say(message, " Nothing was kept: please send what matters, or several messages.")


def written_already(address: str) -> Said:
    """To a change of the message, or of an answer, after the write."""
    return say("This was written already and stays as it is. ", Link("Change the record here", address), ".")


def answers_stay(pending: bool) -> Said:
    """To an edited answer, which the bot does not read again."""
    if pending:
        return say("I don't read an answer again when it is edited. Please answer anew.")
    return say("This was decided already; editing the answer changes nothing.")


def taken_back(waiting: int, address: str) -> Said:
    """The message was redacted. address: of the record, when something of it was written already."""
    if address:
        left = " What still waited is dropped." if waiting else ""
        return say(
            "The message was removed, but it was written already and that stays.", left, " ",
            Link("The record is here", address), ".",
        )  # fmt: skip
    return say("The message was removed, so nothing is written.")


def nothing_now() -> Said:
    """An edit left nothing to write."""
    return say("After your edit there is nothing to write in this; the proposal above is dropped.")


def gave_up() -> Said:
    """Under a message or a question whose job failed for the last time."""
    return say(
        "This did not work, also after several tries. Nothing is lost: an admin sees it on the System page and can have it "
        "tried again."
    )


def picture_unread(problem: str) -> Said:
    """No text came of a picture."""
    return say(problem or "I found nothing to write in this picture.")
