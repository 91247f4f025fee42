"""A dense model on this machine, given by the path of its ONNX folder: for a house without a model server."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import onnxruntime
from fastembed import TextEmbedding
from fastembed.common.model_description import ModelSource, PoolingType

from crm_site.core import spark

#: The same in every process: more threads than cores makes ONNX Runtime spin.
THREADS = 2
#: Passages have about 200 tokens; a longer one is cut rather than made slow.
MAX_TOKENS = 256
_lock = threading.Lock()


def embed(path: str, texts: Sequence[str]) -> list[list[float]]:
    """Vectors of unit length. Raises spark.ModelUnavailable when the folder holds no model that can be loaded."""
    try:
        model = _model(path)
    except (ValueError, OSError, RuntimeError, KeyError) as error:
        raise spark.ModelUnavailable(f"The embedding model at {path} cannot be loaded: {error}") from error
    with _lock:
        return [[float(number) for number in vector] for vector in model.embed(list(texts))]


@lru_cache(maxsize=1)
def _model(path: str) -> TextEmbedding:
    folder = Path(path)
    if not (folder / "model.onnx").is_file():
        raise ValueError("model.onnx is missing")
    name = f"local/{folder.name}"
    if name not in {one["model"] for one in TextEmbedding.list_supported_models()}:
        TextEmbedding.add_custom_model(
            model=name,
            pooling=PoolingType.MEAN,
            normalization=True,
            sources=ModelSource(hf=name),
            dim=_dimension(folder),
            model_file="model.onnx",
        )
    made = TextEmbedding(name, specific_model_path=str(folder), threads=THREADS, local_files_only=True)
    tokenizer = getattr(made.model, "tokenizer", None)
    if tokenizer is not None:
        tokenizer.enable_truncation(MAX_TOKENS)
    return made


def _dimension(folder: Path) -> int:
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    return int(session.get_outputs()[0].shape[-1])
