# mypy: disable-error-code="no-untyped-call"
"""Training by `transformers.Trainer`: masked language model first, then token classes. Both resume from checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from torch import Tensor
from torch.nn import functional
from transformers import EarlyStoppingCallback, PreTrainedModel, Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

from models.label_tokens import Vocabulary
from training.labeller.batches import Collator, NoisyPages, metrics_of
from training.labeller.config import Config
from training.labeller.data.tagged import IGNORED, Example, class_names
from training.labeller.network import (
    VOCABULARY,
    classifier_from,
    new_language_model,
    takes_places,
)
from training.precision import has_bfloat16

_RARE = ("narrative.", "organization", "year")


def pretrained(pages: Dataset, vocabulary: Vocabulary, config: Config, folder: Path) -> Path:
    """Return a checkpoint pre-trained on the pages as a masked language model; made once, then kept in `folder`."""
    done = folder / "language"
    if (done / VOCABULARY).is_file():
        return done
    settings = config.pretraining
    torch.manual_seed(config.seed)
    model = new_language_model(config.network, vocabulary)
    trainer = Trainer(
        model=model,
        args=_arguments(config, folder / "pretraining", settings.steps, settings.batch, settings.rate),
        data_collator=Collator(vocabulary, places=True, masked=settings.masked, seed=config.seed),
        train_dataset=NoisyPages(pages, vocabulary, config.network.longest, config.noise, config.seed),
    )
    _train(trainer, folder / "pretraining")
    model.save_pretrained(done)
    vocabulary.write(done / VOCABULARY)
    return done


def fine_tuned(
    base: Path | str, pages: Dataset, dev: Sequence[Example], vocabulary: Vocabulary, config: Config, folder: Path
) -> PreTrainedModel:
    """Return the classifier fine-tuned from `base`: the best on dev by F1, or without dev the last one.

    Embeddings of characters that the base lacks start at random. Checkpoints and TensorBoard logs are in `folder`.
    """
    settings = config.training
    torch.manual_seed(config.seed)
    model: PreTrainedModel = classifier_from(base).float()
    if len(vocabulary) > model.config.vocab_size:
        model.resize_token_embeddings(len(vocabulary))
    places = takes_places(model)
    arguments = _arguments(config, folder, settings.steps, settings.batch, settings.rate, dev=bool(dev))
    trainer = _OneCollatorEach(
        model=model,
        args=arguments,
        data_collator=Collator(vocabulary, places=places, hide=True, seed=config.seed),
        train_dataset=NoisyPages(pages, vocabulary, config.network.longest, config.noise, config.seed + 1),
        eval_dataset=list(dev) or None,
        compute_metrics=metrics_of(class_names()),
        preprocess_logits_for_metrics=_best_classes,
        callbacks=[EarlyStoppingCallback(early_stopping_patience=settings.patience)] if dev else [],
    )
    trainer.weights = class_weights(settings.weight)
    trainer.collator_for_dev = Collator(vocabulary, places=places)
    _train(trainer, folder)
    # Without the casts to bfloat16 that training has put around it: ONNX Runtime cannot read them.
    model = trainer.accelerator.unwrap_model(model, keep_fp32_wrapper=False)
    model.eval()
    return model


def class_weights(weight: float) -> Tensor:
    """Return the loss weight of each class: `weight` where it is a named part of running text, else 1."""
    return torch.tensor([weight if name[2:].startswith(_RARE) else 1.0 for name in class_names()])


class _OneCollatorEach(Trainer):
    """A Trainer that hides characters in training, not in evaluation, and weights classes."""

    collator_for_dev: Collator
    weights: Tensor

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Return the cross entropy over the characters, weighted by class."""
        outputs = model(**{name: given for name, given in inputs.items() if name != "labels"})
        logits = outputs.logits.float().flatten(0, 1)
        loss = functional.cross_entropy(logits, inputs["labels"].flatten(), self.weights, ignore_index=IGNORED)
        return (loss, outputs) if return_outputs else loss

    def get_eval_dataloader(self, eval_dataset: Any = None) -> Any:
        """Return the base class's data loader with the dev collator."""
        kept, self.data_collator = self.data_collator, self.collator_for_dev
        try:
            return super().get_eval_dataloader(eval_dataset)
        finally:
            self.data_collator = kept


def _arguments(
    config: Config, folder: Path, steps: int, batch: int, rate: float, *, dev: bool = False
) -> TrainingArguments:
    settings = config.training
    every = min(settings.every, steps)
    return TrainingArguments(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=batch,
        per_device_eval_batch_size=batch,
        learning_rate=rate,
        lr_scheduler_type="cosine",
        warmup_steps=round(settings.warm_up * steps),
        weight_decay=settings.decay,
        max_grad_norm=settings.clip,
        use_cpu=True,
        bf16=settings.bfloat16 and has_bfloat16(),
        seed=config.seed,
        logging_steps=min(50, steps),
        report_to=["tensorboard"],
        save_steps=every,
        save_total_limit=2,
        eval_strategy="steps" if dev else "no",
        eval_steps=every,
        load_best_model_at_end=dev,
        metric_for_best_model="f1" if dev else None,
        remove_unused_columns=False,
        ignore_data_skip=True,
        dataloader_num_workers=1,
    )


def _train(trainer: Trainer, folder: Path) -> None:
    """Train from the last checkpoint in the folder, if there is one."""
    trainer.train(resume_from_checkpoint=get_last_checkpoint(str(folder)) if folder.is_dir() else None)


def _best_classes(logits: Tensor, _labels: Tensor) -> Tensor:
    return logits.argmax(dim=-1)
