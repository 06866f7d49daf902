"""What `main.py init` asks of VK about a new token: whose it is."""

from __future__ import annotations

from bot.channels.vk.api import Api
from bot.channels.vk.checks import own_group
from bot.channels.vk.errors import usual_form


async def community(token: str, api_url: str, proxy: str) -> tuple[int, str]:
    """The number and the name of the token's community. Raises SendError."""
    api = Api(token, api_url, proxy, per_second=1)
    try:
        group = own_group(await api.call("groups.getById", {}))
    finally:
        api.close()
    with usual_form("groups.getById"):
        return int(group["id"]), str(group["name"])
