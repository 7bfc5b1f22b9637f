"""The editors' pages of the desk, and notices on their way to newcomers."""

import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from http.cookiejar import CookieJar

import pytest

from contact_point import notices, unanswered
from contact_point.clock import system_clock
from contact_point.translations import translate
from tests.conftest import Adviser
from tests.newcomer import Newcomer
from tests.stack import Stack

PAGES = ("/desk/answers", "/desk/unanswered", "/desk/notices")


class Desk:
    """An adviser's browser without a screen."""

    def __init__(self, stack: Stack, adviser: Adviser | None) -> None:
        self._base = stack.base
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        if adviser:
            self.post("/desk/sign-in", email=adviser.email, password=adviser.password)

    def get(self, path: str) -> str:
        """A page's HTML."""
        request = urllib.request.Request(self._base + path, headers={"Accept": "text/html"})
        with self._opener.open(request, timeout=20) as response:
            return str(response.read().decode())

    def post(self, path: str, **form: str) -> tuple[int, str]:
        """Status and HTML after a form was sent; redirects are followed."""
        data = urllib.parse.urlencode(form).encode()
        try:
            with self._opener.open(self._base + path, data, timeout=20) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@pytest.fixture(scope="module")
def desk(stack: Stack, adviser: Adviser) -> Desk:
    """Signed in once: an address may sign in ten times in a quarter of an hour."""
    return Desk(stack, adviser)


@pytest.fixture
def no_notices_afterwards(stack: Stack) -> Iterator[None]:
    """Other tests' newcomers are not greeted by this test's notices."""
    yield
    with stack.database.transaction() as session:
        for notice in notices.current(session, system_clock):
            notices.end(session, notice.id, system_clock)
            # The product's clock began at the tests' moment, which may lie before the machine's.
            session.get(notices.Notice, notice.id).ends_at -= timedelta(days=3650)  # type: ignore[union-attr]


@pytest.mark.parametrize("path", PAGES)
def test_pages_need_an_adviser(stack: Stack, path: str) -> None:
    page = Desk(stack, None).get(path)
    assert translate("Sign in", "sv") in page
    status, page = Desk(stack, None).post(path, text_sv="Hej")
    assert status in (401, 405)


def test_the_state_of_every_answer(desk: Desk) -> None:
    page = desk.get("/desk/answers")
    assert 'title="finska"' in page
    assert "answers/taxes" in page
    assert page.count("<tr>") > 80
    assert translate("draft, not reviewed by a native speaker", "sv") in page


def test_what_found_no_answer_without_personal_data(stack: Stack, desk: Desk) -> None:
    newcomer = Newcomer(stack.base, "sv")
    newcomer.write("hur lagar jag lasagne? jag heter Maryam Ali, ring 070-123 45 67")
    page = desk.get("/desk/unanswered")
    assert "hur lagar jag lasagne? jag heter …, ring …" in page
    assert "Maryam" not in page
    with stack.database.reading() as session:
        before = sum(group.count for group in unanswered.groups(session))
    newcomer.write("hur betalar jag skatt?")
    with stack.database.reading() as session:
        assert sum(group.count for group in unanswered.groups(session)) == before


def test_a_notice_greets_newcomers_until_it_ends(
    stack: Stack, desk: Desk, no_notices_afterwards: None
) -> None:
    early = Newcomer(stack.base, "sv")
    form = {"kind": "notice", "ends": "2030-01-01T12:00", "text-fi": "Toimisto on kiinni."}
    status, page = desk.post("/desk/notices", **form, **{"text-sv": "Kontoret är stängt <i dag>."})
    assert status == 200
    assert "Kontoret är stängt &lt;i dag&gt;." in page
    assert "arabiska" in page, "languages without a text are named"

    later = Newcomer(stack.base, "fi")
    assert "Toimisto on kiinni." in later.everything()[0]["text"]
    replies = early.write("hej")
    assert "Kontoret är stängt" in replies[0]["text"]
    assert replies[0]["author"] == "notice"
    assert all("stängt" not in reply["text"] for reply in early.write("tack"))

    number = page.split("/desk/notices/")[1].split("/")[0]
    desk.post(f"/desk/notices/{number}/end")
    assert Newcomer(stack.base, "sv").everything() == []


def test_a_crisis_reaches_open_chats_at_once(
    stack: Stack, desk: Desk, no_notices_afterwards: None
) -> None:
    newcomer = Newcomer(stack.base, "en")
    request = urllib.request.Request(
        f"{stack.base}/chat/events?after=0", headers={"Authorization": f"Bearer {newcomer.token}"}
    )
    with urllib.request.urlopen(request, timeout=10) as stream:
        assert stream.readline().startswith(b"event: state")
        publish = threading.Thread(
            target=desk.post,
            args=("/desk/notices",),
            kwargs={
                "kind": "crisis",
                "ends": "2030-01-01T12:00",
                "text-sv": "Stanna inne.",
                "text-en": "Stay inside.",
            },
        )
        publish.start()
        told = ""
        while "Stay inside." not in told:
            told = stream.readline().decode()
        publish.join()
    assert [each["kind"] for each in newcomer.everything()] == ["crisis"]


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"ends": "2030-01-01T12:00"}, "Write the notice in the first language at least."),
        ({"ends": "2001-01-01T12:00", "text-sv": "x"}, "Choose an end that has not passed yet."),
        ({"ends": "soon", "text-sv": "kept"}, "Choose an end that has not passed yet."),
        (
            {"ends": "2030-01-01T12:00", "text-sv": "x" * 601},
            "A text is too long. Write less than 600 characters.",
        ),
    ],
)
def test_a_notice_that_can_not_be_published_is_not_lost(
    desk: Desk, form: dict[str, str], problem: str
) -> None:
    status, page = desk.post("/desk/notices", kind="crisis", **form)
    assert status == 400
    assert translate(problem, "sv") in page
    assert f">{form.get('text-sv', '')}</textarea>" in page
