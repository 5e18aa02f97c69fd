"""Privacy: people's faces hidden in every picture; names, numbers and addresses on notes listed and, where asked for, replaced."""

from digitise.privacy.face_network import FaceNetwork
from digitise.privacy.faces import blur_faces, find_faces, writing_quads

__all__ = ["FaceNetwork", "blur_faces", "find_faces", "writing_quads"]
