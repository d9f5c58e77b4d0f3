"""The entry for WSGI servers: `granian --interface wsgi wsgi:app` or `gunicorn wsgi:app`."""

from bot.app import serve

app = serve()
