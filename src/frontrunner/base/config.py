"""Settings: `frontrunner.toml` and the environment, read once into one frozen value.

Precedence, highest first: a command's own option, `FRONTRUNNER_*` in the environment,
`frontrunner.toml` in the home folder, the default below. The file has one section for each part
of the program; the variable of a setting is `FRONTRUNNER_<SECTION>_<KEY>`.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from frontrunner.base.durations import seconds
from frontrunner.base.errors import UsageError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.base.home import Home
from frontrunner.base.logging_settings import LoggingSettings
from frontrunner.base.near import near_names
from frontrunner.base.refresh_settings import RefreshSettings
from frontrunner.base.setting_values import PREFIX, Given, converted, variable
from frontrunner.base.snapshot_settings import SnapshotSettings
from frontrunner.base.store_settings import StoreSettings
from frontrunner.base.takeover_settings import TakeoverSettings
from frontrunner.base.toml import parse_toml

DEFAULT_HOME = Path(".frontrunner")
_Link = Annotated[
    str, msgspec.Meta(pattern=r"^(https?://\S+)?$", description="a URL such as https://a.example/x")
]
_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One section of `frontrunner.toml`. Every field is documented in docs/configuration.md."""


class SiteSettings(_Section, frozen=True):
    """How the board presents itself: `[site]`."""

    name: str = "Frontrunner"
    """The name in the header, the titles and the chat cards."""
    tagline: str = ""
    """The sentence under the name on the first page; empty for the built-in one."""
    framed_by: tuple[
        Annotated[
            str,
            msgspec.Meta(
                pattern=r"^https?://[A-Za-z0-9.*:-]+$",
                description="an origin such as https://a.example",
            ),
        ],
        ...,
    ] = ()
    """Origins whose pages may show the board in a frame, as the Hub's page of a Space does."""
    source: _Link = ""
    """Where the board's source is, linked in the footer."""
    docs: _Link = ""
    """Where the board is documented, linked in the footer."""
    report: _Link = ""
    """Where readers report an error, linked in the footer."""
    submit: _Link = ""
    """Where models are submitted, linked in the footer."""
    likes: bool = False
    """Whether visitors can like the board, at `/likes`; for boards that are not on the Hub."""
    likes_database: str = ""
    """SQLAlchemy URL of the likes; empty is SQLite in the home."""


class BuildSettings(_Section, frozen=True):
    """How snapshots are built and kept: `[build]`."""

    readers: _Count = 0
    """Processes that read result files; 0 means one per core."""
    keep: _Count = 5
    """The newest snapshots, which `prune` keeps with their prepared answers."""
    icons: bool = True
    """Whether a build fetches the icons of benchmarks, for at most five seconds in all."""
    revisions: Literal["mteb", "newest"] = "mteb"
    """Which run wins if a model has several: mteb's rule, or always the newest run."""


class ServerSettings(_Section, frozen=True):
    """What `serve` does: `[server]`."""

    host: str = "127.0.0.1"
    """The address that `serve` listens on."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8000
    """The port that `serve` listens on; 0 means any free port."""
    workers: Annotated[int, msgspec.Meta(ge=1, le=256)] = 1
    """Server processes that share the port."""
    grace_seconds: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 25
    """How long requests in progress have to finish after SIGTERM, in seconds."""
    http_max_age: _Count = 14400
    """Seconds for which caches may reuse an answer of `/v1` without asking again."""
    development: bool = False
    """Whether `serve` adds the pages that only developers need, such as `/_styleguide`."""
    cors_origins: tuple[str, ...] = ("*",)
    """Origins whose pages may read the API; `*` means every origin."""


class NotifySettings(_Section, frozen=True):
    """Who is told when the take-over does something: `[notify]`."""

    webhook: str = ""
    """URL that gets each notice as a POST with JSON; empty sends none."""
    webhook_secret_file: str = ""
    """File with the key that signs them."""
    smtp: str = ""
    """`host:port` of the server that takes e-mail; empty sends none."""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection to that server is encrypted."""
    smtp_user: str = ""
    """The user to log in as; empty sends without logging in."""
    smtp_password_file: str = ""
    """File with the password of that user."""
    mail_from: str = ""
    """The sender's address."""
    mail_to: tuple[str, ...] = ()
    """The recipients' addresses."""
    console: str = ""
    """URL of the console, for the link at the end of an e-mail."""


