"""Finding and recognising writing: engines, decoding, words that need checking."""

from digitise.reading.engine import OcrEngine, check_recogniser, make_engine, recogniser_stamp

__all__ = ["OcrEngine", "check_recogniser", "make_engine", "recogniser_stamp"]
