"""Settings of the platform, read from the environment alone. A clone runs with none of them set."""

from __future__ import annotations

from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from aimline.config import environment, identity

HOME = environment.home()
HOST = environment.text("AIMLINE_HOST", "127.0.0.1")
PORT = environment.number("AIMLINE_PORT", 8000)
PUBLIC_URL = environment.text("AIMLINE_URL", f"http://{HOST}:{PORT}").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
DEBUG = False

SECRET_KEY = environment.secret("django.key")
AUDIT_KEY = environment.secret("audit.key")
# Where rows about students lie, and who reads them; how much memory one process may take for it.
LAKE_URL = environment.lake()
LAKE_MEMORY = environment.text("AIMLINE_LAKE_MEMORY", "700MB")
ALLOWED_HOSTS = sorted({urlsplit(PUBLIC_URL).hostname or HOST, HOST, "localhost", "127.0.0.1"})
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "aimline.core",
    "aimline.org",
    "aimline.people",
    "aimline.access",
    "aimline.frameworks",
    "aimline.students",
    "aimline.instruments",
    "aimline.growth",
    "aimline.measures",
    "aimline.reviews",
    "aimline.theory",
    "aimline.cycles",
    "aimline.imports",
    "aimline.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "aimline.web.middleware.ShellMiddleware",
]

ROOT_URLCONF = "aimline.config.urls"
WSGI_APPLICATION = "aimline.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "aimline.web.context.shell",
            ],
            "builtins": ["template_partials.templatetags.partials", "aimline.web.templatetags.ui"],
        },
    }
]

DATABASES = {"default": environment.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "aimline.web.access.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_REAUTHENTICATION_REQUIRED = False
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("AIMLINE_TRUSTED_PROXIES", 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Aimline"
# Addresses are given by those who run a place, so none of them waits for a confirmation.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SOCIALACCOUNT_ADAPTER = "aimline.web.access.adapters.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": identity.providers()}}

# Counts of tries are shared by all server processes, so they lie in a folder, not in one process.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": HOME / "tmp" / "cache",
        # Counts of requests and sign-ins lie here. At the usual 300 entries a busy morning would forget them.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "aimline.web.errors.stale_form"
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.text(
    "AIMLINE_MAIL_FROM", f"aimline@{urlsplit(PUBLIC_URL).hostname or HOST}"
)
globals().update(environment.mail())

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
FORMAT_MODULE_PATH = ["aimline.config.formats"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = environment.text("AIMLINE_TIME_ZONE", "UTC")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "tmp" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "aimline.web.assets.StaticStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = HOME / "media"
FILE_UPLOAD_TEMP_DIR = HOME / "tmp"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
# How often one token may ask; a program that asks more often is told when to come back.
API_REQUESTS_PER_MINUTE = environment.number("AIMLINE_API_REQUESTS_PER_MINUTE", 600)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Where something failed and how, never what was in the hands of whom.
    "formatters": {
        "line": {
            "()": "aimline.core.discreet.Formatter",
            "fmt": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"aimline": {"level": "INFO"}},
}
