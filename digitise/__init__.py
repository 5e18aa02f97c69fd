"""Turn photos of workshop walls into an editable Word report."""

__version__ = "0.1.0"
