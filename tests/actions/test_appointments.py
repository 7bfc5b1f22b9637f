"""Booking, moving, cancelling and looking up, in real dialogues."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import actions.context
from actions.appointments.slots import SHARED
from contact_point.appointments import booking, waiting_list
from contact_point.appointments.codes import show_code
from contact_point.appointments.tables import (
    Appointment,
    AppointmentType,
    Caseworker,
    ClaimedCell,
    Office,
)
from contact_point.database import Base, Database
from contact_point.settings import load_settings
from tests.actions import dialogue
from tests.actions.dialogue import Assistant, Dialogue
from tests.contact_point.appointments import sample
from tests.contact_point.appointments.sample import at, caseworker, interpreter

CODE = re.compile(r"K[A-Z2-9]{3}-[A-Z2-9]{4}")
FIRST = "Tue 24 Nov, 10:00"
THURSDAY = "Thu 26 Nov, 09:00"
PROOF = (
    "Which e-mail address or phone number did you give when you booked? I ask so that nobody else "
    "can change your time."
)


@pytest.fixture(scope="module", autouse=True)
def settings_in_environment() -> Iterator[None]:
    """Secrets for this module."""
    with dialogue.environment():
        yield


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Rules and forms, trained and loaded once."""
    model = dialogue.train_dialogue(tmp_path_factory.mktemp("model"))
    return Assistant(model, "actions.appointments")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Two caseworkers who speak English: Amina for housing, Yonas for money."""
    database = Database(f"sqlite:///{tmp_path}/test.sqlite3")
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        session.add(caseworker("amina", languages=("sv", "en")))
        session.add(caseworker("yonas", subjects=("economy",), languages=("en", "ti")))
        session.add(interpreter(languages=("ar",), notice_days=1))
    yield database
    database.close()


class Time:
    """A clock that tests turn."""

    now = sample.NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Time:
    """Tuesday, 24 November 2026, eight o'clock."""
    return Time()


@pytest.fixture
def newcomer(
    assistant: Assistant, database: Database, clock: Time, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Dialogue]:
    """Someone who writes English; articles are not what is tested here."""
    monkeypatch.setattr(actions.context, "settings", load_settings)
    monkeypatch.setattr(actions.context, "Database", lambda _url: database)
    monkeypatch.setattr(actions.context, "process_clock", lambda: clock)
    monkeypatch.setattr("bot.response_generator.find_answer", lambda *_: None)
    actions.context.context.cache_clear()
    yield Dialogue(assistant)
    actions.context.context.cache_clear()


async def _until_summary(newcomer: Dialogue) -> str:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    await newcomer.write("Maryam Ali")
    return await newcomer.write("maryam@example.org", email="maryam@example.org")


async def _booked(newcomer: Dialogue) -> str:
    """Book Thursday at nine; gives the code as shown."""
    await _until_summary(newcomer)
    found = CODE.search(await newcomer.press("Yes, book it"))
    assert found
    return found[0]


def _appointments(database: Database) -> list[Appointment]:
    with database.reading() as session:
        agreed = select(Appointment).where(Appointment.state != "held")
        return list(session.scalars(agreed.order_by(Appointment.id)))


def _held(database: Database) -> list[datetime]:
    with database.reading() as session:
        held = select(Appointment.starts_at).where(Appointment.state == "held")
        return list(session.scalars(held))


def _take(
    database: Database, starts_at: datetime, clock: Callable[[], datetime] = sample.clock
) -> Appointment:
    with database.transaction() as session:
        taken = booking.book(
            session,
            sample.calendar(),
            sample.request(starts_at, "rival", conversation_id="rival"),
            clock,
        )
    assert isinstance(taken, Appointment)
    return taken


# --- booking ---


async def test_a_time_is_booked_step_by_step(newcomer: Dialogue, database: Database) -> None:
    assert "talk about" in await newcomer.send("/book_appointment")
    assert newcomer.titles == ["Housing", "Money"]
    assert "Choose a time" in await newcomer.press("Housing")
    assert newcomer.titles == [
        FIRST,
        "Tue 24 Nov, 13:00",
        "Wed 25 Nov, 09:00",
        "Wed 25 Nov, 13:00",
        THURSDAY,
        "Thu 26 Nov, 13:00",
        "More times",
        "Another week",
        "Stop",
    ]
    assert await newcomer.press(THURSDAY) == "What is your name?"
    assert "How do we reach you" in await newcomer.write("  maryam   Ali ")
    summary = await newcomer.write("070-174 06 05", phone="+46701740605")
    for part in (
        "Subject: Housing",
        "Time: Thursday, 26 November 2026, 09:00–09:30",
        "Caseworker: Amina",
        "Place: Storgatan 1",
        "Interpreter: not needed",
        "Your name: maryam Ali",
        "+46 70 174 06 05",
    ):
        assert part in summary
    assert _appointments(database) == []
    booked = await newcomer.press("Yes, book it")
    (appointment,) = _appointments(database)
    assert show_code(appointment.code) in booked
    assert "Thursday, 26 November 2026, 09:00–09:30" in booked
    assert "Storgatan 1" in booked
    assert (appointment.subject, appointment.starts_at) == ("housing", at(26, 9))
    assert (appointment.name, appointment.phone) == ("maryam Ali", "+46701740605")
    assert (appointment.language, appointment.conversation_id) == ("en", newcomer.conversation_id)
    assert await newcomer.active_form() is None
    for slot in SHARED:
        assert await newcomer.slot(slot) is None


