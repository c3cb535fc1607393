"""Django settings: the same for the demo, the tests and production; differences are variables.

docs/SETTINGS.md lists them, with what holds where one isn't set.
"""

import os
import secrets
from pathlib import Path

from config import env

ROOT: Path = env.ROOT
HOME: Path = env.home()
DEMO = env.flag("PAYDESK_DEMO")
SIMULATED_PROVIDER = env.flag("PAYDESK_SIMULATED_PROVIDER", DEMO)  # test cards: no real money
PUBLIC_URL = os.environ.get("PAYDESK_PUBLIC_URL", "")  # where providers reach us: https://…
PROVIDERS_FILE = Path(os.environ.get("PAYDESK_PROVIDERS", HOME / "providers.toml"))  # accounts
KEYS_FILE = Path(os.environ.get("PAYDESK_KEYS", HOME / "keys.json"))  # of kit.vault
KEYS_ARE_MADE = "PAYDESK_KEYS" not in os.environ  # a file that is named must be there
HTTPS = env.flag("PAYDESK_HTTPS")
WEBHOOKS_TO_PRIVATE = env.flag("PAYDESK_WEBHOOKS_TO_PRIVATE", DEMO)  # merchants on this machine
DEBUG = False
# Without one, a key that nobody can know: what it signs is good for this process alone.
SECRET_KEY = os.environ.get("PAYDESK_SECRET_KEY") or secrets.token_urlsafe(48)
ALLOWED_HOSTS = os.environ.get("PAYDESK_HOSTS", "localhost,127.0.0.1,testserver").split(",")
STAFF_HOSTS = [h for h in os.environ.get("PAYDESK_STAFF_HOSTS", "").split(",") if h]
ROOT_URLCONF = "paydesk.entry.web.urls.root"
ASGI_APPLICATION = "config.asgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "allauth",
    "allauth.account",
    "procrastinate.contrib.django",
    "paydesk.kit.database",
    "paydesk.kit.events",
    "paydesk.kit.queue",
    "paydesk.audit",
    "paydesk.brands",
    "paydesk.files",
    "paydesk.status",
    "paydesk.notifications",
    "paydesk.people",
    "paydesk.approvals",
    "paydesk.money.ledger",
    "paydesk.money.risk",
    "paydesk.money.merchants",
    "paydesk.money.payments",
    "paydesk.money.methods",
    "paydesk.money.payouts",
    "paydesk.money.bills",
    "paydesk.money.orders",
    "paydesk.money.exchange",
    "paydesk.money.refunds",
    "paydesk.money.schedules",
    "paydesk.money.reconciliation",
    "paydesk.money.statements",
    "paydesk.desk.channels",
    "paydesk.desk.diagnosis",
    "paydesk.desk.cases",
    "paydesk.entry",
    "paydesk.entry.api",
    "paydesk.entry.live",
    "paydesk.entry.web",
    "paydesk.entry.web.accounts",
    "paydesk.entry.web.wallet",
    "paydesk.entry.web.cashier",
    "paydesk.entry.web.merchant",
    "paydesk.entry.web.methods",
    "paydesk.entry.web.banking",
    "paydesk.entry.web.exchange",
    "paydesk.entry.web.refunds",
    "paydesk.entry.web.records",
    "paydesk.entry.web.safety",
    "paydesk.entry.web.operations",
    "paydesk.entry.web.support",
    "paydesk.entry.web.desk",
    "paydesk.entry.web.simulated",
    "paydesk.entry.web.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "paydesk.entry.web.security.ContentSecurityMiddleware",
    "paydesk.entry.web.statics.Statics",
    "paydesk.entry.web.realm.RealmMiddleware",
    "paydesk.entry.web.sessions.RealmSessionMiddleware",
    "paydesk.entry.web.language.LanguageMiddleware",
    "paydesk.entry.web.devices.DeviceMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
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
                "paydesk.entry.web.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "paydesk.entry.web.templatetags.page",
            ],
        },
    }
]

