"""Keeping in touch: with investors of the fund, with those who said no, and with those who say nothing."""

from __future__ import annotations

from crm_site.home.demo.phrases.beats import Beat, Step, call, got, meeting, note, sent, text

LETTER = Beat(
    "letter", "after",
    (
        sent(
            ("{fund}: {quarter} letter", "Quarterly report", "News from {fund}"),
            ("The letter for the {quarter} is attached.", "Our report to investors is out; here is the short version for you.", "Before it reaches the portal: the {quarter} numbers."),
            (
                "The fund is up {pct} since the start of the year.", "One write-down, explained on page {number}.", "We signed deal number {number}, a maintenance firm near {city}.", "Cash drag is gone.",
                "On {obj}, which you raised at the time: see the new table.", "The next drawdown should be around {pct}, in {part} {month}.", "An exit is likely before {month}; nothing signed.",
            ),
            ("Questions are welcome, as always.", "I will call {soon} to hear what you think.", "{mate} has the detail.", "See you at the annual meeting?"),
        ),
    ),
    steps=(Step("Call {p} about the {quarter} letter", 7, 14),),
)  # fmt: skip

CHECK_IN = Beat(
    "check_in", "any",
    (
        call(
            ("Catch-up", "Check-in with {p}", ""),
            ("Catch-up with {p}, {mins} minutes, {mood}.", "Rang {p} to say hello.", "{p} picked up from a taxi in {city}.", "Short check-in with {p2} since {p} is away."),
            (
                "No change on {fund}.", "{comp} takes most of their week.", "They asked after Maren.", "Still thinks about {obj} more than I would like.", "They hired {number} people.",
                "{p} {hobby}.", "Mentioned that {peer} asked about us.", "Said the {quarter} was rough for everybody.", "They like {want} more than last year.",
            ),
            ("Speak again {soon}.", "{hedge} {verdict}.", "Nothing to do.", "Send {doc} some time.", "Keep warm."),
        ),
        sent(
            ("Checking in", "A short update", "Still there?", "News since we spoke"),
            ("It has been a while, so a short update.", "Nothing urgent, I only wanted to keep you posted on {fund}.", "I thought of you at {event}.", "A line from us before {month} gets busy."),
            (
                "We are at {pct} more than when we last spoke.", "One new deal, close to what you said about {want}.", "The point about {obj} stayed with us; we changed the reporting.",
                "{mate} is in {city} on {weekday} and has time.", "{ref} joined us, which will amuse you.", "The next close is in {part} {month}.",
            ),
            ("Any change on your side?", "No answer needed.", "Would a call {soon} make sense?", "My regards to {p2}."),
        ),
        got(
            ("Re: Checking in", "Apologies", "Quick update"),
            ("Apologies for the silence.", "Thank you for staying in touch.", "A quick update from {firm}.", "You are on my list, just not at its top."),
            (
                "{p2} is on leave until {month}.", "We put all new funds on hold until the {quarter} is done.", "{committee} moved to {part} {month}.", "{comp} took longer than anyone thought.",
                "Interest in {fund} is unchanged.", "I owe you an answer on {obj}.", "We talked about {amt}; that may still be right.",
            ),
            ("Try me again {soon}.", "Do not give up on us.", "Regards to {mate}.", "I will write when I know more."),
        ),
        text(
            ("Any news from {committee}?", "In {city} on {weekday}, coffee?", "Saw your name in the paper today.", "Thinking of you on the {quarter} numbers."),
            ("Happy to wait.", "I can be at {place} by four.", "{mate} says hello.", "The {fund} close moves to {part} {month}.", "{ref} is in town too."),
            ("", "No pressure.", "Let me know {asap}.", "Talk soon."),
            way="outbound",
        ),
        text(
            ("Running late on my answer, sorry.", "Can we move to {weekday}?", "Just landed in {city}.", "Your note on {obj} was good.", "{p2} asks who audits you."),
            ("Crazy week with {comp}.", "Will call from the car.", "Same number as before.", "Committee is in {part} {month}.", "Back {soon}."),
            ("", "Thx", "Talk {asap}.", "All good otherwise."),
        ),
    ),
    steps=(Step("Check in with {p}", 20, 60), Step("Coffee with {p} in {city}", 5, 25), Step("Send {p} {doc}", 2, 6)),
    facts=(("{p} {hobby}", "personal", "0.85"), ("New funds on hold until the {quarter} is done", "process", "0.65")),
)  # fmt: skip

