"""An encoder for tests: each word has a fixed random direction, a text is the sum of its words'."""

import hashlib

import numpy as np


class WordsEmbedder:
    name = "words"
    dimension = 64

    def __init__(self):
        self.fingerprint = "words-1"
        self.asked = []

    def encode(self, texts, progress=None):
        self.asked.extend(texts)
        if progress:
            progress(len(texts))
        return np.stack([self._vector(text) for text in texts]) if texts else np.zeros((0, 64), np.float32)

    def _vector(self, text):
        total = np.full(64, 1e-3)
        for word in text.lower().replace(".", " ").split():
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
            total += np.random.default_rng(seed).normal(size=64)
        return (total / np.linalg.norm(total)).astype(np.float32)
