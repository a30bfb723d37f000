"""Trees are read like folders, and only what changed."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontrunner.results.chunk import knowledge_of
from frontrunner.results.git_history import Blob, commits, newest_commit, tree
from frontrunner.results.git_tree import TreeReader, results_of
from frontrunner.results.ingest import joined
from frontrunner.results.origin import Origin
from frontrunner.results.read import Options, read_source
from tests.factories import catalog, result, write
from tests.results.origin_lists import lists_of
from tests.results.repository import commit, run, started

ORIGIN = Origin("git", "r")
KNOWN = catalog()


def reader(folder: Path) -> TreeReader:
    return TreeReader(folder, knowledge_of(KNOWN))


def test_each_commit_is_read_as_its_files_would_be(tmp_path: Path) -> None:
    folder = started(tmp_path / "r")
    commit(folder, "2025-01-01", {"org/a": {"T1": 0.5, "T2": 0.1}, "org/x": {"T1": 0.2}})
    write(folder, "results/org__b/r1/T1.json", b"{")
    write(folder, "results/org__b/r1/model_meta.json", {"name": "org/b", "revision": "r1"})
    (folder / "results/org__b/r1/T2.json").symlink_to("T1.json")
    commit(folder, "2025-02-01", {"org/a": {"T1": 0.7}})
    run(folder, "rm", "-q", "results/org__a/r1/T2.json")
    write(folder, "results/org__b/r1/T1.json", result("T1", 0.3))
    commit(folder, "2025-03-01", {})
    one, read = reader(folder), []
    for each in commits(folder, newest_commit(folder)):
        run(folder, "checkout", "-q", each.id)
        theirs = read_source(folder, KNOWN, Options(workers=1))
        ours = one.read(results_of(tree(folder, each.id))[1], ORIGIN)
        read.append(one.files_read)
        assert (ours.seen, sorted(ours.rejects)) == (theirs.seen, sorted(theirs.rejects))
        assert ours.identities == theirs.identities
        a, b = joined(ours, KNOWN), joined(theirs, KNOWN)
        assert a.table.score.tolist() == b.table.score.tolist()
        assert (a.table.cells, a.rejects) == (b.table.cells, b.rejects)
        assert lists_of(a.origins) == lists_of(b.origins)
    assert read == [3, 4, 1]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from("ab"), st.floats(0, 1), max_size=2), max_size=5))
def test_any_past_gives_what_reading_each_commit_anew_gives(
    tmp_path_factory: object, past: list[dict[str, float]]
) -> None:
    folder = started(tmp_path_factory.mktemp("r") / "r")  # type: ignore[attr-defined]
    write(folder, "results/README.md", b"text")
    one = reader(folder)
    for number, scores in enumerate(past):
        run(folder, "rm", "-rq", "--ignore-unmatch", "results/org__a", "results/org__b")
        write(folder, "results/number", str(number).encode())
        commit(folder, f"2025-01-{number + 1:02}", {f"org/{m}": {"T1": scores[m]} for m in scores})
        _, files = results_of(tree(folder, newest_commit(folder)))
        again = reader(folder).read(files, ORIGIN)
        found = one.read(files, ORIGIN)
        assert found.files.paths == again.files.paths
        assert found.files.row_score.tolist() == again.files.row_score.tolist()
        assert sorted(found.rejects) == sorted(again.rejects)


def test_a_tree_without_a_results_folder_is_read_whole() -> None:
    plain, linked = Blob("100644", "1"), Blob("160000", "2")
    assert results_of({"a/T.json": plain, "module": linked}) == ("", {"a/T.json": plain})
    both = {"a/T.json": plain, "results/b/T.json": plain}
    assert results_of(both) == ("results", {"b/T.json": plain})
