"""Replies made of articles: answers, the same in simple words, parts of them, checked claims."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from babel.dates import format_date

from bot.vocabulary import follow_up_stems
from contact_point.answers.articles import (
    SHELVES,
    Article,
    Next,
    Source,
    find_answer,
    find_article,
    paragraphs,
    steps,
)
from contact_point.answers.review import is_overdue
from contact_point.clock import Clock
from contact_point.directory.categories import CATEGORIES
from contact_point.settings import Municipality
from contact_point.topics import TOPICS
from contact_point.translations import mark, translate
from contact_point.variables import municipality_variables

Reply = dict[str, Any]
Button = dict[str, str]

CLAIM_PAYLOAD, PASSAGE_PAYLOAD = "/rumour_check", "/may_help"
_MAX_EXCERPTS = 2
_RELATED = {"healthcare": "care_costs"}
"""Group of topics → the topic that says what things of the group cost."""


class ArticleReplies:
    """Composes replies in the language of the conversation."""

    def __init__(self, municipality: Municipality, clock: Clock) -> None:
        self._clock = clock
        self._zone = municipality.zone
        self._interval = timedelta(days=municipality.review_answers_after_days)
        self._variables = {
            tag: municipality_variables(municipality, tag) for tag in municipality.languages
        }

    def answer(self, article: Article) -> Reply:
        """A whole article with its sources and next steps."""
        is_danger = TOPICS[article.key].kind == "safety" if article.shelf == "answers" else False
        kind = "safety" if is_danger else "answer"
        reply = self._reply(article, self._shown(article, article.body), kind)
        if article.simple:
            simple = button(TOPICS["simple_language"].name, "/simple_language", article.language)
            *others, human = reply["buttons"]
            reply["buttons"] = [*others, simple, human]
        return reply

    def simpler(self, article: Article) -> Reply:
        """An article in simple words; where that isn't written, its first paragraph."""
        text = article.simple or paragraphs(article.body)[0]
        reply = self._reply(article, self._shown(article, text), "answer")
        return reply | {"buttons": [self._whole(article), human_button(article.language)]}

    def may_help(
        self, places: Sequence[str], services: Sequence[str], language: str
    ) -> Reply | None:
        """The nearest passage, and buttons to others and to services; None where there is none.

        `places` are "shelf/key/paragraph", nearest first; without a paragraph the whole is meant.
        `services` are names.
        """
        found = [(article, number) for article, number in _articles(places, language) if article]
        offices = [_service_button(name) for name in services]
        if not found:
            return self._services_alone(services, offices, language) if services else None
        article, number = found[0]
        if number is None:  # a button to the whole of it
            return self.answer(article)
        parts = paragraphs(article.body)
        lead = _unsure_lead(article.title, language)
        text = self._shown(article, parts[min(number, len(parts) - 1)])
        reply = self._reply(article, f"{lead}\n\n{text}", "answer")
        buttons = [self._whole(article), *(_titled(other) for other, _ in found[1:])]
        return reply | {"buttons": [*buttons, *offices, human_button(language)]}

    @staticmethod
    def _services_alone(services: Sequence[str], offices: list[Button], language: str) -> Reply:
        text = _unsure_lead(services[0], language)
        return {"text": text, "buttons": [*offices, human_button(language)]}

    def part(self, topic: str, about: str, language: str) -> Reply | None:
        """What a topic's answer says of cost, of children or of the law; None without an answer."""
        article = find_answer(topic, language)
        if article is None:
            return None
        if about == "law":
            return self._law(article)
        related = _RELATED.get(TOPICS[topic].group) if about == "cost" else None
        for candidate in (article, find_answer(related, language) if related else None):
            parts = excerpts(candidate, follow_up_stems(about, language)) if candidate else []
            if candidate and parts:
                text = "\n\n".join([f"**{candidate.title}**", *parts])
                reply = self._reply(candidate, self._shown(candidate, text), "answer")
                return reply | {"buttons": [self._whole(candidate), *reply["buttons"]]}
        text = translate(
            "My answer about this does not say that: {topic}. An office or a person can tell you.",
            language,
            topic=article.title,
        )
        return {"text": text, "buttons": self._buttons(article)}

    def claim(self, key: str, language: str) -> Reply | None:
        """A checked claim; None where it isn't there any more."""
        article = find_article("rumours", key, language)
        return self.answer(article) if article else None

    def claim_buttons(self, keys: Sequence[str], language: str) -> list[Button]:
        """Buttons that lead to checked claims."""
        claims = (find_article("rumours", key, language) for key in keys)
        return [_titled(claim) for claim in claims if claim]

    def _law(self, article: Article) -> Reply:
        laws = [source for source in article.sources if source.law]
        if not laws:
            text = translate(
                "My answer rests on what the authorities say. The sources stand below.",
                article.language,
            )
        else:
            lines = [f"{n}. [{each.title}]({each.url}), {each.law}" for n, each in _numbered(laws)]
            lead = translate("This law says it (in Swedish):", article.language)
            text = "\n\n".join([f"**{article.title}**", lead, "\n".join(lines)])
        reply = self._reply(article, text, "answer")
        return reply | {"buttons": [self._whole(article), *reply["buttons"]]}

    def _reply(self, article: Article, text: str, kind: str) -> Reply:
        today = self._clock().astimezone(self._zone).date()
        if is_overdue(article, today, self._interval):
            warning = translate(
                "This was checked on {date} and may be out of date. Ask {authority}.",
                article.language,
                date=format_date(article.checked, "long", locale=article.language),
                authority=article.sources[0].authority,
            )
            text = f"{text}\n\n*{warning}*"
        return {
            "text": text,
            "buttons": self._buttons(article),
            "custom": {
                "kind": kind,
                "title": article.title,
                "sources": [_source(source) for source in article.sources],
                "checked": article.checked.isoformat(),
                "status": _status(article),
            },
        }

    def _shown(self, article: Article, text: str) -> str:
        return text.format(**self._variables[article.language])

    def _buttons(self, article: Article) -> list[Button]:
        return [
            *(next_button(step, article.language) for step in article.next),
            human_button(article.language),
        ]

    def _whole(self, article: Article) -> Button:
        return _titled(article) | {"title": translate("The whole answer", article.language)}


