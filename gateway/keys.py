"""What the application carries, made by app.py and read by every room of the gateway."""

from aiohttp import web

from contact_point.clock import Clock
from contact_point.database import Database
from contact_point.settings import Settings
from gateway.rasa_client import RasaClient
from gateway.rate_limit import RateLimit
from gateway.wakeups import Wakeups
from gateway.worker import Worker

SETTINGS = web.AppKey("settings", Settings)
DATABASE = web.AppKey("database", Database)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
RASA = web.AppKey("rasa", RasaClient)
WAKEUPS = web.AppKey("wakeups", Wakeups)
WORKER = web.AppKey("worker", Worker)
START_LIMIT = web.AppKey("start_limit", RateLimit)
MESSAGE_LIMIT = web.AppKey("message_limit", RateLimit)
DIRECTORY_LIMIT = web.AppKey("directory_limit", RateLimit)
DIRECTORY_DATABASE = web.AppKey("directory_database", Database)
SIGN_IN_LIMIT = web.AppKey("sign_in_limit", RateLimit)
