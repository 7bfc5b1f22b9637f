"""The desk's pages for the service directory, and services as files, over real HTTP."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from html import unescape

import pytest
from sqlalchemy import delete, select

from contact_point.directory.changes import DirectoryChange
from contact_point.directory.tables import Service, ServiceAtLocation
from tests.conftest import Adviser
from tests.gateway.test_editorial import Desk
from tests.newcomer import Newcomer
from tests.stack import Stack


@pytest.fixture(scope="module")
def desk(stack: Stack, adviser: Adviser) -> Desk:
    """Signed in once."""
    return Desk(stack, adviser)


@pytest.fixture
def service_id(stack: Stack) -> Iterator[str]:
    """A service that no other test quotes, put back afterwards."""
    with stack.database.reading() as session:
        found = session.scalars(select(Service).where(Service.name == "Cykelköket")).one()
        before = {name: getattr(found, name) for name in ("description", "alert", "assured_date")}
    yield found.id
    with stack.database.transaction() as session:
        service = session.get_one(Service, found.id)
        for name, value in before.items():
            setattr(service, name, value)
        session.execute(delete(DirectoryChange).where(DirectoryChange.service_id == found.id))


def _fields(html: str) -> dict[str, str]:
    """What the edit form would send if nothing was touched; of several of a name the last."""
    form = html[html.index('enctype="multipart/form-data"') :]
    fields = {}
    for tag in re.findall(r"<input [^>]*>", form):
        parts = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if parts.get("type") == "checkbox" and " checked" not in tag:
            continue
        if "name" in parts:
            fields[parts["name"]] = unescape(parts.get("value", ""))
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        fields[name] = unescape(text)
    for name, options in re.findall(r'<select name="([^"]+)">(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        first = re.search(r'value="([^"]*)"', options)
        fields[name] = (chosen or first)[1]  # type: ignore[index]
    return fields


def test_the_list_finds_counts_and_filters(desk: Desk) -> None:
    everything = desk.get("/desk/services")
    assert everything.count('<th scope="row">') >= 190
    assert "Stadsbiblioteket" in desk.get("/desk/services?search=stadsbibloteket")
    twins = desk.get("/desk/services?show=duplicate")
    assert "troligen samma som: Språkkaféet på Tallens mötesplats" in twins
    assert "Folktandvården Sjöstad" not in twins
    stale = desk.get("/desk/services?show=stale")
    assert 5 <= stale.count('<th scope="row">') <= 30
    assert "Ingen tjänst passar." in desk.get("/desk/services?search=qqqqqq")


def test_pages_need_a_sign_in(stack: Stack) -> None:
    stranger = Desk(stack, None)
    assert 'action="/desk/sign-in"' in stranger.get("/desk/services")
    status, _ = stranger.post("/desk/services/x/checked")
    assert status == 401


def test_an_unknown_service(desk: Desk) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        desk.get("/desk/services/none")


def test_an_edit_is_saved_shown_and_remembered(desk: Desk, stack: Stack, service_id: str) -> None:
    path = f"/desk/services/{service_id}"
    fields = _fields(desk.get(path)) | {"description": "Bad för alla, även utan simkunskaper."}
    status, html = desk.post(path, **fields)
    assert status == 200
    assert "Bad för alla, även utan simkunskaper.</textarea>" in html
    history = html[html.index('class="history"') :]
    assert "Noor" in history
    assert "Bad för alla, även utan simkunskaper." in history
    newcomer = Newcomer(stack.base, "sv")
    text = newcomer.write("vilken adress har Cykelköket")[0]
    assert "Bad för alla, även" in str(text)
    status, html = desk.post(path, **fields)
    assert status == 400
    assert "En kollega har ändrat tjänsten under tiden." in html


def test_a_fault_saves_nothing_and_loses_nothing(desk: Desk, stack: Stack, service_id: str) -> None:
    path = f"/desk/services/{service_id}"
    fields = _fields(desk.get(path))
    opens = next(name for name in fields if name.endswith("-hours-0-opens") and fields[name])
    fields |= {"description": "Ny text.", opens: "23:00"}
    status, html = desk.post(path, **fields)
    assert status == 400
    assert "Det måste stänga efter att det öppnar." in html
    assert "Ny text.</textarea>" in html
    assert 'value="23:00"' in html
    with stack.database.reading() as session:
        assert session.get_one(Service, service_id).description != "Ny text."


def test_marked_as_checked_today(desk: Desk, service_id: str) -> None:
    status, html = desk.post(f"/desk/services/{service_id}/checked")
    assert status == 200
    assert "Kontrollerad: 2026-11-26" in html


def test_an_alert_reaches_newcomers_first(desk: Desk, stack: Stack, service_id: str) -> None:
    desk.post(f"/desk/services/{service_id}/alert", alert="Stängt på grund av läckage.")
    newcomer = Newcomer(stack.base, "en")
    reply = newcomer.write("what is the address of Cykelköket")[0]
    assert "Note (in Swedish): Stängt på grund av läckage." in reply["text"]
    _, html = desk.post(f"/desk/services/{service_id}/alert", alert="")
    assert "Stängt på grund av läckage.</textarea>" not in html


def test_a_service_as_files(stack: Stack, service_id: str) -> None:
    with stack.database.reading() as session:
        place = session.scalars(
            select(ServiceAtLocation.id).where(ServiceAtLocation.service_id == service_id)
        ).first()
    with urllib.request.urlopen(f"{stack.base}/directory/{place}.vcf", timeout=20) as response:
        assert response.headers.get_content_type() == "text/vcard"
        assert "FN:Cykelköket" in response.read().decode()
    with urllib.request.urlopen(f"{stack.base}/directory/{place}.ics", timeout=20) as response:
        assert response.headers.get_content_type() == "text/calendar"
        assert "SUMMARY:Cykelköket" in response.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{stack.base}/directory/none.vcf", timeout=20)
