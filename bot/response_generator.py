"""Bot messages in the newcomer's language: sentences of domain.yml by gettext, and answers.

Nothing here calls the action server, so that a plain answer costs no extra request.
"""

from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.article_replies import ArticleReplies, button, human_button, next_button
from bot.follow_up import ABOUT, answered_topic
from bot.long_tail import CLAIM, PASSAGE, RUMOUR_CHECK, SERVICE
from bot.stopwatch import measured
from contact_point.answers.articles import (
    SHELVES,
    Next,
    article_keys,
    find_answer,
    find_article,
)
from contact_point.clock import process_clock
from contact_point.languages import LANGUAGES
from contact_point.settings import settings
from contact_point.topics import TOPICS
from contact_point.translations import mark, translate
from contact_point.variables import municipality_variables

SUGGESTED_TOPICS = 3
_SUGGESTED_SAFETY = 0.1
_SURE_SAFETY = 0.5
"""Probability below which a cry for help is answered with a careful question too."""
_ALTERNATIVES = 2

Message = dict[str, Any]
Button = dict[str, str]


class ResponseGenerator(TemplatedNaturalLanguageGenerator):
    """Rasa's text generator, speaking every offered language.

    Rasa sets `responses` from domain.yml once a model is loaded.
    """

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        super().__init__(domain.responses)
        self._municipality = settings().municipality
        self._articles = ArticleReplies(self._municipality, process_clock())
        # A broken article stops the start, where somebody sees it, and not an answer.
        for language in self._municipality.languages:
            for shelf in SHELVES:
                for key in article_keys(shelf, language):
                    find_article(shelf, key, language)
        self._variables = {
            language: municipality_variables(self._municipality, language)
            for language in self._municipality.languages
        }
        self._special = {
            "utter_answer": self._answer,
            "utter_simpler": self._simpler,
            "utter_may_help": self._may_help,
            "utter_follow_up": self._follow_up,
            "utter_choose_topic": self._choose_topic,
            "utter_languages": self._languages,
        }

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **values: Any
    ) -> Message | None:
        """One bot message; None where domain.yml has no such response."""
        language = tracker.get_slot("language") or self._suggested_language(tracker)
        with measured("response"):
            if utter_action in self._special:
                return self._special[utter_action](tracker, language)
            return self._sentence(utter_action, language, tracker.current_slot_values() | values)

    def _suggested_language(self, tracker: DialogueStateTracker) -> str:
        """Before anything was written: what page or app suggest."""
        metadata = tracker.latest_message.metadata or {} if tracker.latest_message else {}
        suggested = metadata.get("suggested_language")
        offered = self._municipality.languages
        return suggested if suggested in offered else offered[0]

    def _sentence(self, utter_action: str, language: str, values: dict[str, Any]) -> Message | None:
        variants = self.responses.get(utter_action)
        if not variants:
            return None
        response = variants[0]
        values = self._variables[language] | {
            name: value for name, value in values.items() if value is not None
        }
        template = response["text"]
        message: Message = {"text": translate(template, language, **values)}
        if response.get("buttons"):
            message["buttons"] = [
                button(each["title"], each["payload"], language) for each in response["buttons"]
            ]
        if response.get("custom"):
            message["custom"] = dict(response["custom"])
        return message

    def _answer(self, tracker: DialogueStateTracker, language: str) -> Message:
        """The article of the message's topic, or a plain word that it isn't written yet."""
        topic = TOPICS[tracker.latest_message.intent["name"]]
        if topic.key == RUMOUR_CHECK:
            return self._claim(tracker, language)
        answer = find_answer(topic.key, language)
        if answer is None:
            return self._missing(topic.key, language)
        reply = self._articles.answer(answer)
        claims = _entity_values(tracker, CLAIM)
        if claims:
            reply |= {
                "buttons": [*self._articles.claim_buttons(claims, language), *reply["buttons"]]
            }
        if topic.kind == "safety" and tracker.latest_message.intent["confidence"] < _SURE_SAFETY:
            # Asked with care, and the numbers stand there at once.
            careful = mark(
                "I am not sure that I understood you. If someone is in danger, this helps now:"
            )
            alternatives = _likely_topics(tracker, language)[:_ALTERNATIVES]
            reply |= {
                "text": f"{translate(careful, language)}\n\n{reply['text']}",
                "buttons": [*alternatives, *reply["buttons"]],
            }
        return reply

    def _claim(self, tracker: DialogueStateTracker, language: str) -> Message:
        """A checked claim, or honestly that it can't be checked here, and how to check it."""
        claims = _entity_values(tracker, CLAIM)
        reply = self._articles.claim(claims[0], language) if claims else None
        if reply:
            return reply
        answer = find_answer(RUMOUR_CHECK, language)
        if answer is None:
            return self._missing(RUMOUR_CHECK, language)
        reply = self._articles.answer(answer)
        if not (tracker.latest_message.text or "").startswith(INTENT_MESSAGE_PREFIX):
            honest = translate(
                "I have not checked that claim, so I can not say whether it is true.", language
            )
            reply |= {"text": f"{honest}\n\n{reply['text']}"}
        return reply

    def _may_help(self, tracker: DialogueStateTracker, language: str) -> Message:
        """What was found by meaning, said to be only that."""
        reply = self._articles.may_help(
            _entity_values(tracker, PASSAGE), _entity_values(tracker, SERVICE), language
        )
        return reply or self._choose_topic(tracker, language)

    def _follow_up(self, tracker: DialogueStateTracker, language: str) -> Message:
        """The part of the last answer that a short question asks for."""
        topic = answered_topic(tracker)
        about = _entity_values(tracker, ABOUT)
        reply = self._articles.part(topic, about[0], language) if topic and about else None
        return reply or self._choose_topic(tracker, language)

    def _missing(self, topic_key: str, language: str) -> Message:
        topic = TOPICS[topic_key]
        text = translate(
            "I understand that your question is about: {topic}. "
            "I do not have a checked answer about that yet. "
            "An office or a person can help you.",
            language,
            topic=translate(topic.name, language),
        )
        buttons = []
        if topic.office:
            buttons.append(next_button(Next(office=topic.office), language))
        if topic.subject:
            buttons.append(next_button(Next(book=topic.subject), language))
        return {"text": text, "buttons": [*buttons, human_button(language)]}

    def _simpler(self, tracker: DialogueStateTracker, language: str) -> Message:
        """The last answer in simple words."""
        topic = answered_topic(tracker)
        answer = find_answer(topic, language) if topic else None
        if answer is None:
            return self._sentence("utter_menu", language, {}) or {}
        return self._articles.simpler(answer)

    def _choose_topic(self, tracker: DialogueStateTracker, language: str) -> Message:
        """The likeliest topics as buttons, and a person."""
        return {
            "text": translate(
                "I am not sure that I understand. Is it about one of these? "
                "You can also write it in another way.",
                language,
            ),
            "buttons": [
                *_likely_topics(tracker, language)[:SUGGESTED_TOPICS],
                human_button(language),
            ],
        }

    def _languages(self, tracker: DialogueStateTracker, language: str) -> Message:
        """Says which language is spoken now and offers the others, each by its own name."""
        others = [tag for tag in self._municipality.languages if tag != language]
        return {
            "text": translate(
                "I write in {language} now. You can also choose another language.",
                language,
                language=LANGUAGES[language].own_name,
            ),
            "buttons": [
                {
                    "title": LANGUAGES[tag].own_name,
                    "payload": f'/change_language{{"conversation_language": "{tag}"}}',
                }
                for tag in others
            ],
        }


def _likely_topics(tracker: DialogueStateTracker, language: str) -> list[Button]:
    """Buttons of the topics that the latest message may be about, likeliest first."""
    understood = tracker.latest_message.intent.get("name")
    return [
        button(TOPICS[place["name"]].name, f"/{place['name']}", language)
        for place in tracker.latest_message.parse_data.get("intent_ranking", [])
        if place["name"] != understood
        and place["name"] in TOPICS
        and _is_suggested(TOPICS[place["name"]].kind, place)
    ]


def _is_suggested(kind: str, place: dict[str, Any]) -> bool:
    """A cry for help is suggested only with some reason; small talk never."""
    return kind not in ("talk", "safety") or (
        kind == "safety" and float(place["confidence"]) >= _SUGGESTED_SAFETY
    )


def _entity_values(tracker: DialogueStateTracker, name: str) -> list[str]:
    """The values of an entity of the latest message, in their order."""
    entities = tracker.latest_message.entities or []
    return [str(entity["value"]) for entity in entities if entity["entity"] == name]
