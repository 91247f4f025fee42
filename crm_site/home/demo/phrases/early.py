"""From a name on a list to a first meeting."""

from __future__ import annotations

from crm_site.home.demo.phrases.beats import Beat, Step, call, got, meeting, note, sent, text

RESEARCH = Beat(
    "research", "early",
    (
        note(
            ("Background", "Who they are", "Before we call", ""),
            (
                "{firm} sits in {city}; {pf} ({title}) is the one to know.",
                "Read up on {firm}. {pf} is the person to talk to.",
                "{ref} mentioned {firm} again. {city}, and they like {want}.",
                "Pulled the filings on {firm}: about {pct} of the book is in private funds.",
                "{firm} came up at {event}. {pf}, {title}, is the way in.",
                "Found {firm} on the LP list of a peer fund. Based in {city}.",
                "Desk research on {firm}: they write tickets around {amt}.",
            ),
            (
                "They backed {number} managers our size since 2019.", "They want {want}.", "No consultant as far as I can tell.",
                "{pf} was at a bank before and knows the asset class cold.", "They passed on a peer of ours over {obj}.",
                "{ref} knows {p} from school.", "The money is from the sale of the family's packaging business.",
                "They sit in {comp} at the moment, so timing matters.", "{p2} signs, {p} decides.",
                "Website says nothing, which I like.", "They do not take cold mail; we need an introduction.",
            ),
            (
                "Will ask {ref} for an introduction.", "Putting them on the list for {fund}.", "{mate} to take it from here.",
                "Worth a call {soon}.", "Low effort to try, so let us try.", "",
            ),
        ),
    ),
    steps=(Step("Ask {ref} for an introduction to {pf}", 3, 12), Step("Find a way into {firm}", 5, 20)),
    facts=(("Likes {want}", "preferences", "0.70"), ("Usual ticket around {amt}", "allocation", "0.60")),
)  # fmt: skip

INTRO = Beat(
    "intro", "early",
    (
        sent(
            ("Introduction via {ref}", "{ref} suggested we speak", "{fund}: a short hello", "Hello from Northlight"),
            (
                "{ref} was kind enough to suggest that we speak.", "I am writing at {ref}'s suggestion.",
                "We met briefly at {event}, and I promised you a line on {fund}.",
                "{ref} thinks that {fund} may fit what {firm} is building, so here I am.",
                "Your name came up when I asked {ref} who in {city} really understands {want}.",
            ),
            (
                "We back {want}, with a team of eleven and one strategy.", "{fund} is in the market now and about half spoken for.",
                "Our last fund stands at {irr}, and I would rather show you the losers than the winners.",
                "I know that you look at {comp}; this would sit beside it rather than compete.",
                "Two pages attached, no deck unless you ask for one.", "We keep the investor group small and talk to it often.",
            ),
            (
                "Would 20 minutes {soon} be useful?", "I am in {city} in {month} and would gladly come by.",
                "If it is not for you, a one-line no is perfectly fine.", "Happy to work around your calendar.",
                "Could we find half an hour on {weekday}?",
            ),
        ),
        got(
            ("Intro: {p} <> {me}", "Connecting you two", "As discussed: Northlight"),
            (
                "{ref} has told me about what you do with {fund}.", "As discussed with {ref}, please meet our side: I look after our fund book.",
                "{ref} forwarded your two pages on {fund}.", "I gather from {ref} that you are raising.",
            ),
            (
                "We like {want} and are short of it.", "We make {number} commitments a year, usually around {amt}.",
                "I should say at once that {obj} has been a sticking point with others.",
                "Our calendar is full until {part} {month}, but this looks worth a call.", "{p2} would join from our side.",
            ),
            (
                "Could you send {doc} beforehand?", "What does {weekday} look like?", "Ring me any afternoon.",
                "No rush from our end.", "Looking forward.",
            ),
        ),
    ),
    stage="contacted",
    steps=(Step("Follow up with {p} on the introduction", 5, 9), Step("Call {pf}", 3, 8)),
    facts=(("Introduced by {ref}", "origin", "0.95"), ("Makes {number} fund commitments a year", "allocation", "0.80")),
)  # fmt: skip

