"""The public directory: conformance to HSDS, every parameter, caching, limits, and a fuzz."""

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from contact_point.directory.hsds_json import read_content
from contact_point.directory.listing import LISTS
from contact_point.settings import ROOT
from tests.contact_point.directory.feeds import STANDARD, needs_standard
from tests.stack import Stack

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def _ask(
    stack: Stack, path: str, headers: dict[str, str] | None = None, **query: object
) -> tuple[int, Any, dict[str, str]]:
    address = f"{stack.base}/hsds{path}" + (f"?{urlencode(query)}" if query else "")
    request = urllib.request.Request(address, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read(), dict(response.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers)


def _get(stack: Stack, path: str, **query: object) -> Any:
    status, body, _ = _ask(stack, path, **query)
    assert status == 200, body
    return json.loads(body)


def _ids(stack: Stack, path: str, **query: object) -> list[str]:
    return [each["id"] for each in _get(stack, path, per_page=500, **query)["contents"]]


def test_the_standards_own_check_finds_nothing(stack: Stack) -> None:
    needs_standard()
    uv = shutil.which("uv") or ROOT / ".uv" / "bin" / "uv"
    if not Path(uv).exists():
        pytest.skip("NOT TESTED against HSDS's conformance check: uv is missing")
    # Rasa holds jsonschema at a release too old for the check: it gets an environment of its own.
    alone = [uv, "run", "--isolated", "--no-project", "--with", "jsonschema>=4.18"]
    checked = subprocess.run(
        [*alone, "python", STANDARD / "conformance_check.py", f"{stack.base}/hsds"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert " 0 failed (0 warnings" in checked.stdout, checked.stdout + checked.stderr


def test_about(stack: Stack) -> None:
    about = _get(stack, "/")
    assert about["version"] == "3.2"
    assert about["openapi_url"].endswith("/hsds/openapi.json")
    assert about["publisher"]["name"] == "Exempelby kommun"
    assert "translation.json" in _get(stack, "/profile.json")["schema"]


@pytest.mark.parametrize("path", [f"/{path}" for path in LISTS])
def test_pages_have_every_entity_once(stack: Stack, path: str) -> None:
    first = _get(stack, path, per_page=7)
    seen = []
    for number in range(1, first["total_pages"] + 1):
        page = _get(stack, path, per_page=7, page=number)
        assert page["size"] == len(page["contents"])
        assert page["first_page"] == (number == 1)
        assert page["last_page"] == (number == first["total_pages"])
        seen += [each["id"] for each in page["contents"]]
    assert len(seen) == len(set(seen)) == first["total_items"] > 0
    beyond = _get(stack, path, page=10_000)
    assert (beyond["empty"], beyond["contents"]) == (True, [])


def test_a_service_in_full_is_what_an_import_takes(stack: Stack) -> None:
    service = _get(stack, f"/services/{_ids(stack, '/services')[0]}")
    assert service["service_at_locations"][0]["location"]["addresses"]
    assert service["translations"]
    assert read_content(service, "service.json", "x").faults == []
    assert _get(stack, "/services", full="true", per_page=1)["contents"] == [service]
    brief = _get(stack, "/services", per_page=1)["contents"][0]
    assert "service_at_locations" not in brief
    assert brief["organization"]["name"] == service["organization"]["name"]


def test_an_organization_with_its_services(stack: Stack) -> None:
    found = _get(stack, "/organizations", search="Exempelby kommun")["contents"]
    identifier = next(each["id"] for each in found if each["name"] == "Exempelby kommun")
    assert "services" not in _get(stack, f"/organizations/{identifier}")
    services = _get(stack, f"/organizations/{identifier}", full_service="true")["services"]
    assert {each["id"] for each in services} == set(
        _ids(stack, "/services", organization_id=identifier)
    )


def test_filters_by_taxonomy(stack: Stack) -> None:
    terms = _get(stack, "/taxonomy_terms", per_page=100)["contents"]
    term = next(each for each in terms if each["code"] == "dental_care")
    dentists = _ids(stack, "/services", taxonomy_term_id=term["id"])
    everything = _ids(stack, "/services")
    assert 0 < len(dentists) < len(everything)
    assert set(_ids(stack, "/services", taxonomy_id=term["taxonomy_detail"]["id"])) <= set(
        everything
    )
    assert _ids(stack, "/service_at_locations", taxonomy_term_id=term["id"])
    assert _ids(stack, "/organizations", taxonomy_term_id=term["id"])
    assert _ids(stack, "/services", taxonomy_term_id=term["id"], taxonomy_id=UNKNOWN) == []


@pytest.mark.parametrize("words", ["tandvård", "TANDVÅRD", "dental", "الأسنان"])
def test_search_in_any_language(stack: Stack, words: str) -> None:
    found = _get(stack, "/services", search=words)["contents"]
    assert any("andv" in each["name"] for each in found)


@pytest.mark.parametrize(
    "words", ["my bicycle is broken", "laga cykeln", "دراجتي مكسورة", "мой велосипед сломался"]
)
def test_a_query_finds_by_meaning_the_best_first(stack: Stack, words: str) -> None:
    found = _get(stack, "/services", query=words)["contents"]
    assert "Cykelköket" in [each["name"] for each in found[:5]]
    there = _get(stack, "/service_at_locations", query=words, full="true")["contents"]
    assert "Cykelköket" in [each["service"]["name"] for each in there[:8]]
    closed = _get(stack, "/services", query=words, open_at="2026-11-26T03:00:00+01:00")
    assert closed["total_items"] < len(found)


def test_services_in_a_language(stack: Stack) -> None:
    somali = _ids(stack, "/services", language="so")
    assert 0 < len(somali) < len(_ids(stack, "/services"))
    assert _ids(stack, "/services", language="som") == somali
    for service in _get(stack, "/services", language="so", full="true")["contents"]:
        spoken = [*service.get("languages", [])]
        for there in service["service_at_locations"]:
            spoken += there["location"].get("languages", [])
        assert "so" in [each["code"] for each in spoken]


def test_what_is_open_at_a_time(stack: Stack) -> None:
    at_ten = _ids(stack, "/service_at_locations", open_at="2026-11-26T10:00:00+01:00")
    at_night = _ids(stack, "/service_at_locations", open_at="2026-11-26T03:00:00+01:00")
    assert len(at_night) < len(at_ten) < len(_ids(stack, "/service_at_locations"))


def test_the_nearest_first(stack: Stack) -> None:
    places = _get(stack, "/service_at_locations", per_page=500, full="true")["contents"]
    place = next(each for each in places if "latitude" in each["location"])["location"]
    near = f"{place['latitude']},{place['longitude']}"
    everything = _ids(stack, "/service_at_locations", near=near)
    assert set(everything) == {each["id"] for each in places}, "a place not known is not lost"
    close = _get(stack, "/service_at_locations", near=near, proximity=100, per_page=500)["contents"]
    assert close[0]["location"]["latitude"] == pytest.approx(place["latitude"], abs=0.001)
    assert 0 < len(close) < len(everything)
    code = place["addresses"][0]["postal_code"]
    assert _ids(stack, "/service_at_locations", postcode=code, proximity=2000)
    assert _ids(stack, "/service_at_locations", postcode="00000", proximity=2000) == []


def test_what_changed_after_a_time(stack: Stack) -> None:
    assert _ids(stack, "/services", modified_after="2000-01-01T00:00:00Z")
    assert _ids(stack, "/services", modified_after="2999-01-01T00:00:00Z") == []


def test_terms_of_the_tree(stack: Stack) -> None:
    assert _ids(stack, "/taxonomy_terms", top_only="true") == _ids(stack, "/taxonomy_terms")
    assert _ids(stack, "/taxonomy_terms", parent_id=UNKNOWN) == []


def test_a_stream_has_all_without_pages(stack: Stack) -> None:
    status, body, headers = _ask(stack, "/services", format="ndjson", full="true")
    lines = [json.loads(line) for line in body.splitlines()]
    assert (status, headers["Content-Type"]) == (200, "application/x-ndjson")
    assert [each["id"] for each in lines] == _ids(stack, "/services")
    assert all("service_at_locations" in each for each in lines)


def test_minimal(stack: Stack) -> None:
    for each in _get(stack, "/services", minimal="true")["contents"]:
        assert each.keys() <= {"id", "last_modified"}


def test_what_did_not_change_is_not_sent_again(stack: Stack) -> None:
    _, body, headers = _ask(stack, "/services", per_page=2)
    assert headers["Cache-Control"] == "public, max-age=60"
    assert headers["Access-Control-Allow-Origin"] == "*"
    again = _ask(stack, "/services", {"If-None-Match": headers["ETag"]}, per_page=2)
    assert again[:2] == (304, b"")
    other = _ask(stack, "/services", {"If-None-Match": headers["ETag"]}, per_page=3)
    assert other[0] == 200
    assert len(other[1]) > len(body)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"page": "0"}, "page: write a number from 1"),
        ({"per_page": "100000"}, "per_page: write a number from 1 to 500"),
        ({"format": "xml"}, "format: write json or ndjson"),
        ({"full": "perhaps"}, "full: write true or false"),
        ({"modified_after": "yesterday"}, "modified_after: write a time: 2026-11-26T08:00:00Z"),
        ({"language": "zzzz"}, "language: write an ISO 639 code"),
        ({"near": "999,0"}, "near: write latitude,longitude in degrees"),
        ({"proximity": "nan"}, "proximity: write metres"),
    ],
)
def test_a_bad_parameter_is_told(stack: Stack, query: dict[str, str], told: str) -> None:
    status, body, _ = _ask(stack, "/services", **query)
    assert (status, json.loads(body)["message"]) == (400, told)


@pytest.mark.parametrize("path", [f"/{path}" for path in LISTS])
@pytest.mark.parametrize("identifier", [UNKNOWN, "x", "%00", "a%2Fb"])
def test_what_is_not_there(stack: Stack, path: str, identifier: str) -> None:
    assert _ask(stack, f"{path}/{identifier}")[0] == 404


def test_a_fuzz_from_the_openapi_file_breaks_nothing(stack: Stack) -> None:
    _get(stack, "/services", query="what the search knows is read in with the first question")
    schema = schemathesis.openapi.from_dict(_get(stack, "/openapi.json"))
    for operation in schema.get_all_operations():
        case_of = operation.ok().as_strategy()

        @settings(
            max_examples=30, derandomize=True, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case_of)
        def sent(case: Any) -> None:
            assert case.call(base_url=f"{stack.base}/hsds").status_code < 500

        sent()
