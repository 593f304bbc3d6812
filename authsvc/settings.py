"""Django's settings, made from the environment."""

import os
from secrets import token_urlsafe
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from dotenv import dotenv_values

from authsvc.databases import databases
from authsvc.desk import kept
from authsvc.environment import ROOT, AppEnv, Environment, Misconfigured, read_environment
from authsvc.logs import logging_config

django_stubs_ext.monkeypatch()


def _given() -> dict[str, str]:
    """The process's variables, and at a desk what .env adds to them."""
    if os.environ.get("APP_ENV") == AppEnv.TEST:
        return dict(os.environ)
    kept_ones = {name: value or "" for name, value in dotenv_values(ROOT / ".env").items()}
    return kept_ones | os.environ


def _secret_key(environment: Environment) -> str:
    if environment.secret_key:
        return environment.secret_key
    if not environment.keeps_secrets:
        return token_urlsafe(50)
    try:
        return kept(environment.data_dir / "secret-key", lambda: token_urlsafe(50))
    except OSError as error:
        msg = f"DATA_DIR must be a directory to keep secrets in: {error.strerror}."
        raise Misconfigured(msg) from None


try:
    ENVIRONMENT = read_environment(_given())
    DATABASES: dict[str, Any] = databases(ENVIRONMENT)
    SECRET_KEY = _secret_key(ENVIRONMENT)
except Misconfigured as error:
    raise SystemExit(f"authsvc cannot start: {error}") from None

DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts or ("127.0.0.1", "localhost", "[::1]")

ROOT_URLCONF = "authsvc.urls"
WSGI_APPLICATION = "authsvc.wsgi.application"
APPEND_SLASH = False
INSTALLED_APPS = [
    "authsvc",
    "accounts",
    "courses",
    "progress",
    "credentials",
    "authsvc.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "authsvc.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "authsvc.middleware.SessionMiddleware",
    "authsvc.middleware.CsrfViewMiddleware",
    "authsvc.middleware.AuthenticationMiddleware",
    "authsvc.middleware.MessageMiddleware",
    "authsvc.middleware.XFrameOptionsMiddleware",
    "authsvc.middleware.CSPMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountsBackend"]
PASSWORD_HASHERS = ["accounts.adapters.passwords.DjangoHasher"]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data_dir / "static" if ENVIRONMENT.is_prod else None
WHITENOISE_USE_FINDERS = not ENVIRONMENT.is_prod
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ENVIRONMENT.is_prod
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

SECURE_SSL_REDIRECT = ENVIRONMENT.is_prod
SECURE_REDIRECT_EXEMPT = [r"^health"]
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.is_prod else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.is_prod
SECURE_HSTS_PRELOAD = ENVIRONMENT.is_prod
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.is_behind_proxy else None
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.public_url.startswith("https://")
SESSION_COOKIE_AGE = 12 * 60 * 60
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False
X_FRAME_OPTIONS = "DENY"
# These two look for Django's own middlewares by name; ours, of authsvc.middleware, are the same on every page.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W003"]
DATA_UPLOAD_MAX_MEMORY_SIZE = ENVIRONMENT.max_body_bytes
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Views of ours say for themselves who may enter (authsvc.api.views); any other view is closed.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "authsvc.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "authsvc",
    "DESCRIPTION": "Who you are, what you have learned, and the proof of it that a stranger can check.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # What a PATCH may leave out, its serializer says like any other.
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": {
        "CourseStatusEnum": "courses.api.serializers.STATUSES",
        "CredentialTypeEnum": "credentials.api.serializers.TYPES",
        "IssuedStatusEnum": "credentials.api.serializers.STATUSES",
        "ItemTypeEnum": "courses.api.serializers.ITEM_TYPES",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LOGGING = logging_config(level=ENVIRONMENT.log_level, form=ENVIRONMENT.log_format)