def excerpts(article: Article, stems: Sequence[str]) -> list[str]:
    """The parts of an article that hold one of the stems: of a list of steps, only those steps."""
    found = []
    for part in paragraphs(article.body):
        lines = steps(part)
        pieces = lines or [part]
        named = [piece for piece in pieces if any(stem in piece.casefold() for stem in stems)]
        if named:
            found.append("\n".join(named))
    return found[:_MAX_EXCERPTS]


def button(title: str, payload: str, language: str) -> Button:
    """A button whose title is an interface string."""
    return {"title": translate(title, language), "payload": payload}


def human_button(language: str) -> Button:
    """The way to a person, below every answer."""
    return button(mark("Talk to a person"), "/talk_to_human", language)


def next_button(step: Next, language: str) -> Button:
    """The button of a next useful thing."""
    if step.office:
        category = translate(CATEGORIES[step.office], language)
        title = translate("Find an office: {category}", language, category=category)
        return {
            "title": title,
            "payload": f'/find_service{{"service_category": "{step.office}"}}',
        }
    if step.book:
        return button("Book a time", f'/book_appointment{{"subject": "{step.book}"}}', language)
    return button(TOPICS[step.topic or ""].name, f"/{step.topic}", language)


def _unsure_lead(title: str, language: str) -> str:
    return translate(
        "I am not sure what you mean. This may help: {title}", language, title=f"**{title}**"
    )


def _service_button(name: str) -> Button:
    return {"title": name, "payload": f"/find_service{json.dumps({'words': name})}"}


def _titled(article: Article) -> Button:
    """A button that leads to an article."""
    if article.shelf == "answers":
        payload = f"/{article.key}"
    elif article.shelf == "rumours":
        payload = f'{CLAIM_PAYLOAD}{{"claim": "{article.key}"}}'
    else:
        payload = f'{PASSAGE_PAYLOAD}{{"passage": "{article.shelf}/{article.key}"}}'
    return {"title": article.title, "payload": payload}


def _articles(places: Sequence[str], language: str) -> Iterator[tuple[Article | None, int | None]]:
    for place in places:
        shelf, key, *number = place.split("/")
        if shelf in SHELVES:
            article = find_article(shelf, key, language)
            yield article, int(number[0]) if number else None


def _numbered(sources: Sequence[Source]) -> Iterator[tuple[int, Source]]:
    return enumerate(sources, 1)


def _status(article: Article) -> str:
    if article.is_stale:
        return "stale"
    return "reviewed" if article.is_reviewed else "draft"


def _source(source: Source) -> dict[str, str]:
    parts = {
        "authority": source.authority,
        "title": source.title,
        "url": source.url,
        "level": source.level,
    }
    return parts | ({"law": source.law} if source.law else {})
