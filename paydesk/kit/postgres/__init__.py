"""The embedded PostgreSQL: find its programs, make its data folder, start it, stop it.

For people who have no database server of their own. Where PAYDESK_DATABASE_URL is set
nothing in this package runs. It never imports Django, never opens up the permissions of a
folder that it did not make, and never ends a process that it has not recognised as the
server of its own data folder.
"""