async def test_the_subject_may_come_with_the_button(newcomer: Dialogue) -> None:
    assert "Choose a time" in await newcomer.send('/book_appointment{"subject": "housing"}')


async def test_the_first_message_may_say_subject_and_day(newcomer: Dialogue) -> None:
    text = await newcomer.write(
        "book a time about my flat on thursday",
        "book_appointment",
        service_category="housing",
        date="2026-11-26",
    )
    assert "Choose a time" in text
    assert all(title.startswith("Thu 26 Nov") for title in newcomer.titles[:6])


@pytest.mark.parametrize(
    ("text", "ranking", "entities"),
    [
        ("housing", (), {}),
        ("my landlord", ("tenant_rights", "greet"), {}),
        ("flat", (), {"service_category": "housing"}),
    ],
)
async def test_a_subject_may_be_written(
    newcomer: Dialogue, text: str, ranking: tuple[str, ...], entities: dict[str, str]
) -> None:
    await newcomer.send("/book_appointment")
    assert "Choose a time" in await newcomer.write(text, "inform", ranking, **entities)
    assert await newcomer.slot("appointment_subject") == "housing"


async def test_an_unknown_subject_is_asked_again(newcomer: Dialogue) -> None:
    await newcomer.send("/book_appointment")
    text = await newcomer.write("hmm")
    assert "do not know which subject" in text
    assert newcomer.titles == ["Housing", "Money"]


