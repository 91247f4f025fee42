"""What is no question to the CRM: requests to change or send something, secrets, commands to the bot, talk, other tongues.

Patterns run on the masked line, so that a name such as “Call Family Office” gives no order.
"""

from __future__ import annotations

import re

from nlquery.translate.reading import Reading

#: Longer texts are no questions; the longest sensible one is far below.
MOST_CHARACTERS, MOST_WORDS = 400, 60

_POLITE = r"(?:(?:please|hey|hi|hello|ok|okay|so|now|kindly|just|go ahead and|and|then|also|bot|roundtable|assistant|quickly|first|can you|could you|would you|will you|can we|could we|you should|you must|i want you to|i need you to|i would like you to|i would like to|i want to|i need to|i have to|we need to|we should|let us|lets|help me|help me to|would you mind|do|yes|want to|need to) )*"
_DEEDS = (
    r"add|create|delete|remove|send|draft|remind(?! (?:me|us) (?:who|what|which|when|how|where|whether|of))|assign|reassign|move|merge|unmerge|import|invite|archive|retire|restore|undo|approve|reject|insert|erase|wipe|purge|"
    r"rename|forward|reply|respond|snooze|unsnooze|dismiss|tag|untag|unassign|register|upload|download|export|advance|promote|demote|transfer|wire|pay|buy|sell|book|enter|save|edit|modify|"
    r"amend|correct|fix|cancel|complete|reschedule|postpone|drop|bury|revive|resurrect|convert|introduce|invoice|notify|alert|ping|dial|onboard|offboard|enroll|subscribe|unsubscribe|"
    r"compose|generate|schedule|arrange|organise|organize|change|switch|increase|decrease|raise the|lower the|bump|push|attach|publish|share|disable|enable|reset|install|deploy|"
    r"execute|run the|log|jot|capture|store|put|mark|set(?! out\b| forth)|update|make a note|make a reminder|make an|make(?= (?:§|him|her|it|them|the|this|that))|write|record that|note that|note down|take a note|close out|tell (?!me|us)|ask (?!about)|grant|revoke|block|ban|nudge|follow up with|chase|thank|congratulate|sync|reindex|back up|print out|clone|copy|duplicate|replace|swap|undelete|clear|empty the|give(?= (?:§|him|her|them|everyone|all))"
)
# As often the noun in “email activity”: a deed only before somebody or something.
_MAYBE = r"call|email|e mail|text|message|phone|ring|note|record|contact|mail|meet|close|commit|invest|whatsapp|visit|meeting"
_OBJECT = r"(?:§|the|a|an|this|that|my|our|all|him|her|them|us|me|everyone|everybody|back|up|to|with|down|each|every|those|these|about|for)"
_NOUNS = r"(?:log|logs|update|updates|record|records|schedule|book|drop|tag|tags|change|changes|share|set|move|moves|introductions?)"
_ORDERS = (
    re.compile(
        rf"^{_POLITE}(?:{_DEEDS})\b(?! (?:of|count|counts|per|by week|by month|this week|last week|activity|history|date|dates|to date|in the last|from last|yesterday|today|on our|out for)\b)"
    ),
    re.compile(rf"^{_POLITE}(?:{_MAYBE}) {_OBJECT}(?!\w)(?!.*\?$)"),
    re.compile(rf"\b(?:and|then|,) (?:then |also |please )?(?:{_DEEDS}) (?:§|the|a|an|it|them|him|her|that|this|all|me|to|every)\b"),
    re.compile(r"\b(?:remind (?:me|us)(?! (?:who|what|which|when|how|where|whether|of)\b)|set (?:a |up |up a )?reminder|make (?:a|the) (?:note|call|reminder|task)|note to self|dont forget|do not forget to|do not let me forget)\b"),
    re.compile(
        rf"\b(?:can|could|would|will) (?:you|we|u|somebody|someone|anybody|anyone) (?:please |just |also |kindly )?(?:go ahead and )?(?:{_DEEDS}|email|call|text|message)\b(?! (?:me|us)\b)"
    ),
    re.compile(rf"\b(?:please|pls|plz) (?:{_DEEDS})\b"),
    re.compile(rf"^{_POLITE}(?:have|get|make|let|ask|tell) (?:§ |him |her |them |someone |somebody |the team )+(?:to )?(?:{_DEEDS}|{_MAYBE})\b"),
    re.compile(r"\b(?:should be|needs to be|has to be|must be|to be) (?:moved|deleted|removed|changed|updated|assigned|added|marked|set|sent|archived|retired|merged|reassigned)\b"),
    re.compile(r"\b(?:i|we) (?:want|need|would like) (?:§ |the .{1,40} |this |that |it |them )(?:moved|deleted|removed|changed|updated|assigned|added|marked|set|sent|archived|retired|merged)\b"),
    re.compile(r"^(?:is it ok|am i allowed|is it possible|are you able) to\b|^(?:can|may|could|should|shall) (?:i|we) (?:delete|add|move|send|change|remove|edit|update|merge|email|call|invite|approve|retire|archive|export|import)\b"),
    re.compile(r"^(?:new|another) (?:note|reminder|call|meeting|contact|investor|task)\b(?! (?:s|this|last|in|since|from|on))"),
)  # fmt: skip
# What happened, told as a statement: that is for the intake.
_TOLD = re.compile(
    r"^(?:(?:so|ok|hey|fyi|just|today|yesterday|this morning|update) )*(?:(?:i|we) (?:just |have just |have |had |already )?(?:called|met|spoke|talked|emailed|sent|had (?:a|an|lunch|coffee|dinner)|left|received|got|logged|added|visited|texted)\b"
    r"|(?:had|left|sent|got|received) (?:a|an|lunch|coffee|dinner|§)|(?:just )?(?:met|spoke|talked|called|emailed|chatted) (?:with|to|§|up)|(?:great|good|quick|nice|short|long|productive|bad) (?:call|meeting|chat|lunch|coffee|conversation)"
    r"|(?:§ )+(?:just |has |have |is |are )?(?:called|said|committed|told|wants|wired|signed|passed|confirmed|asked|agreed|declined|will|would like|is (?:in|out)|are (?:in|out)|interested|soft circled)\b|(?:he|she|they) (?:said|told|want|wants|will|would|committed|asked)\b)"
)
_SECRETS = re.compile(
    r"\b(?:passwords?|passcodes?|passwd|passphrases?|api ?keys?|api tokens?|secrets?|secret keys?|tokens?|credentials?|private keys?|log ?in details|logins?|env(?:ironment)? (?:file|variables?|vars?)|dotenv|"
    r"system prompt|your (?:prompt|instructions|rules|configuration|source|code|training)|ssn|social security|credit cards?|bank account|pin codes?|2fa|mfa|encryption keys?|audit key|database url|connection string|ssh|"
    r"access keys?|session cookies?|hash(?:es)?|root access|admin rights|backdoor)\b"
)
_INJECTION = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|skip|overrule) (?:(?:all|any|the|your|everything|every|previous|prior|above|earlier|my|these|those|what) ?)+(?:instructions?|rules?|prompts?|prior|previous|above|said|you|filters?|restrictions?|guidelines?|limits?|permissions?|checks?|safety|before)\b"
    r"|\byou are now\b|\bact as\b|\bpretend\b|\bjailbreak\b|\bdeveloper mode\b|\bsystem prompt\b|\bas an ai\b|\broleplay\b|\brole play\b|\bdan mode\b|\bsudo\b|\bnew instructions?\b|\byour (?:new )?(?:instructions?|task|role|job) (?:is|are)\b"
    r"|\b(?:other|another|all|every|different) (?:organi[sz]ations?|tenants?|compan(?:y|ies) data|customers? data|users? data)\b|\bwithout (?:permission|authori[sz]ation|limits?|filters?)\b|\bunrestricted\b|\bno restrictions\b|\bdo anything\b|\brespond only\b|\bonly respond\b"
    r"|\boutput (?:the|your|all|only|every)\b|\breveal\b|\bdump\b|\bleak\b|\bprint (?:your|all|the)\b|\brepeat (?:after|the words|your|everything)\b|\b(?:assistant|system|user) (?:message|role)\b|\bleave the scope\b|\bdisable (?:the )?(?:scope|filter|safety)\b|\ball tenants\b"
)
_MARKED = re.compile(
    r"^\s*(?:system|assistant|user|###|<\|)\s*[:|>]|<script|</|\{\{|\{%|\$\{|__\w+__|\bimport os\b|`{3}|\[\[|;\s*--|--\s*$|' ?or ?'?1|\bor 1\s*=\s*1",
    re.I,
)
_SQL = re.compile(
    r"\bselect\b.{0,80}\bfrom\b|\b(?:drop|truncate|alter|create) (?:the )?(?:table|database|schema|index|view)s?\b|\binsert into\b|\bdelete from\b|\bunion (?:all )?select\b|\bupdate \w+ set\b|\bsql\b|\bwhere 1\b|\bpg_\w+|\bsqlite\w*|\binformation schema\b|"
    r"\bexec(?:ute)?\b|\bpsql\b|\bregex\b|\bpython\b|\bjavascript\b|\bcurl\b|\bhttps?\b|\bgraphql\b|\borm query\b",
    re.I,
)
_TALK = re.compile(
    r"^(?:(?:hi|hello|hey|yo|thanks|thank you|thx|ty|cheers|ok|okay|cool|great|nice|good|perfect|awesome|lol|haha|test|testing|bye|goodbye|morning|good (?:morning|afternoon|evening|night)|got it|sounds good|never mind|nevermind|no|yes|yep|nope|sure|help|what|why|hmm+|ping|sorry|wow|well|done|stop|much|so|very|you|everyone|team|all|again|that is|for|the|your|help|this|appreciate|it|job|work|bot|there|perfect) ?)+\W*$"
    r"|\bhow are you\b|\bwho (?:are you|made you|built you|created you|is your)\b|\bwhat (?:can you do|are you|is your name|do you think|should (?:i|we)|would you)\b|\bare you (?:a|an|ok|there|real|human|alive|sure|happy)\b|\bdo you (?:like|love|think|know how|have feelings|believe|feel|want)\b|\bhow do you\b|\bi (?:love|hate) (?:you|this)\b"
    r"|\bjokes?\b|\bweather\b|\bforecast for (?:tomorrow|today)\b|\bpresident\b|\bprime minister\b|\bcapital (?:city )?of\b|\bcapital city\b|\bmeaning of\b|\bdefin(?:e|ition)\b|\bexplain\b|\btranslate\b|\bpoem\b|\bessay\b|\bsong\b|\bsorry\b|\bwrong (?:chat|room|channel|window)\b|\bhappy (?:birthday|new year|holidays)\b|\bsee you\b|\brecipes?\b|\b(?:rain|raining|snow|sunny)\b|\bstock (?:price|market)s?\b|\bexchange rate\b|\bbitcoin\b|\bcrypto\b|\bprice of\b|\bnews headlines\b|\bheadlines\b"
    r"|\bwho (?:won|wins|will win|invented|wrote)\b|\bsuper ?bowl\b|\bworld cup\b|\bcapital gains\b|\btax(?:es)? rate\b|\bwhat time is it\b|\btime is it\b|\bwhat day is (?:it|today)\b|\btoday s date\b|\brecommend\b|\badvice\b|\bpredict\b|\bwhich stocks?\b|\bflights?\b|\brestaurants?\b|\bhotels?\b|\bmovies?\b|\bthank you\b.{0,20}$|\bthanks\b.{0,15}$"
    r"|\bhow (?:do|can|should|would) (?:i|we|you|one) (?!reach|contact|get (?:hold|a hold|in touch)|stand|rank|break|compare|look)\b|\bhow to (?!reach|contact)\b|\bwhat is the difference\b|\bwhat does .{1,40} (?:mean|stand for)\b|\bhow (?:do|does|can) (?:an? |the )?(?!we|i|our)[\w ]{3,30} (?:work|make money|earn money|operate|function|differ)\b|\blorem ipsum\b|\bwhat is (?:an?|the meaning)\b(?! (?:status|stage|latest|total|pipeline))|\bwhat are (?:family offices|hedge funds|endowments|pensions|lps|limited partners)\b\W*$"
    r"|\b(?:best|good|right) (?:way|time|strategy|approach) to\b|\bhow (?:old|tall|heavy|big is the (?:earth|sun|moon|market))\b|\bfavou?rite\b|\bsquare root\b|\bhow many (?:people|countries|states|planets|days in|hours in|minutes in|seconds in)\b(?! (?:have we|did we|since|do we (?:know|have)|at|are at))|\btell me (?:a|something|about yourself)\b|\binterest rates?\b|\binflation\b|\bfed(?:eral reserve)?\b|\bmarket (?:outlook|doing|cap)\b"
    r"|\bwill (?:§ )+(?:commit|invest|pass|close|wire|sign|say)\b|\bwill (?:we|they) (?:commit|invest|hit|reach|close|make it)\b|\bshould (?:i|we)\b(?! (?:do this|do today|do next|have done|reach|talk|call|follow|contact|be following|be talking|be calling|speak|be chasing|chase))|\bwrite (?:me )?an?\b|\bwho is the (?:ceo|president|chair\w*|king|queen|prime minister) of (?!§)"
)
# fmt: off
_FOREIGN = frozenset("""
wer wie wann welche welcher welches wieviel wieviele viele haben hatten wurde wurden nicht mit bei von letzte letzten letzter letztes woche wochen monat monate jahr jahre investoren gesprochen zeige zeig mir alle unsere unser und oder ist sind
der das dem den ein eine einen zuletzt gestern heute morgen fällig faellig aufgaben anrufe anruf treffen kontakte ansprechpartner kennt uns wir gibt es im über ueber seit vor nächste naechste nachste bitte geben kein keine wo warum wem wen zum zur auf fur für tagen stand offene
quien quién quienes quiénes cual cuál cuales cuáles cuanto cuánto cuantos cuántos cuantas cuántas cuando cuándo donde dónde como cómo que qué hemos hablado con los las del una unos unas por para semana mes ano año pasado pasada llamadas reuniones inversores
inversionistas muestra muéstrame muestrame dame lista esta este nuestros nuestras mis son estan están desde hace ayer hoy manana mañana fondo oportunidades correos recordatorios vencidos pendientes ultima última ultimo último nuestro tenemos hay dinero recaudado contactos sobre dias el
qui quand combien quels quelles quel quelle avons nous parle parlé dernier derniere dernière semaine mois investisseurs montre moi les des avec chez pour nos est sont aux depuis fois reunions réunions appels
chi quanto quanti quante quando quali abbiamo parlato ultimo ultima settimana mese investitori mostra mostrami gli delle con della nostri chiamate riunioni sono dei quem quantos quantas falamos investidores mostre reunioes reuniões semana passada
wat wie hoeveel wanneer welke hebben gesproken laatste vorige investeerders niet onze zijn het een
""".split())
# Words that are everyday in English as well.
_BOTH = frozenset("was die in an me no so man hat es de la a con stand les is des mit den per of to list lista mes hay est son dame vor von im wo pour nos pasado van das el uns ist que mis con como wie chi dem alle morgen treffen".split())
# fmt: on


