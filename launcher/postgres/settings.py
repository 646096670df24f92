"""How the embedded server is set: durable first, small second."""

from __future__ import annotations

import shutil
import sys

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "40",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "io_method": "sync",
    "max_locks_per_transaction": "256",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %u ",
    "log_min_messages": "warning",
    "cluster_name": "gongjiang",
}


def small_shared_memory() -> bool:
    """Whether /dev/shm is missing or too small for parallel queries (containers give 64 MB)."""
    if sys.platform != "linux":
        return False
    try:
        return shutil.disk_usage("/dev/shm").total < 256 * 1024 * 1024
    except OSError:
        return True
