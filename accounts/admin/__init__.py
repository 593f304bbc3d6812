"""What staff see of accounts."""

from accounts.admin import clients, sessions, traces, users

__all__ = ["clients", "sessions", "traces", "users"]
