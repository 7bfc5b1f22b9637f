"""The topic catalogue: what newcomers write about. A topic's key is its Rasa intent."""

from dataclasses import dataclass
from typing import Literal

from contact_point.translations import mark

Kind = Literal["answer", "task", "safety", "talk"]


@dataclass(frozen=True)
class Topic:
    """A kind of message that the assistant understands.

    `name` is what newcomers see on a button, translatable. `office` is the directory category
    and `subject` the appointment subject that help with it, where there are any.
    """

    key: str
    group: str
    kind: Kind
    name: str
    office: str | None = None
    subject: str | None = None


def _answers(
    group: str, office: str, subject: str | None, **topics: str | tuple[str, str]
) -> list[Topic]:
    """Topics of one group; a tuple gives a topic its own office."""
    return [
        Topic(
            key,
            group,
            "answer",
            name if isinstance(name, str) else name[0],
            office if isinstance(name, str) else name[1],
            subject,
        )
        for key, name in topics.items()
    ]


def _others(kind: Kind, **topics: str) -> list[Topic]:
    group = "tasks" if kind == "task" else kind
    return [Topic(key, group, kind, name) for key, name in topics.items()]


_CATALOGUE = [
    *_answers(
        "rights",
        "rights_and_permits",
        "rights_and_permits",
        rights_overview=mark("My rights here"),
        residence_permit=mark("Residence permit"),
        family_reunification=mark("Bringing my family here"),
        citizenship=mark("Becoming a citizen"),
        discrimination=(mark("Discrimination"), "discrimination"),
        religious_freedom=(mark("Practising my religion"), "community"),
        equality=mark("Equal rights"),
        child_rights=(mark("Children's rights"), "family_and_children"),
        interpreter=(mark("Getting an interpreter"), "interpreting"),
        worker_rights=(mark("Rights at work"), "work"),
        voting=(mark("Voting and taking part"), "community"),
        appeal_decision=(mark("Appealing a decision"), "legal_advice"),
        legal_advice=(mark("Legal help"), "legal_advice"),
    ),
    *_answers(
        "responsibilities",
        "rights_and_permits",
        "settling_in",
        responsibilities_overview=mark("My duties here"),
        taxes=(mark("Paying tax"), "tax"),
        report_changes=(mark("Reporting changes"), "identity_and_registration"),
        compulsory_school=(mark("Duty to go to school"), "education"),
        parenting_law=(mark("Laws on raising children"), "family_and_children"),
        civic_orientation=(mark("Civic orientation course"), "language_courses"),
    ),
    *_answers(
        "housing",
        "housing",
        "housing",
        find_housing=mark("Finding a home"),
        homelessness=mark("Nowhere to sleep"),
        tenant_rights=mark("Problems with the landlord"),
        sublet_and_scams=mark("Subletting and fraud"),
        housing_allowance=(mark("Help with the rent"), "money"),
        population_registration=(mark("Registering my address"), "identity_and_registration"),
    ),
    *_answers(
        "healthcare",
        "healthcare",
        "healthcare",
        find_doctor=mark("Seeing a doctor"),
        care_for_asylum_seekers=mark("Care for asylum seekers"),
        mental_health=(mark("Feeling bad, sleep, worry"), "mental_health"),
        pregnancy_and_birth=mark("Pregnancy and birth"),
        child_health=mark("Children's health"),
        dental_care=(mark("Dentist"), "dental_care"),
        care_costs=mark("What care costs"),
        disability_support=mark("Support for a disability"),
    ),
    *_answers(
        "diplomas",
        "diploma_recognition",
        "work_and_diplomas",
        diploma_recognition=mark("Having my diploma assessed"),
        regulated_professions=mark("Licence for my profession"),
        missing_documents=mark("My diplomas are missing"),
        skills_validation=mark("Showing what I can do"),
        document_translation=mark("Translating documents"),
        driving_licence=(mark("Driving licence"), "transport"),
    ),
    *_answers(
        "language",
        "language_courses",
        "settling_in",
        language_courses=mark("Swedish courses"),
        language_practice=mark("Practising the language"),
        digital_skills=(mark("Computer and e-services"), "digital_help"),
    ),
    *_answers(
        "work",
        "work",
        "work_and_diplomas",
        find_job=mark("Finding a job"),
        cv_help=mark("Help with my CV"),
        internships=mark("Internships and placements"),
        start_business=(mark("Starting a business"), "business"),
    ),
    *_answers(
        "everyday",
        "identity_and_registration",
        "economy",
        identity_number=mark("Identity number and ID card"),
        bank_and_eid=(mark("Bank account and e-ID"), "money"),
        financial_support=(mark("No money, financial help"), "money"),
        childcare_and_school_start=(mark("Preschool and starting school"), "education"),
        adult_education=(mark("Studying as an adult"), "education"),
        public_transport=(mark("Bus, tram and train"), "transport"),
    ),
    *_answers(
        "community",
        "community",
        "settling_in",
        meet_locals=mark("Meeting local people"),
        associations_and_events=mark("Clubs and events"),
        volunteering=mark("Volunteering"),
        rumour_check=mark("Is it true that…"),
    ),
    *_others(
        "task",
        find_service=mark("Finding an office"),
        book_appointment=mark("Book a time"),
        change_appointment=mark("Move my time"),
        cancel_appointment=mark("Cancel my time"),
        my_appointments=mark("My booked times"),
        running_late=mark("I will be late"),
        earlier_time=mark("I want to come earlier"),
        talk_to_human=mark("Talk to a person"),
        change_language=mark("Change language"),
        simple_language=mark("In simple words"),
        give_feedback=mark("Give feedback"),
        my_data=mark("My data"),
    ),
    *_others(
        "safety",
        emergency=mark("Danger to life"),
        crisis_self_harm=mark("I do not want to live"),
        violence_at_home=mark("Violence or threats at home"),
        exploitation=mark("Forced or exploited"),
    ),
    *_others(
        "talk",
        greet=mark("Hello"),
        goodbye=mark("Goodbye"),
        thank=mark("Thank you"),
        affirm=mark("Yes"),
        deny=mark("No"),
        help=mark("Help and menu"),
        stop=mark("Stop"),
        are_you_a_bot=mark("Who are you?"),
        insult=mark("I am angry"),
        out_of_scope=mark("Something else"),
    ),
]

TOPICS = {topic.key: topic for topic in _CATALOGUE}
"""Every topic by its key."""

SAFETY_TOPICS = ("crisis_self_harm", "emergency", "violence_at_home", "exploitation")
"""Somebody is in danger; in the order in which a tie is decided."""
