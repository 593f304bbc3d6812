"""What staff see of accounts."""

from accounts.admin import audit_log, clients, members, organizations, sessions, traces, users

__all__ = ["audit_log", "clients", "members", "organizations", "sessions", "traces", "users"]
