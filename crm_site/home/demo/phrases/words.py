"""Small parts that sentences are made of. `{name}` is a word of the thread, or one of RULES drawn anew each time."""

from __future__ import annotations

# What makes an investor hesitate: as they say it, and what we answer. One pair runs through a whole thread.
OBJECTIONS: tuple[tuple[str, str], ...] = (
    ("the fee load", "the fee break at the first close"),
    ("the length of the lock-up", "the recycling and extension mechanics"),
    ("key-person risk around Maren", "the key-person clause and the bench behind her"),
    ("concentration in the top three positions", "the 15% single-asset cap"),
    ("leverage at the asset level", "the stress case at 55% loan to value"),
    ("the thin realised track record", "the two exits and the marks by an outside valuer"),
    ("currency risk against their euro liabilities", "the hedged share class"),
    ("the pace of deployment in the last fund", "the pacing chart by quarter"),
    ("valuation policy between rounds", "the auditor's letter on fair value"),
    ("the size of the GP commitment", "the 3% cash commitment from the team"),
    ("liquidity before year seven", "the tender option in year five"),
    ("our ESG reporting", "the SFDR annex and last year's indicators"),
    ("the tax leakage for offshore holders", "the blocker structure memo"),
    ("team turnover two years ago", "the vesting schedule and who stayed"),
    ("overlap with a manager they already hold", "the overlap table, under 6% by cost"),
    ("entry multiples in this market", "the price discipline memo and the deals we walked from"),
    ("the minimum ticket", "the parallel vehicle with the lower minimum"),
    ("how we would handle a down round", "the reserves model"),
    ("cyber and operations", "the SOC 2 report of the administrator"),
    ("the carried interest waterfall", "the whole-fund waterfall with clawback"),
)
TERMS = (
    "an LPAC seat", "a most-favoured-nation clause", "co-investment rights", "a fee break", "quarterly look-through reporting",
    "an excuse right for tobacco and arms", "a transfer right within the family", "a cap on organisational expenses",
    "the right to bring their own counsel's opinion", "a later first drawdown", "monthly capital account statements",
)  # fmt: skip
RIVALS = (
    "a direct deal in their own sector", "a secondaries fund that closes in spring", "topping up an existing manager",
    "paying down a credit line", "a warehouse purchase near the ring road", "a private credit mandate",
    "a new allocation to infrastructure", "their succession planning", "a co-investment with an old friend",
)  # fmt: skip
HOBBIES = (
    "sails out of a small club at weekends", "runs marathons and is training for Valencia", "keeps bees",
    "restores old motorcycles", "sits on the board of a children's hospital", "coaches a girls' football team",
    "collects maps of the Baltic", "has a vineyard project that eats every free hour", "plays cello in an amateur quartet",
    "is a serious birder", "is rebuilding a farmhouse", "has twins who start college next year", "swims in the sea all year",
    "teaches a night class on accounting", "is mad about cricket", "never takes calls before nine because of the school run",
    "prefers text to phone", "reads every footnote", "does not drink coffee, only tea", "is vegetarian: mind the restaurant",
)  # fmt: skip
WANTS = (
    "mid-market services", "boring businesses that throw off cash", "anything with pricing power", "income they can model",
    "real assets with inflation linkage", "a first step out of listed equities", "European exposure", "North American exposure",
    "less software and more industry", "exposure they cannot build in-house", "co-investments above all",
    "capital preservation first", "a long-hold compounder", "energy transition without the hype", "healthcare services",
)  # fmt: skip

