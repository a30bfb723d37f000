"""Envoy's configuration and its routes, from settings and state. The same input, the same bytes.

`envoy.yaml` needs a restart to change. A running Envoy reads `routes.yaml` again as soon as it is
replaced; it holds all that a step of the move changes: the share, the banner, shadowing, and who
owns the old board's paths. Envoy takes a set of routes whole or not at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.banner import banner_markup, banner_style
from frontrunner.gateway.buckets import BUCKETS
from frontrunner.gateway.check_settings import check_settings
from frontrunner.gateway.jinja import template
from frontrunner.gateway.owned import owned_paths
from frontrunner.gateway.remote_state import CONTROL_PATH
from frontrunner.gateway.sides import listen_address, sides
from frontrunner.gateway.state import GatewayState
from frontrunner.gateway.transition_page import PATHS
from frontrunner.gateway.unavailable import unavailable_pages

_HALF_A_YEAR = 182 * 24 * 3600
_SECONDS_A_DAY = 24 * 3600


@dataclass(frozen=True)
class Place:
    """Where the files of one gateway are."""

    folder: Path

    @property
    def config(self) -> Path:
        """Envoy's configuration."""
        return self.folder / "envoy.yaml"

    @property
    def routes(self) -> Path:
        """The routes that Envoy follows."""
        return self.folder / "routes.yaml"

    @property
    def requests(self) -> Path:
        """The log with one line for each request."""
        return self.folder / "requests.log"

    @property
    def attempts(self) -> Path:
        """The log with one line for each attempt at a board."""
        return self.folder / "attempts.log"

    def admin(self, serial: int) -> Path:
        """The socket of one Envoy; each start has the next number."""
        return self.folder / f"admin-{serial}.sock"

    def socket(self, name: str) -> Path:
        """The socket of `companion` or `comparer`."""
        return self.folder / f"{name}.sock"


def render_config(
    settings: GatewaySettings,
    salt: str,
    folder: Path,
    serial: int = 0,
    inline: GatewayState | None = None,
    watched: Path | None = None,
) -> str:
    """Envoy's configuration as YAML. Raises GatewayError if a setting cannot be used.

    With `inline`, the routes of that state are part of it, so that Envoy can check both at once.
    With `watched`, the routes are in that folder, which is replaced as a whole.
    """
    check_settings(settings)
    old, new = sides(settings)
    place = Place(folder.absolute())
    values = _script_values(settings, salt)
    return template("envoy.yaml.j2").render(
        settings=settings,
        old=old,
        new=new,
        listen=listen_address(settings),
        folder=str(place.folder),
        admin=str(place.admin(serial)),
        routes=str(watched / "routes.yaml" if watched else place.routes),
        watched=str(watched) if watched else "",
        unavailable=unavailable_pages(),
        inline_routes=_route_configuration(render_routes(settings, inline)) if inline else "",
        split=template("split.lua.j2").render(values),
        page=template("page.lua.j2").render(values),
    )


def render_routes(settings: GatewaySettings, state: GatewayState) -> str:
    """The routes as YAML. Raises GatewayError if a setting cannot be used."""
    old, new = sides(settings)
    shown = state if settings.banner else msgspec.structs.replace(state, banner=False)
    return template("routes.yaml.j2").render(
        settings=settings,
        state=shown,
        owned=owned_paths(settings),
        rewrites=any(side.rewrites_host for side in (old, new)),
        several=len(new.addresses) > 1,
        style=banner_style(),
        transition="|".join(map(re.escape, PATHS)),
        control=CONTROL_PATH,
        version=version(state),
    )


def _route_configuration(routes: str) -> str:
    """The one resource of a file of routes, without what only such a file has."""
    _, _, resource = routes.partition("RouteConfiguration\n")
    return "\n".join(line[2:] for line in resource.splitlines())


def version(state: GatewayState) -> str:
    """What Envoy reports while it follows the routes of `state`."""
    return f"{state.generation}-{state.share}-{state.shadow}-{state.banner:d}{state.settled:d}"


def write_routes(settings: GatewaySettings, state: GatewayState, folder: Path) -> None:
    """Replace the routes in one step. Raises GatewayError, or OSError if the disk refuses."""
    write_file(
        Place(folder).routes, render_routes(settings, state).encode(), mode=0o644, follow=False
    )


def _script_values(settings: GatewaySettings, salt: str) -> dict[str, object]:
    # In a page that another site frames, as Spaces are, only such cookies arrive.
    framed = "; SameSite=None; Secure; Partitioned"
    attributes = framed if settings.tls_certificate or settings.trusted_hops else "; SameSite=Lax"
    return {
        "buckets": BUCKETS,
        "salt": salt,
        "cookie": settings.cookie,
        "cookie_attributes": f"; Path=/; HttpOnly{attributes}",
        "cookie_seconds": _HALF_A_YEAR,
        "banner_seconds": settings.banner_days * _SECONDS_A_DAY,
        "max_body_bytes": settings.max_body * 1_000_000,
        "banners": {
            side: {language: banner_markup(side, language) for language in ("en", "zh")}
            for side in ("old", "new")
        },
    }