class HubSettings(_Section, frozen=True):
    """The Hugging Face Hub: `[hub]`. There is no key for a token."""

    endpoint: Annotated[
        str,
        msgspec.Meta(pattern="^https?://[^/ ]+/?$", description="http:// or https:// and a host"),
    ] = "https://huggingface.co"
    """URL of the Hub."""
    space: str = ""
    """The Space of the live board, `owner/name`."""
    demo: str = ""
    """The Space that the new board has of its own, `owner/name`."""
    archive: str = ""
    """The Space that the old board lives in afterwards, `owner/name`."""
    strategy: Literal["overwrite", "rename"] = "overwrite"
    """Whether the Space is overwritten, or another one gets its name."""
    archive_kind: Literal["space", "dataset"] = "space"
    """What the archive is; `dataset` if the account's plan includes no other Space."""
    hardware: str = ""
    """Hardware to ask for under the name; empty keeps what there is."""
    sleep_time: Annotated[int, msgspec.Meta(ge=-1)] = 0
    """Seconds without a visitor until the Space sleeps; -1 never, 0 as the old board."""
    storage: Literal["", "small", "medium", "large"] = ""
    """Persistent storage that the name is to have; empty keeps what there is."""
    secrets: tuple[str, ...] = ()
    """`NAME=FILE` each: the value of a secret that a Space needs; only its owner may read it."""
    content: str = ""
    """Folder with the files of the new board's Space."""
    shifting: bool = False
    """Whether users move in shares first, with a gateway at the name; only to overwrite."""
    control_secret: Annotated[
        str,
        msgspec.Meta(pattern="^[A-Z][A-Z0-9_]{0,60}$", description="capital letters, digits and _"),
    ] = "FRONTRUNNER_CONTROL"  # noqa: S105 -- a name
    """Name of the Space's secret with the token by which the share is set."""
    accept: tuple[str, ...] = ()
    """What the plan loses and was agreed to, by name."""
    hardware_seconds: Annotated[float, msgspec.Meta(gt=0)] = 172_800.0
    """Seconds for which requested hardware may be pending before people are told."""
    deploy_seconds: Annotated[float, msgspec.Meta(gt=0)] = 1800.0
    """Seconds within which a Space has to serve a commit, or the step has failed."""
    token_file: str = ""
    """File with the token, if it is not in HF_TOKEN; only its owner may read it."""
    call_seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 60.0
    """Seconds for one call of the Hub, with its repetitions."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator can set."""

    home: Path = DEFAULT_HOME
    """Where snapshots and state are stored."""
    site: SiteSettings = SiteSettings()
    build: BuildSettings = BuildSettings()
    snapshots: SnapshotSettings = SnapshotSettings()
    server: ServerSettings = ServerSettings()
    gateway: GatewaySettings = GatewaySettings()
    hub: HubSettings = HubSettings()
    notify: NotifySettings = NotifySettings()
    takeover: TakeoverSettings = TakeoverSettings()
    refresh: RefreshSettings = RefreshSettings()
    store: StoreSettings = StoreSettings()
    logging: LoggingSettings = LoggingSettings()


SECTIONS: dict[str, type[msgspec.Struct]] = {
    "site": SiteSettings,
    "build": BuildSettings,
    "snapshots": SnapshotSettings,
    "server": ServerSettings,
    "gateway": GatewaySettings,
    "hub": HubSettings,
    "notify": NotifySettings,
    "takeover": TakeoverSettings,
    "refresh": RefreshSettings,
    "store": StoreSettings,
    "logging": LoggingSettings,
}
"""The sections of `frontrunner.toml`, in the order of docs/configuration.md."""


def load_settings(
    home: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    **options: Mapping[str, Any],
) -> Settings:
    """Merge defaults, the home's `frontrunner.toml`, the environment and a command's options.

    `options` has a mapping for each section; values that are None were not given. Raises
    UsageError if the file or a variable has an unknown key or a value out of range.
    """
    chosen = chosen_home(home, environ)
    file = Home(chosen).settings
    written = _parsed(file)
    _refuse_unknown(file, written)
    sections: dict[str, msgspec.Struct] = {}
    for name, kind in SECTIONS.items():
        merged = _merged(written.get(name, {}), _from_environment(name, kind, environ))
        merged |= {k: v for k, v in options.get(name, {}).items() if v is not None}
        given = {key for key, value in options.get(name, {}).items() if value is not None}
        sections[name] = converted(name, kind, merged, Given(file, environ, given))
    settings = Settings(home=chosen, **sections)  # type: ignore[arg-type]
    _check_windows(settings, Given(file, environ, ()))
    return settings


