"""The metrics that an old number can be."""

from __future__ import annotations

from collections.abc import Mapping

MAIN = "main_score"
METRICS: Mapping[str, tuple[str, ...]] = {
    "accuracy": ("accuracy",),
    "f1": ("f1",),
    "map": ("map", "map_at_1000"),
    "max_ap": ("max_ap", "cos_sim_ap", "cosine_ap", "similarity_ap", "dot_ap", "manhattan_ap"),
    "ndcg_at_10": ("ndcg_at_10",),
    "ndcg_at_1": ("ndcg_at_1",),
    "recall_at_1": ("recall_at_1",),
    "cosine_spearman": ("cosine_spearman", "cos_sim_spearman"),
    "v_measure": ("v_measure",),
    "p-MRR": ("p-MRR",),
}
"""A metric of the old board's configuration -> the names that it had in files over the years."""

LOOKED_AT = frozenset({MAIN}.union(*METRICS.values()))
"""Others are in the files by the dozen, and no old number is ever one of them."""
