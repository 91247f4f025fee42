"""What words stand for, apart from slots. A phrase beats the words in it; a phrase may stand for several things."""

from __future__ import annotations

from functools import cache

from nlquery.translate.lexicon import forms

# fmt: off
CUES: dict[str, str] = {
    # question words
    "WHO": "who, whom, whose, which people, which person, anyone, anybody, someone, somebody, everyone, everybody, names",
    "WHEN": "when, what day, what date, which day, what time, how recently",
    "WHERE": "where, where abouts, whereabouts",
    "HOWMANY": "how many, number of, count of, count, counts, tally, volume of, how often, how frequently, total number of, headcount",
    "HOWMUCH": "how much, which amount, what amount, to what amount, what sum, what total, how large, how big, total, totals, in total, sum of, sum, overall amount, how many dollars, dollar amount of, value of, size of, altogether, combined, aggregate",
    "HOWLONG": "how long, how long ago, how long since, how long has it been, how many days, how many weeks, how many months, days since, weeks since, time since, been a while since",
    "WHICH": "which, what",
    # doing something with somebody
    "TALK": "talk~, spoke, spoken, speak~, contact~, hear~, heard from, heard, hear back from, touch base, touched base, touching base, reach~ out, reached, reach~, "
            "in touch, been in touch, get in touch, got in touch, communicate~, communication+, connect~, engage~, catch up, caught up, catching up, correspond~, interact~, "
            "interaction+, conversation+, convo+, chat~~, chat, touch~, touchpoint+, touch point+, contact with, word from, exchange~, liaise~, "
            "follow~ up with, checked in, check in, check~ in with, spoken with, dealt with, deal with, outreach, ping~, ping~~, pinged, reply, replied, respond~, response+, "
            "get back to, got back to, gotten back to, said anything to, sat down with, sit down with",
    "LAST": "last, latest, most recent, most recently, last time, the last time, lastly, last one, last ever, newest, previous",
    "EVER": "ever, at all, at any point, already, before",
    "NEG": "unassigned, unowned, orphaned, ownerless, uncovered, not, no, never, without, lack~, missing, nobody, no one, noone, none, nothing, neither, lacks, zero, absent, blank, empty, unset, incomplete, w o, "
           "minus, need an, needs an, still need, still needs, do not have, does not have, have not got, has not got, undefined, unknown",
    "STALE": "stale, quiet, cold, silent, dormant, neglect~, inactive, gone dark, go~ dark, went dark, gone quiet, go~ quiet, went quiet, gone cold, go~ cold, went cold, fell silent, fallen silent, go~ silent, went silent, turned cold, lost touch, "
             "losing touch, falling through the cracks, fallen through the cracks, slipping away, ignore~, overlook~, untouched, out of touch, no activity, no communication+, "
             "no contact, radio silence, radio silent, silence, forgotten, forgetting, lapse~, unattended, idle, gone silent, drifting, cooled off, cooling off, ghost~, need attention, needs attention, needing attention, attention, been quiet, "
             "dropped off, dark, not active, hibernating, lapsed, fell off, fallen off, haven not touched, cooling",
    # kinds of activity that are no slot by themselves
    "ACTIVITY": "activity, activities, timeline, happen~, happenings, going on, went on, interactions, communications, log~~, logged, log, logs, history, touchpoints, touches, "
                "update+, news, been up to, up to, done, recap, what is new, feed, did, entries, entry, events, work~ on, comms, comm, outreach, everything, record~, event log, do with",
    "RECENT": "recent, recently, lately, latest, newest, these days, of late, last few",
    "UPCOMING": "upcoming, coming up, scheduled, planned, ahead, in the diary, in the calendar, on the calendar, coming, forthcoming, booked, lined up, in store",
    "CALENDAR": "calendar, diary, schedule, agenda",
    "SENT": "sent, send, sends, sending, outbound, outgoing, wrote, written, went out, sent out, our side, fired off, we emailed, email~ out, mailed out",
    "RECEIVED": "receive~, received, inbound, incoming, came in, come in, got, get, coming in, arrived, landed, wrote us, sent us, send us, sent to us, wrote to us, wrote me, emailed us, "
                "sent me, hit our inbox, inbox, write us, write to us",
    # people
    "PEOPLE": "people, contact+, contact person, contact people, person, persons, folks, point of contact, points of contact, key contact+, main contact+, team at, staff, poc, pocs, "
              "individuals at, point person, representative+, principals, decision maker+, decision makers, employee+, people there, guys, counterpart+, gatekeeper+",
    "WORKS": "work~ at, works at, work~ for, works for, sit~~ at, sits at, works, work, employed by, employed, belongs to, associated with, affiliated with, based at, represent~, "
             "on their side, over there, there, deal with at, speak to at, talk to at, reach at, call at, email at",
    "ROLE": "cio, cfo, ceo, coo, managing director, partner at, principal at, head of, director, title, titles, role, position, job title, job, works where, analyst at, trustee+",
    "DETAIL": "phone, phone number+, telephone, telephone number+, mobile, cell, cell number, cellphone, email address, email addresses, mail address, number, numbers, contact detail+, "
              "contact info, contact information, details, coordinates, address, linkedin, email, how do i reach, how can i reach, how to reach, reach, get hold of, get a hold of, reach out, "
              "phone no, tel, email id, e mail, digits, business card, contact card, card",
    "LOOKUP": "look~ up, lookup, look for, find, search for, search, pull~ up, bring up, locate, who is, whois, who was, open, do we have a contact, have a contact, contact record, record for, "
              "contact called, contact named, person called, person named, somebody called, someone called, someone named, somebody named, anyone called, anyone named, which firm, "
              "what firm, what company, which company, whose",
    "TEAM": "our team, the team, team, of us, on our side, colleague+, in house, internally, at our firm, in our firm, our side, here, team member+, our people, inside, on staff, "
            "in the office, among us, our colleagues, from us, at our end, in our shop, our guys, our end, in our team, us",
    "KNOW": "know~, knows, known, knew, relationship, relationship+, relationship with, close to, closest to, closest, connection+, connected to, connected with, acquainted, familiar with, "
            "history with, ties, tie to, rapport, warm intro, intro to, warm introduction, in with, links to, link to, familiar, connection to, best relationship, strongest relationship, "
            "introduction to, link, in contact with, in touch with, dealt with, dealings, handles, introduce",
    # investors
    "INVESTOR": "investor+, lp, lps, limited partner+, account+, firm+, relationship+, prospect+, name+, backer+, client+, partner+, capital partner+, entity, entities, organisations, "
                "organizations, companies, groups, houses, allocators, allocator, subscriber+, records, investor base, book, universe, list, leads, counterparties, parties, ones, whom, who",
    "LPNOUN": "investor+, lp, lps, limited partner+, account+, firms, relationships, prospects, backers, clients, capital partners, entities, investor base, allocators, subscribers",
    "ALL": "all, every, each, entire, whole, full list, complete list, all of",
    "NEW": "new, added, add~, joined, join~, created, onboard~, onboarded, newly, newest, came in, entered, signed up, registered, put in, set up, come on board, came on board, "
           "recently added, new names, fresh, brought in, introduced, new to, first appeared, entered into",
    "CRM": "crm, system, database, books, platform, tool, roundtable, on file, in our records, on record, records, record, listed, list, file",
    "GRAVE": "graveyard, retire~, retired, retirement, written off, wrote off, buried, dead investors, dead, cemetery, retirees, removed from the raise, "
             "took off the list, taken off the list, taken out, removed, out of the raise, archived, gave up on, given up on, shelved, dropped from, kicked out, laid to rest, let go",
    "WHY": "why, reason, reasons, how come, what for",
    "TOP": "top, biggest, largest, most, leading, highest, best, greatest, rank~, ranking, ranked, leaderboard, major, key, heaviest, main, number one, main ones, bigger, big, most important, heavy hitters",
    "MOST": "most, more than anyone, highest, the most, more often, most often, most frequently, busiest",
    "LEAST": "least, smallest, lowest, fewest, bottom, worst",
    "BREAKDOWN": "breakdown, break~ down, broken down, broke down, split, splits, split up, distribution, distributed, divide~, grouped, group, group~ by, mix, composition, by category, segment~, segmentation, spread, "
                 "slice~, sorted into, categori~e, share of, shares, makeup, make up, made up, concentration, proportion, spread out, segmented, pie chart, chart, grouping, "
                 "geographic, geographically, geography, allocation",
    # money and deals
    "COMMIT": "commit~~, commitment+, committed, pledge~, pledged, signed, subscribe~, subscription+, hard circle~, hard circled, closed on, in the bag, secured, secure~",
    "EXPECT": "expect~, expected, soft, anticipate~, potential, forecast~, hoped for, hope~, projected, indicated, likely, upside, expectation+, indication+, indicative",
    "RAISE": "raise~, raised, raising, fundraise, fundraising, fund raising, raise so far, brought in, percent raised, capital raised, money in, raising",
    "TARGET": "target, targets, goal, goals, hard cap, cap, to go, left to raise, remaining, remain~, shortfall, gap, short of, still to raise, left, away from, still need, more do we need, hit, fully subscribed, full, filled, on track, track",
    "PROGRESS": "progress, progress~, progressing, how far, how close, how is, how are, doing, status, tracking, coming along, percent, percentage, far along, along, going, where are we, where do we stand, "
                "getting on, fare~, update on, performing, shape, what is the state of, state of",
    "TOCLOSE": "days to close, days left, until close, until it closes, till close, final close, when does, when do, closing date, close date, closes, close, closing, time left, days until, days till, before close, days remain~, first close, deadline",
    "PIPELINE": "pipeline, pipelines, funnel, sales funnel, deal flow, dealflow, pipe, opportunity set, pipeline summary, weighted, probability weighted, weighted amount, stage by stage, across stages, by stage, per stage, in each stage, each stage, every stage",
    "OPP": "opportunity, opportunities, opp+, deal+, open deals, opportunity list, tickets, ticket+, prospects, open opportunities, allocations, pending, live deals, live opportunities, raise opportunities, possible commitments",
    "OPEN": "open, live, active, outstanding, current, still, pending, not done, undone",
    "CLOSING": "closing, close, closes, due to close, set to close, expected to close, close date, closing date, close by, closing by, to close, sign, scheduled to close, wrapping up, likely to close, expected close, should close, wrap up",
    "MOVE": "move~, moved, advance~, advanced, progress~, went, gone, go, goes, change~, stage change+, stage changes, stage move+, shift~, shifted, enter~, entered, transition~, promoted, promote~, moves, "
            "movement+, pipeline changes, pipeline movement+, changed stage, jump~, flip~~, convert~, converted, upgraded, movers, reach~, reached, got to, hit, migrated, migrate~, slid, slide~, "
            "drop~~, turned, turn~, became, become, slipped back, regress~, fell, forward, step up, stepped up, progressed, come into, came into, made it",
    "STAGEWORD": "stage, stages, phase, status, phases, process, stage change+, stage move+, changed stage, pipeline changes, pipeline movement+, stage movement+, pipeline change, change~ stage, switch~ stage",
    "STANDING": "where do we stand, where are we, where does, where do things stand, what is the status, stand, standing, status, position",
    # reminders
    "REMINDER": "reminder+, follow up+, followup+, follow ups, task+, to do+, todo+, to dos, action item+, actions, next step+, next action+, chaser+, things to do, do i have to do, need to do, have to do, "
                "to follow up, supposed to do, should i do, should we do, on my plate, on our plate, plate, deadlines, on deck, follow up with, follow~ up, followups, deliverables, chase, chasing, duties, "
                "to do list, todo list, tickler+, action points, commitments to follow up, get done, outstanding items, items, nudge+, open items, must do, chase up, owe, my list, ping",
    "DUE": "due, fall~ due, coming due, falls due, falling due, outstanding, on for, on today, due date, expire~, come due, comes due",
    "OVERDUE": "overdue, past due, late, missed, miss, behind, slipped, lapsed reminders, past their due date, past the due date, should have been done, should already have been done, delayed, behind on, "
               "not done on time, late on, gone past, outstanding from before, past its due date, past deadline, passed their due date, expired, fell behind, was due, were due, should have done, running late, overran, blown, forgot, forgotten, dropped the ball",
    # knowledge
    "FACT": "fact+, remember~, know about, known about, do we know about, learn~, learnt, learned, knowledge, intel, intelligence, background on, background, insight+, told us, tell us about themselves, remembered, "
            "on record about, noted about, memory, notes on file, what we know, do we know, we know, know of, be aware of, aware of, on file about, have on file, important to know, remember about, trivia",
    "PREFERENCE": "preference+, prefer~, prefers, interest+, interested in, concern+, like+, dislike+, view on, views on, opinion on, opinions on, stance on, attitude towards, feel about, think about, "
                 "take on, position on, think of, thinks of, thinks about, thought of, thought about, say it wants,  care about, cares about, appetite for, mandate, appetite, restriction+, constraint+, requirement+, ticket size, check size, cheque size, sensitive about, allergic to, keen on, looking for, worried about, policy on, "
                 "focus on, focus, thesis, hobbies, hobby, family, birthday, kids",
    "MENTION": "mention~, mentioned, discuss~, discussed, discussion+, brought up, bring~ up, raised the, raise the, talked about, talk about, say~ about, saying about,  talking about, spoke about, speak about, spoken about, said about, say about, says about, "
               "say anything about, said anything about, anything about, anything on, ask~ about, asked about, asks about, asked for, search for, search, find mentions of, mention of, mentions of, "
               "reference~ to, referenced, references to, complain~ about, complained about, comment~ on, comments on, comment on, "
               "notes about, notes on, note about, note on, conversations about, conversation about, emails about, email about, calls about, call about, meetings about, meeting about, messages about, "
               "comes up, come up, came up, topic of, subject of, regarding, concerning, wrote about, write about, written about, express~ concerns about, expressed interest in, told us about, tell us about, "
               "objected to, object~ to, flag~~, flagged, question~ about, questions about, inquire~ about, enquire~ about, worried about, find anything, chat about, chatted about, "
               "concerns about, feedback on, feedback about, thoughts on, discussion about, discussions about, discussions on, bring up, brings up, where did, look for, talks about, touched on, say on, said on, pushback on, pushed back on",
    "PROFILE": "tell me about, profile, profile of, rundown, run down, overview, overview of, summary, summary of, summarise, summarize, snapshot, brief me, brief, briefing, give me everything, all about, "
               "everything about, everything on, everything we have, details on, details about, details for, details of, detail, info on, info about, information on, information about, info, information, status of, "
               "where do we stand, where are we, stand with, pull up, bring up, what about, how about, fill me in, refresh me, refresh my memory, catch me up, "
               "update me, get me up to speed, up to speed, investor card, card, record, dossier, look at, low down, lowdown, deal with, story with, story on, what is up with, the latest on, page, sheet, file, fact sheet, factsheet, recap, 411",
    "PROFILEFIELD": "stage, owner, location, type, status, next step, next reminder, expected amount, committed amount, last activity, amount, kind of investor, type of investor, sort of investor, "
                    "what kind, what type, what sort, assigned to, owns, own, covers, cover, manages, manage, handles, handling, responsible for, in charge of, looks after, looking after, lead on, leads, leading, owned by, "
                    "based, located, live, where, headquartered, covered by, relationship manager, coverage, hq, headquarters, runs point, point on, relationship owner, account manager, owner of",
    "OWNING": "owned by, assigned to, belong~ to, owns, own, covered by, covers, cover, managed by, manages, manage, handled by, handles, responsible for, looked after by, looks after, in charge of, under, run by, led by, covering, look after, assigned",
    "QUALITY": "quality, health, good, accurate, reliable, complete, clean, healthy, state, shape, fresh, current, up to date, trustworthy, condition, correct, tidy, messy, gaps, gap, holes",
    "ORIGIN": "come from, came from, comes from, coming from, originate~, sourced, referred by, come to us, came to us, find us, found us",
    "HEALTH": "data health, data quality, health of the data, health of our data, health of the crm, health check, healthy, quality of our data, quality of the data, index lag, lag, lagging, indexed, index, search index, row count+, how many rows, "
              "how many records, table sizes, record counts, freshness, up to date, stale data, how fresh, in sync, behind the database, newest record+, integrity, completeness, complete is, clean, "
              "how clean, how complete, data hygiene, crm health, data complete, data gaps, gaps in our data, gaps in the data, missing from our data, missing data, missing in our data, missing in the data, missing in the crm, missing in crm, crm hygiene, records do we have, data status, sanity check, rows, fresh",
    "DATA": "data, database, crm, system, tables, table, search, dataset, records",
    "ORDER": "sorted by, sort by, ordered by, order by, sorted, alphabetically, by name, by amount, by size, largest first, biggest first, newest first, alphabetical order, in alphabetical order, a to z",
    "OFEACH": "per, by, each, every, for each, of each, across",
    "MOREFUND": "fund, funds, vehicle, vehicles, spv, spvs",
    "DURINGALL": "so far, to date, until now, up to now, thus far, as of today, as of now, currently, at the moment, right now, at present",
}
# Words that carry no meaning of their own: they neither speak for an intent nor against one.
SMALL: frozenset[str] = frozenset("""
a an the of to in on for with at from is are was were be been being am do does did done doing have has had having we us our ours
i me my mine you your yours he she they them their theirs it its this that these those there here and or but if so as than then
can could would will shall should may might must please pls plz kindly just show list give tell get see want need like know let
display view print return provide fetch pull check which what who whom whose when where how why any some all every each more
over by up out off into onto about between during within since until till through per via also too very really right now currently
today still yet only even again back hi hello hey ok okay so well um uh er hmm oh ah yo aha actually basically thanks thank kind sort
s t d ll ve re m not no one ones id im lemme gimme wanna gonna quick quickly question curious wondering wonder help us going anything
something stuff things thing exactly total overall look take make made makes use using able possible moment time times soon
ago already ever same such other others another both either once got gotten getting him her his hers myself ourselves
what's whats lets maybe perhaps could kindly asap btw fyi tell say said says saying appear across against among amongst
there've having along entire whole run ask asked asking present remind bring sure yes yeah yep alright
way bit lot lots plus minus etc ie eg mean means meant understand wish love loved would'd appreciate folks
shown listed given state states identify indicate enumerate provide specify outline extent respect terms rest remainder idea figure trying try
anywhere somewhere particular specific regard certain various general relevant related respective purposes purpose story whether really
particularly especially guess suppose thinking think believe recall checking double confirm verify designated proper aside apart besides including
included include includes exclude excluding except latterly herein thereof pursuant hereby short fine anyway anyhow though although while whilst
because cause figured picture hand several couple few set curiosity ages slated long worth total wise needs looking sit sits sitting process moments case basis meanwhile recap wrt currently presently actual far due vs versus towards toward upon under after before
""".split())
# fmt: on


@cache
def table() -> dict[str, frozenset[str]]:
    """Phrase → what it stands for."""
    found: dict[str, set[str]] = {}
    for cue, text in CUES.items():
        for phrase in forms.spread(text):
            found.setdefault(phrase, set()).add(cue)
    return {phrase: frozenset(cues) for phrase, cues in found.items()}


@cache
def longest() -> int:
    """Words in the longest phrase."""
    return max(phrase.count(" ") for phrase in table()) + 1


@cache
def words() -> frozenset[str]:
    """Every word of every phrase: what a slip of the pen may have meant."""
    return frozenset(word for phrase in table() for word in phrase.split()) | SMALL
