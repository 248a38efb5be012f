"""Django's settings. What an installation may choose comes from the environment; docs/reference/settings.md lists it.

LAKMUS_HOME      folder that holds everything (default ./lakmus-home)
DATABASE_URL     postgres://user:password@host/name instead of SQLite in the home folder
LAKMUS_HOSTS     further host names under which people reach the site, with commas between
LAKMUS_HTTPS     1 when a proxy that ends TLS stands before the site and sets X-Forwarded-Proto
LAKMUS_DEBUG     1 shows tracebacks in the browser; never on a machine that others reach
LAKMUS_MAIL      server for letters: smtp://user:password@host:587?from=lakmus@example.ru (STARTTLS; tls=0 without), smtps://, file:///folder
LAKMUS_WEBHOOK_HOSTS  hosts of the inner network to which notices may go all the same, also by http, with commas between
LAKMUS_WORKERS   number of worker processes (default 2)
LAKMUS_RUNNER    where verdicts are computed: local (default), or a Spark cluster such as spark://host:7077 (needs lakmus[spark])
LAKMUS_MODEL_URL  address of an OpenAI-compatible language model (https://host/v1), asked by `lakmus text ask` alone; off without it
LAKMUS_MODEL_NAME  which model to ask there
LAKMUS_MODEL_KEY  the key for it, where it needs one
LAKMUS_LOG       level of the log on standard error (default INFO)
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from lakmus.config.database import database_settings
from lakmus.config.mail import mail_settings
from lakmus.usecases.house.home_keys import secret_key


def _listed(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def _switched_on(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


# --- the home folder ---
LAKMUS_HOME = Path(os.environ.get("LAKMUS_HOME") or "lakmus-home").expanduser().resolve()
LAKMUS_HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
SECRET_KEY = secret_key(LAKMUS_HOME / "keys" / "secret")
DATABASES = {"default": database_settings(LAKMUS_HOME, os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- who is served, and how ---
DEBUG = _switched_on("LAKMUS_DEBUG")
BEHIND_HTTPS = _switched_on("LAKMUS_HTTPS")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *_listed("LAKMUS_HOSTS")]
ROOT_URLCONF = "lakmus.config.urls"
WSGI_APPLICATION = "lakmus.config.wsgi.application"
APPEND_SLASH = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    "django_q",
    "ninja",
    "lakmus.operations.journal",
    "lakmus.operations.accounts",
    "lakmus.operations.company",
    "lakmus.operations.imports",
    "lakmus.operations.segments",
    "lakmus.operations.alerts",
    "lakmus.operations.reasons",
    "lakmus.operations.labels",
    "lakmus.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "lakmus.config.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lakmus.config.middleware.LoginRequired",
    "lakmus.config.middleware.UserLanguage",
    "lakmus.config.middleware.CompanyTimeZone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- logging in ---
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "lakmus.operations.accounts.backends.UsernameOrEmail"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"

# One name from one address may err five times a quarter of an hour. Behind a proxy every address is the proxy's, and
# the lock then is by name alone.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_CALLABLE = "lakmus.config.lockout.locked_out"
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]

# --- sessions, cookies, headers ---
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_NAME = "lakmus_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BEHIND_HTTPS
CSRF_FAILURE_VIEW = "lakmus.web.views.errors.form_expired"
CSRF_COOKIE_NAME = "lakmus_csrf"
CSRF_COOKIE_HTTPONLY = True  # forms and hx-headers carry the token; no script reads the cookie
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = BEHIND_HTTPS
LANGUAGE_COOKIE_NAME = "lakmus_language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = BEHIND_HTTPS
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = BEHIND_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^api/health$", r"^health/?$"]  # the probe of a container speaks plain HTTP
SECURE_HSTS_SECONDS = 180 * 24 * 3600 if BEHIND_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
# X-Frame-Options comes from our own middleware; whether the neighbours under the same domain speak HTTPS is not ours to decree.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W005", "security.W021"]

# --- uploads: a file streams to the disk, a form or a batch of the API stays small ---
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = LAKMUS_HOME / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
# The form of columns has a field for each column of each file.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 200

# --- static files come from the packages as they lie there; nothing has to be collected first ---
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# --- language and time ---
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # pages show the company's zone, see CompanyTimeZone
FIRST_DAY_OF_WEEK = 1

# --- where verdicts are computed ---
LAKMUS_RUNNER = os.environ.get("LAKMUS_RUNNER", "").strip()

# --- letters and notices ---
_MAIL = mail_settings(os.environ.get("LAKMUS_MAIL", "").strip())
LAKMUS_MAIL_IS_SET = _MAIL.backend != mail_settings("").backend
LAKMUS_WEBHOOK_HOSTS = frozenset(name.lower() for name in _listed("LAKMUS_WEBHOOK_HOSTS"))
LAKMUS_MODEL_URL, LAKMUS_MODEL_NAME, LAKMUS_MODEL_KEY = (
    os.environ.get(f"LAKMUS_MODEL_{name}", "").strip() for name in ("URL", "NAME", "KEY")
)
EMAIL_BACKEND = _MAIL.backend
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.starts_tls, _MAIL.is_tls
EMAIL_FILE_PATH = _MAIL.folder or None
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = _MAIL.sender

# --- jobs: a queue in the same database ---
# A job may run for hours (20 million rows) and starts processes of its own. When a worker is killed, its job is found
# by its silent heartbeat and taken again at once; `retry` is only the last resort.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
Q_CLUSTER = {
    "name": "lakmus",
    "orm": "default",
    "workers": int(os.environ.get("LAKMUS_WORKERS") or 2),
    "timeout": 6 * 3600,
    "retry": 7 * 3600,
    "max_attempts": 5,
    "ack_failures": True,
    "daemonize_workers": False,
    "recycle": 20,
    "bulk": 1,
    "queue_limit": 2,
    "poll": 0.5,
    "save_limit": 200,
    "catch_up": False,
    "label": "Lakmus",
    "log_level": "WARNING",
}

# --- the log: what happened, never to whom ---
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "lakmus.config.logs.Impersonal", "fmt": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LAKMUS_LOG") or "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "axes": {"level": "WARNING"},
        "django-q": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
