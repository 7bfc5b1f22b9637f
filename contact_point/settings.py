"""The settings of one municipality (`municipality.toml`) and the secrets of the environment."""

import os
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import tomli

from contact_point.appointments.rules import InterpreterNotice
from contact_point.languages import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_SECRET_LENGTH = 32

Interval = tuple[time, time]
"""Opens and closes, wall time of the municipality."""


class SettingsError(Exception):
    """A setting is missing or wrong; the text says which one and how to mend it."""


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to reach the contact point without the assistant."""

    phone: str
    email: str
    address: str


class HelpLines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phone numbers for people in danger, as they are dialled in Sweden."""

    emergency: str
    healthcare_advice: str
    police: str
    violence_support: str
    mental_health: str
    children: str


class Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The municipality's own closed days."""

    dates: tuple[date, ...] = ()


class Appointments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How appointments are given; what staff change stands in the database."""

    interpreter_notice: InterpreterNotice = InterpreterNotice()
    no_messages: str = "21:00-08:00"
    """Between these times by the clock on the wall no reminder is sent."""
    kept_days: int = 90
    """After so many days a past appointment is deleted with everything that it says."""

    @property
    def quiet_hours(self) -> Interval:
        """From when to when nobody is disturbed; it may go past midnight."""
        begins, _, ends = self.no_messages.partition("-")
        return time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip())


class Server(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the processes listen."""

    host: str = "0.0.0.0"  # noqa: S104 - the gateway is the public process
    port: int = 8080
    rasa_ports: tuple[int, ...] = (5105, 5106)
    actions_port: int = 5155
    allowed_origins: tuple[str, ...] = ()
    """Other websites whose pages show the chat, for example https://www.example.org."""
    new_conversations_a_minute: int = 20
    directory_requests_a_minute: int = 300
    """From one address; a library's computers share one."""


class Municipality(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `municipality.toml`."""

    name: str
    short_name: str
    county: str
    region: str
    languages: list[str]
    time_zone: str
    web_base_url: str
    contact: Contact
    opening_hours: dict[str, str]
    help_lines: HelpLines
    fictitious: bool = False
    closed: Closed = Closed()
    server: Server = Server()
    appointments: Appointments = Appointments()
    review_answers_after_days: int = 180
    """Facts that were checked longer ago are shown with a warning."""

    @property
    def zone(self) -> ZoneInfo:
        """The municipality's time zone."""
        return ZoneInfo(self.time_zone)

    def intervals(self, weekday: int) -> list[Interval]:
        """When advisers answer on a weekday (0 is Monday); empty when closed."""
        return parse_intervals(self.opening_hours.get(WEEKDAYS[weekday], ""))


def parse_intervals(text: str) -> list[Interval]:
    """Read "09:00-12:00, 13:00-16:00".

    Raises:
        ValueError: when a part isn't two times, or closes before it opens.
    """
    intervals = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        opens, _, closes = part.partition("-")
        interval = time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())
        if interval[0] >= interval[1]:
            raise ValueError(f"{part!r} closes before it opens")
        intervals.append(interval)
    return sorted(intervals)


def load_municipality(path: Path) -> Municipality:
    """Read and check a settings file.

    Raises:
        SettingsError: naming the file, the setting and the mend.
    """
    try:
        municipality = msgspec.convert(
            tomli.loads(path.read_text(encoding="utf-8")), Municipality, strict=False
        )
    except FileNotFoundError as error:
        raise SettingsError(
            f"{path}: not found. Copy municipality.toml of the sample and change it."
        ) from error
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {error}") from error
    _check(path, municipality)
    return municipality