DECK = Beat(
    "deck", "early",
    (
        sent(
            ("{fund} deck", "The deck you asked for", "{fund}: overview", "Materials for {firm}"),
            (
                "Here is the {fund} deck, as promised.", "The deck for {fund} is attached; pages 6 to 9 are the ones that matter.",
                "Please find the overview of {fund}.", "Attached is what we show everybody about {fund}, unvarnished.",
            ),
            (
                "Page 14 speaks to {obj}.", "The track record is net of everything and by deal.",
                "The pipeline page is already out of date: one has signed since.", "I left out the glossy part.",
                "Terms are on the last page; we keep them the same for all.", "The model behind page 11 is yours if you want it.",
            ),
            (
                "Happy to walk you through it {soon}.", "Tell me what is missing.", "Shall we speak once you and {p2} have had a look?",
                "I will ring on {weekday} unless you would rather I did not.",
            ),
        ),
        note(
            ("Deck sent", "", "{fund} deck out"),
            (
                "Sent {pf} the {fund} deck.", "Deck went to {p} and {p2}.", "{fund} deck out to {firm} after the mail from {ref}.",
                "{p} asked for the deck through {ref}; sent it {asap}.",
            ),
            ("{p} opened it within the hour.", "Added the page on {obj}.", "Left the terms page in on purpose.", "Kept {mate} in copy."),
            ("Chase {soon}.", "No chasing before {weekday}.", "Let them read.", ""),
        ),
    ),
    steps=(Step("Ask {p} for first impressions of the deck", 5, 12), Step("Send {p} the {fund} deck", 1, 3)),
)  # fmt: skip

REPLY = Beat(
    "reply", "early",
    (
        got(
            ("Re: {fund} deck", "Re: Introduction", "Thanks for this", "First thoughts"),
            (
                "Thank you for the deck.", "I read the {fund} deck on the train.", "Thanks, {p2} and I went through it yesterday.",
                "Good material, clearer than most.", "Sorry for the slow answer, {quarter} reporting swallowed us.",
            ),
            (
                "What we like: {want}, and that you show the losses.", "What we would have to get past is {obj}.",
                "The return of {irr} needs a bit of unpacking.", "{p2} wonders how it compares with {comp}.",
                "The team page raises a question or two, nothing dramatic.", "It is the right size for us, which is rare.",
            ),
            (
                "Could we have a call {soon}?", "Happy to meet if you come through {city}.", "Let me know when suits.",
                "Could you share {doc} as well?", "We would look at something like {amt}, if we look at all.",
            ),
        ),
        text(
            (
                "Got the deck, thanks.", "Deck received, reading it tonight.", "Thanks for the {fund} pages!",
                "Looked through it over lunch.", "{p2} has the deck now too.",
            ),
            (
                "Page 9 is good.", "Will come back on {obj}.", "One question on {irr}, later.", "Not sure about timing yet.",
                "Bear with us, {comp} is taking all our time.",
            ),
            ("Call {weekday}?", "More {soon}.", "", "Speak soon.", "Ping me {asap} if you are around."),
        ),
    ),
    steps=(Step("Set up a call with {p} and {p2}", 2, 6), Step("Send {doc} to {p}", 1, 4)),
    facts=(("Worried about {obj}", "objections", "0.85"),),
)  # fmt: skip

VOICEMAIL = Beat(
    "voicemail", "early",
    (
        call(
            ("", "Left a message", "No answer"),
            (
                "Tried {pf}, left a message.", "Rang {p} twice, voicemail both times.", "{p} is travelling; the assistant took a note.",
                "Got the front desk in {city}: {p} is out until {weekday}.", "Called {p}'s mobile, no luck.",
            ),
            (
                "Said it was about {fund} and kept it short.", "Mentioned {ref}.", "Offered {weekday} or any time {soon}.",
                "The assistant says mornings are best.", "Will write instead.", "Did not leave the long version.",
            ),
            ("Try again {soon}.", "Second attempt, one more and then a mail.", "", "{mate} may have better luck."),
        ),
    ),
    steps=(Step("Try {p} again", 2, 6),),
    facts=(("{p} is best reached in the mornings", "contact habits", "0.75"),),
)  # fmt: skip

