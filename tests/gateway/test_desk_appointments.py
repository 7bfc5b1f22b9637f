"""The desk's pages of appointments over real HTTP: what they show, and what they refuse."""

import re
import urllib.error
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import delete, func, select

from contact_point.appointments import blocks, booking
from contact_point.appointments.booking import Request
from contact_point.appointments.calendar import Calendar
from contact_point.appointments.codes import show_code
from contact_point.appointments.contacts import Contact
from contact_point.appointments.offers import Wishes
from contact_point.appointments.reasons import REASONS
from contact_point.appointments.rules import Rules
from contact_point.appointments.tables import (
    ATTENDED,
    BOOKED,
    CANCELLED,
    MISSED,
    PENDING,
    Absence,
    Appointment,
    AppointmentEvent,
    Block,
    Caseworker,
    ClaimedCell,
    Delivery,
    Waiting,
)
from contact_point.conversations import messages
from contact_point.conversations.tables import Conversation
from contact_point.database import Database
from contact_point.translations import translate
from gateway.desk import appointment_texts
from tests.conftest import Adviser
from tests.contact_point.appointments.sample import ZONE, at
from tests.gateway.desk_house import MORNING, clock, desk_house
from tests.gateway.test_editorial import Desk
from tests.stack import Stack

WORDS = appointment_texts.page_texts("sv")
STATES = appointment_texts.states("sv")
HERE = "/desk/appointments"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A gateway alone, with two caseworkers for housing and an interpreter."""
    with desk_house(tmp_path_factory.mktemp("desk")) as house:
        yield house


@pytest.fixture(scope="module")
def desk(house: Stack, adviser: Adviser) -> Desk:
    """Signed in once."""
    return Desk(house, adviser)


@pytest.fixture
def database(house: Stack) -> Iterator[Database]:
    """The house's database; afterwards nothing is booked, and everybody works."""
    database = house.database
    yield database
    with database.transaction() as session:
        for table in (
            ClaimedCell,
            Delivery,
            Waiting,
            AppointmentEvent,
            Appointment,
            Block,
            Absence,
        ):
            session.execute(delete(table))
        for each in session.scalars(select(Caseworker)):
            each.active, each.busy_problem = True, None
    database.close()


def _book(
    database: Database,
    starts_at: datetime,
    who: str = "amina",
    *,
    name: str = "Sara",
    language: str = "sv",
    conversation_id: str | None = None,
    rules: Rules | None = None,
) -> int:
    wanted = Request(
        "housing",
        starts_at,
        name,
        Contact(phone="+46701740605"),
        language,
        conversation_id,
        f"{name}/{starts_at}",
        Wishes(caseworker_id=who),
        "Jag har barn med mig",
    )
    with database.transaction() as session:
        booked = booking.book(session, Calendar(ZONE, frozenset(), rules or Rules()), wanted, clock)
        assert isinstance(booked, Appointment)
        return booked.id


def _begun(database: Database) -> int:
    """An appointment that began an hour ago."""
    number = _book(database, at(26, 14))
    with database.transaction() as session:
        appointment = session.get_one(Appointment, number)
        appointment.starts_at, appointment.ends_at = at(26, 9), at(26, 9, 30)
    return number


def _appointment(database: Database, number: int) -> Appointment:
    with database.reading() as session:
        return session.get_one(Appointment, number)


def _count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Appointment)) or 0


def _get(desk: Desk, path: str) -> str:
    """A page's text; the Content-Security-Policy allows nothing inline."""
    html = desk.get(path)
    assert "<script" not in html
    assert " style=" not in html
    return unescape(html)


def _post(desk: Desk, path: str, **form: str) -> tuple[int, str]:
    status, html = desk.post(path, **form)
    return status, unescape(html)


def _value(starts_at: datetime, who: str) -> str:
    return f"{starts_at:%Y-%m-%dT%H:%MZ} {who}"


def _offered(html: str) -> list[str]:
    """The times that a page gives to choose from."""
    return re.findall(r'name="time" value="([^"]+)"', html)


@pytest.mark.parametrize("path", ["", "/1", "/new", "/blocks", "/figures"])
def test_pages_need_a_sign_in(house: Stack, path: str) -> None:
    assert 'action="/desk/sign-in"' in Desk(house, None).get(HERE + path)


