"""Turn photos of workshop walls into an editable Word report."""

import os

__version__ = "0.1.0"

# ONNX Runtime (from 1.29 on) tells its makers' server about each network that it loads, and keeps a number for this computer in the home
# folder. It must be told not to before it is loaded, and so must worker processes, which inherit this. Nothing of what happens here
# leaves the computer
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