FIRST_CALL = Beat(
    "first_call", "early",
    (
        call(
            ("First call", "Call with {p}", "Intro call {firm}", ""),
            (
                "Spoke with {pf} for {mins} minutes, {mood}.", "First proper call with {p} ({title}) and {p2}.",
                "{p} called back from {city}, {mins} minutes, {mood}.", "Intro call with {firm}: {p} on the line, {mate} joined from our side.",
                "Good first call with {p}, {mins} minutes.",
            ),
            (
                "They like {want}.", "Biggest worry is {obj}.", "Ticket would be about {amt}.", "They are busy with {comp} until {month}.",
                "{p} asked good questions about the losers in the last fund.", "Decision goes through {committee}, which meets monthly.",
                "{p} knows {ref} well, so references will be informal.", "They compare everything with {irr}.",
                "Wants {doc} before the next step.", "{p} {hobby}.",
            ),
            (
                "Next: meet in {city} {soon}.", "{hedge} {verdict}.", "Owe them {doc}.", "Follow up {soon}.", "{p} will talk to {p2} first.",
            ),
        ),
        call(
            ("{p} rang", ""),
            ("{pf} rang out of the blue about {fund}.", "{p} called between two meetings, {mins} minutes.", "Unexpected call from {pf}, in {city} this week."),
            (
                "Had read everything and went straight to {obj}.", "Would consider {amt} if {p2} agrees.", "Asked who else is in.",
                "Wanted to know whether {month} is too late.", "Talked mostly about {comp}.", "{p} {hobby}, so avoid weekends.",
            ),
            ("{hedge} {verdict}.", "Promised {doc} {asap}.", "{mate} please note.", "To be continued {soon}."),
            way="inbound",
        ),
    ),
    steps=(Step("Send {p} what we promised on {obj}", 1, 4), Step("Propose dates in {city} to {p}", 2, 7)),
    facts=(
        ("Would look at a ticket of about {amt} in {fund}", "allocation", "0.80"), ("{p} {hobby}", "personal", "0.90"),
        ("Decisions go through {committee}", "process", "0.85"),
    ),
)  # fmt: skip

FIRST_MEETING = Beat(
    "first_meeting", "early",
    (
        meeting(
            ("Meeting in {city}", "First meeting with {firm}", "{p} and {p2}, {city}", "Lunch with {p}"),
            (
                "Met {pf} at {spot}; {weather}.", "{mate} and I met {p} and {p2} in {city}.", "Lunch with {p} at {spot}, {mood}.",
                "An hour with {firm} in {city}. {p} brought {p2}.", "Sat down with {p} at {spot} for longer than planned.",
            ),
            (
                "Walked through {fund} deal by deal.", "{p} pressed on {obj}; I said we would send {ans}.",
                "They want {want} and see a gap in their book.", "Number on the table: {amt}.", "{p2} was the sceptic in the room.",
                "They asked for {term}, early for that but fair.", "They had questions on {irr} and what is realised.",
                "{p} {hobby}; we lost ten minutes to that.", "{committee} meets in {part} {month}.",
                "They compare us with {comp}, not with other funds.",
            ),
            (
                "{hedge} {verdict}.", "Next step is {doc}.", "They will come back {soon}.", "{mate} to send notes {asap}.",
                "Moved them to meeting.", "Felt like the start of something.",
            ),
        ),
    ),
    stage="meeting",
    steps=(Step("Send {p} notes and {ans}", 1, 4), Step("Ask {p} how {committee} went", 10, 25)),
    facts=(
        ("Asked for {term}", "terms", "0.85"), ("{p2} is the sceptic in the room", "people", "0.70"),
        ("Sees {comp} as the alternative use of the money", "preferences", "0.75"),
    ),
)  # fmt: skip

BEATS = (RESEARCH, INTRO, DECK, REPLY, VOICEMAIL, FIRST_CALL, FIRST_MEETING)