def test_changes_need_a_sign_in(house: Stack, database: Database) -> None:
    number, stranger = _book(database, at(27, 9)), Desk(house, None)
    for action in ("confirm", "move", "cancel", "attended", "missed", "messages/1/again"):
        assert stranger.post(f"{HERE}/{number}/{action}", reason="other")[0] == 401
    assert stranger.post(f"{HERE}/new")[0] == 401
    assert stranger.post(f"{HERE}/blocks")[0] == 401
    assert _appointment(database, number).state == BOOKED


@pytest.mark.parametrize("path", ["/999999", "/x", "/1/other"])
def test_what_does_not_exist(desk: Desk, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        desk.get(HERE + path)


def test_a_day(desk: Desk, database: Database) -> None:
    number = _book(database, at(27, 9), name="Sara <b>")
    cancelled = _book(database, at(27, 10), "erik", name="Ali")
    with database.transaction() as session:
        booking.cancel(session, Calendar(ZONE, frozenset(), Rules()), cancelled, clock)
        booking.hold(
            session, Calendar(ZONE, frozenset(), Rules()), "housing", at(27, 13), "sv", "x", clock
        )
        blocks.block(session, "erik", at(27, 14), at(27, 15), blocks.DESK)
    html = desk.get(f"{HERE}?date=2026-11-27")
    assert "<bdi>Sara &lt;b&gt;</bdi>" in html
    html = unescape(html)
    assert f'href="{HERE}/{number}"' in html
    assert '<time datetime="2026-11-27T09:00+01:00">09:00</time>' in html
    for words in (STATES["booked"], STATES["cancelled"], STATES["held"], WORDS["blocked"]):
        assert words in html
    assert f"{WORDS['week']} 48" in html
    assert [name in html for name in ("Amina", "Erik", "09:00–12:00")] == [True] * 3
    assert "date=2026-11-26" in html
    assert "date=2026-11-28" in html


def test_who_gave_no_name_is_called_by_the_code(desk: Desk, database: Database) -> None:
    number = _book(database, at(26, 14), name="")
    code = show_code(_appointment(database, number).code)
    assert f">{code}</a>" in re.sub(r"</?bdi>", "", _get(desk, f"{HERE}?date=2026-11-26"))
    assert f"<h2><bdi>{code}</bdi>" in _get(desk, f"{HERE}/{number}")


def test_a_week_of_one_caseworker(desk: Desk, database: Database) -> None:
    _book(database, at(27, 9), name="Sara")
    _book(database, at(27, 9), "erik", name="Ali")
    html = _get(desk, f"{HERE}?view=week&date=2026-11-27&caseworker=erik")
    assert '<time datetime="2026-W48">' in html
    assert "<bdi>Ali</bdi>" in html
    assert "<bdi>Sara</bdi>" not in html
    everyone = _get(desk, f"{HERE}?view=week&date=2026-11-27")
    assert "<bdi>Ali</bdi>" in everyone
    assert "<bdi>Sara</bdi>" in everyone


def test_closed_and_absent(desk: Desk, database: Database) -> None:
    with database.transaction() as session:
        session.add(
            Absence(resource_id="erik", first_day=date(2026, 11, 27), last_day=date(2026, 11, 27))
        )
    assert WORDS["closed"] in _get(desk, f"{HERE}?date=2026-12-25")
    assert WORDS["absent"] in _get(desk, f"{HERE}?date=2026-11-27")
    assert WORDS["absent"] not in _get(desk, f"{HERE}?date=2026-11-26")


@pytest.mark.parametrize("wrong", ["tomorrow", "2026-02-30", "9999-12-31"])
def test_a_wrong_date(desk: Desk, wrong: str) -> None:
    html = _get(desk, f"{HERE}?date={wrong}&caseworker=nobody")
    assert appointment_texts.problem("date", "sv") in html
    assert 'value="2026-11-26"' in html


def test_what_to_look_at(desk: Desk, database: Database) -> None:
    assert WORDS["look_at"] not in _get(desk, HERE)
    _book(database, at(30, 9), name="Pending", rules=Rules(needs_confirmation=True))
    _book(database, at(27, 9), "erik", name="Stranded")
    late = _book(database, at(26, 14), name="Late")
    failed = _book(database, at(30, 13), name="Unreached")
    with database.transaction() as session:
        booking.be_late(session, late, clock)
        session.get_one(Caseworker, "erik").active = False
        session.get_one(Caseworker, "amina").busy_problem = "no answer"
        message = session.scalars(select(Delivery).where(Delivery.appointment_id == failed)).first()
        assert message
        message.state, message.problem = "failed", "no such number"
    html = _get(desk, HERE)
    box = html[html.index('class="look-at"') : html.index("</section>")]
    for words in ("Pending", "Stranded", "Late", "Unreached", "no such number", "no answer"):
        assert words in box
    assert WORDS["stranded_about"] in box


def test_an_appointment(desk: Desk, database: Database) -> None:
    number = _book(database, at(30, 13), language="ti")
    html = _get(desk, f"{HERE}/{number}")
    appointment = _appointment(database, number)
    assert show_code(appointment.code) in html
    for words in ("Sara", "+46 70 174 06 05", "Jag har barn med mig", "Tolk", "tigrinja"):
        assert words in html
    assert appointment_texts.message_about("two_days", "sv") in html


def test_confirming(desk: Desk, database: Database) -> None:
    number = _book(database, at(30, 9), rules=Rules(needs_confirmation=True))
    assert _appointment(database, number).state == PENDING
    assert f'action="{HERE}/{number}/confirm"' in _get(desk, f"{HERE}/{number}")
    for _ in range(2):  # a second click is harmless
        status, html = _post(desk, f"{HERE}/{number}/confirm")
        assert status == 200
        assert appointment_texts.done("confirmed", "sv") in html
    assert _appointment(database, number).state == BOOKED


def test_moving(desk: Desk, database: Database) -> None:
    number = _book(database, at(27, 9))
    html = _get(desk, f"{HERE}/{number}?week=2026-11-30")
    assert _value(at(30, 9), "amina") in _offered(html)
    status, html = _post(desk, f"{HERE}/{number}/move", time=_value(at(30, 9), "amina"))
    assert status == 200
    assert appointment_texts.done("moved", "sv") in html
    moved = _appointment(database, number)
    assert (moved.starts_at, moved.caseworker_id) == (at(30, 9), "amina")


def test_giving_it_to_another_caseworker(desk: Desk, database: Database) -> None:
    number = _book(database, at(27, 9))
    with database.transaction() as session:
        session.get_one(Caseworker, "amina").active = False
    html = _get(desk, f"{HERE}/{number}?with=erik")
    assert WORDS["has_left"] in html
    assert WORDS["same_time"] in html
    assert _value(at(27, 9), "erik") in _offered(html)
    _post(desk, f"{HERE}/{number}/move", time=_value(at(27, 9), "erik"))
    moved = _appointment(database, number)
    assert (moved.starts_at, moved.caseworker_id) == (at(27, 9), "erik")


def test_moving_to_a_time_that_is_taken(desk: Desk, database: Database) -> None:
    number = _book(database, at(27, 9))
    _book(database, at(30, 9), name="Ali")
    status, html = _post(desk, f"{HERE}/{number}/move", time=_value(at(30, 9), "amina"))
    assert status == 409
    assert appointment_texts.problem("taken", "sv") in html
    assert _value(at(30, 9), "erik") in _offered(html)
    assert _appointment(database, number).starts_at == at(27, 9)


@pytest.mark.parametrize("wrong", ["", "soon", "2026-11-30T08:00Z"])
def test_moving_without_a_time(desk: Desk, database: Database, wrong: str) -> None:
    number = _book(database, at(27, 9))
    status, html = _post(desk, f"{HERE}/{number}/move", time=wrong)
    assert status == 400
    assert appointment_texts.problem("time", "sv") in html
    assert _offered(html)


def test_cancelling(desk: Desk, database: Database) -> None:
    number = _book(database, at(27, 9))
    for wrong in ("", "weather"):
        status, html = _post(desk, f"{HERE}/{number}/cancel", reason=wrong)
        assert status == 400
        assert appointment_texts.problem("reason", "sv") in html
    status, html = _post(desk, f"{HERE}/{number}/cancel", reason="caseworker_ill")
    assert status == 200
    assert translate(REASONS["caseworker_ill"], "sv") in html
    cancelled = _appointment(database, number)
    assert (cancelled.state, cancelled.reason) == (CANCELLED, "caseworker_ill")
    status, html = _post(desk, f"{HERE}/{number}/move", time=_value(at(30, 9), "amina"))
    assert status == 409
    assert appointment_texts.problem("not_upcoming", "sv") in html


def test_whether_they_came(desk: Desk, database: Database) -> None:
    number = _begun(database)
    for state in (ATTENDED, MISSED):  # staff may change their mind
        assert _post(desk, f"{HERE}/{number}/{state}")[0] == 200
        assert _appointment(database, number).state == state
    status, html = _post(desk, f"{HERE}/{number}/cancel", reason="other")
    assert status == 409
    assert appointment_texts.problem("not_upcoming", "sv") in html


def test_nobody_came_before_it_began(desk: Desk, database: Database) -> None:
    number = _book(database, at(27, 9))
    assert f'action="{HERE}/{number}/missed"' not in _get(desk, f"{HERE}/{number}")
    status, html = _post(desk, f"{HERE}/{number}/missed")
    assert status == 409
    assert appointment_texts.problem("not_begun", "sv") in html


def test_a_failed_message_is_sent_again(desk: Desk, database: Database) -> None:
    number, other = _book(database, at(27, 9)), _book(database, at(27, 13))
    with database.transaction() as session:
        written = session.scalars(select(Delivery).where(Delivery.appointment_id == number))
        message = next(each for each in written if each.event == "two_hours")
        message.state, message.problem = "failed", "no such number"
        message.due_at = MORNING + timedelta(days=1)
    path = f"/messages/{message.id}/again"
    assert f'action="{HERE}/{number}{path}"' in _get(desk, f"{HERE}/{number}")
    assert _post(desk, f"{HERE}/{other}{path}")[0] == 404
    status, html = _post(desk, f"{HERE}/{number}{path}")
    assert status == 200
    assert appointment_texts.done("sent", "sv") in html
    with database.reading() as session:
        assert session.get_one(Delivery, message.id).state != "failed"


VISITOR = {
    "subject": "housing",
    "language": "sv",
    "name": "Maryam Ali",
    "contact": "070-174 06 05",
    "note": "Har med sig ett barn",
    "token": "a-token-of-this-form",
}


def test_booking_for_a_visitor(desk: Desk, database: Database) -> None:
    html = _get(desk, f"{HERE}/new?subject=housing&language=sv")
    links = re.findall(r'href="([^"]+time=[^"]+)"', html)
    assert links
    html = _get(desk, links[0].partition("#")[0])
    (chosen,) = _offered(html)
    token = re.search(r'name="token" value="([^"]+)"', html)
    assert token
    form = {**VISITOR, "time": chosen, "token": token[1]}
    for _ in range(2):  # a double click
        status, html = _post(desk, f"{HERE}/new", **form)
        assert status == 200
        assert appointment_texts.done("booked", "sv") in html
    with database.reading() as session:
        (booked,) = session.scalars(select(Appointment)).all()
    assert (booked.name, booked.phone, booked.note) == (
        "Maryam Ali",
        "+46701740605",
        VISITOR["note"],
    )
    assert booked.conversation_id is None
    assert show_code(booked.code) in html


def test_the_same_token_of_another_form(desk: Desk, database: Database) -> None:
    _post(desk, f"{HERE}/new", **VISITOR, time=_value(at(30, 9), "erik"))
    other = VISITOR | {"token": "a-token-of-that-form"}
    _post(desk, f"{HERE}/new", **other, time=_value(at(30, 10), "erik"))
    assert _count(database) == 2


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", "12"),
        ("contact", "070"),
        pytest.param("note", "x" * 501, id="note"),
        ("token", ""),
        ("subject", "weather"),
        ("language", "xx"),
        ("time", ""),
    ],
)
def test_a_fault_books_nothing_and_loses_nothing(
    desk: Desk, database: Database, field: str, wrong: str
) -> None:
    form = {**VISITOR, "time": _value(at(30, 9), "erik"), field: wrong}
    status, html = _post(desk, f"{HERE}/new", **form)
    assert status == 400
    assert appointment_texts.problem(field, "sv") in html
    if field not in ("subject", "language"):
        assert 'name="name"' in html
        for name in ("name", "contact", "note", "time"):
            assert form[name] in html
    assert _count(database) == 0


