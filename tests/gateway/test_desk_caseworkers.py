"""The desk's pages for people, offices and appointment types over real HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contact_point import staff
from contact_point.appointments import booking, busy_times
from contact_point.appointments.exporter import export_text
from contact_point.appointments.importer import import_file
from contact_point.appointments.tables import (
    Appointment,
    AppointmentType,
    Caseworker,
    Interpreter,
    Office,
    Resource,
)
from contact_point.settings import ROOT
from contact_point.translations import translate
from gateway.desk import caseworker_texts
from gateway.desk.caseworker_form import KINDS
from tests.conftest import Adviser
from tests.contact_point.appointments.sample import NOW, at, clock, request
from tests.gateway.alone import Gateway, gateway_alone

HERE = "/desk/caseworkers"
BOXES = ("subjects", "languages", "places", "bring")
SAMPLE = ROOT / "data" / "appointments" / "sample.toml"
WORDS = caseworker_texts.page_texts("sv")


class SentForm(HTMLParser):
    """What a browser would send of the first form that has a class."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self._is_inside = False
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._is_inside = "person" in (given.get("class") or "")
        if not self._is_inside:
            return
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.fields.append((name, value))
        if tag == "select":
            self._select = name
        if tag == "option" and ("selected" in given or self._select not in dict(self.fields)):
            self.fields = [each for each in self.fields if each[0] != self._select]
            self.fields.append((self._select, value))


@dataclass
class Desk:
    """An adviser's browser without a screen."""

    gateway: Gateway

    async def open(self, path: str = "", status: int = 200) -> str:
        answer = await self.gateway.get(HERE + path, Accept="text/html")
        assert answer.status == status
        return await answer.text()

    async def send(
        self,
        path: str,
        status: int = 303,
        fields: list[tuple[str, str]] | None = None,
        **changes: str,
    ) -> str:
        """The form as it is opened, or these fields, with some changed; where it leads, or the
        page. Of several boxes the ticked one is given, or none."""
        sent = SentForm(await self.open(path)).fields if fields is None else fields
        sent = [each for each in sent if each[0] not in changes]
        data = [
            *sent,
            *((name, value) for name, value in changes.items() if value or name not in BOXES),
        ]
        answer = await self.gateway.client.post(HERE + path, data=data, allow_redirects=False)
        page = await answer.text()
        assert answer.status == status, page
        return answer.headers.get("Location", page)


def _prepare(session: Session) -> None:
    import_file(session, SAMPLE)
    given = Adviser()
    staff.add_account(session, given.email, given.name, given.password, NOW)


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with gateway_alone(tmp_path, _prepare) as running:
        yield running


@pytest.fixture
async def desk(gateway: Gateway) -> Desk:
    return await _signed_in(gateway)


@pytest.fixture(scope="module")
async def quiet_desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """For tests that change nothing."""
    async with gateway_alone(tmp_path_factory.mktemp("quiet"), _prepare) as running:
        yield await _signed_in(running)


async def _signed_in(gateway: Gateway) -> Desk:
    given = Adviser()
    answer = await gateway.post("/desk/sign-in", email=given.email, password=given.password)
    assert answer.status == 303
    return Desk(gateway)


def _said(reason: str, place: str = "") -> str:
    return f'<p class="error" role="alert">{caseworker_texts.problem(place, reason, "sv")}</p>'


def _book(gateway: Gateway) -> Appointment:
    with gateway.database.transaction() as session:
        booked = booking.book(
            session,
            gateway.calendar,
            request(at(26, 10), wishes={"caseworker_id": "erik"}),
            clock,
        )
    assert isinstance(booked, Appointment)
    return booked


async def test_pages_need_a_sign_in(gateway: Gateway) -> None:
    for path in ("", "/caseworker", "/caseworker/amina"):
        answer = await gateway.get(HERE + path, Accept="text/html")
        assert answer.headers["Location"] == "/desk/sign-in"
    assert (await gateway.post(f"{HERE}/caseworker/amina", first_name="X")).status == 401
    assert (await gateway.post(f"{HERE}/caseworker/amina/calendar")).status == 401