BUMP = Beat(
    "bump", "any",
    (
        note(
            ("Saw {p}", "", "From {event}"),
            ("Ran into {pf} at {event}.", "{mate} sat next to {p} at {event}.", "{p} was at {event}, {mood}."),
            ("Talked about {want} more than about us.", "Asked how {fund} is going.", "Introduced me to {p2}.", "They are still busy with {comp}.", "Complained about {obj} at another manager, not ours.", "{p} {hobby}, who knew."),
            ("Follow up {soon}.", "No next step.", "{hedge} {verdict}.", "Sent a line afterwards."),
        ),
        note(
            ("Heard about {firm}", "", "Change at {firm}"),
            ("{ref} says {firm} is reorganising.", "{p2} got promoted at {firm}.", "{firm} moved within {city}.", "Read that {firm} sold a holding."),
            ("Should mean more for {want}.", "{p} keeps the fund book.", "Liquidity by {month}, {hedge} {verdict}.", "Their adviser stays.", "No effect on {fund}.", "{committee} has a new chair."),
            ("Congratulate {p}.", "Ask {p} {soon}.", "", "Noted for the next call."),
        ),
    ),
    steps=(Step("Congratulate {p2}", 1, 3), Step("Write {p} a line after {event}", 1, 3)),
    facts=(("Moved or reorganised in {month}, says {ref}", "news", "0.55"), ("{p2} was promoted", "people", "0.80")),
)  # fmt: skip

LP_TALK = Beat(
    "lp_talk", "after",
    (
        got(
            ("Question on the report", "Capital account", "Drawdown notice", "Address for notices"),
            ("A question on the {quarter} report.", "Our auditors ask for the capital account of {firm}.", "The drawdown notice arrived, thank you."),
            ("Page {number} shows {pct}, the portal another figure.", "Why was the mark on the maintenance firm raised?", "Could {p2} get portal access?", "Please use the new bank details for distributions, by the usual call-back.", "Is {term} reflected already?"),
            ("No hurry.", "By {weekday} if possible.", "Regards to {mate}."),
        ),
        meeting(
            ("Annual meeting", "{p} at the annual meeting", "Review with {firm}"),
            ("{p} came to the annual meeting.", "Yearly review with {p} and {p2} at {spot}.", "Drove to {city} for the review with {firm}."),
            ("Happy with {irr}.", "Asked about the next fund, unprompted.", "Wants more co-investments like the last one.", "{obj} is no topic any more.", "{p2} has taken over the file.", "Would refer us to {ref}."),
            ("Re-up looks likely.", "Send the co-investment list {asap}.", "{hedge} {verdict}.", "Good people."),
        ),
        note(
            ("Drawdown", "Distribution", ""),
            ("Drawdown of {pct} received from {firm}.", "Distribution of {pct} sent to {firm}.", "Capital account statement for {firm} re-issued."),
            ("On time.", "One day late, bank holiday.", "{p2} confirmed.", "New bank details verified by call-back with {p}.", "Rounding difference explained."),
            ("", "Filed.", "{mate} has the paper."),
        ),
    ),
    steps=(Step("Answer {p}'s question on the report", 1, 3), Step("Send {p} the co-investment list", 2, 7)),
    facts=(("Would consider a re-up", "allocation", "0.75"), ("{p2} has taken over the file", "people", "0.80")),
)  # fmt: skip

REUP = Beat(
    "reup", "early",
    (
        call(
            ("{fund}", "Next fund", "Re-opening the talk"),
            ("Opened {fund} with {p}, {mins} minutes, {mood}.", "{p} asked about {fund} before I could.", "Talked {p} through what is new in {fund}."),
            ("Last time it was {obj}; this time less so.", "Would think of {amt}.", "They want to see how the last one ends first.", "{p2} must be brought along from the start.", "{comp} is done, so there is room."),
            ("Deck {asap}.", "{hedge} {verdict}.", "Meet {soon}."),
        ),
        sent(
            ("{fund}", "What comes next", "Early look at {fund}"),
            ("You asked to hear first, so here is {fund}.", "We are opening {fund} and would like to begin with those who know us."),
            ("Same team, same size of deal.", "We listened on {obj}.", "The target is modest and half is promised.", "I pencilled {amt} next to your name, in pencil."),
            ("Call {soon}?", "May I come to {city}?", "Tell me if it is too early."),
        ),
    ),
    stage="contacted",
    steps=(Step("Send {p} the {fund} deck", 1, 3),),
    facts=(("Interested in {fund}", "allocation", "0.75"),),
)  # fmt: skip

