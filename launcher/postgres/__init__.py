"""The embedded PostgreSQL: made from the wheel's binaries, owned by one launcher.

It listens on 127.0.0.1 only (a socket path would be too long in deep directories), asks every login
for a generated password, and keeps fsync on. As root it runs under the account `nobody`, because
PostgreSQL refuses root; binaries and files are then put where that account can read them.
"""

from launcher.postgres.places import free_port
from launcher.postgres.server import DATABASE, OWNER, READY, SUPERUSER, Server

__all__ = ["DATABASE", "OWNER", "READY", "SUPERUSER", "Server", "free_port"]
