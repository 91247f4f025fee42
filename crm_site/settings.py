"""Django's settings. Everything an operator may change comes from `env.py`; nothing here reads the environment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import dj_database_url

from crm_site import env
from crm_site.work import cluster, members

ENV = env.read()
BASE_DIR = env.BASE_DIR
VAR_DIR = ENV.var_dir

DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key
AUDIT_KEY = ENV.audit_key
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENV.csrf_trusted_origins
BEHIND_TLS = ENV.behind_tls
FAULT = ENV.fault

SPARK_CONTROL_URL = ENV.spark_url
SPARK_CONTROL_VERIFY_TLS = ENV.spark_verify_tls
SPARK_ALLOW_REMOTE = ENV.spark_allow_remote
SPARK_TIMEOUT_S = ENV.spark_timeout_s
CRM_CHAT_MODEL = ENV.chat_model
CRM_VISION_MODEL = ENV.vision_model
CRM_EMBED_MODEL = ENV.embed_model
CRM_EMBED_PATH = ENV.embed_path

QDRANT_URL = ENV.qdrant_url
QDRANT_API_KEY = ENV.qdrant_api_key
QDRANT_TIMEOUT_S = ENV.qdrant_timeout_s
INDEX_DIR = VAR_DIR / "index"  # of the embedded index; unused with QDRANT_URL

SITE_URL = ENV.site_url  # what links in rooms and mails begin with
MATRIX = ENV.matrix

INSTALLED_APPS = [
    "crm_site.accounts.apps.HouseAdminConfig",  # Django's admin with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "heroicons",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "template_partials",
    "crm_site.core",
    "crm_site.work",
    "django_q",  # after ours: the command `qcluster` is ours
    "crm_site.audit",
    "crm_site.accounts",
    "crm_site.investors",
    "crm_site.contacts",
    "crm_site.communications",
    "crm_site.relations",
    "search",
    "search.entities",
    "nlquery",
    "intake",
    "intake.matrix",
    "crm_site.home",
    "crm_site.api",
    "crm_site.mcp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random, so lengths tell nothing of what a page holds
    "csp.middleware.CSPMiddleware",
    "crm_site.accounts.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm_site.accounts.middleware.OrganizationMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "crm_site.urls"
WSGI_APPLICATION = "crm_site.wsgi.application"
ASGI_APPLICATION = "crm_site.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm_site.home.context.navigation",
            ],
        },
    }
]


def _database() -> dict[str, Any]:
    chosen: dict[str, Any] = dict(dj_database_url.parse(ENV.database_url))
    if chosen["ENGINE"].endswith("sqlite3"):
        # IMMEDIATE: a transaction that reads first and writes later would else fail with "database is locked" at once.
        # FULL: an acknowledged message must survive a power cut, not only a killed process.
        chosen["OPTIONS"] = {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;",
        }
        chosen["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    else:
        chosen["CONN_MAX_AGE"] = 60
        chosen["CONN_HEALTH_CHECKS"] = True
    return chosen


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 10}  # type: ignore[assignment]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home:today"
LOGOUT_REDIRECT_URL = "accounts:login"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 2

# Per account and address, so that a stranger cannot lock a member out from elsewhere.
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "crm_site.accounts.throttle.locked_out"
AXES_USERNAME_CALLABLE = "crm_site.accounts.throttle.username_of"
AXES_CLIENT_IP_CALLABLE = "crm_site.accounts.throttle.address_of"
AXES_USERNAME_FORM_FIELD = "username"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "crm_site.home.errors.csrf_failure"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENV.behind_tls
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if ENV.behind_tls else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENV.behind_tls
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.behind_tls else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

# 100 KB of pasted text is welcome; a body of many megabytes is not read into memory.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = "en-us"
USE_I18N = False
TIME_ZONE = "UTC"  # instants; each organization has its own zone
ORGANIZATION_TIME_ZONE = ENV.time_zone  # what bootstrap gives the first organization
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "crm_site.core.static_names.ForgivingManifestStorage"},
}
# Without a manifest (tests, a first look) the plain names are served.
WHITENOISE_MANIFEST_STRICT = False
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = VAR_DIR / "media"

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
if ENV.email_url:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS = env.mail_server(
        ENV.email_url
    )
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.default_from_email

Q_CLUSTER = cluster.configuration()
WEB_THREADS = ENV.web_threads
UP_MEMBERS = [
    members.manage("index_server", enabled=not QDRANT_URL, note="the search index"),
    members.manage("matrix_bot", enabled=bool(MATRIX.homeserver), note="the Matrix rooms"),
]

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "crm_site.api.authentication.KeyAuthentication",
        "crm_site.api.authentication.TokenAuthentication",
        "crm_site.api.authentication.MemberSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["crm_site.api.authentication.IsMember"],
    "DEFAULT_SCHEMA_CLASS": "crm_site.api.operations.Schema",
    "DEFAULT_PARSER_CLASSES": ["crm_site.api.parsers.SafeJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "crm_site.api.errors.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=14),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "ALGORITHM": "HS256",
    "UPDATE_LAST_LOGIN": False,
    "CHECK_REVOKE_TOKEN": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Roundtable",
    "DESCRIPTION": (
        "A self-hosted investor CRM. Send an API key (`Authorization: Api-Key …`) or a token (`Authorization: Bearer …`). "
        "Lists come in pages: follow `next`. Errors have one shape, `ErrorShown`. A change carries the `version` that was "
        "read. Creates and actions honour `Idempotency-Key`."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # No validator: its badge is a picture from somebody else's server, which would learn our address.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATION_PARAMETERS": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "MessageState": "intake.choices.MessageState.choices",
        "ProposalState": "intake.choices.ProposalState.choices",
        "InvestorType": "crm_site.investors.choices.InvestorType.choices",
        "StageCategory": "crm_site.investors.choices.StageCategory.choices",
        "CommunicationKind": "crm_site.communications.choices.Kind.choices",
        "CommunicationState": "crm_site.communications.choices.State.choices",
        "Direction": "crm_site.communications.choices.Direction.choices",
        "ReminderState": "crm_site.communications.choices.ReminderState.choices",
    },
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "apiKey": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "`Api-Key <key>`, from Settings.",
            },
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        }
    },
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},  # else a line for every call to the model and the index
        "mcp": {"level": "WARNING"},  # else four lines for every message of a client
        "django-q": {"level": "WARNING"},  # else two lines for every heartbeat
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
