"""Django settings, built from the environment."""

import os
from secrets import token_urlsafe
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from dotenv import dotenv_values

from authsvc.config.databases import databases
from authsvc.config.environment import AppEnv, Environment, read_environment
from authsvc.config.logs import logging_config
from authsvc.config.mail import mail
from authsvc.config.secret_files import read_or_create_secret
from authsvc.config.variables import ROOT, Misconfigured

django_stubs_ext.monkeypatch()


def _variables() -> dict[str, str]:
    """The variables of the process; outside of tests, also those of the file .env."""
    if os.environ.get("APP_ENV") == AppEnv.TEST:
        return dict(os.environ)
    from_file = {name: value or "" for name, value in dotenv_values(ROOT / ".env").items()}
    return from_file | os.environ


def _secret_key(environment: Environment) -> str:
    if environment.secret_key:
        return environment.secret_key
    if not environment.keeps_secrets:
        return token_urlsafe(50)
    try:
        return read_or_create_secret(environment.data_dir / "secret-key", lambda: token_urlsafe(50))
    except OSError as error:
        msg = f"DATA_DIR must be a writable directory: {error.strerror}."
        raise Misconfigured(msg) from None


try:
    ENVIRONMENT = read_environment(_variables())
    DATABASES: dict[str, Any] = databases(ENVIRONMENT)
    MAIL = mail(ENVIRONMENT.email_url)
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
    "authsvc.jobs",
    "allauth.account",
    "allauth.mfa",
    "accounts",
    "authsvc.events",
    "courses",
    "progress",
    "credentials",
    "oauth2_provider",
    "authsvc.apps.AdminSiteConfig",
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
    "authsvc.http.observation.TracingMiddleware",
    "authsvc.http.observation.MetricsMiddleware",
    "authsvc.http.middleware.RequestIdMiddleware",
    "authsvc.http.cors.CorsMiddleware",
    "authsvc.http.rate_limits.RequestBudgetMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "authsvc.http.middleware.CrossOriginMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "authsvc.http.middleware.SessionMiddleware",
    "authsvc.http.middleware.CsrfViewMiddleware",
    "authsvc.http.middleware.NulMiddleware",
    "authsvc.http.middleware.AuthenticationMiddleware",
    "authsvc.http.middleware.MessageMiddleware",
    "accounts.pages.impersonation.ImpersonationMiddleware",
    "authsvc.http.middleware.XFrameOptionsMiddleware",
    "authsvc.http.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.pages.required_actions.RequiredActionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "authsvc" / "admin_site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {
                "account_pages": "authsvc.http.account_pages",
                "staff": "authsvc.admin_site.template_tags",
                "times": "authsvc.http.times",
            },
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "authsvc.http.impersonation.impersonation_in_templates",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountsBackend"]
PASSWORD_HASHERS = ["accounts.adapters.passwords.DjangoHasher"]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
PASSWORD_RESET_TIMEOUT = LINK_SECONDS = 60 * 60

ACCOUNT_ADAPTER = "accounts.pages.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# At sign-up; accounts.pages.stages decides who must verify an e-mail address before signing in.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = LINK_SECONDS / (24 * 60 * 60)
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "signed_out"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(ENVIRONMENT.fresh_sign_in.total_seconds())
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Only for mail sent to others: login attempts and registrations have limits of their own (LimitPolicy).
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "signup": None,
    "reauthenticate": None,
    "reset_password": "20/h/ip,5/h/key",
    "confirm_email": "5/h/key",
    "manage_email": "10/h/user",
}
MFA_ADAPTER = "accounts.pages.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1