DATABASE_URL = os.environ.get("PAYDESK_DATABASE_URL", "postgresql:///paydesk")
DIRECT_URL = os.environ.get("PAYDESK_DIRECT_URL", DATABASE_URL)
POOL_SIZE = int(os.environ.get("PAYDESK_POOL", "16"))
DATABASES = {"default": env.database(DATABASE_URL)}
DATABASES["default"]["OPTIONS"] |= {"pool": {"min_size": 1, "max_size": POOL_SIZE, "timeout": 5}}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # after a database restart, the pool recovers
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True  # a pooler may stand in front
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["paydesk.people.allauth_bridge.DoorBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_RESET_TIMEOUT = 2 * 3600
LOGIN_URL = "account_login"

# People type e-mail, phone or number; the bridge looks them up inside the brand and allauth is
# told only the opaque username. Its own look-ups know no brand, so it gets none to make.
ACCOUNT_ADAPTER = "paydesk.people.allauth_bridge.DoorAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    name: f"paydesk.entry.web.accounts.forms.{form}"
    for name, form in {
        "login": "SignInForm",
        "signup": "RegisterForm",
        "reset_password": "ForgottenForm",
        "reset_password_from_key": "NewPasswordForm",
        "user_token": "ResetLinkForm",
        "change_password": "ChangePasswordForm",
    }.items()
}
ACCOUNT_UNIQUE_EMAIL = False
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_HMAC = True
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "60/m/ip,20/10m/key,100/d/key",
    "login_source": "10/6h/key",  # wrong passwords of one source for one account
    "second_factor": "10/10m/key,40/d/key",
    "identity_upload": "6/h/key,20/d/key",
    "signup": "30/m/ip",
    "reset_password": "20/m/ip,3/10m/key",
    "reset_password_from_key": "20/m/ip",
    "confirm_email": "1/m/key",
    "change_password": "5/m/user",
    "unlock_mail": "1/m/key,10/d/key",
    "chat_open": "10/10m/key,100/d/key",
    "chat_open_visitor": "20/10m/ip,200/d/ip",
    "visitor_new": "20/10m/ip,200/d/ip",
    "chat_upload": "30/10m/key,200/d/key",
    "chat_upload_visitor": "20/10m/ip,100/d/ip",
    "bill_lookup": "60/10m/key",
    "recipient_lookup": "40/10m/key",  # so that nobody finds out who is a customer by trying
}
SILENCED_SYSTEM_CHECKS = ["account.W001"]  # nobody types the username: see the bridge
CACHES = {
    "default": {  # attempts are counted here: in the database, so once for all processes
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_rate_count",
        "KEY_FUNCTION": "paydesk.people.allauth_bridge.count_key",
        "OPTIONS": {"MAX_ENTRIES": 50_000_000},  # a daily job removes what has lapsed
    },
    "providers": {  # what all processes must know of providers, such as rotated certificates
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_rate_count",
        "KEY_PREFIX": "providers",
        "OPTIONS": {"MAX_ENTRIES": 50_000_000},
    },
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "paydesk.people.passwords.UserAttributeSimilarityValidator"},
    {"NAME": "paydesk.people.passwords.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SCREENING = "paydesk.money.risk.lists.SimulatedScreening"  # who looks names up in lists

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(HOME / "files")},
    },
    "staticfiles": {"BACKEND": "paydesk.entry.web.statics.HashedStatics"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# The session cookie's name and path are set per realm and brand by RealmSessionMiddleware.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_USE_SESSIONS = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Mail goes out by SMTP where a server is named; the demo delivers into its own mailbox page.
EMAIL_HOST = os.environ.get("PAYDESK_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("PAYDESK_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("PAYDESK_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("PAYDESK_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.flag("PAYDESK_SMTP_TLS")
EMAIL_TIMEOUT = 20
MAIL_DOMAIN = os.environ.get("PAYDESK_MAIL_DOMAIN", "paydesk.example")
SMS_URL = os.environ.get("PAYDESK_SMS_URL", "")  # a gateway like Twilio's; none: no SMS
SMS_USER = os.environ.get("PAYDESK_SMS_USER", "")
SMS_PASSWORD = os.environ.get("PAYDESK_SMS_PASSWORD", "")
SMS_FROM = os.environ.get("PAYDESK_SMS_FROM", "")
DEFAULT_FROM_EMAIL = f"Paydesk <no-reply@{MAIL_DOMAIN}>"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "refusal": {"()": "paydesk.entry.refusals.RefusalFilter"},
        "shield": {"()": "paydesk.kit.shield.logging.ShieldFilter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["refusal", "shield"]},
    },
    "root": {"handlers": ["console"], "level": os.environ.get("PAYDESK_LOG", "WARNING")},
}
