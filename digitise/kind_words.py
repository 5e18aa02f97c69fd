"""Nouns that name a kind of note in headings, English and Welsh: arranging sorts by them, layout knows headings by them."""

from __future__ import annotations

from digitise.model import Kind

KIND_NOUNS: dict[Kind, str] = {
    "problem": (
        r"(?:problems?|issues?|barriers?|challenges?|concerns?|difficult(?:y|ies)|obstacles?|worries|frustrations?"
        r"|pain ?points?|weaknesse?s?"
        r"|threats?|[bp]roblemau|heriau|rhwystrau|pryderon|anawsterau|gwendidau|bygythiadau)"
    ),
    "action": (
        r"(?:actions?(?: points?| items?| plan)?|next steps?|to[- ]?do(?: list)?|commitments?|pledges?|recommendations?"
        r"|camau gweithredu|camau nesaf|camau|gweithredu|gweithredoedd|pwyntiau gweithredu|addewidion|argymhellion)"
    ),
    "strength": r"(?:strengths?|successes|cryfderau|llwyddiannau)",
    "idea": (
        r"(?:ideas?|suggestions?|solutions?|fixes"
        r"|syniadau|awgrymiadau|atebion|datrysiadau)"
    ),
    "question": r"(?:questions?|unknowns|cwestiynau|cwestiwn)",
    "quote": r"(?:quotes?|quotations?|dyfyniadau)",
}
"""One noun that names a kind."""

OPPORTUNITIES = r"opportunit(?:y|ies)|cyfleoedd"
"""What is headed so is an idea; "opportunities for" somebody need not be."""