async def test_the_list_has_everybody_and_what_to_look_at(desk: Desk) -> None:
    page = await desk.open()
    for name in ("Amina", "Tesfay", "Norra", "Skolvägen 12, 999 02 Exempelby", "30 "):
        assert name in page
    assert 'class="flag"' not in page
    booked = _book(desk.gateway)
    with desk.gateway.database.transaction() as session:
        session.get_one(Caseworker, booked.caseworker_id).working_intervals = []
        session.get_one(Interpreter, "tolk-ti-1").busy_url = "https://calendar.example/x.ics"
        session.get_one(Interpreter, "tolk-ti-1").busy_problem = busy_times.TOO_LARGE
        session.get_one(Caseworker, "maria").active = False
    page = await desk.open()
    assert f'<span class="flag">{WORDS["without_them"]} 1</span>' in page
    unread = translate(busy_times.TOO_LARGE, "sv")
    assert f'<span class="flag">{WORDS["unread"]} {unread}</span>' in page
    assert f'<span class="flag">{WORDS["left"]}</span>' in page
    assert page.index("Yonas") < page.index("Maria"), "who has left comes last"


@pytest.mark.parametrize(
    "path", ["/nothing", "/caseworker/none", "/office/amina", "/caseworker/tolk-ti-1"]
)
async def test_what_is_not_there(quiet_desk: Desk, path: str) -> None:
    await quiet_desk.open(path, status=404)


async def test_forms_that_are_sent_as_they_are_change_nothing(desk: Desk) -> None:
    with desk.gateway.database.reading() as session:
        before = export_text(session)
        paths = [
            f"/{kind}/{key}"
            for kind, table in zip(
                KINDS, (Caseworker, Interpreter, Office, AppointmentType), strict=True
            )
            for key in session.scalars(select(table.id).order_by(table.id).limit(4))
        ]
    assert len(paths) == 12
    for path in paths:
        assert await desk.send(path) == f"{HERE}{path}?saved=yes"
    with desk.gateway.database.reading() as session:
        assert export_text(session) == before


async def test_a_caseworker_is_changed_whole(desk: Desk) -> None:
    await desk.send(
        "/caseworker/amina",
        **{
            "first_name": " Amina B ",
            "email": "amina.b@exempelby.example",
            "busy_url": "https://calendar.example/amina.ics",
            "video_url": "https://video.exempelby.example/amina",
            "places": "video",
            "places-first": "video",
            "hours-monday-0-opens": "",
            "hours-monday-0-closes": "",
            "hours-monday-1-office": "norr",
            "hours-saturday-0-opens": "10:00",
            "hours-saturday-0-closes": "12:00",
            "hours-saturday-0-office": "norr",
            "other-0-day": "2026-12-23",
            "other-0-opens": "08:30",
            "other-0-closes": "12:00",
            "other-0-office": "centrum",
            "other-1-day": "2026-12-23",
            "other-1-opens": "13:00",
            "other-1-closes": "15:00",
            "other-1-office": "norr",
            "absence-0-first": "2027-01-04",
            "absence-0-last": "2027-01-08",
            "absence-1-first": "2027-02-01",
        },
    )
    with desk.gateway.database.reading() as session:
        text = export_text(session)
        amina = session.get_one(Caseworker, "amina")
        assert (amina.first_name, amina.email) == ("Amina B", "amina.b@exempelby.example")
        assert (amina.places, amina.busy_url) == (["video"], "https://calendar.example/amina.ics")
        assert [str(each.last_day) for each in amina.absences] == ["2027-01-08", "2027-02-01"]
    assert 'monday = "13:00-16:30@norr"' in text
    assert 'saturday = "10:00-12:00@norr"' in text
    assert 'hours = "08:30-12:00@centrum, 13:00-15:00@norr"' in text


async def test_new_ones_of_every_kind(desk: Desk) -> None:
    where = await desk.send("/office", name="Söder", address="Södergatan 1")
    assert where == f"{HERE}/office/soder?saved=yes"
    await desk.send(
        "/caseworker",
        **{
            "first_name": "Amina",
            "languages": "sv",
            "subjects": "housing",
            "hours-monday-0-opens": "09:00",
            "hours-monday-0-closes": "12:00",
            "hours-monday-0-office": "soder",
        },
    )
    await desk.send("/interpreter", first_name="Sara", languages="ti", notice_days="4")
    await desk.send("/type", subjects="economy", minutes="60", daily_maximum="3", bring="payslips")
    with desk.gateway.database.reading() as session:
        amina = session.get_one(Caseworker, "amina-2")
        assert amina.working_intervals[0].office_id == "soder"
        assert amina.places == ["office"]
        assert session.get_one(Interpreter, "sara").notice_days == 4
        economy = session.get_one(AppointmentType, "economy")
        assert (economy.minutes, economy.minutes_with_interpreter) == (60, 45)
        assert (economy.daily_maximum, economy.bring) == (3, ["payslips"])
        assert not economy.needs_confirmation


