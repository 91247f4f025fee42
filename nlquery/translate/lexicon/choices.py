"""What people say for the keys of choice slots."""

from __future__ import annotations

from functools import cache

from nlquery.translate.lexicon import forms

# fmt: off
KINDS: dict[str, str] = {
    "note": "note+, memo+, write up+, writeup+",
    "email": "email~, email+, mail+, e mail+, e mailed, mailed, inbox messages, correspondence",
    "call": "call~, call+, phone call+, phoned, phone~, rang, ring, telephoned, zoom call+, conference call+, spoke on the phone, speak on the phone, dial~",
    "meeting": "meeting+, meet~, met, meets, meet, sit down+, lunch, lunches, coffee, coffees, dinner+, site visit+, visit+, appointment+, seeing, face to face+, in person, get together+, roadshow stop+, zoom+, meet up+, breakfast+",
    "message": "message~, message+, text message+, texted, texts, whatsapp+, slack message+, dm+, chat message+, sms, whatsapped, text~",
}
TYPES: dict[str, str] = {
    "individual": "individual+, angel+, angel investor+, high net worth individual+, hnwi+, hnw, high net worth, high net worth people, private investor+, private individual+, individual investor+, "
                  "people investing personally, persons, wealthy individual+, private person, natural persons, retail investor+",
    "family_office": "family office+, fo, fos, sfo, sfos, mfo, mfos, single family office+, multi family office+, family investor+, family offce, families, family money",
    "institution": "institution+, institutional+, institutional investor+, institutional lp+, institutional money, endowment+, pension+, pension fund+, pension plan+, pension scheme+, foundation+, insurer+, insurance company, insurance companies, "
                   "insurance, sovereign wealth fund+, swf, swfs, university, universities, university endowment+, bank+, retirement system+, asset manager+, superannuation funds",
    "fund": "fund of funds, funds of funds, fund of fund, fofs, fof, hedge fund+, investment fund+, vc fund+, venture fund+, pe fund+, private equity fund+, fund investor+, fund type, investor fund+, secondary fund+, secondaries",
    "corporate": "corporate+, corporation+, corporate investor+, strategic+, strategic investor+, company investors, corporate venture, corporate lp+, operating companies, corporate entities",
    "advisor": "advisor+, adviser+, advisory firm+, ria, rias, wealth manager+, consultant+, investment consultant+, financial advisor+, financial adviser+, placement agent+, intermediary, intermediaries, gatekeepers, wealth advisor+",
    "other": "other type, type other, uncategorised investor+, uncategorized investor+, investors of other type",
}
GROUPS: dict[str, str] = {
    "day": "day, daily, weekday, date, days",
    "week": "week, weekly, wk, weeks",
    "month": "month, monthly, months",
    "kind": "kind, kind of activity, type of activity, activity type, channel, medium, communication type, type of communication, kinds, mode, activity kind, type of interaction, method",
    "type": "type, investor type, kind of investor, category, investor category, type of investor, types, kinds of investors, kind, investor class, class, sort, kinds, investor types, categories",
    "stage": "stage, pipeline stage, stages, stage in the pipeline, step, phase",
    "location": "location, region, country, city, state, geography, place, locations, countries, cities, where they are, where they are based, geographic, geographically, regions, states, where they sit, where they are located, geographies",
    "owner": "owner, person, team member, colleague, relationship owner, relationship manager, member, user, who owns them, who, who covers them, employee, us, assignee, salesperson, rep, coverage, owners, "
             "team members, relationship lead, teammate, staff member, coworker, each of us, people, head, responsible person",
    "source": "source, lead source, referral source, origin, where they came from, where they come from, how we found them, how we met them, channel, sources, lead sources, how they came to us, how they found us, referral, how they heard about us",
    "investor": "investor, lp, firm, account, relationship, investors, client, lps, name, company, organisation",
}
FIELDS: dict[str, str] = {
    "contact": "contact+, contact person, contact people, person, people, contact details, point of contact, named contact+, a person attached, contacts attached, human, named person, poc, key contact, anybody there, anyone there",
    "email": "email+, email address, email addresses, e mail+, e mail address, e mail addresses, mail address, e mails, emails on file",
    "owner": "owner+, relationship owner, relationship manager, coverage, covered, responsible person, assignee, assigned, unassigned, unowned, team member, lead, relationship lead, anyone assigned, anybody assigned, assigned to anyone, assigned to anybody, "
             "owns, orphaned, orphan+, uncovered, responsible, anyone responsible, owned, assigned to someone, account manager, own, owns them, ownerless, looks after",
    "next_step": "next step+, next action+, follow up+, followup+, reminder+, follow up planned, follow up scheduled, anything scheduled, future action, next reminder, anything planned, nothing scheduled, nothing planned, next move, plan, scheduled next, "
                 "action item+, task+, to do+, upcoming reminder+, what is next, next steps planned, open reminder+, open task+, planned, scheduled, todo",
    "amount": "amount+, dollar amount, dollar amounts, expected amount, number attached, committed amount, ticket size, dollar value, figure, figures, value, sum, money attached, size, sizing, amount entered, dollar figure, numbers, expected figure, amounts filled in, amount on file, "
              "expected value, check size, cheque size, ticket, amount recorded, dollars",
}
RANKS: dict[str, str] = {
    "committed": "committed capital, committed, commitment+, commit~~, commitment size, capital committed, amount committed, money committed, biggest check, biggest cheque, commitment amount, dollars committed, money, capital, dollars, ticket size, pledge+, check size, size",
    "expected": "expected, expect~, still expect, expected amount+, expected capital, potential, anticipated, forecast, projected, expected commitment+, expected value, expected money, upside, soft, expectation+, hoped for, expected ticket, expected dollars",
    "communications": "communication+, talk~, spoken, spoke, speak~, contacted, contact~, conversation+, interaction+, touchpoint+, touch point+, number of communications, communicated, communicate~, number of interactions, correspondence, call~, email~, message~, meeting+, met, touches, "
                      "touch, volume of communications, time talking, chatted, activity, contact, in touch, number of touches, comms",
    "engagement": "engagement, engaged, engagement score, active, responsive, most active, most engaged, keenest, warmest, hottest, interested, hot, warm, enthusiastic, engage~, lively, attentive, keen, involved",
}
ORDERS: dict[str, str] = {
    "amount": "biggest amount first, biggest amounts first, largest names first, biggest names first, largest amount first, sorted after the amount, by the amount, by amount, by size, by total amount, by ticket size, biggest first, largest first, by value, by money, by how much, largest to smallest, highest first, by dollar amount",
    "name": "by name, alphabetically, alphabetical, alphabetical order, in alphabetical order, a to z",
    "last_activity": "by last activity, by most recent activity, by last contact, by recency, most recently active first, by latest activity, by when we last spoke, by last touch, by recent activity",
    "created": "newest first, by creation date, by date added, by date created, by when they were added, most recently added first, by created, by creation, latest first, by age, most recently created first, most recently created, newest at the top, date on which they were created, by the date they were created, by date of creation, latest additions first",
}
# Meaning of a stage → what else people call it. An organization's stage takes the words of the meaning that its key or
# label names; its own key and label always count.
STAGES: dict[str, str] = {
    "prospect": "prospect stage, prospecting, prospect+, lead stage, top of the funnel, prospective",
    "contacted": "contacted stage, contacted, first contact, outreach stage",
    "meeting": "meeting stage, meetings stage, meeting phase, first meeting stage",
    "diligence": "diligence, due diligence, dd, in diligence, diligence stage, dd stage, due dilligence, diligencing, dilligence",
    "soft_circle": "soft circle, soft circled, soft circles, softcircle, softcircled, soft circle stage, soft commit, soft committed, soft commitment+, verbal, verbals, verbally committed, verbal commitment+, soft circling",
    "committed": "committed stage, committed, hard circled",
    "closed": "closed stage, closed, closed won, won, funded, signed and funded",
    "passed": "passed stage, passed, declined, lost, turned us down, said no, pass, passing, dropped out, backed out, walked away, rejected us, not interested, turned down",
}
# Words that are as often something else: they name a stage only where the sentence says so ("in the meeting stage").
WEAK_STAGES: frozenset[str] = frozenset(
    "prospect prospects prospective contacted meeting committed closed passed won lost funded declined pass passing verbal verbals".split()
)
DIRECTIONS: dict[str, str] = {
    "inbound": "inbound, incoming, receive~, received, came in, come in, coming in, got, sent us, sent to us, wrote us, wrote to us, emailed us, sent me, arrived, landed, write us, write to us, get, email us, written to us, into our inbox, reached us, in the inbox, mailed us, hear from, heard from",
    "outbound": "outbound, outgoing, sent, send, sent out, went out, we sent, we wrote, wrote, written, fired off, sending, we emailed, did we email, have we emailed, emailed out, send out, go out, gone out, going out, leaving",
}
# fmt: on


@cache
def phrases(name: str) -> dict[str, str]:
    """Phrase → key of one of the tables above, by its name in lower case."""
    tables = {
        "kind": KINDS,
        "type": TYPES,
        "group": GROUPS,
        "field": FIELDS,
        "rank": RANKS,
        "order": ORDERS,
        "direction": DIRECTIONS,
        "stage": STAGES,
    }
    found: dict[str, str] = {}
    for key, text in tables[name].items():
        for phrase in forms.spread(text):
            found.setdefault(phrase, key)
    return found


@cache
def words() -> frozenset[str]:
    """Every word of every phrase."""
    names = ("kind", "type", "group", "field", "rank", "order", "direction", "stage")
    return frozenset(word for name in names for phrase in phrases(name) for word in phrase.split())
