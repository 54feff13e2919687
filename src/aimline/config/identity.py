"""Single sign-on with OpenID Connect: one identity provider per installation, with presets for the common ones.

`AIMLINE_OIDC` names the provider (google, microsoft, clever, classlink, or generic), `AIMLINE_OIDC_CLIENT_ID` and
`AIMLINE_OIDC_CLIENT_SECRET` hold what it issued, `AIMLINE_OIDC_SERVER` its address (for generic) and
`AIMLINE_OIDC_TENANT` the directory (for microsoft).
"""

from __future__ import annotations

from aimline.config import environment
from aimline.config.environment import BadSetting

PRESETS = {
    "google": ("Google", "https://accounts.google.com"),
    "microsoft": ("Microsoft", "https://login.microsoftonline.com/{tenant}/v2.0"),
    "clever": ("Clever", "https://clever.com"),
    "classlink": ("ClassLink", "https://launchpad.classlink.com"),
}


def providers() -> list[dict[str, object]]:
    """Return the sign-on applications for django-allauth; none when nothing is set."""
    chosen = environment.text("AIMLINE_OIDC").lower()
    if not chosen:
        return []
    name, server = _server(chosen)
    # These hold only addresses that a district gave out itself, and do not say so in each answer. Microsoft does the
    # same where one directory is named; over all directories anyone may claim any address.
    vouches = chosen in {"clever", "classlink"} or (
        chosen == "microsoft" and bool(environment.text("AIMLINE_OIDC_TENANT"))
    )
    client, secret = (
        environment.text("AIMLINE_OIDC_CLIENT_ID"),
        environment.text("AIMLINE_OIDC_CLIENT_SECRET"),
    )
    if not client or not secret:
        raise BadSetting(
            "AIMLINE_OIDC is set, so AIMLINE_OIDC_CLIENT_ID and AIMLINE_OIDC_CLIENT_SECRET are needed too."
        )
    return [
        {
            "provider_id": chosen,
            "name": name,
            "client_id": client,
            "secret": secret,
            "settings": {
                "server_url": server,
                "token_auth_method": "client_secret_post",
                "verified_email": vouches,
            },
        }
    ]


def _server(chosen: str) -> tuple[str, str]:
    if chosen == "generic":
        address = environment.text("AIMLINE_OIDC_SERVER")
        if not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise BadSetting("AIMLINE_OIDC is generic, so AIMLINE_OIDC_SERVER must hold its https address.")
        return environment.text("AIMLINE_OIDC_NAME", "Single sign-on"), address
    if chosen not in PRESETS:
        known = ", ".join(PRESETS)
        raise BadSetting(f"AIMLINE_OIDC is {chosen!r}. It can be {known} or generic.")
    name, server = PRESETS[chosen]
    return name, server.format(tenant=environment.text("AIMLINE_OIDC_TENANT", "organizations"))
