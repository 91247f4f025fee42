"""Questions, answers, second meetings, diligence."""

from __future__ import annotations

from crm_site.home.demo.phrases.beats import Beat, Step, call, got, meeting, note, sent, text

QUESTIONS = Beat(
    "questions", "middle",
    (
        got(
            ("Questions on {fund}", "Follow-up questions", "Re: {fund}", "A few points from {p2}"),
            (
                "Thank you for your time. {p2} and I collected some questions.", "A few points came up when we discussed {fund} internally.",
                "Before we take this further, could you help with the following?", "Following our conversation in {city}, some homework for you.",
            ),
            (
                "First, {obj}: how do you think about it in a bad year?", "How much of the {irr} is realised?",
                "Who decides when Maren and {mate} disagree?", "What would make you stop investing for a year?",
                "Could you split attribution by partner?", "How do you value the {number} positions that have not traded?",
                "What happens to {term} if the fund is smaller than planned?", "Which two deals would you not do again?",
                "Is there a way to start with less than {amt} and grow?",
            ),
            (
                "No hurry, {soon} is fine.", "A call may be quicker than writing.", "If {doc} answers most of this, just point us to it.",
                "{p2} is in copy for the technical ones.",
            ),
        ),
        call(
            ("Questions by phone", "{p} on {obj}", ""),
            (
                "{p} called with questions, {mins} minutes.", "{mins} minutes with {p} and {p2} on the detail.",
                "{p2} took the lead this time, {p} listened.", "Long list from {p}, worked through by phone.",
            ),
            (
                "Mostly {obj}.", "They cannot square the {irr} with the cash flows; I explained the credit line.", "Attribution by partner again.",
                "What if Maren leaves: walked through the clause.", "They like how we talk about losses.", "{comp} is still the benchmark in their heads.",
                "Asked whether {amt} would get them {term}.", "Wanted names of {number} existing investors to call.",
            ),
            ("Owe them {ans}.", "{mate} is writing it up.", "{hedge} {verdict}.", "Answer {asap}.", "They were satisfied on all but one."),
            way="inbound",
        ),
    ),
    steps=(Step("Answer {p}'s questions on {obj}", 1, 4), Step("Send {ans} to {p} and {p2}", 1, 5)),
    facts=(("Main concern: {obj}", "objections", "0.90"), ("Wants to speak with {number} existing investors", "process", "0.85")),
)  # fmt: skip

ANSWERS = Beat(
    "answers", "middle",
    (
        sent(
            ("Answers on {obj}", "Re: Questions on {fund}", "{ans}", "What you asked in {city}"),
            (
                "Here is what I promised: {ans}.", "To your questions, in order and without spin.", "Attached is {ans}, which is the short answer to {obj}.",
                "{mate} and I put the answers into one document.", "You asked about {obj}. The honest answer has two parts.",
            ),
            (
                "In the bad year the fund would have been down {pct}, and we say so on page 3.", "About {pct} of the return is realised; the table shows it deal by deal.",
                "We would stop investing when entry prices run ahead of earnings, as we did two years ago.",
                "The clause gives investors a vote within 90 days.", "On {term}: we give it to everyone above the same threshold, in writing.",
                "The two deals we would not repeat are on the last page, with what we learned.", "{ref} went through the same list and is happy to talk.",
            ),
            (
                "Does that settle it for {p2}?", "Happy to go line by line {soon}.", "Tell me where it is thin.", "I would rather you pushed now than later.",
                "Shall we put the open points to a short call on {weekday}?",
            ),
        ),
        note(
            ("", "Answers out", "{obj}"),
            ("Sent {firm} {ans}.", "Answered {p} on {obj} with {ans}.", "{mate} drafted, I sent: {ans} for {p2}."),
            (
                "That should close the point.", "{p} replied within the hour: clear.", "They may come back on {irr}.", "Kept the tone plain.",
                "{p2} will check it with {peer}.", "Same answer as we gave {ref}.",
            ),
            ("Wait for {committee}.", "Ask again {soon}.", "", "{hedge} {verdict}."),
        ),
    ),
    steps=(Step("Check with {p} whether {ans} settled it", 4, 10),),
)  # fmt: skip

