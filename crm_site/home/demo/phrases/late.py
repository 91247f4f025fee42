"""Terms, soft circle, papers, commitment; or a pass."""

from __future__ import annotations

from crm_site.home.demo.phrases.beats import Beat, Step, call, got, meeting, note, sent, text

TERMS_TALK = Beat(
    "terms", "late",
    (
        call(
            ("Terms", "Side letter", "Terms with {p}"),
            ("Terms call with {p} and their counsel.", "{p} called about the side letter, {mins} minutes.", "Walked {p2} through the terms, {mood}."),
            (
                "They want {term}; we can do that above {amt}.", "No discussion about carry.", "They dropped {obj} in exchange for {term}.", "Counsel wants plain language in clause {number}.",
                "First close date suits them.", "They asked what {ref} got. I said: the same.", "{pct} of the ticket could come from a second entity.",
            ),
            ("Draft goes out {asap}.", "{mate} marks it up.", "{hedge} {verdict}.", "Done, apart from commas."),
        ),
        sent(
            ("Side letter draft", "{fund}: terms as discussed", "Marked-up LPA"),
            ("Here is the side letter as we discussed it.", "Attached are our comments on your counsel's mark-up.", "The terms, in one page, so that {p2} need not read forty."),
            (
                "{term} is in clause {number}.", "We could not go further on {obj}, and I would rather say so plainly.", "Everyone at {amt} or more gets the same.",
                "The most-favoured-nation list is attached.", "Nothing else has moved.",
            ),
            ("If that works, papers can go out {asap}.", "Call me with anything.", "Counsel to counsel from here?", "Shall we aim to sign in {part} {month}?"),
        ),
    ),
    steps=(Step("Get counsel's comments on {firm}'s side letter", 2, 6), Step("Send the side letter draft to {p}", 1, 3)),
    facts=(("Agreed in the side letter: {term}", "terms", "0.95"),),
)  # fmt: skip

SOFT_CIRCLE = Beat(
    "soft_circle", "late",
    (
        got(
            ("{fund}: our position", "IC outcome", "Where we stand"),
            ("{committee} met, and the tone was positive.", "We are supportive of {fund}, subject to papers.", "You can pencil us in."),
            ("Please circle us for {amt}.", "The number in the memo is {amt}.", "{obj} was discussed and accepted.", "{p2} spoke in favour, which decided it.", "We need {term} confirmed."),
            ("Formal approval follows {soon}.", "Please keep it between us until we sign.", "Thank you and {mate} for the patience."),
        ),
        call(
            ("Soft circle", "Good call with {p}"),
            ("{p} called: soft circle for {amt} in {fund}.", "Verbal yes from {p}, {amt}, subject to papers.", "{p} and {p2} on the line with good news: {amt}."),
            (
                "{obj} is behind us.", "Wants {term} in the side letter.", "{committee} was unanimous but for one.", "Formal approval in {part} {month}.", "They nearly went for {comp}.",
                "{ref}'s word carried weight.",
            ),
            ("Papers {asap}.", "{mate} tells the administrator.", "Do not count it yet.", "{hedge} {verdict}."),
            way="inbound",
        ),
        meeting(
            ("{p} in {city}: soft circle",),
            ("Coffee with {p} at {spot}.", "Met {p} and {p2} in {city}; they had an answer."),
            ("They are in for {amt}, subject to documents.", "Soft circle at {amt}.", "{amt} it is, perhaps more at the final close."),
            ("Wants {term}.", "Papers next.", "Thanked {ref} {asap}."),
        ),
    ),
    stage="soft_circle",
    steps=(Step("Send subscription papers to {firm}", 1, 4), Step("Confirm {amt} with {p} in writing", 2, 6)),
    facts=(("Soft circled {amt} for {fund}", "allocation", "0.95"),),
)  # fmt: skip

PAPERS = Beat(
    "papers", "late",
    (
        sent(
            ("Subscription papers {fund}", "Signing pages", "KYC for {firm}"),
            ("The subscription papers for {fund} are attached.", "Here are the signing pages, {number} of them.", "Compliance asks for a few more pages, I am afraid."),
            (
                "The amount is left blank; please enter {amt}.", "We need passports of both signatories and the ownership chart.", "The tax form is the one that everybody gets wrong; page {number} helps.",
                "Electronic signature is fine.", "{mate} can walk {p2} through it.",
            ),
            ("With these back by {weekday} you make the close.", "Ring me if anything looks odd.", "Thank you for bearing with it."),
        ),
        got(
            ("Re: Subscription papers", "KYC documents", "Signed pages"),
            ("Please find most of the KYC attached.", "Signed pages are on the way by courier.", "{p2} has the papers and a pen.", "Our lawyer has one comment on page {number}."),
            ("The ownership chart changed in {month}, see the note.", "The second signatory is in {city} until {weekday}.", "The tax form follows.", "We put in {amt}, as agreed."),
            ("Let me know what is missing.", "Sorry for the delay.", "That should be all."),
        ),
        text(
            ("KYC is through on our side.", "Courier left {asap}.", "{p2} signs on {weekday}.", "Which address for the originals?"),
            ("Tax form was the wrong year, redone.", "Amount is {amt}.", "Passport copy in the portal.", "Our bank wants your IBAN letter."),
            ("", "Thanks!", "Nearly there.", "Shout if something lacks."),
        ),
    ),
    steps=(Step("Chase {p} for the missing KYC pages", 2, 6), Step("Check the signed pages from {firm}", 1, 3)),
)  # fmt: skip