def test_somebody_else_took_the_time(desk: Desk, database: Database) -> None:
    _book(database, at(30, 9), "erik")
    status, html = _post(desk, f"{HERE}/new", **VISITOR, time=_value(at(30, 9), "erik"))
    assert status == 409
    assert appointment_texts.problem("taken", "sv") in html
    assert _value(at(30, 9), "amina") in _offered(html)
    assert 'value="Maryam Ali"' in html
    assert _count(database) == 1


def test_blocking_and_giving_free(desk: Desk, database: Database) -> None:
    form = {"person": "amina", "date": "2026-11-30", "from": "09:00", "until": "12:00"}
    status, html = _post(desk, f"{HERE}/blocks", **form)
    assert status == 200
    assert appointment_texts.done("blocked", "sv") in html
    with database.reading() as session:
        (block,) = session.scalars(select(Block)).all()
    assert (block.starts_at, block.ends_at, block.source) == (at(30, 9), at(30, 12), "desk")
    status, html = _post(desk, f"{HERE}/blocks/{block.id}/remove")
    assert status == 200
    assert WORDS["no_blocks"] in html
    assert appointment_texts.done("removed", "sv") in html


def test_what_comes_from_their_own_calendar_stays(desk: Desk, database: Database) -> None:
    with database.transaction() as session:
        block = blocks.block(session, "amina", at(30, 9), at(30, 10), blocks.CALENDAR)
        assert isinstance(block, Block)
    html = _post(desk, f"{HERE}/blocks/{block.id}/remove")[1]
    assert WORDS["blocked_in_calendar"] in html
    assert f'action="{HERE}/blocks/{block.id}/remove"' not in html


