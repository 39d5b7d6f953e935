"""What the checks of another hand share."""

import os
import subprocess
import time


class Check:
    """Counts what went well and says what did not."""

    def __init__(self):
        self.passed = self.failed = 0

    def that(self, fine, what):
        self.passed += bool(fine)
        self.failed += not fine
        if not fine:
            print(f"FAILED: {what}")


def serve(binary, folder):
    """Starts the service on a port the system picks; gives the process and its address."""
    address = folder / "adres.txt"
    address.unlink(missing_ok=True)
    settings = {"OMGANG__SERVER__LISTEN": "127.0.0.1:0", "OMGANG__SERVER__ADDRESS_FILE": str(address), "OMGANG_LOG": "error"}
    process = subprocess.Popen([binary, "serve"], cwd=folder, env=os.environ | settings)
    for _ in range(600):
        if address.exists() and address.read_text().endswith("\n"):
            return process, "http://" + address.read_text().strip()
        time.sleep(0.1)
    process.kill()
    raise SystemExit("the service did not start")
