"""What the checks of another hand share."""


class Check:
    """Counts what went well and says what did not."""

    def __init__(self):
        self.passed = self.failed = 0

    def that(self, fine, what):
        self.passed += bool(fine)
        self.failed += not fine
        if not fine:
            print(f"FAILED: {what}")