COMMITTED = Beat(
    "committed", "late",
    (
        got(
            ("Signed: {fund}", "{firm} commitment", "Done"),
            ("The signed papers are attached.", "We are in: {amt} to {fund}.", "It is official."),
            ("The amount is {amt}.", "{p2} signed this morning.", "Thank you for {term}, it helped.", "{committee} had no further questions.", "We look forward to the first call, odd as that sounds."),
            ("Please confirm receipt.", "A pleasure so far.", "Over to you and {mate}."),
        ),
        note(
            ("Commitment: {amt}", "{firm} signed"),
            ("{firm} committed {amt} to {fund}.", "Signed subscription from {firm}: {amt}.", "{p} sent the signed papers, {amt} for {fund}."),
            ("Took from {month} to now.", "{obj} was the hurdle, {ans} the answer.", "{ref} deserves a bottle.", "Administrator confirmed.", "Side letter with {term}.", "{p2} came round in the end."),
            ("Thank {p} by hand.", "Add to the first close list.", "Well done {mate}."),
        ),
    ),
    stage="committed",
    steps=(Step("Thank {p} and {ref}", 1, 3), Step("Countersign and return {firm}'s papers", 2, 5)),
    facts=(("Committed {amt} to {fund}", "allocation", "1.00"), ("Came round because of {ans}", "history", "0.70")),
)  # fmt: skip

CLOSED = Beat(
    "closed", "late",
    (
        sent(
            ("Countersigned: {fund}", "Welcome to {fund}", "Your closing set"),
            ("Countersigned papers attached; welcome to {fund}.", "The close is done and you are in it.", "Here is the closing set for {firm}."),
            ("Your commitment is recorded at {amt}.", "The first drawdown will be about {pct}, with ten working days' notice.", "Portal access went to {p} and {p2}.", "{mate} is your person for reporting."),
            ("Thank you for your trust.", "Dinner in {city} is on us.", "Reports come in the {quarter}."),
        ),
        note(
            ("Closed", "{firm} closed"),
            ("{firm} is closed into {fund} at {amt}.", "Countersigned and filed: {firm}, {amt}.", "First drawdown from {firm} arrived."),
            ("Wire came a day early.", "Portal access for {p} and {p2} set up.", "KYC file complete.", "Next contact is the {quarter} letter.", "{p} asked about co-investments at once."),
            ("Hand over to {mate}.", "", "Invite to the annual meeting."),
        ),
    ),
    stage="closed",
    steps=(Step("Onboarding call with {p2}", 5, 12),),
    facts=(("Wants co-investments", "preferences", "0.80"),),
)  # fmt: skip

PASS = Beat(
    "pass", "late",
    (
        got(
            ("{fund}: our decision", "Not this time", "Re: {fund}"),
            (
                "I am sorry to say that we will pass on {fund}.", "After a long discussion {committee} decided against {fund}.", "We will not be able to join you in {fund}.",
                "Better a quick no than a slow one.",
            ),
            (
                "In the end it was {obj}.", "The quality was never in question; {comp} took the allocation.", "{p2} could not get comfortable with {obj}.", "The timing is wrong for us until {month}.",
                "We are above target in the asset class.", "We would have needed {term} and more.",
            ),
            ("Please keep us on the list for the next one.", "I hope we can stay in touch.", "Thank you and {mate} for the straight answers.", "You handled it well."),
        ),
        call(
            ("{p}: a pass", "No from {firm}"),
            ("{p} rang to say no, {mood}.", "{firm} passes on {fund}. {p} told me by phone.", "Pass from {p} after {mins} minutes of explaining."),
            ("{obj}.", "Money goes to {comp}.", "{p2} was against it from the start.", "They are over-allocated.", "New CIO, new priorities.", "They would look at the next fund.", "It was not about us, {p} says."),
            ("Keep warm.", "Ask again in {month} next year.", "{hedge} it was lost at the second meeting.", "Thank {ref} anyway.", "No hard feelings."),
            way="inbound",
        ),
        note(
            ("Debrief {firm}",),
            ("{firm} went quiet and now confirmed a pass on {fund}.", "{ref} tells me {firm} will not do {fund}.", "Marked {firm} as passed."),
            ("Reason given: {obj}.", "Real reason, {hedge} {comp}.", "We were slow with {ans}.", "{p} left us a friendly note.", "{p2} never believed {irr}."),
            ("Lesson: bring references earlier.", "Revisit {soon}.", "Leave them be until {month}."),
        ),
    ),
    stage="passed",
    steps=(Step("Write {p} a thank-you note", 2, 6), Step("Ask {p} for a word again about the next fund", 90, 200)),
    facts=(("Passed on {fund} because of {obj}", "history", "0.90"), ("Open to the next fund", "preferences", "0.60")),
)  # fmt: skip

BEATS = (TERMS_TALK, SOFT_CIRCLE, PAPERS, COMMITTED, CLOSED, PASS)
