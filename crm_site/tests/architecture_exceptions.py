"""Where a rule of `architecture.py` does not hold, and why. A place that ends in `/` is a folder."""

NAMES: dict[str, str] = {}
# Where rows are written, beside every services.py, services/ and sync.py.
WRITERS = {
    "crm_site/home/demo/bulk.py": "a demo of fifty thousand investors, in minutes: rows in bulk, one audit entry for all",
    "crm_site/home/demo/seeding.py": "the demo's tags, before its investors",
    "crm_site/core/versioned.py": "the conditional update that every service's edit goes through",
    "crm_site/core/models.py": "refuses delete() and names the service to call",
    "crm_site/core/querysets.py": "refuses bulk delete() and names the service to call",
    "crm_site/work/": "its rows are bookkeeping of jobs, written before and after the work itself",
    "crm_site/accounts/models.py": "create_user is Django's own contract for user managers",
    "crm_site/relations/merging/": "the steps of two services, relations.services.merge and unmerge",
    "deploy/benchmarks/search_quality.py": "a collection of documents in bulk, in a database that is thrown away",
    "deploy/benchmarks/duplicates.py": "fifty thousand invented investors in bulk, in a database that is thrown away",
    "search/entities/adjudicating.py": "what the model said of a pair",
    "search/entities/looking.py": "how far a look for duplicates is",
    "search/entities/proposing.py": "which pairs the rules propose: a queue, made anew from the records at any time",
    "deploy/benchmarks/search.py": "notes in bulk for a throw-away database, and the vectors a model would give them",
    "search/entities/queue.py": "what became of a proposed pair",
    "search/rebuilding.py": "how far a rebuild has come, and its list of every record",
    "search/reconciling.py": "what the index has and the claims do not know of",
    "search/vectors.py": "a cache of what the model said",
    "crm_site/relations/purging.py": "the steps of one service, relations.services.purge",
    "intake/pictures/redrawing.py": "saves a picture into memory",
}
# Public functions of service modules without an actor: they write nothing, or the caller has the actor.
NO_ACTOR = {
    "crm_site/accounts/services/organizations.py:create_organization": "there is no organization yet to act in",
    "crm_site/accounts/services/keys.py:note_key_use": "bookkeeping while finding out who calls",
    "crm_site/accounts/services/passwords.py:draw": "makes a password, writes nothing",
    "crm_site/accounts/services/passwords.py:check": "judges a password, writes nothing",
    "intake/services/deciding.py:draft_of": "reads a proposal, writes nothing",
    "crm_site/audit/services.py:fresh": "makes a key, writes nothing",
    "crm_site/audit/services.py:key_of": "turns bytes into a key, writes nothing",
    "crm_site/audit/services.py:storable": "turns a value into its stored form, writes nothing",
    "crm_site/communications/services/log.py:verbs_needed": "tells which rights an entry needs",
    "crm_site/relations/services/logging.py:resolve_person": "looks a person up",
    "intake/matrix/services/inbox.py:store_batch": "one sync brings events of several organizations; each room's own is entered inside",
    "intake/matrix/services/inbox.py:actor_of": "makes the actor of the other services",
    "intake/matrix/services/inbox.py:explained": "puts an error in words, writes nothing",
    "intake/matrix/services/rooms.py:find": "looks a room up",
    "intake/matrix/services/rooms.py:organizations_of": "looks a member up",
    "intake/matrix/services/sending.py:waiting": "reads the outbox of all organizations",
    "intake/matrix/services/sending.py:picture_of": "reads the outbox",
    "intake/matrix/services/state.py:begin": "the bot's account is of no organization",
    "intake/matrix/services/state.py:current": "the bot's account is of no organization",
    "intake/matrix/services/state.py:note_link": "the bot's account is of no organization",
    "intake/matrix/services/state.py:note_synced": "the bot's account is of no organization",
    "crm_site/work/services.py:enqueue": "puts a job in line inside the caller's transaction; the caller has the actor",
}
# The one greppable hatch out of the scope.
UNSCOPED = {
    "crm_site/core/": "where the hatch is made",
    "crm_site/accounts/sessions.py": "finds out which organization a member may enter",
    "crm_site/accounts/forms.py": "nobody is logged in yet: tells members from strangers",
    "crm_site/accounts/views/entering.py": "nobody is logged in yet: a reset link says who it is",
    "crm_site/accounts/keys.py": "finds out whose key it is",
    "crm_site/accounts/services/": "a user, and the flag that opens the admin, may span organizations",
    "crm_site/api/authentication.py": "finds out whose token it is",
    "crm_site/audit/": "seals and checks the chain of the organization it is given, also with none in scope",
    "crm_site/work/": "the queue serves all organizations; each job then enters its own",
    "intake/matrix/services/": "one account serves all organizations; a room tells which one to enter",
    "intake/matrix/condition.py": "numbers over all organizations, for the one bot",
    "intake/matrix/bot/": "one account serves all organizations; a room tells which one to enter",
    "search/sync.py": "one sync serves all organizations; each record is then read inside its own",
    "search/rebuilding.py": "one collection holds all organizations",
    "search/tasks.py": "one collection holds all organizations",
    "search/driving.py": "one collection holds all organizations",
    "search/condition.py": "numbers over all organizations, for the one index",
    "deploy/benchmarks/search_quality.py": "waits until the index has learned everything",
    "deploy/benchmarks/matrix.py": "looks at what the bot's process has stored",
}
TRUSTED_MARKUP = {
    "crm_site/home/grid/cells.py": "builds the grid's five hundred cells, every value escaped; templates are ten times slower",
    "crm_site/core/templatetags/crm.py": "builds our own tags, every value escaped",
    "crm_site/home/sheet.py": "names the type only",
    "nlquery/pictures.py": "a drawing made by the chart library from our own plan, every word escaped by it",
    "intake/cards.py": "marks the evidence inside the message, every piece escaped",
}
ENVIRONMENT_READERS = {
    "crm_site/env.py": "the one reader",
    "manage.py": "names the settings module",
    "crm_site/wsgi.py": "names the settings module",
    "crm_site/asgi.py": "names the settings module",
    "deploy/launcher/": "runs before there is an application",
    "deploy/benchmarks/": "sets up its own process",
}
OUTSIDE_WORLD = {
    "httpx": {
        "crm_site/core/spark.py": "the model client",
        "deploy/benchmarks/search.py": "asks its own index and stand-in, on loopback, whether they are up",
    },
    "requests": {},
    "urllib.request": {"deploy/launcher/journey.py": "standard library only"},
    "qdrant_client": {"search/index.py": "the index"},
    "pytesseract": {"intake/pictures/tesseract.py": "the program that reads pictures"},
    "nio": {
        "intake/matrix/client.py": "the chat server",
        "intake/matrix/crypto.py": "the chat server's encrypted rooms, kept apart from its calls",
    },
}
TRANSACTIONS = {
    "crm_site/core/unit.py": "unit.atomic is made here",
    "nlquery/limits.py": "reads only: a transaction of its own carries the time-out of a question's statements",
    "crm_site/work/": "counts an attempt before the work, in a transaction of its own",
    "search/sync.py": "reads only; the isolation of a snapshot must be its transaction's first word",
}
# What may be lost when the process dies right after the commit; a job never may, it is enqueued inside.
AFTER_COMMIT = {
    "crm_site/relations/purging.py": "removes the files of purged attachments; a stray file does no harm",
}
MIGRATE_SIGNALS = frozenset({"pre_migrate", "post_migrate"})
