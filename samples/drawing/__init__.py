"""How the sample photos are drawn: fonts, ink, paper, sheets, scene and camera, files."""