def _check_windows(settings: Settings, given: Given) -> None:
    """Raises UsageError if a gateway in a Space would count for longer than evidence lasts."""
    window, counted = settings.takeover.window, settings.gateway.control_window
    if not (settings.takeover.plane == "hub" and settings.hub.shifting):
        return
    if seconds(window) < counted:
        where = given.correct("takeover", "window")
        raise UsageError(
            f"The setting takeover.window ({window}) must not be shorter than "
            f"gateway.control_window ({counted:g} seconds), in which the gateway in the Space "
            f"counts a visitor once. Make one longer or the other shorter. {where}"
        )


def load_needed(
    home: Path | None,
    needed: Collection[str],
    *,
    file: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """The settings of `file`, or of the home's own, of which only some sections are needed.

    Another section that is wrong has its defaults. Raises UsageError if one of `needed` is wrong,
    or if the file is not TOML.
    """
    chosen = chosen_home(home, environ)
    file = file or Home(chosen).settings
    written, given = _parsed(file), Given(file, environ, ())
    for name in written.keys() - SECTIONS.keys():
        if near_names(name, needed, most=1):  # a needed section, misspelled
            raise UsageError(f"{file}: {_unknown(name)}")
    sections: dict[str, msgspec.Struct] = {}
    for name, kind in SECTIONS.items():
        found = written.get(name, {})
        try:
            if not isinstance(found, dict):
                raise UsageError(f"{file}: `{name}` must be a section: [{name}].")
            values = _merged(found, _from_environment(name, kind, environ))
            sections[name] = converted(name, kind, values, given)
        except UsageError:
            if name in needed:
                raise
    return Settings(home=chosen, **sections)  # type: ignore[arg-type]


def chosen_home(home: Path | None, environ: Mapping[str, str] = os.environ) -> Path:
    """The home that an option, or else the environment, names."""
    return Path(home or environ.get(f"{PREFIX}HOME") or DEFAULT_HOME)


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Both, section by section; `above` wins."""
    both = {**below, **above}
    for key in below.keys() & above.keys():
        if isinstance(below[key], dict) and isinstance(above[key], dict):
            both[key] = _merged(below[key], above[key])
    return both


def _from_environment(
    section: str, kind: type[msgspec.Struct], environ: Mapping[str, str]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if isinstance(field.default, msgspec.Struct):
            name = f"{section}_{field.name}"
            inner = _from_environment(name, type(field.default), environ)
            found |= {field.name: inner} if inner else {}
            continue
        text = environ.get(variable(section, field.name))
        if text is not None:
            is_list = isinstance(field.default, tuple)
            found[field.name] = [one.strip() for one in text.split(",")] if is_list else text
    return found


def correct_in(home: Path, section: str, key: str, environ: Mapping[str, str] = os.environ) -> str:
    """Says where to correct a setting that was found to be wrong only where it is used."""
    return Given(Home(home).settings, environ, ()).correct(section, key)


def _parsed(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return parse_toml(path.read_bytes())
    except ValueError as error:
        raise UsageError(f"{path} is not valid TOML: {error}. Correct or remove it.") from error


def _refuse_unknown(path: Path, found: dict[str, Any]) -> None:
    for name, content in found.items():
        if name not in SECTIONS or not isinstance(content, dict):
            raise UsageError(f"{path}: {_unknown(name)}")


def _unknown(name: str) -> str:
    """What to write in place of a key that is not a section."""
    if name == "home":
        return "`home` cannot be set here, because the file is in the home. Use --home instead."
    for section, kind in SECTIONS.items():
        if name in kind.__struct_fields__:
            return f"`{name}` belongs under [{section}]."
    near = near_names(name, SECTIONS, most=1)
    hint = f" Did you mean [{near[0]}]?" if near else ""
    return f"unknown section `{name}`.{hint} Sections: {', '.join(SECTIONS)}."
