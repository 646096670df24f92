"""Settings. Everything that differs between machines comes from the environment; `docs/operations.md` lists it."""

import json
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.programmes import INSTALLED
from gongjiang.kernel.programme import MenuItem

ROOT = Path(__file__).resolve().parent.parent
PROCESS = os.environ.get("GONGJIANG_PROCESS", "owner")
DEMO = os.environ.get("GONGJIANG_DEMO") == "1"
DATA = Path(os.environ.get("GONGJIANG_DATA", ROOT / ".data"))
TIME_ZONE = "Asia/Shanghai"


def _secrets() -> dict[str, str]:
    """The installation's keys; without a file (tests, checks) fixed keys that protect nothing."""
    path = os.environ.get("GONGJIANG_SECRETS")
    if path:
        return json.loads(Path(path).read_text())
    if PROCESS != "owner":
        raise SystemExit("GONGJIANG_SECRETS must name the file with this installation's keys.")
    insecure = "aW5zZWN1cmUtaW5zZWN1cmUtaW5zZWN1cmUtMTIzNDU="
    return {"django": "insecure-key-for-tests", "hash_key": insecure, "data_key": insecure}


def _database(process: str) -> dict[str, object]:
    """The owner's URL, with the role of this process put in the place of its login."""
    url = urlsplit(os.environ.get("DATABASE_URL", "postgresql://gj_owner@127.0.0.1:5432/gongjiang"))
    user, password = unquote(url.username or ""), unquote(url.password or "")
    if process in ("web", "worker"):
        user = ROLES["app" if process == "web" else "worker"]
        variable = "GONGJIANG_APP_PASSWORD" if process == "web" else "GONGJIANG_WORKER_PASSWORD"
        password = os.environ.get(variable) or SECRETS.get(
            "app_password" if process == "web" else "worker_password", ""
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")) or "gongjiang",
        "USER": user,
        "PASSWORD": password,
        "HOST": url.hostname or "127.0.0.1",
        "PORT": str(url.port or 5432),
        "TIME_ZONE": TIME_ZONE,  # what the database calls today is the day of the offices
        "OPTIONS": {
            **dict(parse_qsl(url.query)),
            "application_name": f"gongjiang {process}",
            "pool": {"min_size": 1, "max_size": 12, "timeout": 10} if process == "web" else False,
        },
    }


SECRETS = _secrets()
SECRET_KEY = SECRETS["django"]
DEBUG = os.environ.get("GONGJIANG_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("GONGJIANG_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

ROLES = {"app": "gj_app", "worker": "gj_worker", "count": "gj_count"}
DATABASES = {"default": _database(PROCESS)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def database_url(process: str) -> str:
    """The libpq URL of one process's role, for readers outside Django (ADBC, the queue)."""
    d = _database(process)
    login = f"{quote(str(d['USER']), safe='')}:{quote(str(d['PASSWORD']), safe='')}"
    query = urlsplit(os.environ.get("DATABASE_URL", "")).query
    return f"postgresql://{login}@{d['HOST']}:{d['PORT']}/{quote(str(DATABASES['default']['NAME']))}" + (
        f"?{query}" if query else ""
    )


PROGRAMMES = INSTALLED
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "gongjiang.kernel.codes",
    "gongjiang.kernel.calendar",
    "gongjiang.kernel.orgs",
    "gongjiang.kernel.people",
    "gongjiang.kernel.accounts",
    "gongjiang.kernel.audit",
    "gongjiang.kernel.lifecycle",
    "gongjiang.kernel.parameters",
    "gongjiang.kernel.tasks",
    "gongjiang.kernel.review",
    "gongjiang.kernel.files",
    "gongjiang.kernel.targets",
    "gongjiang.kernel.documents",
    "gongjiang.kernel.credentials",
    "gongjiang.kernel.publicity",
    "gongjiang.kernel.exchange",
    "gongjiang.kernel.ledger",
    "gongjiang.kernel.outbox",
    "gongjiang.kernel.notices",
    "gongjiang.web",
    "gongjiang.insight",
    *[f"gongjiang.programmes.{name}" for name in PROGRAMMES],
    "config.demo",
    "config.reference",
    "gongjiang.kernel.access",  # last: its walls are raised over every table after migrate
]

MIDDLEWARE = [
    "gongjiang.web.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "gongjiang.web.staticfiles.PackedWhiteNoise",
    "gongjiang.web.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gongjiang.web.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "gongjiang.kernel.accounts.middleware.ScopeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "gongjiang.web.context.shell",
            ],
        },
    }
]