OBJECTION = Beat(
    "objection", "middle",
    (
        call(
            ("{obj}", "Pushback from {p2}", ""),
            (
                "{p} is stuck on {obj}.", "Call with {p}: {p2} has doubts about {obj}.", "Difficult {mins} minutes with {p}, {mood}.",
                "{p} was honest today: {obj} may be a wall.",
            ),
            (
                "Someone at {peer} told them a story about it.", "I offered {ans}.", "It is {p2} more than {p}.", "They had a bad experience with another manager in 2022.",
                "They asked for {term} as comfort.", "Did not argue, listened.", "They would shrink to half of {amt} rather than leave.",
                "Money could go to {comp} instead.",
            ),
            ("{mate} to call {p2}.", "{hedge} {verdict}.", "Try a reference with {ref}.", "Give it until {part} {month}.", "Send {ans} {asap}."),
        ),
        note(
            ("Where {firm} is stuck", "Pipeline meeting", ""),
            ("Discussed {firm} in the pipeline meeting.", "{mate} and I compared notes on {firm}.", "State of play with {p} and {p2}:"),
            (
                "it is {obj} and nothing else.", "{p} wants to, {p2} does not yet.", "{ans} has not landed.", "we should bring a reference from {city}.",
                "they keep mentioning {comp}.", "nobody has asked them for a date.", "they want {term} and we can live with it.",
            ),
            ("{mate} takes the next step {soon}.", "Decide {soon} whether to press.", "{hedge} {verdict}.", "Keep at {pct} probability."),
        ),
    ),
    steps=(Step("Get {ref} to speak with {p2}", 3, 10), Step("Talk {obj} through with {p2}", 2, 7)),
    facts=(("{p2} doubts: {obj}", "objections", "0.85"), ("Bad experience with another manager in 2022", "history", "0.75")),
)  # fmt: skip

SECOND_MEETING = Beat(
    "second_meeting", "middle",
    (
        meeting(
            ("Second meeting {firm}", "{firm} in our office", "Working session on {fund}", "{p} and {p2}"),
            (
                "{p} and {p2} came to us; {weather}.", "Second round with {firm} at {spot}.", "Two hours with {p2}'s analysts on {fund}.",
                "Dinner with {p} in {city}, {mood}.", "{mate} ran the session, {p} and two colleagues on their side.",
            ),
            (
                "Went through the Lind deal from first call to exit.", "{obj} came up once and was closed with {ans}.", "They now speak of {amt}, not of whether.",
                "They want {term}.", "{p2} is warming up.", "{p} told us about {comp}; it is off the table.", "Showed the pipeline under NDA.",
                "They asked to see the operations side: {mate} will host.", "{irr} was not questioned this time.", "They had called {peer} about us.",
            ),
            ("They go to {committee} in {part} {month}.", "{hedge} {verdict}.", "{doc} next.", "Best meeting so far.", "Owe them {ans}."),
        ),
    ),
    steps=(Step("Open {doc} for {p2}", 1, 4), Step("Ask {p} for the {committee} date", 4, 10)),
    facts=(("Goes to {committee} in {part} {month}", "process", "0.80"), ("Now thinking of {amt}", "allocation", "0.85")),
)  # fmt: skip

