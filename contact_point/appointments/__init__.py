"""Appointments with caseworkers: offered times, booking, moving and cancelling."""
