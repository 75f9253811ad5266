"""docs/api.md: its commands run against a real server, and its answers are parts of what comes back."""

import json
import os
import re
import subprocess
from pathlib import Path

GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
EXAMPLES = re.findall(r"```sh\n(.*?)```\n```json\n(.*?)```", GUIDE, re.DOTALL)
OCTOBER = (
    "Month,Site,Queue,Offered,Answered,Answered in threshold,Abandoned\n"
    "2026-10,cedar-one,cedar-voice,1000,950,800,50\n2026-10,cedar-one,cedar-chat,1000,950,800,50\n"
)
CHOSEN_BY_ACCORD = {"key", "content", "links"}


def test_the_guides_commands_answer_as_it_says(live_server, report, token, tmp_path, record_count):
    (tmp_path / "october.csv").write_text(OCTOBER)
    known = {**os.environ, "ACCORD": live_server, "TOKEN": token(), "REPORT": report()}
    for command, shown in EXAMPLES:
        asked = {"cwd": tmp_path, "env": known, "capture_output": True, "text": True, "check": False}
        answer = subprocess.run(["bash", "-ec", command], **asked)
        assert answer.returncode == 0, f"{command}\n{answer.stdout}{answer.stderr}"
        missing = list(differences(json.loads(shown), json.loads(answer.stdout)))
        assert not missing, f"{command}\n{missing}\n{answer.stdout}"
    assert len(EXAMPLES) == GUIDE.count("```sh") == 6
    record_count("commands of the guide", len(EXAMPLES))


def differences(shown, real, place: str = ""):
    """Where the answer is not what the guide shows of it; of a list the guide shows the first."""
    if isinstance(shown, dict):
        for name, value in shown.items():
            if name not in real:
                yield f"{place}/{name} is not there"
            elif name not in CHOSEN_BY_ACCORD:
                yield from differences(value, real[name], f"{place}/{name}")
    elif isinstance(shown, list) and shown and isinstance(shown[0], dict):
        nearest = min((list(differences(shown[0], each, place)) for each in real), key=len, default=["an empty list"])
        yield from nearest
    elif isinstance(shown, list):
        if real[: len(shown)] != shown:
            yield f"{place}: {real}"
    elif shown != real:
        yield f"{place}: {real!r}, not {shown!r}"