DILIGENCE = Beat(
    "diligence", "middle",
    (
        got(
            ("Starting diligence on {fund}", "DD: next steps", "Data room access"),
            (
                "Good news: we would like to start formal diligence on {fund}.", "{p2} has cleared us to spend time on {fund}.",
                "After {committee} we are moving {fund} into diligence.",
            ),
            (
                "Could you open the data room for {p2}, our lawyer and me?", "Our operational checklist is attached, {number} pages, sorry.",
                "We will want {number} references, two of them yours and the rest ours.", "Please treat {amt} as indicative.", "The open point remains {obj}.",
            ),
            ("We aim to finish by {part} {month}.", "Who is the right person on your side?", "Kick-off on {weekday}?"),
        ),
        note(
            ("Into diligence", "DD kick-off"),
            ("{firm} is in diligence on {fund}.", "Data room opened for {firm}: {p}, {p2} and counsel.", "{p} confirmed formal diligence."),
            ("Checklist of {number} pages came in.", "{mate} runs it on our side.", "They start with {obj}.", "Indication stays at {amt}.", "ODD is outsourced to {peer}."),
            ("Target: {part} {month}.", "Weekly call on {weekday}s.", "{hedge} {verdict}."),
        ),
    ),
    stage="diligence",
    steps=(Step("Open the data room for {firm}", 0, 2), Step("Weekly diligence call with {p2}", 6, 8)),
    facts=(("In diligence on {fund}; indication {amt}", "process", "0.95"),),
)  # fmt: skip

DD_WORK = Beat(
    "dd_work", "middle",
    (
        got(
            ("DDQ: open points", "Data room question", "Diligence list, part {number}", "Re: DD"),
            ("Working through the data room.", "We are {pct} through the list.", "{p2} found a few gaps in {doc}.", "Our counsel has comments on the LPA."),
            (
                "Folder {number} seems to miss the audited accounts.", "Could you confirm how {obj} is treated in the model?", "The side letter should mention {term}.",
                "We need the compliance manual and the last {number} incident reports.", "The reference you gave in {city} was glowing, thank you.",
                "Please explain the dip in the {quarter}.",
            ),
            ("Otherwise we are on track.", "Could we have this by {weekday}?", "Nothing alarming.", "{p2} will ring {mate}."),
        ),
        call(
            ("Diligence call", "DD call with {p2}", ""),
            ("Weekly diligence call with {p2}, {mins} minutes.", "DD call: {p2} and counsel, {mate} with me.", "{p} checked in on diligence, {mood}."),
            (
                "{number} points open, none of them new.", "Counsel wants {term} in writing.", "References are done but for one in {city}.",
                "The model ties out at last.", "They re-ran {irr} and got the same.", "{obj} is closed.", "Background checks ordered.", "ODD visit fixed for {part} {month}.",
            ),
            ("On track for {committee}.", "{mate} sends the rest {asap}.", "{hedge} {verdict}.", "Next call {weekday}."),
        ),
        note(
            ("Reference call", "Reference for {firm}", "ODD visit"),
            (
                "{p} spoke with {ref} as a reference for us.", "{ref} rang after the reference call with {p2}.", "ODD visit by {firm}: half a day with {mate} and the administrator.",
            ),
            (
                "Went well by all accounts.", "They asked about {obj} and whether we pick up the phone.", "They asked how we behaved in 2022.", "One finding: the wire procedure, fixed {asap}.",
                "{p2} was impressed with {mate}.", "They probed {irr}.", "They stayed an hour longer than planned.",
            ),
            ("Thank {ref}.", "Report comes {soon}.", "", "{hedge} {verdict}."),
        ),
        text(
            ("{p2} cannot open folder {number}.", "Who signs the NDA on your side?", "Reference in {city} done, all good.", "Committee papers go out {weekday}."),
            ("Can you check {asap}?", "Need {doc} as PDF.", "Only {obj} left.", "Our lawyer is slow, not you."),
            ("Thanks!", "", "Call me if unclear.", "Sorry to be a pain."),
        ),
    ),
    steps=(Step("Close the open diligence points for {p2}", 2, 6), Step("Thank {ref} for the reference", 1, 3)),
    facts=(("Outside counsel reviews the LPA; wants {term}", "terms", "0.80"), ("ODD is done by {peer}", "process", "0.70")),
)  # fmt: skip

BEATS = (QUESTIONS, ANSWERS, OBJECTION, SECOND_MEETING, DILIGENCE, DD_WORK)
