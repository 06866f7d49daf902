"""What buttons carry: the team's `1:action:lead[:argument]`, the customers' `c1:action[:argument]`.

At most 64 bytes, for the months a card lives. The two never mean one another.
"""

from __future__ import annotations

from dataclasses import dataclass

_VERSION = "1"
_CUSTOMERS = "c1"
_DIGITS = 18  # any number of so many a database keeps


@dataclass(frozen=True, slots=True)
class Press:
    """What a button stands for; `verb` is an action, or `back` to close a menu."""

    verb: str
    lead: int
    argument: str = ""


def pack(verb: str, lead: int, argument: str = "") -> str:
    """The data of a button."""
    return ":".join([_VERSION, verb, str(lead)] + ([argument] if argument else []))


def unpack(data: str) -> Press | None:
    """What the data of a pressed button stands for; None when it is not ours, or forged."""
    version, _, rest = data.partition(":")
    parts = rest.split(":", 2)
    if version != _VERSION or len(parts) < 2:
        return None
    lead = number_of(parts[1])
    if lead is None:
        return None
    return Press(parts[0], lead, parts[2] if len(parts) > 2 else "")


def number_of(digits: str) -> int | None:
    """The number that a button carries or somebody wrote; None for whatever else it is."""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS):
        return None
    return int(digits)


@dataclass(frozen=True, slots=True)
class CustomersPress:
    """What a customer's button stands for."""

    verb: str
    argument: str = ""


def pack_customers(verb: str, argument: str) -> str:
    """The data of a button that a customer gets."""
    return f"{_CUSTOMERS}:{verb}:{argument}"


def unpack_customers(data: str) -> CustomersPress | None:
    """What a customer's button stands for; None for every other, also a forged one."""
    version, _, rest = data.partition(":")
    verb, colon, argument = rest.partition(":")
    return CustomersPress(verb, argument) if version == _CUSTOMERS and colon else None