RULES: dict[str, tuple[str, ...]] = {
    "mins": ("ten", "15", "20", "25", "a good 30", "35", "40", "45", "almost 50", "55"),
    "mood": (
        "warm", "upbeat", "guarded", "businesslike", "cheerful", "tired but engaged", "direct as ever", "polite, a little distant",
        "curious", "better than I expected", "in a hurry", "relaxed", "frank", "cautious", "in good form",
    ),
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "part": ("early", "mid", "late"),
    "soon": (
        "early next week", "by the end of the week", "in ten days or so", "after the holidays", "once the quarter is closed",
        "before month end", "once the dust has settled", "in about two weeks", "after their next committee", "in the second half of {month}",
    ),
    "committee": (
        "the investment committee", "IC", "the committee", "the board", "the trustees", "the investment sub-committee",
    ),
    "doc": (
        "the DDQ", "the data room", "the LPA draft", "the quarterly report", "the track record workbook", "the PPM",
        "the case study on the Lind deal", "the cash flow model", "the reference list", "the ODD questionnaire",
    ),
    "greet": ("Hi {p},", "Hello {p},", "Dear {p},", "{p},", "Hi {p}, hope the week is treating you well.", "Good morning {p},"),
    "bye": (
        "Best,\n{me}", "Kind regards,\n{me}", "Thanks,\n{me}", "Best wishes,\n{me}", "Speak soon,\n{me}", "All the best,\n{me}",
        "Many thanks,\n{me}", "Warm regards,\n{me}",
    ),
    "theirbye": (
        "Best,\n{p}", "Regards,\n{p}", "Thanks,\n{p}", "{p}", "Best wishes,\n{p}", "Cheers,\n{p}", "Kind regards,\n{pf}\n{title}",
        "Many thanks,\n{p}", "Talk soon,\n{p}",
    ),
    "theirgreet": ("Hi {me},", "Dear {me},", "{me},", "Hello {me},", "Hi {me}, thanks for your patience.", "Morning {me},"),
    "number": ("two", "three", "four", "five", "six", "seven"),
    "pct": ("4%", "6%", "8%", "10%", "12%", "15%", "20%", "a quarter", "a third"),
    "irr": ("17%", "19%", "21% gross", "14% net", "16% net", "2.1x", "1.8x net", "2.4x gross"),
    "quarter": ("first quarter", "second quarter", "third quarter", "fourth quarter", "last quarter", "year-end"),
    "event": (
        "the family office summit in {city}", "SuperReturn", "the {city} dinner", "the allocator breakfast", "a panel on succession",
        "the annual meeting of the hospital foundation", "the private markets day in {city}", "a friend's 50th", "the IPEM floor",
        "the Milken side event", "a lunch that {ref} hosted",
    ),
    "weather": (
        "pouring rain in {city}", "the flight was two hours late", "the line dropped twice", "they ordered for everyone",
        "the office dog sat in", "fire drill halfway through", "half the meeting was about the election",
        "{p} had clearly read everything", "{p} took notes by hand", "good coffee", "we ran over and nobody minded",
    ),
    "spot": ("{place}", "{place}", "our office", "a corner table near {place}", "the usual spot, {place}"),
    "hedge": ("I think", "my read:", "if I had to bet,", "for what it is worth,", "gut feeling:", "honestly,"),
    "verdict": (
        "this is real", "a slow yes", "they are kicking tyres but kindly", "worth the travel", "not this year, maybe next",
        "needs one more champion inside", "it hinges on {obj}", "we should not push before {month}", "they will move if {p2} moves",
        "the money is there, the time is not", "one good reference call will do it", "{mate} should take the next one",
    ),
    "peer": ("Cambridge", "two other allocators", "their consultant", "a peer in {city}", "{ref}", "an old colleague"),
    "bits": ("the {quarter} numbers", "{obj}", "{ans}", "{term}", "the pipeline", "{comp}", "timing", "who else is in", "next steps"),
    "asap": ("today", "tomorrow", "this afternoon", "before the weekend", "first thing Monday"),
}  # fmt: skip

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
RETIREMENTS = (
    "Wound up its fund programme; told us in writing.", "Sold the family firm's liquidity into one direct deal, nothing left for funds.",
    "Asked not to be contacted again about fundraising.", "The decision maker left and nobody followed.",
    "Three passes in a row; not our kind of investor.", "Below our minimum for good.", "Merged into a larger office that does not buy funds.",
    "Compliance: source of funds could not be shown.", "Moved everything to index products.",
)  # fmt: skip
SOURCES = (
    "Referral",
    "Conference",
    "Existing investor",
    "Placement agent",
    "Website",
    "Cold outreach",
    "Alumni network",
)
TAGS = (
    "Re-up", "Warm", "ESG first", "Co-invest", "First close", "Slow decider", "Via adviser", "Property", "Founder", "Reads everything",
    "Needs Maren", "Small ticket", "Anchor", "Nordics",
)  # fmt: skip
PROFILE_NOTES = (
    "Likes {want}. Usual ticket around {amt}.", "{p} decides, {p2} signs. Mind {obj}.", "Came to us through {ref}.",
    "Money from the sale of the family firm; wants {want}.", "Prefers short mails. {p} {hobby}.", "Talk to {p2} before {p}.",
    "Long memory: still mentions {obj} from the last raise.", "Compares us with {comp}.", "Any side letter will ask for {term}.",
)  # fmt: skip
