"""The network: a small character-level LayoutLM, or any checkpoint of `transformers` for token classification."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    AutoTokenizer,
    LayoutLMConfig,
    LayoutLMForMaskedLM,
    LayoutLMForTokenClassification,
    PreTrainedModel,
)

from models.label_tokens import SPECIAL, Vocabulary, characters
from training.labeller.config import NetworkConfig
from training.labeller.data.tagged import class_names

VOCABULARY = "vocab.txt"


def layout_config(config: NetworkConfig, vocabulary: Vocabulary) -> LayoutLMConfig:
    """Return our own shape: LayoutLM (Xu et al. 2020) with fewer and narrower layers, places in thousandths."""
    return LayoutLMConfig(
        vocab_size=len(vocabulary),
        hidden_size=config.hidden,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        intermediate_size=4 * config.hidden,
        max_position_embeddings=config.longest,
        max_2d_position_embeddings=1001,
        pad_token_id=vocabulary.pad,
        hidden_dropout_prob=config.dropout,
        attention_probs_dropout_prob=config.dropout,
    )


def new_language_model(config: NetworkConfig, vocabulary: Vocabulary) -> LayoutLMForMaskedLM:
    """Return an untrained network, to be pre-trained as a language model."""
    return LayoutLMForMaskedLM(layout_config(config, vocabulary))


def classifier_from(base: str | Path) -> PreTrainedModel:
    """Return the token classifier that starts from a checkpoint: a folder or a name on a hub.

    A checkpoint with other classes keeps all but its last layer. Raises OSError where there is no such checkpoint.
    """
    names = class_names()
    config = AutoConfig.from_pretrained(
        base, num_labels=len(names), id2label=dict(enumerate(names)), label2id={n: k for k, n in enumerate(names)}
    )
    found = AutoModelForTokenClassification.from_pretrained(base, config=config, ignore_mismatched_sizes=True)
    return cast(PreTrainedModel, found)


def vocabulary_of(base: str | Path) -> Vocabulary:
    """Return the vocabulary of a checkpoint: its `vocab.txt`, or that of its tokenizer."""
    path = Path(base) / VOCABULARY
    if path.is_file():
        return Vocabulary.read(path)
    known: dict[str, int] = AutoTokenizer.from_pretrained(base).get_vocab()
    tokens = sorted(known, key=known.__getitem__)
    return Vocabulary(tokens)


def longest_of(base: str | Path) -> int:
    """Return the greatest number of tokens that a checkpoint can take."""
    return int(AutoConfig.from_pretrained(base).max_position_embeddings)


def new_vocabulary(texts: Iterable[str], least: int) -> Vocabulary:
    """Return the characters that occur at least `least` times in the texts."""
    counts = Counter(character for text in texts for _, character in characters(text))
    return Vocabulary([*SPECIAL, *sorted(c for c, count in counts.items() if count >= least)])


def takes_places(model: PreTrainedModel) -> bool:
    """Whether a network takes boxes of tokens (LayoutLM does, BERT does not)."""
    return isinstance(model, LayoutLMForTokenClassification)
