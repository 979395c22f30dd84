"""Exit 0 if the JupyterLab of this container answers on /api/status."""

import json
import os
import sys
import urllib.request
from pathlib import Path

# A server writes its port and its token into a file; a killed one leaves its own.
files = Path(os.environ["JUPYTER_RUNTIME_DIR"]).glob("jpserver-*.json")
newest = max(files, key=lambda file: file.stat().st_mtime, default=None)
if newest is None:
    sys.exit("JupyterLab has not started yet.")
server = json.loads(newest.read_text())
request = urllib.request.Request(
    f"http://127.0.0.1:{server['port']}/api/status",
    headers={"Authorization": f"token {server['token']}"},
)
with urllib.request.urlopen(request, timeout=10) as answer:
    print(answer.read().decode())
