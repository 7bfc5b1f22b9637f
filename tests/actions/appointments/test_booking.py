"""Booking, step by step or all at once, in real dialogues."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from actions.appointments.slots import SHARED
from contact_point.appointments.codes import show_code
from contact_point.appointments.tables import (
    AppointmentType,
    Caseworker,
    Office,
)
from contact_point.database import Database
from tests.actions.appointments.steps import FIRST, THURSDAY, booked, stored, until_summary
from tests.actions.dialogue import Dialogue
from tests.contact_point.appointments.sample import at


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
    assert stored(database) == []
    text = await newcomer.press("Yes, book it")
    (appointment,) = stored(database)
    assert show_code(appointment.code) in text
    assert "Thursday, 26 November 2026, 09:00–09:30" in text
    assert "Storgatan 1" in text
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


async def test_day_and_place_may_be_said_where_the_subject_is_asked(newcomer: Dialogue) -> None:
    await newcomer.send("/book_appointment")
    text = await newcomer.write("on friday", date="2026-11-27")
    assert "do not know that subject" not in text
    await newcomer.write("about my rent", ranking=("tenant_rights",))
    assert all(title.startswith("Fri 27 Nov") for title in newcomer.titles[:3])


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
    (appointment,) = stored(database)
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
    assert stored(database)[0].starts_at == at(26, 9)


async def test_each_part_can_be_changed_from_the_summary(
    newcomer: Dialogue, database: Database
) -> None:
    await until_summary(newcomer)
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
    (appointment,) = stored(database)
    assert (appointment.subject, appointment.name) == ("economy", "Sara")
    assert (appointment.email, appointment.starts_at) == ("sara@example.org", at(25, 13))


async def test_a_new_contact_may_be_written_at_the_summary(newcomer: Dialogue) -> None:
    await until_summary(newcomer)
    assert "+46 70 174 06 05" in await newcomer.write("070-174 06 05", phone="+46701740605")


@pytest.mark.parametrize(
    ("intent", "ranking"),
    [("deny", ()), ("change_appointment", ()), ("inform", ("change_appointment",))],
)
async def test_no_at_the_summary_asks_what_to_change(
    newcomer: Dialogue, database: Database, intent: str, ranking: tuple[str, ...]
) -> None:
    await until_summary(newcomer)
    assert await newcomer.write("no, change it", intent, ranking) == "What do you want to change?"
    assert stored(database) == []


async def test_a_name_that_looks_like_a_topic_does_not_open_the_change_menu(
    newcomer: Dialogue,
) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    await newcomer.write("maryam@example.org", email="maryam@example.org")
    assert "Please check" in await newcomer.write("Noa", "inform", ("deny",))


async def test_asking_to_book_again_repeats_the_question(newcomer: Dialogue) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    assert await newcomer.write("book a time", "book_appointment") == "What is your name?"


async def test_yes_to_an_open_question_repeats_it(newcomer: Dialogue, database: Database) -> None:
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press(THURSDAY)
    assert await newcomer.write("yes", "affirm") == "What is your name?"
    assert await newcomer.write("no", "deny") == "What is your name?"
    assert stored(database) == []


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
    await until_summary(newcomer)
    assert text in await newcomer.write("stop", intent)
    assert len(newcomer.replies) == 1
    assert await newcomer.active_form() is None
    for slot in SHARED:
        assert await newcomer.slot(slot) is None
    await newcomer.write("yes", "affirm")
    assert stored(database) == []


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


async def test_a_message_that_comes_again_books_once(
    newcomer: Dialogue, database: Database
) -> None:
    await until_summary(newcomer)
    tracker = await newcomer.store.retrieve(newcomer.conversation_id)
    assert tracker
    first = await newcomer.press("Yes, book it")
    await newcomer.store.save(tracker)  # the process died before it stored the dialogue
    assert await newcomer.again("/affirm") == first
    assert len(stored(database)) == 1


async def test_two_bookings_in_one_conversation_are_two(
    newcomer: Dialogue, database: Database
) -> None:
    await booked(newcomer)
    await newcomer.send('/book_appointment{"subject": "housing"}')
    await newcomer.press("Wed 25 Nov, 09:00")
    assert newcomer.text == "What is your name?"  # nothing is left of the first
    await newcomer.write("Sara")
    await newcomer.write("sara@example.org", email="sara@example.org")
    await newcomer.press("Yes, book it")
    assert len(stored(database)) == 2


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
    (appointment,) = stored(database)
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
    (appointment,) = stored(database)
    assert (appointment.language, appointment.interpreter_id) == ("ar", "tolk")


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
    (appointment,) = stored(database)
    assert (appointment.place, appointment.office_id) == ("phone", None)


async def test_a_note_is_written_only_by_those_who_want_to(
    newcomer: Dialogue, database: Database
) -> None:
    assert "Your note: none" in await until_summary(newcomer)
    await newcomer.press("Change something")
    assert "do not write about illness" in await newcomer.press("Write a note")
    assert "Your note: I bring my child" in await newcomer.write("I bring my  child")
    await newcomer.press("Change something")
    await newcomer.press("Write a note")
    assert "Your note: none" in await newcomer.press("No note")
    await newcomer.press("Yes, book it")
    assert stored(database)[0].note is None


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
    assert "Bring: your rental contract, if you have one" in await until_summary(newcomer)
    assert "I have sent your request" in await newcomer.press("Yes, book it")
    assert stored(database)[0].state == "pending"


async def test_the_link_of_a_video_appointment_comes_with_the_booking(
    newcomer: Dialogue, database: Database
) -> None:
    with database.transaction() as session:
        amina = session.get_one(Caseworker, "amina")
        amina.places, amina.video_url = ["video"], "https://video.example.org/amina"
    assert "link with the confirmation" in await until_summary(newcomer)
    assert "https://video.example.org/amina" in await newcomer.press("Yes, book it")