async def test_more_times_and_no_both_show_others(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    first = newcomer.titles[:6]
    await newcomer.press("More times")
    second = newcomer.titles[:6]
    await newcomer.write("no", "deny")
    assert len({*first, *second, *newcomer.titles[:6]}) == 18


async def test_a_written_wish_narrows_the_offer(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.write("on thursday after two", date="2026-11-26", time="14:00")
    assert newcomer.titles == [
        "Thu 26 Nov, 14:00",
        "Thu 26 Nov, 14:30",
        "Thu 26 Nov, 15:00",
        "Thu 26 Nov, 15:30",
        "Another week",
        "Stop",
    ]
    await newcomer.write("in the morning", part_of_day="morning")
    assert newcomer.titles[0] == THURSDAY
    assert all(title.startswith("Thu") for title in newcomer.titles[:6])


async def test_a_wish_that_nothing_fits_shows_the_nearest(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    text = await newcomer.write("on saturday", date="2026-11-28")
    assert "no free time like that" in text
    assert newcomer.titles[0] == FIRST


async def test_a_time_is_chosen_by_its_place(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    second = newcomer.titles[1]
    await newcomer.write("the second one", slot="2")
    assert "What is your name" in newcomer.text
    await newcomer.write("Sara")
    summary = await newcomer.write("sara@example.org", email="sara@example.org")
    assert second.split(", ")[1] in summary


async def test_a_place_where_nothing_is_shown_is_no_time(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    assert "Choose a time" in await newcomer.write("12", slot="12")


async def test_day_and_place_may_be_said_where_the_subject_is_asked(newcomer: Dialogue) -> None:
    await newcomer.send("/book_appointment")
    text = await newcomer.write("on friday", date="2026-11-27")
    assert "do not know that subject" not in text
    await newcomer.write("about my rent", ranking=("tenant_rights",))
    assert all(title.startswith("Fri 27 Nov") for title in newcomer.titles[:3])


async def test_a_contact_that_comes_while_a_time_is_asked_is_kept(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    text = await newcomer.write("sara@example.org", email="sara@example.org")
    assert "did not understand" not in text
    await newcomer.press(newcomer.titles[0])
    assert "sara@example.org" in await newcomer.write("Sara")


async def test_a_button_may_be_typed(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    text = await newcomer.write("thu 26 nov, 09:00", date="2026-11-26", time="09:00")
    assert text == "What is your name?"


async def test_a_time_that_is_not_understood_is_asked_again(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    text = await newcomer.write("whenever")
    assert "did not understand which time" in text
    assert "Choose a time" in text
    assert newcomer.titles[0] == FIRST


async def test_what_is_no_name_and_no_contact_is_asked_again(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(FIRST)
    text = await newcomer.write("123")
    assert "can not read that as a name" in text
    assert "What is your name?" in text
    await newcomer.write("Maryam")
    text = await newcomer.write("call me")
    assert "not a whole e-mail address" in text
    assert "How do we reach you" in text


async def test_the_contact_may_come_early(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(FIRST)
    text = await newcomer.write("070-174 06 05", phone="+46701740605")
    assert "What is your name?" in text
    assert "Please check" in await newcomer.write("Maryam")


async def test_an_interpreter_is_noted_when_the_caseworker_does_not_speak_the_language(
    newcomer: Dialogue, database: Database
) -> None:
    newcomer.language = "ar"
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.send('/inform{"slot": "2026-11-26T08:00Z"}')
    await newcomer.write("مريم")
    await newcomer.write("070-174 06 05", phone="+46701740605")
    await newcomer.write("نعم", "affirm")
    (appointment,) = _appointments(database)
    assert appointment.interpreter
    assert appointment.ends_at - appointment.starts_at == timedelta(minutes=45)


@pytest.mark.parametrize("topic", ["find_doctor", "my_data", "change_language", "greet"])
async def test_a_question_is_answered_and_the_form_goes_on(
    newcomer: Dialogue, database: Database, topic: str
) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    await newcomer.write("and what about this?", topic, date="2026-11-25")
    assert len(newcomer.replies) == 2
    assert newcomer.replies[-1]["text"] == "What is your name?"
    await newcomer.write("Maryam Ali")
    await newcomer.write("how?", topic)
    assert "How do we reach you" in newcomer.replies[-1]["text"]
    await newcomer.write("maryam@example.org", email="maryam@example.org")
    await newcomer.write("really?", topic)
    assert "Please check" in newcomer.replies[-1]["text"]
    await newcomer.press("Yes, book it")
    assert _appointments(database)[0].starts_at == at(26, 9)


async def test_each_part_can_be_changed_from_the_summary(
    newcomer: Dialogue, database: Database
) -> None:
    await _until_summary(newcomer)
    await newcomer.press("Change something")
    assert newcomer.text == "What do you want to change?"
    await newcomer.press("Nothing, go back")
    assert "Please check" in newcomer.text

    await newcomer.press("Change something")
    assert await newcomer.press("The name") == "What is your name?"
    assert "Your name: Sara" in await newcomer.write("Sara")

    await newcomer.press("Change something")
    await newcomer.press("E-mail or phone")
    assert "sara@example.org" in await newcomer.write("sara@example.org", email="sara@example.org")

    await newcomer.press("Change something")
    await newcomer.press("The time")
    assert "Please check" in await newcomer.press("Wed 25 Nov, 13:00")
    assert "Wednesday, 25 November 2026, 13:00–13:30" in newcomer.text

    await newcomer.press("Change something")
    await newcomer.press("The subject")
    assert newcomer.titles == ["Housing", "Money"]
    assert "Subject: Money" in await newcomer.press("Money")  # Yonas is free then as well

    await newcomer.press("Yes, book it")
    (appointment,) = _appointments(database)
    assert (appointment.subject, appointment.name) == ("economy", "Sara")
    assert (appointment.email, appointment.starts_at) == ("sara@example.org", at(25, 13))


async def test_another_day_may_be_wished_at_the_summary(newcomer: Dialogue) -> None:
    await _until_summary(newcomer)
    text = await newcomer.write("rather on friday", date="2026-11-27")
    assert "Choose a time" in text
    assert newcomer.titles[0] == "Fri 27 Nov, 09:00"
    assert "Please check" in await newcomer.press("Fri 27 Nov, 09:30")


async def test_a_new_contact_may_be_written_at_the_summary(newcomer: Dialogue) -> None:
    await _until_summary(newcomer)
    assert "+46 70 174 06 05" in await newcomer.write("070-174 06 05", phone="+46701740605")


@pytest.mark.parametrize(
    ("intent", "ranking"),
    [("deny", ()), ("change_appointment", ()), ("inform", ("change_appointment",))],
)
async def test_no_at_the_summary_asks_what_to_change(
    newcomer: Dialogue, database: Database, intent: str, ranking: tuple[str, ...]
) -> None:
    await _until_summary(newcomer)
    assert await newcomer.write("no, change it", intent, ranking) == "What do you want to change?"
    assert _appointments(database) == []


async def test_a_name_that_looks_like_a_topic_does_not_open_the_change_menu(
    newcomer: Dialogue,
) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    await newcomer.write("maryam@example.org", email="maryam@example.org")
    assert "Please check" in await newcomer.write("Noa", "inform", ("deny",))


async def test_the_time_can_be_changed_before_the_summary(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    assert "Choose a time" in await newcomer.write("another time please", "change_appointment")


async def test_asking_to_book_again_repeats_the_question(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    assert await newcomer.write("book a time", "book_appointment") == "What is your name?"


async def test_yes_to_an_open_question_repeats_it(newcomer: Dialogue, database: Database) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    assert await newcomer.write("yes", "affirm") == "What is your name?"
    assert await newcomer.write("no", "deny") == "What is your name?"
    assert _appointments(database) == []


async def test_another_subject_may_be_chosen_in_between(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    text = await newcomer.send('/book_appointment{"subject": "economy"}')
    assert text == "What is your name?"  # the time is free with Yonas as well
    assert await newcomer.slot("appointment_subject") == "economy"


async def test_the_form_goes_on_in_the_language_that_is_changed_to(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    newcomer.language = "ar"
    await newcomer.send('/change_language{"conversation_language": "ar"}')
    assert await newcomer.active_form() == "booking_form"
    assert "نوفمبر" in newcomer.titles[0]


async def test_an_old_button_does_nothing_once_the_form_is_over(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    old = newcomer.replies
    await newcomer.press("Stop")
    newcomer.replies = old
    await newcomer.press(THURSDAY)
    assert await newcomer.active_form() is None
    assert await newcomer.slot("appointment_time") is None


async def test_a_button_of_an_earlier_question_changes_that_answer(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    old = newcomer.replies
    await newcomer.press(THURSDAY)
    newcomer.replies = old
    assert await newcomer.press(FIRST) == "What is your name?"
    assert await newcomer.slot("appointment_time") == "2026-11-24T09:00Z"


@pytest.mark.parametrize(
    ("intent", "text"),
    [("stop", "Nothing was booked"), ("cancel_appointment", "Nothing was booked")],
)
async def test_stopping_books_nothing_and_forgets_everything(
    newcomer: Dialogue, database: Database, intent: str, text: str
) -> None:
    await _until_summary(newcomer)
    assert text in await newcomer.write("stop", intent)
    assert len(newcomer.replies) == 1
    assert await newcomer.active_form() is None
    for slot in SHARED:
        assert await newcomer.slot(slot) is None
    await newcomer.write("yes", "affirm")
    assert _appointments(database) == []


@pytest.mark.parametrize(
    "intent", ["emergency", "violence_at_home", "crisis_self_harm", "exploitation", "goodbye"]
)
async def test_nothing_more_is_asked_after_safety_or_goodbye(
    newcomer: Dialogue, intent: str
) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    await newcomer.write("help!", intent)
    assert len(newcomer.replies) == 1
    assert await newcomer.active_form() is None
    # Who comes back goes on from there.
    assert await newcomer.send("/book_appointment") == "What is your name?"


async def test_a_chosen_time_is_kept_for_five_minutes(
    newcomer: Dialogue, database: Database, clock: Time
) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    with pytest.raises(AssertionError):
        _take(database, at(26, 9))
    assert _held(database) == [at(26, 9)]
    clock.now += booking.HOLD
    assert _take(database, at(26, 9), clock)


async def test_a_newcomer_holds_one_time_only_and_none_after_stopping(
    newcomer: Dialogue, database: Database
) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    old = newcomer.replies
    await newcomer.press(THURSDAY)
    newcomer.replies = old
    await newcomer.press(FIRST)
    assert _held(database) == [at(24, 10)]
    await newcomer.write("stop", "stop")
    assert _held(database) == []
    with database.reading() as session:
        assert list(session.scalars(select(ClaimedCell))) == []


async def test_a_time_that_is_gone_at_confirmation_keeps_the_rest(
    newcomer: Dialogue, database: Database, clock: Time
) -> None:
    await _until_summary(newcomer)
    clock.now += booking.HOLD
    _take(database, at(26, 9), clock)
    text = await newcomer.press("Yes, book it")
    assert "has just been taken" in text
    assert "Choose a time" in text
    assert THURSDAY not in newcomer.titles
    assert "Thu 26 Nov, 09:30" in newcomer.titles
    summary = await newcomer.press("Thu 26 Nov, 09:30")
    assert "Your name: Maryam Ali" in summary
    assert "maryam@example.org" in summary
    assert "Your time is booked" in await newcomer.press("Yes, book it")
    assert [one.starts_at for one in _appointments(database)] == [at(26, 9), at(26, 9, 30)]


async def test_a_time_that_is_gone_when_chosen_is_offered_no_more(
    newcomer: Dialogue, database: Database
) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    _take(database, at(26, 9))
    text = await newcomer.press(THURSDAY)
    assert "has just been taken" in text
    assert THURSDAY not in newcomer.titles


async def test_a_time_that_is_gone_before_the_summary_is_asked_for_again(
    newcomer: Dialogue, database: Database, clock: Time
) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    await newcomer.write("Maryam")
    clock.now += booking.HOLD
    _take(database, at(26, 9), clock)
    text = await newcomer.write("maryam@example.org", email="maryam@example.org")
    assert "has just been taken" in text
    assert "Please check" not in text
    assert "Please check" in await newcomer.press("Thu 26 Nov, 09:30")


async def test_a_message_that_comes_again_books_once(
    newcomer: Dialogue, database: Database
) -> None:
    await _until_summary(newcomer)
    tracker = await newcomer.store.retrieve(newcomer.conversation_id)
    assert tracker
    first = await newcomer.press("Yes, book it")
    await newcomer.store.save(tracker)  # the process died before it stored the dialogue
    assert await newcomer.again("/affirm") == first
    assert len(_appointments(database)) == 1


async def test_two_bookings_in_one_conversation_are_two(
    newcomer: Dialogue, database: Database
) -> None:
    await _booked(newcomer)
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press("Wed 25 Nov, 09:00")
    assert newcomer.text == "What is your name?"  # nothing is left of the first
    await newcomer.write("Sara")
    await newcomer.write("sara@example.org", email="sara@example.org")
    await newcomer.press("Yes, book it")
    assert len(_appointments(database)) == 2


async def test_without_free_times_the_form_ends_and_says_whom_to_turn_to(
    newcomer: Dialogue, database: Database
) -> None:
    with database.transaction() as session:
        session.get_one(Caseworker, "amina").working_intervals = []
    text = await newcomer.send('/book_appointment{"subject": "housing"}')
    assert "no free time to offer" in text
    assert "Talk to a person" in newcomer.titles
    assert len(newcomer.replies) == 1
    assert await newcomer.active_form() is None
    assert await newcomer.slot("appointment_subject") is None


async def test_without_caseworkers_the_form_ends_at_once(
    newcomer: Dialogue, database: Database
) -> None:
    with database.transaction() as session:
        for one in session.scalars(select(Caseworker)):
            one.active = False
    assert "no free time to offer" in await newcomer.send("/book_appointment")
    assert await newcomer.active_form() is None


async def test_everything_in_one_message_leaves_only_the_yes(
    newcomer: Dialogue, database: Database
) -> None:
    summary = await newcomer.write(
        "book a time about housing on thursday afternoon, my number is 070-174 06 05",
        "book_appointment",
        service_category="housing",
        date="2026-11-26",
        part_of_day="afternoon",
        phone="+46701740605",
    )
    assert "Time: Thursday, 26 November 2026, 13:00–13:30" in summary
    assert "Your name: not given" in summary
    assert "Your time is booked" in await newcomer.press("Yes, book it")
    (appointment,) = _appointments(database)
    assert (appointment.name, appointment.phone) == ("", "+46701740605")


async def test_another_language_may_be_spoken_than_is_written(
    newcomer: Dialogue, database: Database
) -> None:
    await newcomer.write(
        "book a time about housing in Arabic",
        "book_appointment",
        service_category="housing",
        spoken_language="ar",
        date="2026-11-26",
        phone="+46701740605",
    )
    assert "Language: العربية" in newcomer.text
    assert "Interpreter: yes" in newcomer.text
    await newcomer.press("Yes, book it")
    (appointment,) = _appointments(database)
    assert (appointment.language, appointment.interpreter_id) == ("ar", "tolk")


async def test_times_of_a_week_that_is_wished(newcomer: Dialogue) -> None:
    await newcomer.write(
        "a time about housing next week",
        "book_appointment",
        subject="housing",
        date="2026-11-30",
        week="2026-11-30",
    )
    text = newcomer.text
    assert "no such free time" not in text
    assert newcomer.titles[0].startswith("Mon 30 Nov")
    assert newcomer.titles[2].startswith("Tue 1 Dec")


async def test_another_week_is_shown(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press("Another week")
    assert newcomer.titles[0] == "Mon 30 Nov, 09:00"
    await newcomer.press("Another week")
    assert newcomer.titles[0] == "Mon 7 Dec, 09:00"
    await newcomer.press("Another week")
    await newcomer.press("Another week")
    assert newcomer.titles[0] == FIRST  # after the last one, from the beginning


async def test_a_place_is_chosen_the_nearest_office_first(
    newcomer: Dialogue, database: Database
) -> None:
    with database.transaction() as session:
        session.add(Office(id="centrum", name="Centrum", address="Storgatan 1"))
        session.add(
            Office(id="norr", name="Norr", address="Norra vägen 2", latitude=58.4, longitude=13.1)
        )
        amina = session.get_one(Caseworker, "amina")
        amina.places = ["office", "phone"]
        for each in amina.working_intervals:
            each.office_id = "norr" if each.weekday == 2 else "centrum"
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press("Another place")
    assert newcomer.text == "Where do you want to meet?"
    assert newcomer.titles == ["Centrum", "Norr", "By phone", "Stop"]
    await newcomer.press("Norr")
    assert all(title.startswith("Wed") for title in newcomer.titles[:4])
    await newcomer.press("Wed 25 Nov, 09:00")
    await newcomer.write("Maryam")
    assert "Place: Norr, Norra vägen 2" in await newcomer.write(
        "maryam@example.org", email="maryam@example.org"
    )
    await newcomer.press("Change something")
    await newcomer.press("The place")
    assert "by phone: your caseworker calls you" in await newcomer.press("By phone")
    await newcomer.press("Yes, book it")
    (appointment,) = _appointments(database)
    assert (appointment.place, appointment.office_id) == ("phone", None)


async def test_a_note_is_written_only_by_those_who_want_to(
    newcomer: Dialogue, database: Database
) -> None:
    assert "Your note: none" in await _until_summary(newcomer)
    await newcomer.press("Change something")
    assert "do not write about illness" in await newcomer.press("Write a note")
    assert "Your note: I bring my child" in await newcomer.write("I bring my  child")
    await newcomer.press("Change something")
    await newcomer.press("Write a note")
    assert "Your note: none" in await newcomer.press("No note")
    await newcomer.press("Yes, book it")
    assert _appointments(database)[0].note is None


async def test_what_needs_a_yes_of_staff_is_pending(newcomer: Dialogue, database: Database) -> None:
    with database.transaction() as session:
        session.add(
            AppointmentType(
                id="long",
                subjects=["housing"],
                minutes=60,
                minutes_with_interpreter=90,
                notice_hours=2,
                horizon_days=21,
                needs_confirmation=True,
                bring=["rent_contract"],
                walk_in={},
            )
        )
    assert "Bring: your rental contract, if you have one" in await _until_summary(newcomer)
    assert "I have sent your request" in await newcomer.press("Yes, book it")
    assert _appointments(database)[0].state == "pending"


async def test_hours_without_a_booked_time_are_told(newcomer: Dialogue, database: Database) -> None:
    with database.transaction() as session:
        session.add(
            AppointmentType(
                id="walk-in",
                subjects=["housing"],
                minutes=30,
                minutes_with_interpreter=45,
                notice_hours=2,
                horizon_days=21,
                bring=[],
                walk_in={"thursday": "09:00-12:00"},
            )
        )
    text = await newcomer.send('/book_appointment{"subject": "housing"}')
    assert text.endswith("You can also come without a booked time: Thursday 09:00–12:00.")
    assert THURSDAY not in newcomer.titles
    assert "booked time:" not in await newcomer.press("More times")


async def test_the_link_of_a_video_appointment_comes_with_the_booking(
    newcomer: Dialogue, database: Database
) -> None:
    with database.transaction() as session:
        amina = session.get_one(Caseworker, "amina")
        amina.places, amina.video_url = ["video"], "https://video.example.org/amina"
    assert "link with the confirmation" in await _until_summary(newcomer)
    assert "https://video.example.org/amina" in await newcomer.press("Yes, book it")


# --- late, and earlier ---


async def test_one_says_that_one_is_late(newcomer: Dialogue, database: Database) -> None:
    await _booked(newcomer)
    text = await newcomer.send("/running_late")
    assert "Amina gets the message that you come late" in text
    assert _appointments(database)[0].late_at == sample.NOW
    assert await newcomer.active_form() is None


async def test_one_may_say_so_after_the_beginning_too_but_not_after_the_end(
    newcomer: Dialogue, clock: Time
) -> None:
    await _booked(newcomer)
    clock.now = at(26, 9, 5)
    assert "come late" in await newcomer.send("/running_late")
    clock.now = at(26, 9, 30)
    assert "come late" not in await newcomer.send("/running_late")


async def test_from_elsewhere_code_and_contact_are_asked_before_the_message_that_one_is_late(
    newcomer: Dialogue, database: Database
) -> None:
    other = _take(database, at(26, 9))
    await newcomer.write("I am late", "running_late")
    assert await newcomer.write(other.code, reference_code=other.code) == PROOF
    assert "come late" in await newcomer.write("sara@example.org", email="sara@example.org")
    assert _appointments(database)[0].late_at == sample.NOW


async def test_an_earlier_time_is_waited_for_and_taken_with_one_tap(
    newcomer: Dialogue, database: Database, clock: Time
) -> None:
    rival = _take(database, at(24, 10))
    await _booked(newcomer)
    assert "You are on the list" in await newcomer.send("/earlier_time")
    with database.transaction() as session:
        booking.cancel(session, sample.calendar(), rival.id, clock)
        (asked,) = waiting_list.ask_next(session, sample.calendar(), clock)
    (mine,) = [one for one in _appointments(database) if one.conversation_id != "rival"]
    button = f'/take_earlier_time{{"reference_code": "{mine.code}"}}'
    assert "Your time is moved" in await newcomer.send(button)
    (mine,) = [one for one in _appointments(database) if one.conversation_id != "rival"]
    assert mine.starts_at == asked.offer.starts_at
    assert _held(database) == []
    assert "earlier time is gone" in await newcomer.send(button)


async def test_nobody_takes_an_earlier_time_for_somebody_else(
    newcomer: Dialogue, database: Database
) -> None:
    other = _take(database, at(26, 9))
    with database.transaction() as session:
        waiting_list.join(session, other.id, sample.clock)
        assert waiting_list.ask_next(session, sample.calendar(), sample.clock)
    button = f'/take_earlier_time{{"reference_code": "{other.code}"}}'
    assert "earlier time is gone" in await newcomer.send(button)
    assert _appointments(database)[0].starts_at == at(26, 9)


# --- my appointments ---


async def test_ones_own_times_are_listed_without_personal_data(newcomer: Dialogue) -> None:
    code = await _booked(newcomer)
    text = await newcomer.write("when is my time?", "my_appointments")
    assert f"**Thursday, 26 November 2026, 09:00–09:30**: Housing, with Amina. Code: {code}" in text
    assert "Maryam" not in text
    assert "example.org" not in text


async def test_a_time_is_found_by_its_code_from_elsewhere(
    newcomer: Dialogue, database: Database
) -> None:
    other = _take(database, at(26, 9))
    assert "I find no booked time" in await newcomer.write("my times", "my_appointments")
    assert "Which e-mail address" in await newcomer.write(show_code(other.code).lower())
    text = await newcomer.write("Sara@example.org", email="Sara@example.org")
    assert show_code(other.code) in text
    assert "Sara" not in text
    assert "example.org" not in text
    assert await newcomer.active_form() is None


async def test_the_code_may_come_with_the_question(newcomer: Dialogue, database: Database) -> None:
    other = _take(database, at(26, 9))
    await newcomer.write("my time?", "my_appointments", reference_code=other.code)
    text = await newcomer.write("sara@example.org", email="sara@example.org")
    assert "Thursday, 26 November 2026" in text
    assert await newcomer.slot("appointment_code") is None
    assert await newcomer.slot("appointment_proof") is None


async def test_wrong_codes_are_told_and_limited(
    newcomer: Dialogue, database: Database, clock: Time
) -> None:
    other = _take(database, at(26, 9))
    await newcomer.write("my times", "my_appointments")
    assert "That is not a code" in await newcomer.write("what")
    assert "write it here" in newcomer.text
    for code in ("KZZZ-ZZZ7", show_code(other.code)) * 2 + ("KZZZ-ZZZ7",):
        # whether a code exists can't be told from what is said
        assert await newcomer.write(code) == PROOF
        text = await newcomer.write("else@example.org", email="else@example.org")
        assert "I find no booking with that code and that" in text
    text = await newcomer.write(show_code(other.code))
    assert "Too many wrong codes" in text
    assert await newcomer.active_form() is None
    text = await newcomer.write("cancel it", "cancel_appointment", reference_code=other.code)
    assert "Too many wrong codes" in text
    assert len(newcomer.replies) == 1
    assert _appointments(database)[0].state == "booked"
    clock.now += timedelta(hours=1)
    await newcomer.write("my time?", "my_appointments", reference_code=other.code)
    assert "Thursday" in await newcomer.write("sara@example.org", email="sara@example.org")


async def test_the_question_for_a_code_can_be_stopped_or_turned_into_a_booking(
    newcomer: Dialogue,
) -> None:
    await newcomer.write("my times", "my_appointments")
    await newcomer.press("Stop")
    assert await newcomer.active_form() is None
    await newcomer.write("my times", "my_appointments")
    assert "talk about" in await newcomer.press("Book a time")
    assert await newcomer.active_form() == "booking_form"


async def test_my_times_can_be_asked_for_while_booking(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    text = await newcomer.write("do I have a time?", "my_appointments")
    assert "I find no booked time in this chat." in text
    assert newcomer.replies[-1]["text"] == "What is your name?"
    assert await newcomer.active_form() == "booking_form"


# --- cancelling ---


async def test_the_only_time_is_cancelled_after_one_question(
    newcomer: Dialogue, database: Database
) -> None:
    code = await _booked(newcomer)
    text = await newcomer.write("I can not come", "cancel_appointment")
    assert code in text
    assert "Shall I cancel" in text
    assert "Your time is cancelled" in await newcomer.press("Yes, cancel it")
    assert _appointments(database)[0].state == "cancelled"
    with database.reading() as session:
        assert list(session.scalars(select(ClaimedCell))) == []
    assert await newcomer.slot("appointment_code") is None


@pytest.mark.parametrize("intent", ["deny", "stop"])
async def test_a_time_is_kept_when_the_newcomer_changes_their_mind(
    newcomer: Dialogue, database: Database, intent: str
) -> None:
    await _booked(newcomer)
    await newcomer.write("cancel", "cancel_appointment")
    await newcomer.write("no", intent)
    assert "othing was" in newcomer.text
    assert _appointments(database)[0].state == "booked"
    assert await newcomer.active_form() is None


async def test_one_of_several_is_chosen(newcomer: Dialogue, database: Database) -> None:
    await _booked(newcomer)
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press("Wed 25 Nov, 09:00")
    await newcomer.write("Sara")
    await newcomer.write("sara@example.org", email="sara@example.org")
    await newcomer.press("Yes, book it")
    assert "Which time do you mean" in await newcomer.write("cancel", "cancel_appointment")
    assert newcomer.titles == ["Wed 25 Nov, 09:00", THURSDAY, "Stop"]
    assert "Wednesday, 25 November" in await newcomer.press("Wed 25 Nov, 09:00")
    await newcomer.press("Yes, cancel it")
    assert [one.state for one in _appointments(database)] == ["booked", "cancelled"]


async def test_code_and_contact_cancel_from_elsewhere(
    newcomer: Dialogue, database: Database
) -> None:
    other = _take(database, at(26, 9))
    assert "Write the code" in await newcomer.write("cancel", "cancel_appointment")
    assert "That is not a code" in await newcomer.write("I forgot")
    assert "Write the code" in newcomer.text
    assert await newcomer.write(other.code, reference_code=other.code) == PROOF
    text = await newcomer.write("sara@example.org", email="sara@example.org")
    assert "Shall I cancel" in text
    assert "Sara" not in text
    await newcomer.write("yes", "affirm")
    assert _appointments(database)[0].state == "cancelled"
    await newcomer.write("cancel", "cancel_appointment", reference_code=other.code)
    text = await newcomer.write("sara@example.org", email="sara@example.org")
    assert "over or already cancelled" in text


async def test_cancelling_can_be_interrupted(newcomer: Dialogue, database: Database) -> None:
    await _booked(newcomer)
    await newcomer.write("cancel", "cancel_appointment")
    await newcomer.write("what does a doctor cost?", "care_costs")
    assert "Shall I cancel" in newcomer.replies[-1]["text"]
    assert "Shall I cancel" in await newcomer.write("cancel!", "cancel_appointment")
    await newcomer.write("yes", "affirm")
    assert _appointments(database)[0].state == "cancelled"


# --- moving ---


async def test_a_time_is_moved_and_keeps_its_code(newcomer: Dialogue, database: Database) -> None:
    code = await _booked(newcomer)
    assert "Choose a time" in await newcomer.write("another time", "change_appointment")
    assert THURSDAY not in newcomer.titles
    text = await newcomer.press("Wed 25 Nov, 13:00")
    assert "Now you have: Thursday, 26 November 2026, 09:00–09:30." in text
    assert "Wednesday, 25 November 2026, 13:00–13:30" in text
    assert _appointments(database)[0].starts_at == at(26, 9)
    text = await newcomer.press("Yes, move it")
    assert "Your time is moved" in text
    assert code in text
    (appointment,) = _appointments(database)
    assert appointment.starts_at == at(25, 13)
    assert await newcomer.slot("appointment_time") is None


async def test_a_wish_may_come_with_the_request_to_move(newcomer: Dialogue) -> None:
    await _booked(newcomer)
    await newcomer.write("move it to friday", "change_appointment", date="2026-11-27")
    assert all(title.startswith("Fri 27 Nov") for title in newcomer.titles[:6])


async def test_the_code_is_asked_for_before_the_new_time(
    newcomer: Dialogue, database: Database
) -> None:
    other = _take(database, at(26, 9))
    await newcomer.write("move my time to friday", "change_appointment", date="2026-11-27")
    assert "Write the code" in newcomer.text
    await newcomer.write(show_code(other.code), reference_code=other.code)
    await newcomer.write("sara@example.org", email="sara@example.org")
    assert newcomer.titles[0].startswith("Fri 27 Nov")
    await newcomer.press("Fri 27 Nov, 09:00")
    assert "Sara" not in newcomer.text
    await newcomer.press("Yes, move it")
    assert _appointments(database)[0].starts_at == at(27, 9)


@pytest.mark.parametrize(
    ("press", "form"), [("No, keep the old", None), ("Another time", "moving_form")]
)
async def test_a_move_can_be_refused_or_changed(
    newcomer: Dialogue, database: Database, press: str, form: str | None
) -> None:
    await _booked(newcomer)
    await newcomer.write("another time", "change_appointment")
    await newcomer.press("Wed 25 Nov, 13:00")
    await newcomer.press(press)
    assert await newcomer.active_form() == form
    assert _appointments(database)[0].starts_at == at(26, 9)


async def test_moving_can_be_interrupted(newcomer: Dialogue) -> None:
    code = await _booked(newcomer)
    await newcomer.write("another time", "change_appointment")
    await newcomer.press("Wed 25 Nov, 13:00")
    await newcomer.write("when is my time?", "my_appointments")
    shown, question = newcomer.replies[-2]["text"], newcomer.replies[-1]["text"]
    assert code in shown
    assert "Shall I move" in question


async def test_a_move_to_a_time_that_is_gone_keeps_the_old_time(
    newcomer: Dialogue, database: Database
) -> None:
    await _booked(newcomer)
    await newcomer.write("another time", "change_appointment")
    await newcomer.press("Wed 25 Nov, 13:00")
    _take(database, at(25, 13))
    text = await newcomer.press("Yes, move it")
    assert "has just been taken. You keep the time that you have" in text
    assert _appointments(database)[0].starts_at == at(26, 9)
    assert "Shall I move" in await newcomer.press("Wed 25 Nov, 13:30")
    await newcomer.press("Yes, move it")
    assert _appointments(database)[0].starts_at == at(25, 13, 30)


async def test_a_booking_may_begin_while_moving(newcomer: Dialogue) -> None:
    await _booked(newcomer)
    await newcomer.write("another time", "change_appointment")
    assert "talk about" in await newcomer.write("book a time", "book_appointment")
    assert await newcomer.active_form() == "booking_form"
