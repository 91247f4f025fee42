"""The shapes of questions. A frame holds when each of its needs is met and none of its bars is.

needs: words joined by blanks must all be met; alternatives are joined by `|`. Capitals are cues (`lexicon.cues`), small
letters features (`features`). helps: cues that the frame explains besides. weight: how much it tells when it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Frame:
    """One shape of a question for one intent."""

    intent: str
    weight: float
    needs: str
    bars: str = ""
    helps: str = ""

    @cached_property
    def required(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(need.split("|")) for need in self.needs.split())

    @cached_property
    def barred(self) -> frozenset[str]:
        return frozenset(self.bars.split())

    @cached_property
    def explains(self) -> frozenset[str]:
        """Cues whose words the frame accounts for."""
        needed = {one for need in self.required for one in need}
        return frozenset(
            needed | set(self.helps.split()) | set(ALWAYS.split()) | set(COMMON.get(self.intent, "").split())
        )


ALWAYS = "ALL WHICH WHO DURINGALL CRM"
#: Cues that a question of the intent may well contain, whatever its frame.
COMMON: dict[str, str] = {
    "investor_profile": "STANDING STAGEWORD PROFILE PROFILEFIELD INVESTOR WHERE PROGRESS OWNING",
    "investor_list": "INVESTOR LPNOUN STAGEWORD OWNING ORDER TOP HOWMANY OPEN COMMIT EXPECT PROFILEFIELD WORKS NEW PEOPLE HOWMUCH",
    "investor_stale": "INVESTOR LPNOUN TALK ACTIVITY NEG STALE LAST EVER HOWLONG WHEN TEAM OWNING STAGEWORD OPP RECENT PEOPLE REMINDER MOST TOP OPEN KNOW SENT RECEIVED OVERDUE PROFILEFIELD DUE",
    "investor_top": "INVESTOR LPNOUN TOP MOST COMMIT EXPECT TALK ACTIVITY HOWMUCH OFEACH RAISE TEAM RECENT HOWMANY ORDER OPEN PEOPLE",
    "investor_new": "INVESTOR LPNOUN NEW RECENT TEAM HOWMANY LAST TOP PEOPLE MOVE OPP DATA",
    "investor_graveyard": "INVESTOR LPNOUN GRAVE WHY WHEN RECENT TEAM HOWMANY LAST MOVE NEG PEOPLE LOOKUP",
    "investor_breakdown": "INVESTOR LPNOUN BREAKDOWN ORIGIN MOST OFEACH HOWMANY HOWMUCH WHERE COMMIT EXPECT PROFILEFIELD OWNING NEW TEAM WORKS PEOPLE STAGEWORD",
    "investor_contacts": "PEOPLE WORKS KNOW DETAIL LOOKUP TALK ROLE TEAM INVESTOR HOWMANY TOP OWNING PROFILEFIELD",
    "investor_missing": "INVESTOR LPNOUN NEG PEOPLE DETAIL REMINDER UPCOMING EXPECT COMMIT OWNING PROFILEFIELD OPEN HOWMANY NEW DATA LOOKUP ROLE TARGET OPP TALK EVER TEAM WORKS HOWMUCH",
    "contact_lookup": "DETAIL LOOKUP ROLE PEOPLE WORKS WHERE PROFILE INVESTOR TALK KNOW TEAM OWNING",
    "who_knows": "TEAM KNOW TALK MOST TOP PEOPLE INVESTOR EVER ACTIVITY LAST OWNING HOWMANY RECENT DETAIL WORKS",
    "activity_recent": "ACTIVITY TALK RECENT LAST TEAM INVESTOR LPNOUN SENT RECEIVED PEOPLE OWNING PROGRESS NEW PROFILE CALENDAR HOWMANY EVER OPEN",
    "activity_last": "LAST TALK WHEN HOWLONG EVER TEAM ACTIVITY RECENT SENT RECEIVED INVESTOR PEOPLE KNOW HOWMANY",
    "activity_count": "HOWMANY TALK ACTIVITY OFEACH BREAKDOWN MOST TEAM SENT RECEIVED INVESTOR LPNOUN HOWMUCH TOP RECENT PEOPLE EVER LEAST UPCOMING NEW",
    "activity_search": "MENTION TALK ACTIVITY INVESTOR LPNOUN TEAM EVER RECENT LAST LOOKUP FACT PEOPLE RAISE EXPECT SENT RECEIVED PREFERENCE",
    "email_activity": "ACTIVITY TALK SENT RECEIVED RECENT INVESTOR LPNOUN TEAM LAST HOWMANY OPEN DETAIL PEOPLE EVER NEW",
    "meeting_list": "UPCOMING CALENDAR RECENT INVESTOR LPNOUN TALK TEAM HOWMANY OPEN PEOPLE LAST ACTIVITY EVER PROGRESS LOOKUP",
    "reminder_due": "REMINDER DUE OPEN UPCOMING TEAM CALENDAR INVESTOR PEOPLE OWNING HOWMANY LOOKUP TALK CLOSING PROFILEFIELD NEG NEW LAST TOP",
    "reminder_overdue": "OVERDUE REMINDER DUE OPEN TEAM OWNING HOWMANY NEG INVESTOR TALK LAST PEOPLE UPCOMING LPNOUN CALENDAR PROFILEFIELD ACTIVITY TOP MOST EVER",
    "pipeline_summary": "PIPELINE OPP STAGEWORD HOWMANY HOWMUCH EXPECT COMMIT PROGRESS PROFILE OFEACH BREAKDOWN STANDING OPEN LAST OWNING TOP RAISE MOREFUND INVESTOR WORKS",
    "opportunity_list": "OPP CLOSING OPEN STAGEWORD INVESTOR LPNOUN HOWMANY OWNING EXPECT COMMIT PIPELINE UPCOMING PROFILEFIELD TOP HOWMUCH MOREFUND TOCLOSE WORKS DUE PEOPLE TEAM PROGRESS",
    "opportunity_moves": "MOVE STAGEWORD OPP PIPELINE INVESTOR LPNOUN RECENT HOWMANY COMMIT PROGRESS LAST ACTIVITY EVER NEW CLOSING PEOPLE WHEN TEAM EXPECT GRAVE OPEN STANDING NEG RAISE TOCLOSE MOREFUND",
    "fund_progress": "RAISE TARGET PROGRESS TOCLOSE MOREFUND HOWMUCH COMMIT EXPECT CLOSING STANDING OPEN HOWLONG WHEN PROFILE LAST HOWMANY RECENT PIPELINE OFEACH PROFILEFIELD STAGEWORD ACTIVITY TEAM",
    "commitment_total": "HOWMUCH HOWMANY COMMIT INVESTOR LPNOUN MOREFUND RAISE RECEIVED SENT LAST CLOSING TEAM TOP RECENT PEOPLE MOVE OFEACH",
    "fact_lookup": "FACT PREFERENCE KNOW MENTION INVESTOR PROFILE LOOKUP TEAM EVER ACTIVITY LAST RECENT DETAIL REMINDER PEOPLE WORKS EXPECT TALK",
    "data_health": "HEALTH DATA NEG HOWMANY LAST RECENT PROGRESS PROFILE LPNOUN INVESTOR STALE OPEN ACTIVITY OFEACH EVER NEW WHERE LOOKUP TARGET",
}  # fmt: skip

_F = Frame
FRAMES: tuple[Frame, ...] = (
    # investors
    _F("investor_profile", 1.6, "PROFILE investor", "when NEG"),
    _F("investor_profile", 1.9, "PROFILEFIELD|STAGEWORD|STANDING investor", "TEAM MENTION when kind PEOPLE NEG HOWMANY LAST placed"),
    _F("investor_profile", 2.4, "HOWMUCH COMMIT|EXPECT investor", "location", "HOWMUCH COMMIT EXPECT RAISE"),
    _F("investor_profile", 1.2, "PROGRESS investor", "fund when NEG"),
    _F("investor_profile", 1.0, "alone investor trusted", "fund person known:contact"),
    _F("investor_list", 1.4, "LPNOUN|type filter", "NEG STALE GRAVE by:type broken implied HOWMUCH", "LPNOUN"),
    _F("investor_list", 1.9, "LPNOUN|type|WHO placed", "NEG anywhen TALK", "WHERE PROFILEFIELD"),
    _F("investor_list", 1.2, "WHO|INVESTOR stage", "NEG investor HOWMUCH when", ""),
    _F("investor_list", 1.5, "OWNING owner INVESTOR|LPNOUN|WHICH", "NEG HOWMUCH broken anywhen kind"),
    _F("investor_list", 1.6, "tag", "NEG anywhen"),
    _F("investor_list", 1.3, "INVESTOR|WHO sum", "CLOSING OPP NEG"),
    _F("investor_list", 1.3, "INVESTOR|WHO|LPNOUN COMMIT|EXPECT|filter sum|location", "CLOSING OPP NEG when HOWMUCH"),
    _F("investor_list", 0.7, "LPNOUN", "PEOPLE NEG GRAVE STALE anywhen investor broken implied group BREAKDOWN HOWMUCH TOP OVERDUE REMINDER rank MOST HEALTH"),
    _F("investor_stale", 2.0, "NEG TALK|kind", "investor MENTION", "NEG TALK"),
    _F("investor_stale", 2.2, "STALE", "investor REMINDER OVERDUE HEALTH DATA", "STALE"),
    _F("investor_stale", 1.9, "NEG ACTIVITY", "investor REMINDER OVERDUE HEALTH"),
    _F("investor_stale", 2.0, "NEG RECENT|EVER INVESTOR|LPNOUN", "investor REMINDER OVERDUE field HEALTH"),
    _F("investor_stale", 1.9, "LPNOUN|INVESTOR LAST TALK|kind|ACTIVITY length", "investor HOWMANY", "LAST"),
    _F("investor_stale", 1.8, "HOWLONG|MOST LPNOUN TALK|NEG", "investor", "HOWLONG MOST"),
    _F("investor_stale", 1.7, "NEG length INVESTOR|LPNOUN|WHO", "investor REMINDER", ""),
    _F("investor_top", 2.4, "TOP|MOST LPNOUN|INVESTOR|type|WHO rank", "investor NEG group:stage REMINDER CLOSING"),
    _F("investor_top", 1.7, "TOP|MOST LPNOUN|type", "investor NEG NEW OPP REMINDER location tag stage type"),
    _F("investor_top", 1.9, "TOP limit rank", "investor NEG REMINDER OPP CLOSING"),
    _F("investor_top", 1.5, "TOP rank", "investor NEG NEW REMINDER OPP CLOSING kind when soft HOWMUCH"),
    _F("investor_top", 1.6, "limit LPNOUN|type rank", "investor NEG"),
    _F("investor_new", 2.1, "NEW LPNOUN|type|WHO|INVESTOR|CRM|PEOPLE anywhen", "investor NEG REMINDER kind OPP PIPELINE"),
    _F("investor_new", 1.3, "NEW when", "investor NEG REMINDER kind OPP PIPELINE ACTIVITY MOVE TALK DATA"),
    _F("investor_new", 1.5, "NEW LPNOUN limit", "investor NEG"),
    _F("investor_graveyard", 2.4, "GRAVE", "", ""),
    _F("investor_breakdown", 2.1, "broken LPNOUN|INVESTOR|BREAKDOWN|HOWMANY|type", "REMINDER kind OPP NEG anywhen TOP MOVE"),
    _F("investor_breakdown", 2.1, "implied LPNOUN|INVESTOR|BREAKDOWN|ORIGIN", "PIPELINE REMINDER kind OPP NEG anywhen investor"),
    _F("investor_breakdown", 1.0, "broken", "investor NEG REMINDER kind OPP PIPELINE ACTIVITY MOVE TALK when HOWMUCH TOP owner LPNOUN"),
    _F("investor_breakdown", 1.8, "broken COMMIT|HOWMUCH|EXPECT", "PIPELINE REMINDER kind OPP NEG anywhen"),
    _F("investor_contacts", 2.0, "PEOPLE investor", "NEG MENTION when LAST"),
    _F("investor_contacts", 2.1, "WHO WORKS|KNOW investor at_name", "NEG when MENTION"),
    _F("investor_contacts", 1.7, "WHO at_name", "NEG when MENTION LAST TEAM kind"),
    _F("investor_contacts", 2.0, "DETAIL|ROLE investor firm", "NEG when LAST WHEN MENTION HOWMANY"),
    _F("investor_contacts", 1.9, "WHO TALK|kind|DETAIL at_name", "NEG when LAST TEAM MENTION"),
    _F("investor_missing", 2.3, "NEG field", "investor when HEALTH OVERDUE MENTION GRAVE", "NEG"),
    # people
    _F("contact_lookup", 2.6, "email|phone", "when", "DETAIL LOOKUP"),
    _F("contact_lookup", 2.0, "DETAIL|ROLE|WORKS person", "NEG when LAST known:investor firm OWNING kind:meeting", "DETAIL"),
    _F("contact_lookup", 1.8, "LOOKUP|PROFILE|PEOPLE person", "NEG when known:investor firm LAST MENTION"),
    _F("contact_lookup", 1.6, "DETAIL soft_name possessive", "NEG when LAST firm MENTION HOWMANY fund"),
    _F("contact_lookup", 1.5, "alone person", "known:investor fund firm"),
    _F("contact_lookup", 1.5, "alone known:contact", "known:investor fund"),
    _F("contact_lookup", 1.9, "WHERE person", "firm known:investor when"),
    _F("who_knows", 2.6, "WHO|WHICH TEAM KNOW|TALK|kind|EVER|ACTIVITY investor", "when MENTION NEG HOWMUCH"),
    _F("who_knows", 2.6, "WHO KNOW investor colleague", "when NEG MENTION"),
    _F("who_knows", 2.3, "WHO|WHICH KNOW investor", "at_name when NEG MENTION"),
    _F("who_knows", 2.0, "WHO TALK|kind investor", "possessive when NEG MENTION PEOPLE LAST at_name HOWMANY"),
    _F("who_knows", 2.0, "EVER|TEAM KNOW investor", "when NEG MENTION at_name FACT"),
    # communications
    _F("activity_recent", 1.7, "ACTIVITY when|soft", "NEG counted OPP REMINDER GRAVE HOWMANY kind:email_only"),
    _F("activity_recent", 1.7, "kind when|soft", "NEG counted kind:meeting kind:email HOWMANY REMINDER MENTION OVERDUE", ""),
    _F("activity_recent", 1.9, "kind:email owner when|soft", "NEG counted HOWMANY REMINDER MENTION", "SENT RECEIVED"),
    _F("activity_recent", 1.6, "TALK WHO|WHICH|owner|investor|LPNOUN when|soft", "NEG counted HOWMANY REMINDER MENTION STALE at_name", ""),
    _F("activity_recent", 1.5, "just_when member|known:investor|person", "WHEN HOWMANY", ""),
    _F("activity_recent", 1.5, "RECENT ACTIVITY", "NEG counted HOWMANY"),
    _F("activity_last", 2.3, "LAST|HOWLONG TALK|kind|ACTIVITY|SENT|RECEIVED investor", "ahead HOWMANY MENTION FACT"),
    _F("activity_last", 2.2, "WHEN TALK|kind|ACTIVITY|SENT|RECEIVED investor", "ahead HOWMANY MENTION FACT when"),
    _F("activity_last", 2.1, "LAST kind investor", "ahead text HOWMANY when", "MENTION"),
    _F("activity_last", 1.9, "EVER TALK|kind|ACTIVITY investor", "ahead when MENTION HOWMANY TEAM WHO"),
    _F("activity_last", 1.5, "TALK|kind investor", "ahead anywhen NEG WHO MENTION HOWMANY FACT TEAM PEOPLE DETAIL wish WHICH WHY", "TALK"),
    _F("activity_count", 2.6, "HOWMANY kind|TALK|ACTIVITY counted|implied_count", "NEG investor", ""),
    _F("activity_count", 2.2, "HOWMANY kind|ACTIVITY|TALK when|soft", "NEW NEG investor REMINDER", ""),
    _F("activity_count", 2.2, "kind|ACTIVITY|TALK counted|implied_count when|soft", "NEG investor REMINDER OPP", ""),
    _F("activity_count", 2.1, "MOST|LEAST kind|ACTIVITY|TALK implied_count when|soft", "NEG investor", ""),
    _F("activity_count", 2.0, "BREAKDOWN kind|ACTIVITY|TALK when|soft", "NEG investor REMINDER", ""),
    _F("activity_search", 2.2, "MENTION text", "", ""),
    _F("email_activity", 2.0, "kind:email when|soft", "owner NEG counted REMINDER MENTION kind:call kind:meeting MOST", "SENT RECEIVED"),
    _F("meeting_list", 2.0, "kind:meeting when|soft", "NEG counted REMINDER MENTION MOVE kind:call kind:email", ""),
    _F("meeting_list", 1.8, "CALENDAR when|soft", "NEG REMINDER OPP"),
    # reminders
    _F("reminder_due", 1.9, "REMINDER", "OVERDUE broken", "REMINDER"),
    _F("reminder_due", 2.0, "DUE", "OVERDUE OPP PIPELINE MOVE", "DUE"),
    _F("reminder_overdue", 2.5, "OVERDUE", "OPP CLOSING", "OVERDUE"),
    # pipeline
    _F("pipeline_summary", 2.3, "PIPELINE", "MOVE when GRAVE sum NEG", "PIPELINE"),
    _F("pipeline_summary", 2.3, "OPP by:stage", "MOVE when NEG"),
    _F("pipeline_summary", 2.3, "STAGEWORD MOST|TOP|HOWMANY OPP", "MOVE when NEG"),
    _F("pipeline_summary", 1.8, "HOWMANY|HOWMUCH OPP|PIPELINE", "MOVE when NEG stage sum TARGET"),
    _F("opportunity_list", 1.7, "OPP filter|CLOSING|OPEN|when", "MOVE NEG by:stage", "OPP"),
    _F("opportunity_list", 1.2, "OPP", "MOVE NEG by:stage HOWMANY GRAVE"),
    _F("opportunity_list", 2.0, "CLOSING OPP|WHICH|LPNOUN|WHO|INVESTOR when|soft", "NEG", "CLOSING"),
    _F("opportunity_list", 1.6, "PIPELINE stage|sum|CLOSING", "MOVE NEG by:stage", "PIPELINE"),
    _F("opportunity_list", 1.2, "stage", "NEG LPNOUN WHO when investor HOWMUCH MOVE type INVESTOR"),
    _F("opportunity_list", 1.5, "WHICH stage", "NEG LPNOUN WHO when investor HOWMUCH MOVE type", ""),
    _F("opportunity_moves", 2.5, "MOVE anystage|STAGEWORD|OPP|PIPELINE|WHO|LPNOUN when|soft", "GRAVE NEG wish MENTION STALE", "MOVE"),
    _F("opportunity_moves", 2.1, "WHO|LPNOUN|WHICH|HOWMANY anystage when", "GRAVE NEG wish STALE group sum MENTION HOWMUCH kind investor TOP", "COMMIT CLOSING"),
    _F("opportunity_moves", 2.1, "STAGEWORD|PIPELINE MOVE", "GRAVE NEG investor", ""),
    _F("fund_progress", 2.2, "RAISE fund|TARGET|PROGRESS|HOWMUCH|MOREFUND", "MENTION kind", "RAISE"),
    _F("fund_progress", 1.6, "RAISE", "NEG MENTION kind investor LPNOUN LEAST when", "RAISE"),
    _F("fund_progress", 2.2, "TARGET fund|PROGRESS|HOWMUCH|MOREFUND", "MENTION investor LPNOUN WHY", "TARGET"),
    _F("fund_progress", 2.1, "PROGRESS|STANDING|PROFILE|TOCLOSE|RAISE fund", "LPNOUN kind PIPELINE OPP sum MENTION type HOWMUCH when anystage investor COMMIT", ""),
    _F("fund_progress", 2.0, "PROGRESS|TARGET|TOCLOSE MOREFUND", "LPNOUN kind PIPELINE OPP investor"),
    _F("commitment_total", 2.4, "HOWMUCH COMMIT", "investor broken NEG TOP sum owner", ""),
    _F("commitment_total", 2.2, "HOWMUCH|HOWMANY COMMIT fund|type|when", "investor broken NEG TOP sum", ""),
    _F("commitment_total", 1.9, "COMMIT fund|type|when", "investor broken NEG TOP sum LPNOUN WHO OPP MOVE stage HOWMANY owner", ""),
    # knowledge
    _F("fact_lookup", 2.2, "FACT investor", "when at_name", ""),
    _F("fact_lookup", 2.8, "FACT PREFERENCE investor", "when LPNOUN type"),
    _F("fact_lookup", 2.2, "PREFERENCE investor", "when LPNOUN type PIPELINE OPP", ""),
    _F("data_health", 2.2, "DATA QUALITY", "investor kind REMINDER owner LPNOUN PIPELINE NEW GRAVE TOP"),
    _F("data_health", 2.6, "HEALTH", "investor kind REMINDER owner", "HEALTH"),
)  # fmt: skip
