"""A real homeserver (Synapse, loopback), people with real clients, and the bot as a real process.

    pytest -m matrix intake/matrix/tests/journeys       # after ./deploy/test --only matrix-sqlite has installed Synapse once

homeserver: starts and stops Synapse, makes accounts. person: somebody in a room. office: the team, its rooms and the bot.
"""
