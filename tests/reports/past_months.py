"""Two past months of Cedar and of Birch in one file, as tests of history import bring them."""

import io

HEADING = "Partner,Month,Site,Queue,Days reported,offered,answered,answered_in_threshold"
FIRST, SECOND = "2026-08,{0}-one,{0}-voice,7,1000,900,800", "2026-09,{0}-one,{0}-voice,,2000,1900,1700"


def upload(client, *rows: str, heading: str = HEADING, name: str = "history.csv"):
    body = "\n".join([heading, *rows]).encode()
    return client.post("/history-imports", data={"file": (io.BytesIO(body), name)})


def rows_for(code: str) -> list[str]:
    return [f"{code},{row.format(code)}" for row in (FIRST, SECOND)]


def imported(as_) -> str:
    response = upload(as_("mia"), *rows_for("cedar"), *rows_for("birch"))
    assert response.status_code == 303, response.text
    return response.location.rsplit("/", 1)[-1]
