"""The settings of the gateway: `[gateway]`. Every field is documented in docs/configuration.md."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

_Address = Annotated[str, msgspec.Meta(description="host:port, such as 127.0.0.1:8080")]
_Boards = Annotated[
    tuple[str, ...] | str,
    msgspec.Meta(description="http://host:port or https://host, or a list of such URLs"),
]
_Paths = Annotated[
    tuple[str, ...],
    msgspec.Meta(description='a list of paths, such as ["/queue/join", "/files/*"]'),
]


class GatewaySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The one address in front of the old board and the new one: `[gateway]`."""

    listen: _Address = "127.0.0.1:8080"
    """Address and port that users reach."""
    old: _Boards = ()
    """URL, or URLs, of the old board: `http://host:port` or `https://host`."""
    new: _Boards = ()
    """URL, or URLs, of the new board."""
    old_kind: Literal["gradio", "gradio3", "gradio4", "gradio5", "gradio6", "mteb"] = "gradio"
    """What the old board is, which decides the paths that belong to it; `gradio` is any version."""
    old_host: Literal["auto", "keep", "rewrite"] = "auto"
    """The Host that the old board gets; `auto` keeps it for http and rewrites it for https."""
    new_host: Literal["auto", "keep", "rewrite"] = "auto"
    """The Host header that the new board gets."""
    old_paths: _Paths = ()
    """More paths that belong to the old board; a path that ends in `*` is a prefix."""
    new_paths: _Paths = ()
    """More paths that belong to the new board."""
    old_health: str = ""
    """Path that the old board answers with 200 if healthy; empty only tests that it connects."""
    new_health: str = "/health"
    """Path that the new board answers with 200 if healthy; empty only tests that it connects."""
    tls_certificate: str = ""
    """PEM file of the certificate chain; empty serves plain HTTP."""
    tls_key: str = ""
    """PEM file of the private key."""
    ca: str = "/etc/ssl/certs/ca-certificates.crt"
    """PEM file of the authorities that https sides are verified against."""
    trusted_hops: Annotated[int, msgspec.Meta(ge=0, le=10)] = 0
    """Proxies in front of the gateway whose X-Forwarded-For can be trusted."""
    cookie: Annotated[
        str,
        msgspec.Meta(
            pattern="^[A-Za-z][A-Za-z0-9_-]{0,40}$",
            description="a letter, then at most 40 letters, digits, - and _",
        ),
    ] = "frontrunner"
    """First part of the names of the gateway's cookies."""
    salt: Annotated[
        str,
        msgspec.Meta(
            pattern="^[A-Za-z0-9_.-]{0,64}$",
            description="at most 64 letters, digits, dots, - and _",
        ),
    ] = ""
    """Mixed into the hash of new visitors; empty uses one that the home keeps."""
    banner: bool = True
    """Whether pages may carry the banner; `frontrunner gateway banner on` shows it."""
    banner_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 7
    """Days for which a dismissed banner stays away."""
    attempt_timeout: Annotated[float, msgspec.Meta(gt=0, le=300)] = 2.0
    """Seconds that the new board has to begin a GET before the old board answers it."""
    health_interval: Annotated[float, msgspec.Meta(ge=0.1, le=300)] = 2.0
    """Seconds between two health checks, and for the answer to one; three without one count."""
    ejection_time: Annotated[float, msgspec.Meta(ge=0.1, le=3600)] = 5.0
    """Seconds for which an address that failed five in a row is left out; longer if again soon."""
    timeout: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 60.0
    """Seconds for a whole request; not for the paths of the old board that may be streams."""
    idle_timeout: Annotated[float, msgspec.Meta(gt=0, le=86400)] = 3600.0
    """Seconds without a byte after which a stream of the old board is closed."""
    drain: Annotated[int, msgspec.Meta(ge=1, le=86400)] = 900
    """Seconds that streams may go on in the Envoy before a reload."""
    max_connections: Annotated[int, msgspec.Meta(ge=10, le=1_000_000)] = 10_000
    """Connections of users that are open at once."""
    max_body: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 512
    """Megabytes of a request body."""
    concurrency: Annotated[int, msgspec.Meta(ge=0, le=256)] = 0
    """Envoy's worker threads; 0 means one per core."""
    metrics: _Address = "127.0.0.1:9180"
    """Address and port of the supervisor's `/metrics`; empty serves none."""
    log_megabytes: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 64
    """Size at which a log is rotated; four are kept of each."""
    control_file: str = ""
    """File with the token of `/__frontrunner/control`; empty serves no such path."""
    control_window: Annotated[float, msgspec.Meta(ge=1, le=3600)] = 60.0
    """Seconds of traffic that are counted as one for whoever asks there."""
    feedback: str = ""
    """SQLAlchemy URL of the feedback database; empty is SQLite in the home."""
    state: str = ""
    """Folder of configuration, routes, sockets and logs; empty is `gateway` in the home."""
    envoy: str = ""
    """Path of another Envoy; the variable ENVOY_BIN overrides it."""
