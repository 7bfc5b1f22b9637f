"""Booking, moving, cancelling and looking up appointments: four forms that share their slots.

A form goes on after an interruption; who stops it, or leaves it for a person or for safety, finds
nothing booked.
"""
