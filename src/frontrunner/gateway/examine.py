"""What `frontrunner doctor` finds out about the gateway, without starting it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Literal

import msgspec

from frontrunner.base.atomic import temporary_folder, write_file
from frontrunner.base.errors import GatewayError, NetworkError, WrongSettingError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.binary import Envoy, deprecations, find_envoy, refusal
from frontrunner.gateway.owned import pages_of_new
from frontrunner.gateway.render import render_config
from frontrunner.gateway.shadow.rules import RULES, load_rules
from frontrunner.gateway.sides import Side, sides
from frontrunner.gateway.state import has_state, load_state
from frontrunner.net.certificate import expiry
from frontrunner.net.client import Limits, get

_ONE_ANSWER = Limits(seconds=5, size=64 * 1024 * 1024, private=True)


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "absent", "wrong"]
    """`absent` is what nothing needs as the settings are."""
    text: str


_NO_GATEWAY = Finding("gateway", "absent", "no [gateway] in frontrunner.toml of the home folder")


def examine(
    settings: GatewaySettings, folder: Path, correct: Callable[[str], str] = lambda _: ""
) -> list[Finding]:
    """What was found: Envoy, what it says of the configuration, the certificate, the boards.

    `correct` says where a setting is to be corrected. A board without a gateway needs no Envoy.
    """
    needed = bool(settings.old or settings.new)
    rules = _rules(folder)
    if not needed and not has_state(folder):
        return [*rules, _NO_GATEWAY]
    try:
        envoy = find_envoy(settings.envoy)
    except GatewayError as error:
        return [*rules, Finding("Envoy", "wrong" if needed else "absent", str(error))]
    configuration = _configuration(envoy, settings, folder, correct)
    found = [*rules, Finding("Envoy", "ok", str(envoy)), configuration]
    if not needed or found[-1].state == "wrong":
        return found
    if settings.tls_certificate:
        found.append(_certificate(settings))
    return [*found, *_boards(settings)]


def _rules(folder: Path) -> list[Finding]:
    """The rules for differences that are meant, if there is a file of them."""
    what = "ignore rules"
    try:
        rules = load_rules(folder / RULES)
    except GatewayError as error:
        return [Finding(what, "wrong", str(error))]
    today = datetime.now(UTC).date()
    ended = [rule.name for rule in rules if rule.until < today]
    text = f"{len(rules)} rule{'' if len(rules) == 1 else 's'} in {folder / RULES}"
    text += f"; expired, so these ignore nothing: {', '.join(ended)}" if ended else ""
    return [Finding(what, "ok", text)] if rules else []


def _configuration(
    envoy: Envoy, settings: GatewaySettings, folder: Path, correct: Callable[[str], str]
) -> Finding:
    what = "gateway"
    if not settings.old and not settings.new:
        return _NO_GATEWAY
    try:
        state = load_state(folder)
        with temporary_folder("envoy") as place:
            config = place / "envoy.yaml"
            salt = state.salt or settings.salt or "salt"
            write_file(config, render_config(settings, salt, place, inline=state).encode())
            why = refusal(envoy, config)
            old = deprecations(envoy, config)
    except WrongSettingError as error:
        return Finding(what, "wrong", f"{error} {correct(error.key)}".rstrip())
    except GatewayError as error:
        return Finding(what, "wrong", str(error))
    if why:
        return Finding(what, "wrong", f"Envoy refuses the configuration: {why}")
    if old:
        return Finding(
            what, "ok", f"Envoy accepts it, but {len(old)} fields are deprecated: {old[0]}"
        )
    return Finding(what, "ok", "Envoy accepts the configuration")


def _certificate(settings: GatewaySettings) -> Finding:
    try:
        until = expiry(settings.tls_certificate, settings.tls_key)
    except NetworkError as error:
        text = f"{error} Renew it, then send SIGHUP to a running gateway."
        return Finding("certificate", "wrong", text)
    return Finding("certificate", "ok", f"valid until {until:%Y-%m-%d}")


def _boards(settings: GatewaySettings) -> Iterator[Finding]:
    """Whether each address of each board answers."""
    for side in sides(settings):
        if side.tls and settings.ca != GatewaySettings().ca:
            text = "not asked, because gateway.ca is not the system's list of authorities"
            yield Finding(f"{side.name} board", "absent", text)
            continue
        found = [_board(side, url) for url in _urls(side)]
        yield from found
        if side.name == "old" and found[0].state == "ok":
            yield from _paths_of_old(settings, side, _urls(side)[0])


def _paths_of_old(settings: GatewaySettings, side: Side, url: str) -> Iterator[Finding]:
    """Pages of the old board that visitors would no longer see, if its answers tell which it has.

    None if it is another server of this program, as behind a gateway that only spreads requests.
    """
    if _is_frontrunner(url):
        return
    answered = [path for path in pages_of_new(settings) if _answers(f"{url}{path}")]
    health = "" if side.health == "/" else side.health
    if not answered and not health:
        return
    made_up = f"/made-up-by-doctor-{token_hex(8)}"
    if _answers(f"{url}{made_up}"):
        yield Finding("old board", "ok", _answers_all(url, made_up, answered, health))
    elif answered:
        text = (
            f"{url} answers {', '.join(answered)}, which the gateway gives to the new board. Add "
            "what belongs to the old board to gateway.old_paths."
        )
        yield Finding("old board", "wrong", text)


def _answers_all(url: str, made_up: str, answered: list[str], health: str) -> str:
    """What is said of a board like a single-page application: an answer proves no page."""
    text = f"{url} answers any path, also {made_up}, so its answers do not tell which pages it has."
    if answered:
        text += (
            f" The gateway gives {', '.join(answered)} to the new board. Add to gateway.old_paths "
            "only what visitors of the old board use of these."
        )
    if health:
        text += (
            f" Its answer to gateway.old_health ({health}) shows that the board works only if it "
            "has that path; otherwise only that its web server runs."
        )
    return text


def _is_frontrunner(url: str) -> bool:
    try:
        said = get(f"{url}/v1/snapshot", _ONE_ANSWER)
    except NetworkError:
        return False
    return said.status == 200 and b'"builder":"frontrunner ' in said.body


def _answers(url: str) -> bool:
    try:
        return get(url, _ONE_ANSWER).status < 400
    except NetworkError:
        return False


def _urls(side: Side) -> list[str]:
    scheme = "https" if side.tls else "http"
    return [f"{scheme}://{address}" for address in side.addresses]


def _board(side: Side, url: str) -> Finding:
    what = f"{side.name} board"
    try:
        answer = get(f"{url}{side.health or '/'}", _ONE_ANSWER)
    except NetworkError as error:
        text = f"{error}. Start the board, or correct gateway.{side.name}."
        return Finding(what, "wrong", text)
    if side.health and answer.status != 200:
        text = (
            f"{url}{side.health} answers {answer.status}, not 200. Set gateway.{side.name}_health "
            'to a path that does, or to "" to test only the connection.'
        )
        return Finding(what, "wrong", text)
    state: Literal["ok", "wrong"] = "ok" if answer.status < 500 else "wrong"
    return Finding(what, state, f"{url} answers {answer.status}")