def test_an_appointment_in_the_way(desk: Desk, database: Database) -> None:
    number = _book(database, at(30, 9))
    form = {"person": "amina", "date": "2026-11-30", "from": "09:00", "until": "12:00"}
    status, html = _post(desk, f"{HERE}/blocks", **form)
    assert status == 409
    assert appointment_texts.problem("in_the_way", "sv") in html
    assert f'href="{HERE}/{number}"' in html
    assert 'value="2026-11-30"' in html
    with database.reading() as session:
        assert session.scalars(select(Block)).all() == []


@pytest.mark.parametrize(
    ("field", "wrong", "reason"),
    [
        ("person", "nobody", "person"),
        ("date", "", "date"),
        ("from", "12:00", "times"),
        ("until", "late", "times"),
    ],
)
def test_a_block_without_sense(
    desk: Desk, database: Database, field: str, wrong: str, reason: str
) -> None:
    form = {"person": "amina", "date": "2026-11-30", "from": "09:00", "until": "12:00"}
    status, html = _post(desk, f"{HERE}/blocks", **form | {field: wrong})
    assert status == 400
    assert appointment_texts.problem(reason, "sv") in html


def test_figures(desk: Desk, database: Database) -> None:
    _book(database, at(27, 10), language="sv")
    _book(database, at(30, 13), language="ti")
    _post(desk, f"{HERE}/{_begun(database)}/missed")
    html = _get(desk, f"{HERE}/figures")
    rows = dict(re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td>', html))
    names = appointment_texts.events("sv")
    assert (rows[names["booked"]], rows[names["missed"]]) == ("3", "1")
    assert rows[WORDS["missed_share"]].replace("\xa0", " ") == "100 %"
    assert rows["tigrinja"] == "1"
    assert rows["svenska"] == "2"
    assert '<input type="date" name="from" value="2026-10-28">' in html
    old = _get(desk, f"{HERE}/figures?from=2026-01-01&to=2026-01-31")
    assert WORDS["no_bookings"] in old


@pytest.mark.parametrize(
    ("query", "reason"),
    [("from=x", "date"), ("from=2026-12-01&to=2026-11-01", "dates")],
)
def test_figures_of_no_time(desk: Desk, query: str, reason: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        desk.get(f"{HERE}/figures?{query}")
    assert appointment_texts.problem(reason, "sv") in unescape(refused.value.read().decode())


def test_the_conversation_that_led_to_it(desk: Desk, database: Database) -> None:
    with database.transaction() as session:
        own = messages.start(session, messages.WEB, "sv", clock)
        other = messages.start(session, messages.WEB, "sv", clock)
        messages.say(session, own, "bot", [{"text": "**Hej** och välkommen"}], MORNING)
    number = _book(database, at(30, 9), name="", conversation_id=own)
    path = f"/desk/conversations/{own}/transcript"
    assert f'href="{path}"' in _get(desk, f"{HERE}/{number}")
    html = desk.get(path)
    assert "<strong>Hej</strong> och välkommen" in html
    assert f"<bdi>{show_code(_appointment(database, number).code)}</bdi></a>" in html
    with pytest.raises(urllib.error.HTTPError, match="404"):
        desk.get(f"/desk/conversations/{other}/transcript")
    with database.transaction() as session:
        session.get_one(Conversation, own).state = "waiting"
    assert f'href="/desk?conversation={own}"' in _get(desk, f"{HERE}/{number}")
