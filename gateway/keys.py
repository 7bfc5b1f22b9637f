"""What the application carries, made by app.py and read by every room of the gateway."""

from aiohttp import web

from contact_point.clock import Clock
from contact_point.database import Database
from contact_point.settings import Settings

SETTINGS = web.AppKey("settings", Settings)
DATABASE = web.AppKey("database", Database)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
