"""`flask staffing`: what is asked wrongly is one line and exit code 2; nothing asks a database."""

import json

import pytest

from app import create_app

HUNDRED = ("--contacts", "100", "--interval", "30m", "--aht", "180")


@pytest.fixture
def ask(application):
    def run(*words):
        return application.test_cli_runner().invoke(args=["staffing", *words])

    return run


@pytest.fixture
def answer(ask):
    def read(*words):
        said = ask(*words, "--json")
        assert said.exit_code == 0, said.output
        return json.loads(said.output)

    return read


@pytest.fixture
def file(tmp_path):
    def write(text, name="figures.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def test_the_hundred_calls_of_the_published_example(answer):
    said = answer("erlang", *HUNDRED, "--target", "80", "--within", "20", "--max-occupancy", "85", "--shrinkage", "30")
    assert (said["agents"], said["scheduled"], said["scheduled_unrounded"]) == (14, 20, "20")
    assert said["probability_of_waiting"].startswith("0.1741319")
    assert said["service_level_pct"].startswith("88.83500")


def test_no_database_is_asked(tmp_path):
    nowhere = create_app(INSTANCE=tmp_path, SQLALCHEMY_DATABASE_URI="postgresql+psycopg://nobody@127.0.0.1:1/none")
    said = nowhere.test_cli_runner().invoke(args=["staffing", "erlang", *HUNDRED])
    assert said.exit_code == 0, said.output


@pytest.mark.parametrize(
    ("interval", "aht"), [("1800", "180"), ("30m", "3m"), ("30min", "180s"), ("0.5h", "0.05h"), ("1800 s", "3 m")]
)
def test_durations_are_seconds_minutes_or_hours(answer, interval, aht):
    said = answer("erlang", "--contacts", "100", "--interval", interval, "--aht", aht)
    assert (said["interval_seconds"], said["aht_seconds"], said["agents"]) == ("1800", "180", 14)


def test_percent_may_carry_its_sign(answer):
    assert answer("shrinkage", "--on-phone", "100", "--shrinkage", "30%")["scheduled"] == 143


def test_a_given_number_of_agents_is_evaluated_beside_what_is_needed(answer):
    said = answer("erlang", *HUNDRED, "--agents", "12")
    assert (said["agents"], said["agents_needed"], said["meets_objective"]) == (12, 14, False)
    assert said["probability_of_waiting"].startswith("0.44938")


def test_a_load_in_erlangs_is_so_many_contacts_in_an_interval_as_long_as_the_aht(answer):
    said = answer("erlang", "--contacts", "10", "--interval", "3m", "--aht", "3m", "--agents", "11")
    assert said["erlangs"] == "10"
    assert said["probability_of_waiting"].startswith("0.6821182")


def test_the_table_says_what_one_agent_fewer_would_reach(ask):
    assert "13 would reach 79.5594788 %" in ask("erlang", *HUNDRED).output
    assert "10 would not carry the load" in ask("erlang", *HUNDRED, "--target", "1").output


def test_attrition_of_a_quarter_from_a_file_of_months(answer, file):
    months = file("month,average_headcount,leavers\n2026-07,200,4\n2026-08,198,6\n2026-09,202,5\n")
    said = answer("attrition", "--by-month", months)
    assert (said["period_attrition_pct"], said["annualised_pct"]) == ("7.5", "30")
    ends = file("month;opening;closing;leavers\r\n2026-12;100;90;10\r\n\r\n2027-01;90;100;0\r\n")
    assert answer("attrition", "--by-month", ends)["average_headcount"] == "95"


def test_attrition_of_a_period_knows_its_months(answer):
    said = answer("attrition", "--opening", "210", "--closing", "190", "--leavers", "15", "--months", "3")
    assert (said["average_headcount"], said["period_attrition_pct"], said["annualised_pct"]) == ("200", "7.5", "30")


def test_a_headcount_that_does_not_add_up_is_an_answer(answer):
    said = answer("headcount", "--opening", "120", "--joiners", "8", "--closing", "126")
    assert (said["balances"], said["mismatch"]) == (False, "-2")
    assert said["sentence"].endswith("126: 2 fewer than the movements explain")


def test_an_interval_without_contacts_may_leave_its_aht_blank(answer, file):
    said = answer("erlang", "--day", file("\ufeffStart, Contacts, AHT\n9:00,100,3m\n09:30,0,\n"))
    assert [each["agents"] for each in said["intervals"]] == [14, 0]
    assert said["intervals"][1]["service_level_pct"] is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("erlang", *HUNDRED, "--agents", "10"), "10 erlangs are too much for 10 agents"),
        (("erlang", *HUNDRED, "--agents", "0"), '"0" is not a whole number from 1 on'),
        (("erlang", *HUNDRED, "--agents", "14.5"), '"14.5" is not a whole number'),
        (("erlang", *HUNDRED, "--target", "100"), "A target of 100 % cannot be reached"),
        (("erlang", *HUNDRED, "--target", "0"), "A target must be more than 0 %"),
        (("erlang", *HUNDRED, "--target", "0.8"), "0.8 would be 0.8 %: write percent as 0 to 100, such as 80"),
        (("erlang", *HUNDRED, "--target", "-80"), '"-80" is not between 0 and 100 %'),
        (("erlang", *HUNDRED, "--within", "-20"), "Threshold cannot be negative: -20"),
        (("erlang", *HUNDRED, "--max-occupancy", "0"), "maximum occupancy must be more than 0 %"),
        (("erlang", *HUNDRED, "--max-occupancy", "120"), '"120" is not between 0 and 100 %'),
        (("erlang", *HUNDRED, "--shrinkage", "100"), "Shrinkage must be below 100 %"),
        (("erlang", *HUNDRED, "--contacts", "-1"), "Contacts cannot be negative: -1"),
        (("erlang", *HUNDRED, "--contacts", "nan"), '"nan" is not a number'),
        (("erlang", *HUNDRED, "--contacts", "1,000"), '"1,000" is not a number: write it as 1250'),
        (("erlang", *HUNDRED, "--interval", "half an hour"), '"half an hour" is not a duration'),
        (("erlang", *HUNDRED, "--interval", "0"), "An interval must last longer than 0 seconds"),
        (("erlang", *HUNDRED, "--aht", "0"), "AHT must be more than 0 seconds"),
        (("erlang", "--contacts", "100"), "--interval, --aht are missing"),
        (("erlang", *HUNDRED, "--frobnicate"), "No such option"),
        (("erlang", *HUNDRED, "more"), "unexpected extra argument"),
        (("erlang", "--day", "nowhere.csv"), "'nowhere.csv' does not exist"),
        (("shrinkage", "--on-phone", "100"), "Missing option '--shrinkage'"),
        (("shrinkage", "--on-phone", "-100", "--shrinkage", "30"), "On phone cannot be negative: -100"),
        (("attrition", "--opening", "1", "--closing", "1"), "--leavers is missing"),
        (("attrition", "--opening", "0", "--closing", "0", "--leavers", "0"), "The average headcount is 0"),
        (("headcount", "--opening", "5", "--leavers", "6"), "More people leave than there are"),
        (("headcount", "--opening", "5", "--on-leave", "6"), "6 on leave are more than the closing headcount of 5"),
        (("fill", "--required", "-1", "--actual", "1"), "Required cannot be negative: -1"),
    ],
    ids=lambda case: " ".join(case) if isinstance(case, tuple) else "",
)
def test_what_is_asked_wrongly_is_one_line_and_exit_code_2(ask, words, says):
    refused(ask(*words), says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        (b"start,contacts,aht\n\xff", "not a text in UTF-8"),
        ("start,calls,aht\n", "line 1: the columns are start, calls, aht; they must be start, contacts, aht"),
        ("start,contacts,aht\n", "The length of a single interval is not known"),
        ("start,contacts,aht\n09:00,1\n", "line 2: there are 2 cells under 3 columns"),
        ("start,contacts,aht\n\n09:00,1,180,9\n", "line 3: there are 4 cells under 3 columns"),
        ("start,contacts,aht\n09:00,,180\n", "line 2: contacts is blank"),
        ("start,contacts,aht\n09:00,5,\n", "line 2: aht is blank, but there are contacts"),
        ("start,contacts,aht\n09:00,many,180\n", 'line 2: contacts: "many" is not a number'),
        ("start,contacts,aht\n24:00,5,180\n", 'line 2: start: "24:00" is not a time of day'),
        ("start,contacts,aht\n09:00,5,180\n09:00,5,180\n", "09:00 stands after 09:00"),
        ("start,contacts,aht\n09:00,-5,180\n09:30,5,180\n", "Contacts cannot be negative: -5"),
        ('start,contacts,aht\n09:00,5,"180\n', "line 2:"),
    ],
)
def test_a_day_that_cannot_be_read_is_refused_by_line(ask, file, text, says):
    refused(ask("erlang", "--day", file(text)), says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("month,leavers\n2026-07,4\n", "they must be month, opening, closing, leavers, or month, average_headcount"),
        ("month,average_headcount,leavers\n", "Attrition needs at least one month"),
        ("month,average_headcount,leavers\nJuly,200,4\n", 'line 2: month: "July" is not a month: write it as 2026-09'),
        ("month,average_headcount,leavers\n2026-07,200,4\n2026-09,200,4\n", "line 3: after 2026-07 comes 2026-08"),
        ("month,average_headcount,leavers\n2026-07,200,-4\n", "line 2: Leavers cannot be negative: -4"),
        ("month,opening,closing,leavers\n2026-07,-1,200,4\n", "line 2: Opening cannot be negative: -1"),
    ],
)
def test_months_that_cannot_be_read_are_refused_by_line(ask, file, text, says):
    refused(ask("attrition", "--by-month", file(text)), says)


def test_a_file_and_figures_of_its_own_are_not_mixed(ask, file):
    day = file("start,contacts,aht\n09:00,1,180\n")
    refused(ask("erlang", "--day", day, "--aht", "180", "--agents", "2"), "leave --aht, --agents out")
    refused(ask("attrition", "--by-month", day, "--leavers", "1"), "leave --leavers out")


def refused(said, says):
    assert said.exit_code == 2, said.output
    assert says in said.output
    assert said.output.startswith("Error: ")
    assert said.output.count("\n") == 1