def _check(path: Path, municipality: Municipality) -> None:
    if not municipality.languages:
        raise SettingsError(f'{path}: languages: name at least one, for example ["sv"]')
    for tag in municipality.languages:
        if tag not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise SettingsError(f"{path}: languages: {tag!r} is not known; use some of {known}")
    try:
        municipality.zone  # noqa: B018 - raises when the zone does not exist
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(
            f"{path}: time_zone: {municipality.time_zone!r} is not an IANA time zone, "
            'for example "Europe/Stockholm"'
        ) from error
    for weekday, text in municipality.opening_hours.items():
        if weekday not in WEEKDAYS:
            raise SettingsError(
                f"{path}: opening_hours: {weekday!r} is not one of {', '.join(WEEKDAYS)}"
            )
        try:
            parse_intervals(text)
        except ValueError as error:
            raise SettingsError(
                f'{path}: opening_hours.{weekday}: {error}; write for example "09:00-16:00"'
            ) from error

    try:
        municipality.appointments.quiet_hours  # noqa: B018 - raises when it is no two times
    except ValueError as error:
        raise SettingsError(
            f'{path}: appointments.no_messages: {error}; write for example "21:00-08:00"'
        ) from error
    if municipality.appointments.kept_days < 1:
        raise SettingsError(f"{path}: appointments.kept_days: write 1 or more")
    for tag in municipality.appointments.interpreter_notice.rare_languages:
        if tag not in LANGUAGES:
            raise SettingsError(
                f"{path}: appointments.interpreter_notice.rare_languages: {tag!r} is not known"
            )


class Settings(msgspec.Struct, frozen=True):
    """Everything that a process needs to know when it starts."""

    municipality: Municipality
    data_directory: Path
    """Where the database and other changing files live."""
    database_url: str
    secret_key: str
    """Signs conversation tokens and staff sessions."""
    internal_secret: str
    """Shared by gateway, Rasa and action server."""
    telegram_token: str | None = None
    telegram_webhook_secret: str | None = None
    telegram_api_url: str = "https://api.telegram.org"
    smtp_url: str | None = None
    """`smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…`; None: no mail."""
    sms_url: str | None = None
    """`https://user:password@api.46elks.com/a1/sms`; None: no SMS."""

    def with_secrets(self) -> "Settings":
        """These settings, for a process that needs the secrets.

        Raises:
            SettingsError: when a secret is missing or short.
        """
        for name, value in (
            ("KONTAKTPUNKT_SECRET_KEY", self.secret_key),
            ("KONTAKTPUNKT_INTERNAL_SECRET", self.internal_secret),
        ):
            if len(value) < _SECRET_LENGTH:
                raise SettingsError(
                    f"{name}: not set or shorter than {_SECRET_LENGTH} characters. "
                    "`kontaktpunkt run` makes one for a trial; in operation set it in the "
                    "environment."
                )
        return self


def load_settings() -> Settings:
    """Settings from `municipality.toml` and the environment.

    Environment: KONTAKTPUNKT_MUNICIPALITY (path of the settings file),
    KONTAKTPUNKT_DATA (folder, default `var`), DATABASE_URL (default: SQLite in that folder),
    KONTAKTPUNKT_SECRET_KEY, KONTAKTPUNKT_INTERNAL_SECRET, TELEGRAM_BOT_TOKEN,
    TELEGRAM_WEBHOOK_SECRET, TELEGRAM_API_URL, SMTP_URL, SMS_URL.

    Raises:
        SettingsError: when one is missing or wrong.
    """
    environment = os.environ
    municipality = load_municipality(
        Path(environment.get("KONTAKTPUNKT_MUNICIPALITY", ROOT / "municipality.toml"))
    )
    data_directory = Path(environment.get("KONTAKTPUNKT_DATA", ROOT / "var"))
    return Settings(
        municipality=municipality,
        data_directory=data_directory,
        database_url=environment.get("DATABASE_URL")
        or f"sqlite:///{data_directory / 'kontaktpunkt.sqlite3'}",
        secret_key=environment.get("KONTAKTPUNKT_SECRET_KEY", ""),
        internal_secret=environment.get("KONTAKTPUNKT_INTERNAL_SECRET", ""),
        telegram_token=environment.get("TELEGRAM_BOT_TOKEN") or None,
        telegram_webhook_secret=environment.get("TELEGRAM_WEBHOOK_SECRET") or None,
        telegram_api_url=environment.get("TELEGRAM_API_URL", "https://api.telegram.org"),
        smtp_url=environment.get("SMTP_URL") or None,
        sms_url=environment.get("SMS_URL") or None,
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return load_settings()
