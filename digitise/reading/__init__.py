"""Finding and recognising writing: engines, decoding, words that need checking."""

from digitise.reading.engine import OcrEngine, make_engine

__all__ = ["OcrEngine", "make_engine"]
