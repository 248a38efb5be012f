"""Tell many labels apart by likeness to marked texts: what they say word by word, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix

MOST_MARKED = 12_000
"""Marked texts that are learned from at most: memory grows with their square (0.6 GB at this number)."""

SAID_WEIGHT, CLOSENESS, RIDGE = 0.5, 1.5, 0.1
"""What likeness of words weighs beside likeness of meaning; how fast that falls with the distance; what is taken off for fitting exactly.
Chosen by parts held out of banking77's training file (docs/explanation/text.md)."""

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class KernelLabels:
    """A ridge regression of every label on likenesses to marked texts: `weights` (marked texts, labels)."""

    classes_: np.ndarray
    said: csr_matrix
    meant: np.ndarray
    weights: np.ndarray

    def decision_function(self, said: csr_matrix, meant: np.ndarray) -> np.ndarray:
        """Return how much speaks for each label, shape (texts, labels)."""
        parts = [slice(at, at + _AT_ONCE) for at in range(0, len(meant), _AT_ONCE)]
        margins = [_likeness(said[part], meant[part], self.said, self.meant) @ self.weights for part in parts]
        return np.concatenate(margins) if margins else np.zeros((0, len(self.classes_)), dtype=np.float32)


def fit_kernel(said: csr_matrix, meant: np.ndarray, truth: Sequence[str] | np.ndarray) -> KernelLabels:
    """Fit min ‖K·w − y‖² + ridge · wᵀK·w for each label (Saunders, Gammerman & Vovk 1998), solved by Cholesky's factors.

    K is `SAID_WEIGHT` · cosine of the words + exp(−`CLOSENESS` · ‖difference of the points‖²); y is 1 for texts with the label.

    Parameters
    ----------
    said : words of the marked texts by TF-IDF, rows of length √2 (two blocks of length 1). meant : points of length 1, one a row.
    """
    classes, places = np.unique(truth, return_inverse=True)
    likeness = _likeness(said, meant, said, meant)
    likeness[np.diag_indices_from(likeness)] += np.float32(RIDGE)
    wanted = np.zeros((len(places), len(classes)), dtype=np.float32)
    wanted[np.arange(len(places)), places] = 1
    weights = cho_solve(cho_factor(likeness, lower=True, overwrite_a=True), wanted)
    return KernelLabels(classes, said, meant, weights)


def _likeness(said: csr_matrix, meant: np.ndarray, known_said: csr_matrix, known_meant: np.ndarray) -> np.ndarray:
    far = np.clip(2 - 2 * (meant @ known_meant.T), 0, None)
    return np.asarray(np.exp(-CLOSENESS * far) + (SAID_WEIGHT / 2) * (said @ known_said.T).toarray(), dtype=np.float32)
