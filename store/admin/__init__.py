"""What an administrator changes: people, departments, categories, places, holidays, texts and the service's settings.

Every function asks for the administrator's role itself; every change writes one row of history in its transaction, and
is refused when somebody else changed the same row since the caller saw it.
"""