# The rows that stand for the toolkit's models; accounts.oauth overrides everything the toolkit does with them.
OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.OAuthClient"
OAUTH2_PROVIDER_GRANT_MODEL = "accounts.AuthorizationCode"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "accounts.Session"  # noqa: S105  # a row, not a secret
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "accounts.RefreshToken"  # noqa: S105  # a row, not a secret
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "accounts.Session"  # noqa: S105  # a row, not a secret
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "accounts.DeviceCode"
# All its models are replaced, so its migrations make no table; to render them takes a third of a first migration.
MIGRATION_MODULES: dict[str, str | None] = {"oauth2_provider": None}
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "accounts.oauth.server.Server",
    "OAUTH2_BACKEND_CLASS": "accounts.oauth.server.Backend",
    "OAUTH2_VALIDATOR_CLASS": "accounts.oauth.validator.Validator",
    "ACCESS_TOKEN_GENERATOR": "accounts.oauth.server.access_token",
    "REFRESH_TOKEN_GENERATOR": "accounts.oauth.server.refresh_token",
    "OIDC_ENABLED": True,
    "OIDC_ISS_ENDPOINT": ENVIRONMENT.public_url,
    "OAUTH_PRE_TOKEN_VALIDATION": [],
    "DEFAULT_SCOPES": [],
    "PKCE_REQUIRED": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}

EMAIL_BACKEND = MAIL.backend
EMAIL_FILE_PATH = MAIL.folder
EMAIL_HOST = MAIL.host
EMAIL_PORT = MAIL.port
EMAIL_HOST_USER = MAIL.user
EMAIL_HOST_PASSWORD = MAIL.password
EMAIL_USE_TLS = MAIL.uses_starttls
EMAIL_USE_SSL = MAIL.uses_implicit_tls
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.email_from

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
FORMAT_MODULE_PATH = "authsvc.config.formats"

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data_dir / "static" if ENVIRONMENT.is_prod else None
STATICFILES_DIRS = [ROOT / "authsvc" / "admin_site" / "static"]
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
SECURE_REDIRECT_EXEMPT = [r"^health", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.is_prod else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.is_prod
SECURE_HSTS_PRELOAD = ENVIRONMENT.is_prod
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.is_behind_proxy else None
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.public_url.startswith("https://")
if SESSION_COOKIE_SECURE:
    # Browsers accept cookies with this prefix from this host alone (RFC 6265bis).
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(ENVIRONMENT.browser_session.total_seconds())
SESSION_ENGINE = (
    "accounts.adapters.browser_sessions"
    if ENVIRONMENT.has_database
    else "django.contrib.sessions.backends.signed_cookies"
)
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False
X_FRAME_OPTIONS = "DENY"
# These checks look for Django's middlewares by name; authsvc.http.middleware has subclasses of them.
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

# API views state who has access (authsvc.http.operations); every other view is closed.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "authsvc.http.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "authsvc",
    "DESCRIPTION": "Identity, learning records, and credentials that anyone can verify.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # Serializers for PATCH state which members are optional.
    "COMPONENT_SPLIT_PATCH": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "authsvc.http.openapi_hooks.add_shared_schemas",
        "authsvc.http.openapi_hooks.add_examples",
        "authsvc.http.openapi_hooks.share_examples",
    ],
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "string", "format": "uuid"}},
    "ENUM_NAME_OVERRIDES": {
        "AttemptStatusEnum": "progress.api.attempt_serializers.STATUSES",
        "CourseStatusEnum": "courses.api.serializers.STATUSES",
        "CredentialTypeEnum": "credentials.api.serializers.TYPES",
        "IssuedStatusEnum": "credentials.api.serializers.STATUSES",
        "ItemTypeEnum": "courses.api.serializers.ITEM_TYPES",
        "MessageRoleEnum": "progress.api.ai_serializers.ROLES",
        "OutgoingEventTypeEnum": "accounts.api.events.TYPES",
        "RoleEnum": "accounts.api.organization_serializers.ORG_ROLES",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Deep links are links in buttons, which assistive technology cannot tell apart.
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},
}

LOGGING = logging_config(level=ENVIRONMENT.log_level, form=ENVIRONMENT.log_format)
