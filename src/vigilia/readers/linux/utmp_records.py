"""What the records of utmp, wtmp and btmp mean (*utmp(5)*)."""

from __future__ import annotations

from typing import Final

__all__ = ["TYPES", "utmp_meaning"]

TYPES: Final = (
    "EMPTY",
    "RUN_LVL",
    "BOOT_TIME",
    "NEW_TIME",
    "OLD_TIME",
    "INIT_PROCESS",
    "LOGIN_PROCESS",
    "USER_PROCESS",
    "DEAD_PROCESS",
    "ACCOUNTING",
)

_ACTIONS: Final = {
    "EMPTY": "empty",
    "RUN_LVL": "run-level",
    "BOOT_TIME": "boot",
    "NEW_TIME": "clock-after-change",
    "OLD_TIME": "clock-before-change",
    "INIT_PROCESS": "init",
    "USER_PROCESS": "login",
    "DEAD_PROCESS": "logout",
    "ACCOUNTING": "accounting",
}
_PROMPT: Final = frozenset({"", "LOGIN"})


def utmp_meaning(record_type: str, user: str) -> dict[str, str]:
    """Return `action` and `outcome`.

    Failed logons (btmp) are LOGIN_PROCESS records with the name that was tried; a login prompt has the name LOGIN.
    """
    if record_type == "LOGIN_PROCESS":
        return {"action": "login-prompt"} if user in _PROMPT else {"action": "login", "outcome": "failure"}
    if record_type == "RUN_LVL" and user == "shutdown":
        return {"action": "shutdown"}
    action = _ACTIONS.get(record_type, "")
    return {"action": action} | ({"outcome": "success"} if action == "login" else {}) if action else {}