def refused(reading: Reading) -> str | None:
    """Why the text is no question whatever else speaks for it, in a word; None when it may be one."""
    if len(reading.text) > MOST_CHARACTERS or len(reading.tokens) > MOST_WORDS:
        return "long"
    if not _mostly_latin(reading.text):
        return "letters"
    if _is_foreign(reading):
        return "language"
    plain = " ".join(token.plain for token in reading.tokens)
    is_unsafe = _MARKED.search(reading.text) or any(p.search(plain) for p in (_SECRETS, _INJECTION, _SQL))
    return "unsafe" if is_unsafe else None


def signs(reading: Reading) -> set[str]:
    """Everything that speaks against a question, by name: a single sign may be wrong, so they are weighed."""
    line = reading.line.rstrip(" ?")
    is_asked = reading.text.rstrip().endswith("?")
    asks = f"{line}?" if is_asked else line
    found = {f"order {number}" for number, order in enumerate(_ORDERS) if order.search(asks)}
    is_order, is_told, is_talk = bool(found), bool(_TOLD.search(line)), bool(_TALK.search(line))
    if is_told:
        found.add("told")
    if is_talk:
        found.add("talk")
    # The weightiest also stands for itself.
    kinds = (("order", is_order), ("statement", is_told and not is_asked), ("talk", is_talk))
    weightiest = refused(reading) or next((kind for kind, holds in kinds if holds), None)
    return found | {weightiest} if weightiest else found


def _mostly_latin(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(c < "ɐ" for c in letters) >= 0.8 * len(letters)


def _is_foreign(reading: Reading) -> bool:
    """Two words that only another language has, or one beside several that it shares with English."""
    words = [token.low for token in reading.tokens if not (token.capital and token.start)]
    alien = [word for word in words if word in _FOREIGN]
    sure = [word for word in alien if word not in _BOTH]
    return len(sure) >= 2 or (
        len(sure) == 1 and (len(alien) >= 3 or (len(words) <= 3 and len(alien) == len(words)))
    )