async def test_an_id_may_have_letters_of_any_script(desk: Desk) -> None:
    with desk.gateway.database.transaction() as session:
        session.add(Interpreter(id="سلمى", first_name="سلمى", languages=["ar"]))
    [link] = {each for each in (await desk.open()).split('"') if "/interpreter/%" in each}
    where = await desk.send(link.removeprefix(HERE), email="agency@tolkar.example")
    assert where == f"{link}?saved=yes"
    assert "agency@tolkar.example" in await desk.open(where.removeprefix(HERE))


async def test_faults_stand_beside_their_fields_and_nothing_is_lost(quiet_desk: Desk) -> None:
    desk = quiet_desk
    with desk.gateway.database.reading() as session:
        before = export_text(session)
    page = await desk.send(
        "/caseworker/amina",
        status=400,
        **{
            "first_name": "",
            "email": "amina <script>",
            "busy_url": "my calendar",
            "subjects": "",
            "places": "video",
            "hours-monday-0-closes": "",
            "hours-tuesday-0-opens": "08:35",
            "hours-wednesday-1-opens": "11:00",
            "hours-thursday-0-office": "",
            "other-0-opens": "08:00",
            "other-0-closes": "09:00",
            "other-1-day": "2026-12-23",
            "absence-0-first": "2027-01-04",
            "absence-0-last": "2027-01-01",
            "absence-1-last": "2027-01-01",
        },
    )
    assert WORDS["not_saved"] in page
    faults = [
        "first_name", "email", "url", "choose", "video_url", "times", "quarter", "overlap",
        "office", "date", "no_hours", "dates",
    ]  # fmt: skip
    for reason in faults:
        assert _said(reason) in page, reason
    assert 'name="hours-tuesday-0-opens" value="08:35"' in page
    assert 'value="amina &lt;script&gt;"' in page
    again = dict(SentForm(page).fields)
    assert again["hours-monday-0-opens"] == "08:30"
    assert again["busy_url"] == "my calendar"
    assert (again["other-0-opens"], again["other-1-day"]) == ("08:00", "2026-12-23")
    assert again["absence-1-last"] == "2027-01-01"
    with desk.gateway.database.reading() as session:
        assert export_text(session) == before


async def test_faults_stand_in_their_row(quiet_desk: Desk) -> None:
    page = await quiet_desk.send(
        "/caseworker/amina",
        status=400,
        **{
            "other-0-day": "2026-12-22",
            "other-0-opens": "08:00",
            "other-0-closes": "09:00",
            "other-0-office": "norr",
            "other-1-day": "2026-12-23",
        },
    )
    assert page.index('name="other-1-day"') < page.index(_said("no_hours"))
    assert page.index(_said("no_hours")) < page.index('name="other-2-day"')


@pytest.mark.parametrize(
    ("path", "changes", "place", "reason"),
    [
        ("/type/housing", {"minutes": "20"}, "minutes", "number"),
        ("/type/housing", {"minutes": ""}, "minutes", "number"),
        ("/type/housing", {"minutes": "a lot"}, "minutes", "number"),
        ("/type/housing", {"horizon_days": "9999999999"}, "horizon_days", "number"),
        ("/type/housing", {"daily_maximum": "0"}, "daily_maximum", "number"),
        ("/type/housing", {"subjects": "rights_and_permits"}, "subjects", "subject_taken"),
        ("/type/housing", {"walk_in-friday-0-opens": "17:00"}, "walk_in.friday", "times"),
        ("/office/norr", {"latitude": "north"}, "latitude", "position"),
        ("/office/norr", {"latitude": ""}, "latitude", "position"),
        ("/office/norr", {"latitude": "nan"}, "latitude", "position"),
        ("/office/norr", {"address": " "}, "address", "address"),
        ("/office/norr", {"active": "false"}, "active", "office_in_use"),
        ("/interpreter/tolk-ti-1", {"notice_days": "-1"}, "notice_days", "number"),
        ("/interpreter/tolk-ti-1", {"languages": ""}, "languages", "choose"),
    ],
)
async def test_other_faults(
    quiet_desk: Desk, path: str, changes: dict[str, str], place: str, reason: str
) -> None:
    page = await quiet_desk.send(path, status=400, **changes)
    assert _said(reason, place) in page
    for name, value in changes.items():
        if name not in ("subjects", "languages"):
            assert dict(SentForm(page).fields)[name] == value.strip()


