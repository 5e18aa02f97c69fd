"""Privacy: people's faces hidden in every picture; names, numbers and addresses on notes listed and, where asked for, replaced."""

from digitise.privacy.covering import cover_words
from digitise.privacy.face_network import FaceNetwork, open_face_network
from digitise.privacy.faces import blur_faces, find_faces, writing_quads
from digitise.privacy.listing import Personal, list_personal
from digitise.privacy.replacing import hide_event, hide_texts

__all__ = [
    "FaceNetwork",
    "Personal",
    "blur_faces",
    "cover_words",
    "find_faces",
    "hide_event",
    "hide_texts",
    "list_personal",
    "open_face_network",
    "writing_quads",
]