KEEP_WARM = Beat(
    "keep_warm", "after",
    (
        call(
            ("Hello to {p}", "Catch-up", ""),
            ("Rang {p} without an agenda, {mins} minutes, {mood}.", "{p} called back at last, {mins} minutes.", "Half-yearly call with {p}.", "{p2} picked up; {p} was in {comp} meetings all day."),
            (
                "They are done with {comp}, more or less.", "Asked what we see in prices.", "Two of their managers are late with {quarter} numbers; we are not.", "{p} {hobby}.",
                "Likes how {fund} is reported.", "Would hear about the next fund when there is one.", "They still ask every manager about {obj}.", "Offered to introduce us to {peer}.",
                "Grumbled about {committee}.", "Wants {want}, as ever.",
            ),
            ("No next step, and that is fine.", "Again in {part} {month}.", "{mate} to send a birthday card.", "{hedge} a friend of the house.", "Keep warm."),
        ),
        sent(
            ("Something you may like", "A short hello", "Reading for the weekend", "{city} in {month}"),
            ("No agenda, just a hello from the four of us.", "I came across a paper on {want} and thought of you.", "We are in {city} in {part} {month}.", "You once asked me what keeps me up at night."),
            (
                "It is still {obj}, oddly enough.", "The paper is attached; page {number} is the good bit.", "Dinner is planned for a small group, {ref} among them.",
                "The {quarter} was kinder than we feared.", "{mate} has written up what we learned last year.", "Nothing to sell this time.",
            ),
            ("Hope all is well with {p2}.", "Come if you can.", "No answer needed.", "It would be good to see you."),
        ),
        got(
            ("Re: A short hello", "Thank you", "Good to hear from you"),
            ("Kind of you to write.", "Thank you for the paper, {p2} has it now.", "Good to hear from you and {mate}."),
            (
                "We are heads down in {comp}.", "{committee} has a new chair, so much is open again.", "Dinner in {part} {month} works, put me down.",
                "I quoted your page {number} in our own memo, with your name on it.", "Our view on {obj} has softened a little.", "We remain fond of {want}.",
            ),
            ("Keep writing.", "See you in {city}.", "Regards to Maren.", "Let us speak in {month}."),
        ),
        text(
            ("Thought of you at {event}.", "{ref} sends greetings.", "Good piece on {want} today, sending it over.", "Happy birthday, if the calendar is right!"),
            ("Hope {p2} is well.", "We are in {city} in {month}.", "Dinner some time?", "Maren says hello, too."),
            ("", "No need to answer.", "All good here.", "Till soon."),
            way="outbound",
        ),
    ),
    steps=(Step("Call {p} without an agenda", 60, 150), Step("Invite {p} to the dinner in {city}", 5, 20)),
    facts=(("Still fond of {want}", "preferences", "0.75"), ("{p} {hobby}", "personal", "0.85"), ("Open to an introduction to {peer}", "people", "0.60")),
)  # fmt: skip

PLANNED = Beat(
    "planned", "any",
    (
        meeting(
            ("{p} in {city}", "Meeting with {firm}", "{firm}: working session", "Lunch with {p}"),
            ("At {spot}.", "{mate} joins.", "They bring {p2}.", "An hour, {spot}.", "Second attempt after the last one fell through."),
            ("To cover: {bits} and {bits}.", "Bring {doc}.", "They will ask about {obj}.", "Aim: a date for {committee}.", "Say thanks for {ref}."),
            ("", "Notes by {mate}.", "Confirm the day before.", "Leave time for questions."),
        ),
        call(
            ("Call with {p}", "{fund} call", "{p} and {p2}"),
            ("{p} rings us.", "Dial-in is in the invite.", "We ring {p}.", "Half an hour with {p} and {p2}."),
            ("To cover: {bits} and {bits}.", "Have {doc} open.", "Only {obj} is left.", "Get a number: {amt} or less?", "Ask about {comp}."),
            ("", "{mate} listens in.", "Keep it short."),
        ),
    ),
)  # fmt: skip

BEATS = (LETTER, CHECK_IN, BUMP, LP_TALK, REUP, KEEP_WARM, PLANNED)