async def test_who_leaves_has_appointments_to_give(desk: Desk) -> None:
    booked = _book(desk.gateway)
    page = await desk.open("/caseworker/erik")
    assert WORDS["to_give_about"] not in page
    await desk.send("/caseworker/erik", active="false")
    page = await desk.open("/caseworker/erik")
    assert WORDS["to_give_about"] in page
    assert f'href="/desk/appointments/{booked.id}"' in page
    with desk.gateway.database.transaction() as session:
        assert not session.get_one(Caseworker, "erik").active
        booking.cancel(session, desk.gateway.calendar, booked.id, clock)
    assert WORDS["to_give_about"] not in await desk.open("/caseworker/erik")
    await desk.send("/caseworker/erik", active="true")
    with desk.gateway.database.reading() as session:
        assert session.get_one(Caseworker, "erik").active


async def test_changed_hours_strand_appointments_and_say_so(desk: Desk) -> None:
    booked = _book(desk.gateway)
    await desk.send("/caseworker/erik", **{"hours-thursday-0-opens": "11:00"})
    assert f'href="/desk/appointments/{booked.id}"' in await desk.open("/caseworker/erik")


async def test_a_type_that_is_not_needed_is_deleted(desk: Desk) -> None:
    assert await desk.send("/type/housing", active="false") == f"{HERE}?saved=yes"
    with desk.gateway.database.reading() as session:
        assert session.get(AppointmentType, "housing") is None
    assert WORDS["saved"] in await desk.open("?saved=yes")
    await desk.open("/type/housing", status=404)


async def test_a_colleagues_change_is_not_overwritten(desk: Desk) -> None:
    opened = SentForm(await desk.open("/caseworker/amina")).fields
    await desk.send("/caseworker/amina", email="colleague@exempelby.example")
    page = await desk.send("/caseworker/amina", 400, opened, email="mine@exempelby.example")
    assert _said("meanwhile") in page
    assert 'value="mine@exempelby.example"' in page
    with desk.gateway.database.reading() as session:
        assert session.get_one(Caseworker, "amina").email == "colleague@exempelby.example"


async def test_a_private_calendar_address_is_made_and_renewed(desk: Desk) -> None:
    assert WORDS["no_feed"] in await desk.open("/caseworker/amina")
    tokens = []
    for _ in range(2):
        answer = await desk.gateway.post(f"{HERE}/caseworker/amina/calendar")
        assert answer.headers["Location"] == f"{HERE}/caseworker/amina#calendar"
        with desk.gateway.database.reading() as session:
            tokens.append(session.get_one(Resource, "amina").feed_token)
        page = await desk.open("/caseworker/amina")
        base = desk.gateway.municipality.web_base_url
        assert f"<code>{base}/calendars/{tokens[-1]}.ics</code>" in page
        assert WORDS["new_address"] in page
    assert tokens[0] != tokens[1]
    assert (await desk.gateway.post(f"{HERE}/office/norr/calendar")).status == 404


async def test_without_offices_and_types(desk: Desk) -> None:
    with desk.gateway.database.transaction() as session:
        for person in session.query(Caseworker):
            person.working_intervals = []
        session.flush()
        session.execute(delete(Office))
        session.execute(delete(AppointmentType))
    page = await desk.open()
    assert page.count(WORDS["none"]) == 2
    hours = {"hours-monday-0-opens": "09:00", "hours-monday-0-closes": "12:00"}
    await desk.send("/caseworker/amina", **hours)
    await desk.send("/office", name="Centrum", address="Storgatan 1")
    with desk.gateway.database.reading() as session:
        [interval] = session.get_one(Caseworker, "amina").working_intervals
        assert interval.office_id == "centrum"