# what is no programme's own, put on composed pages
SLOTS = (
    "gongjiang.web.publicity.slots.NOTICES",
    "gongjiang.web.publicity.slots.COUNTS",
    "gongjiang.web.credentials.slots.RECORD",
    "gongjiang.web.todo.slots.COUNTS",
    "gongjiang.insight.slots.FIGURES",
    "gongjiang.insight.slots.HEALTH",
    "gongjiang.web.notices.slots.HEALTH",
    "gongjiang.web.people.views.COUNTS",
    "gongjiang.web.orgs.slots.WAITING",
    "gongjiang.web.review.slots.OFFERS",
    "gongjiang.web.review.slots.SECTIONS",
    "gongjiang.web.parameters.slots.EDITION",
)
# how the worker opens a page's list again to write it into a file
EXPORTS_OPEN = "gongjiang.web.exchange.exporting.open_sheet"
MENU = (
    MenuItem("public", _("Notices"), "notices"),
    MenuItem("public", _("Check a certificate"), "verify"),
    MenuItem(
        "desk",
        _("Notices"),
        "desk-notices",
        roles=("officer", "approver", "unit_officer", "unit_chair", "leader", "auditor", "data_steward"),
    ),
    MenuItem(
        "desk",
        _("Objections"),
        "objections",
        roles=("officer", "approver", "unit_chair"),
        within="desk-notices",
    ),
    MenuItem(
        "desk",
        _("Documents"),
        "documents",
        roles=("officer", "approver", "unit_officer", "unit_chair", "leader", "auditor", "data_steward"),
    ),
    MenuItem(
        "desk",
        _("Credentials"),
        "credentials",
        group="growth",
        roles=("officer", "approver", "unit_officer", "unit_chair", "leader", "auditor", "data_steward"),
    ),
    MenuItem("desk", _("Editions"), "editions", group="service"),
    MenuItem("desk", _("Tasks"), "tasks", group="service"),
    MenuItem("desk", _("Calendar and deadlines"), "calendar", group="settings"),
    MenuItem(
        "desk", _("Roles"), "grants", group="settings", roles=("officer", "unit_officer", "security_admin")
    ),
    MenuItem(
        "desk",
        _("Organisations"),
        "orgs:units",
        group="settings",
        roles=("officer", "approver", "leader", "auditor", "data_steward", "unit_officer", "unit_chair"),
    ),
    MenuItem("desk", pgettext_lazy("panel", "Panels"), "review:panels", roles=("officer", "unit_officer")),
    MenuItem(
        "desk",
        _("Deputies during leave"),
        "review:deputies",
        group="settings",
        roles=("unit_officer", "unit_chair", "officer", "approver"),
    ),
    MenuItem("desk", _("Health"), "health", group="settings", roles=("system_admin",)),
    MenuItem("desk", _("Possible doubles"), "matches", group="data", roles=("data_steward",)),
    MenuItem(
        "cockpit", _("Overview of figures"), "cockpit", roles=("leader", "officer", "auditor", "unit_officer")
    ),
    MenuItem(
        "desk",
        _("Rules and values"),
        "parameters",
        group="settings",
        roles=("officer", "approver", "unit_officer", "unit_chair", "leader", "auditor", "data_steward"),
    ),
    MenuItem(
        "desk",
        _("Undelivered messages"),
        "undelivered",
        group="settings",
        roles=("officer", "approver", "unit_officer"),
    ),
    MenuItem("public", _("Rules in force"), "rules-all"),
    MenuItem(
        "desk",
        _("Access log"),
        "access-log",
        group="settings",
        roles=("auditor", "unit_officer", "officer", "data_steward"),
    ),
)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["gongjiang.kernel.accounts.backends.PasswordBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# failures that lock: one name from one address, one name from anywhere, one address whatever the names
SIGN_IN_FAILURES = (5, 30, 100)
SIGN_IN_LOCK = timedelta(minutes=int(os.environ.get("GONGJIANG_LOCK_MINUTES", "15")))
ELEVATION = timedelta(minutes=int(os.environ.get("GONGJIANG_ELEVATION_MINUTES", "15")))
# roles that are nothing without an authenticator; a demonstration, which anybody enters, asks for none
SECOND_FACTOR_ROLES = frozenset(() if DEMO else ("system_admin", "security_admin", "audit_admin"))
OIDC_FILE = os.environ.get("GONGJIANG_OIDC", "")
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "gongjiang"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "gongjiang.web.errors.csrf_failure"
SECURE = os.environ.get("GONGJIANG_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = os.environ.get("GONGJIANG_LANGUAGE", "zh-hans")  # the launcher speaks the terminal's language
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "src" / "gongjiang" / "locale"]
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "files"},
    },
    "staticfiles": {"BACKEND": "gongjiang.web.staticfiles.VersionedStorage"},
}
WHITENOISE_USE_FINDERS = True  # files are read once from the applications at start; nothing to collect
WHITENOISE_MAX_AGE = 30 * 24 * 3600  # addresses carry a mark of the content

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["gongjiang.web.files.uploads.CappedUploadHandler"]
FILE_MOST_BYTES = 20 * 1024 * 1024
FILE_MOST_PIXELS = 100_000_000  # of one image
CASE_MOST_FILES = 20
CASE_MOST_BYTES = 60 * 1024 * 1024  # also what one request may carry, held in memory while it runs
LAKE = DATA / "lake"
SITE = os.environ.get("GONGJIANG_SITE", "")  # public address of the installation, for codes on paper
# Folders of fonts besides the machine's.
FONTS = tuple(p for p in os.environ.get("GONGJIANG_FONTS", "").split(os.pathsep) if p)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "gongjiang.web.logs.Line"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("GONGJIANG_LOG", "WARNING")},
    "loggers": {"gongjiang.request": {"level": "INFO"}},
}
