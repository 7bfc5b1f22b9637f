"""Where somebody has to be for an appointment that is made."""

from contact_point.appointments.contacts import Contact, show_contact
from contact_point.appointments.meeting_places import place_line
from contact_point.appointments.presentation import isolated
from contact_point.appointments.tables import PHONE, VIDEO, Appointment
from contact_point.settings import Municipality
from contact_point.translations import translate


def place_for_newcomer(appointment: Appointment, municipality: Municipality, language: str) -> str:
    """Where the newcomer has to be, or how we reach them."""
    if appointment.place == VIDEO and appointment.caseworker.video_url:
        return translate("by video: {link}", language, link=appointment.caseworker.video_url)
    if appointment.place == PHONE and appointment.phone:
        number = show_contact(Contact(phone=appointment.phone))
        return translate(
            "by phone: we call you at {phone}", language, phone=isolated(number, language)
        )
    return place_line(appointment, appointment.office, municipality, language)


def place_for_staff(appointment: Appointment, municipality: Municipality, language: str) -> str:
    """Where an interpreter has to be."""
    if appointment.place == PHONE:
        return translate("by phone: our caseworker calls you", language)
    if appointment.place == VIDEO and appointment.caseworker.video_url:
        return translate("by video: {link}", language, link=appointment.caseworker.video_url)
    if appointment.place == VIDEO:
        return translate("by video: our caseworker sends you the link", language)
    return place_line(appointment, appointment.office, municipality, language)
