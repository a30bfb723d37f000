"""Errors of git, as people read them."""

from __future__ import annotations

from frontrunner.results.git_errors import reason_of


def test_a_full_disk_is_not_blamed_on_the_network() -> None:
    said = "error: unable to write file results/a.json\nerror: unable to write file results/b.json"
    assert reason_of(said) == (
        "its files cannot be written. Free space on the disk of the home, then try again."
    )


def test_what_git_says_is_one_line_that_is_not_endless() -> None:
    found = reason_of("fatal: unable to access 'https://h/':\n Could not resolve host: h\n")
    assert found == (
        "fatal: unable to access 'https://h/': Could not resolve host: h. Check the URL and "
        "the network, or give a clone or an archive that you fetched elsewhere."
    )
    assert "x... Check the URL" in reason_of("x" * 999)


def test_a_password_is_left_out_also_where_the_text_is_cut() -> None:
    said = f"fatal: {'x' * 270} https://me:secret-of-mine@host.example/results"
    assert "secret" not in reason_of(said)


def test_what_git_says_while_all_goes_well_is_left_out() -> None:
    said = (
        "remote: Enumerating objects: 5, done.        \n"
        "remote: Counting objects:  60% (3/5)\rremote: Counting objects: 100% (5/5), done.\n"
        "remote: Total 5 (delta 0), reused 0 (delta 0), pack-reused 0\n"
        "Receiving objects:  40% (2/5), 1.20 MiB | 300.00 KiB/s\r"
        "From https://h/\n * branch            HEAD       -> FETCH_HEAD\n"
        "remote: Invalid username or password.\nfatal: early EOF\n"
    )
    found = reason_of(said)
    assert found.startswith("remote: Invalid username or password. fatal: early EOF. Check the URL")
    assert reason_of("").startswith("git ended without a word. Check the URL")
