"""Messages in Vietnamese: every one has its wording, and the command says it."""

from __future__ import annotations

import os
import re
import string
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from message_sites import Site, Unknown, shape, sites
from typer.testing import CliRunner, Result

from extractor import messages
from extractor.cli import app
from extractor.messages import in_language, text
from extractor.reading import ReadError, needs
from extractor.reading.txt import read as read_text
from extractor.running import pace

CATALOGUE: dict[str, dict[str, str]] = yaml.safe_load(messages.PATH.read_text(encoding="utf-8"))
SITES = list(sites())
FOUND = sorted({site for site in SITES if isinstance(site, Site)})
ENTRIES = [(section, en, vi) for section, entries in CATALOGUE.items() for en, vi in entries.items()]


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    messages.use("en")


def chitieu(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def has_words(template: str) -> bool:
    literal = "".join(part for part, *_ in string.Formatter().parse(template))
    return re.search(r"[a-z]{2}", literal.replace("chitieu", "")) is not None


# --- the catalogue and the code


def test_every_message_of_the_code_has_a_wording() -> None:
    known = {section: {shape(template) for template in entries} for section, entries in CATALOGUE.items()}
    missing = [
        f"{site.where}: {site.section}: {site.template!r}"
        for site in FOUND
        if site.section not in ("said", "echo")
        and has_words(site.template)
        and shape(site.template) not in known[site.section]
    ]
    assert missing == [], "add them to extractor/messages.yaml"


def test_every_line_of_the_command_has_a_wording_and_gets_its_values() -> None:
    said = [site for site in FOUND if site.section == "said"]
    missing = [
        f"{s.where}: {s.template!r}" for s in said if has_words(s.template) and s.template not in CATALOGUE["said"]
    ]
    assert missing == [], "add them to `said` of extractor/messages.yaml"
    wrong = [s for s in said if "**" not in s.names and set(messages.placeholders(s.template)) != set(s.names)]
    assert wrong == [], "the template's places and the values given beside it differ"


def test_what_is_printed_as_it_is_has_no_words() -> None:
    worded = [
        f"{site.where}: {site.template!r}" for site in FOUND if site.section == "echo" and has_words(site.template)
    ]
    assert worded == [], "print it with say()"


def test_what_the_syntax_does_not_tell_is_known() -> None:
    """An argument that leads to no literal: its texts have to be in the catalogue by other ways."""
    assert {f"{site.where.partition(':')[0]}: {site.code}" for site in SITES if isinstance(site, Unknown)} <= {
        # errors that are in the catalogue themselves; of ReviewError both languages come with it
        "commands/review.py: str(error)",
        "commands/review.py: error.said(language())",
        "commands/measuring.py: json.dumps(found.as_dict(), ensure_ascii=False)",
        # exceptions and warnings that are messages already
        "commands/loading.py: str(error)",
        "commands/measuring.py: str(error)",
        "commands/options.py: str(error)",
        "commands/runs.py: str(error)",
        "commands/looking.py: '; '.join(extraction.document.warnings) if extraction else outcome.skipped",
        "running/outcomes.py: str(found)",
        "patterns.py: str(error)",
        "tables/postgres.py: str(error)",
        "running/cluster.py: str(error)",
        # made of a sentence and an advice, or by a function: test_a_load_that_fails_in_vietnamese
        "tables/postgres.py: _not_connected(server, str(error), str(given.get('password') or ''))",
        "tables/postgres.py: _no_right(self._server, self._schema, f'permission denied for schema {self._schema}')",
        "tables/postgres.py: _no_right(server, schema, _said(error))",
        "evaluation.py: '\\n'.join(problems)",
        # data
        "commands/looking.py: json.dumps([place_history.as_json(units, h) for h in found], ensure_ascii=False, indent=2)",
        "commands/measuring.py: json.dumps(figures, ensure_ascii=False)",
        "commands/runs.py: json.dumps(asdict(found), ensure_ascii=False)",
        "commands/looking.py: line",
        "commands/measuring.py: line",
        # words of few values: test_words_of_the_summary
        "commands/runs.py: name",
        "commands/runs.py: status",
        "running/reporting.py: name",
        "running/reporting.py: status",
        "running/reporting.py: step.status",
        # needs.missing(): test_what_a_reader_needs
        "reading/ocr.py: lacking[1]",
        "reading/pdf.py: missing[1]",
        # sentences of tables at the head of the module, which are found there
        "reading/unsupported.py: advice",
        # messages itself
        "messages.py: text(template, **values)",
    }


def test_no_wording_is_left_from_a_message_that_is_gone() -> None:
    shapes = {site.section: {shape(s.template) for s in FOUND if s.section == site.section} for site in FOUND}
    # Said by others: typer, and ways that the syntax does not tell.
    others = ("Missing ", "No such ", "Option ", "Got ", "Invalid value", "{value} is not", "{given} is no language")
    left = [
        en
        for section in ("reasons", "advice", "warnings")
        for en in CATALOGUE[section]
        if shape(en) not in shapes[section] and not en.startswith(("format of Office", "page(s)", *others))
    ]
    assert left == []


@pytest.mark.parametrize(("section", "en", "vi"), ENTRIES, ids=[f"{s}-{n}" for n, (s, _, _) in enumerate(ENTRIES)])
def test_a_wording_is_sound(section: str, en: str, vi: str) -> None:
    assert section in messages.SECTIONS
    assert set(messages.placeholders(vi)) <= set(messages.placeholders(en))
    assert unicodedata.normalize("NFC", vi) == vi
    names = list(messages.placeholders(en))
    assert len(names) == len(set(names)), "a name stands twice"
    if section in ("advice", "errors") and en.endswith("."):
        assert vi.endswith(".")
    # What is said must be all said: only these places are told by another word.
    left_out = set(names) - set(messages.placeholders(vi))
    assert not left_out


def test_no_message_stands_twice() -> None:
    """YAML keeps the last of two equal keys and says nothing."""
    keys = re.findall(r'^  (".*?(?<!\\)"): "', messages.PATH.read_text(encoding="utf-8"), re.M)
    assert len(keys) == len(ENTRIES)


# --- finding the template of a message


def vi(message: str) -> str:
    return in_language(message, "vi")


@pytest.mark.parametrize(
    ("message", "wording"),
    [
        (
            "xã/kế hoạch.docx: is too big: 70,000,000 bytes, the limit is 67,108,864. Split it, one document a file.",
            "xã/kế hoạch.docx: quá lớn: 70.000.000 byte, tối đa là 67.108.864. Hãy tách ra, mỗi văn bản một tệp.",
        ),
        (
            "a.pdf: took longer to read than the limit of 0.5 s. "
            "Split it into smaller documents, or give it more time (--file-timeout).",
            "a.pdf: đọc lâu hơn mức tối đa 0,5 giây. "
            "Hãy tách thành các văn bản nhỏ hơn, hoặc cho thêm thời gian (--file-timeout).",
        ),
        (
            "a.txt: looks like a binary file: it has a zero byte at byte position 12 (line 3). "
            "Only text can be read: if it is a Word or PDF file, save its text as .txt in UTF-8.",
            "a.txt: có vẻ là tệp nhị phân: có byte 0 tại byte 12 (dòng 3). "
            "Chỉ đọc được chữ: nếu là tệp Word hoặc PDF, hãy lưu phần chữ thành .txt theo UTF-8.",
        ),
        (
            "odd: is empty. name.txt: cannot be read: Permission denied. Check its permissions and its disk.",
            "odd: is empty. name.txt: không đọc được: không có quyền truy cập. Kiểm tra quyền truy cập và ổ đĩa.",
        ),
        (
            "a.zip!/b.doc: is broken inside its zip file: Bad CRC-32 for file 'b.doc'. Copy or download it again.",
            "a.zip!/b.doc: bị hỏng bên trong tệp zip: Bad CRC-32 for file 'b.doc'. Hãy sao chép hoặc tải lại.",
        ),
        (
            "a.xls: format xls (Excel 97-2003) is not supported yet. "
            "Only documents of text are read: copy the text or table that matters into a .docx.",
            "a.xls: định dạng xls (Excel 97-2003) chưa được hỗ trợ. "
            "Chỉ đọc văn bản chữ: hãy chép phần chữ hoặc bảng cần thiết sang tệp .docx.",
        ),
        (
            "page 3: it is only a picture, and it could not be recognised; the stamps on its pages cannot be read",
            "trang 3: chỉ là hình ảnh, và không nhận dạng được; không đọc được dấu trên các trang",
        ),
        ("page 3: what nobody foresaw; the stamps on its pages cannot be read", "page 3: what nobody foresaw; không đọc được dấu trên các trang"),
        (
            "/out/targets.csv cannot be written: No space left on device. Nothing was replaced there; choose another --out.",
            "không ghi được /out/targets.csv: ổ đĩa hết chỗ. Chưa có gì bị thay thế; hãy chọn --out khác.",
        ),
        (
            "patterns: status.yaml:12: status.hope: needs a phrase or a regex",
            "mẫu: status.yaml:12: status.hope: cần có phrase hoặc regex",
        ),
        ("patterns: status.yaml:12: something new", "mẫu: status.yaml:12: something new"),
        ("something new", "something new"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_message_gets_its_wording(message: str, wording: str) -> None:
    assert vi(message) == wording
    assert in_language(message, "en") == message


def filled(template: str, wording: str) -> tuple[str, str]:
    """A message of a template, with a value in every place, and what it should become."""
    values = {}
    for number, (_, name, spec, _) in enumerate(string.Formatter().parse(template), 7):
        if name is not None:
            values[name] = f"{number}" if spec == "d" else f"v{number}"
    message = "".join(
        part + ("" if name is None else values[name]) for part, name, _, _ in string.Formatter().parse(template)
    )
    said = "".join(
        part + ("" if name is None else values[name]) for part, name, _, _ in string.Formatter().parse(wording)
    )
    return message, said


@pytest.mark.parametrize("section", ["errors", "warnings", "phrases"])
def test_every_template_is_found_by_its_own_message(section: str) -> None:
    for template, wording in CATALOGUE[section].items():
        message, said = filled(template, wording)
        if not message.startswith(" at byte"):
            assert vi(message) == said


def test_every_reason_goes_with_every_advice() -> None:
    for number, (reason, reason_vi) in enumerate(CATALOGUE["reasons"].items()):
        advice, advice_vi = list(CATALOGUE["advice"].items())[number % len(CATALOGUE["advice"])]
        (said, said_vi), (then, then_vi) = filled(reason, reason_vi), filled(advice, advice_vi)
        assert vi(str(ReadError("xã: 1. tên.doc", said, then))) == f"xã: 1. tên.doc: {said_vi}. {then_vi}"
        placed = ReadError("a.txt", said, then, position=5, line=2)
        assert vi(str(placed)) == f"a.txt: {said_vi} tại byte 5 (dòng 2). {then_vi}"


def test_what_a_reader_needs() -> None:
    for need in needs.NEEDS:
        assert need.use in CATALOGUE["phrases"]
        reason = f"is an image (png), and {need.name} is not installed ({need.use})"
        said = vi(str(ReadError("a.png", reason, f"Install it: {need.install}")))
        assert said == f"a.png: là ảnh (png), và chưa cài {need.name} ({vi(need.use)}). Cách cài: {need.install}"
        lacking = f"page(s) 1, 2, … have to be read from their pictures, and {reason.partition(', and ')[2]}. "
        assert vi(lacking + f"Install it: {need.install}").startswith(
            "trang 1, 2, … phải đọc từ hình ảnh, và chưa cài "
        )


def test_an_error_of_a_reader_itself() -> None:
    with pytest.raises(ReadError) as caught:
        read_text(b"m\x00t", "a.txt")
    assert vi(str(caught.value)).startswith("a.txt: có vẻ là tệp nhị phân: có byte 0 tại byte 1 (dòng 1). Chỉ đọc")


@given(st.text(), st.text())
def test_no_message_breaks_it(one: str, other: str) -> None:
    assert isinstance(vi(f"{one}: {other}. Check that it was copied whole."), str)
    assert isinstance(vi(f"{one}; {other}"), str)


@given(st.text(st.characters(exclude_characters="\n;"), min_size=1))
def test_a_name_stays_as_it_is(name: str) -> None:
    assert vi(f"{name}: is a PDF without pages. Check that it was copied whole.").startswith(f"{name}: là tệp PDF")


# --- templates of the command


def test_text_and_its_formats() -> None:
    assert text("{done:,}/{total:,} documents", done=1234, total=5678) == "1,234/5,678 documents"
    messages.use("vi")
    assert text("{done:,}/{total:,} documents", done=1234, total=5678) == "1.234/5.678 văn bản"
    assert text("no wording {here}", here=1) == "no wording 1"
    assert text("chitieu: {message}", message="x is no folder of patterns.") == "chitieu: x không phải là thư mục mẫu."
    assert text("{braces}", braces="{x}") == "{x}"


def test_words_of_the_summary() -> None:
    from extractor.running.metrics import STATUSES
    from extractor.tables.schema import TABLES

    messages.use("vi")
    for name in (*STATUSES, *(table.name for table in TABLES), "present", "none"):
        assert text(name) != name


def test_progress_in_vietnamese() -> None:
    messages.use("vi")
    line = pace.progress_line(1200, 12000, 9_600_000, 600)
    assert line == "1.200/12.000 văn bản, 2 văn bản/giây, 16k ký tự/giây, còn 90 phút"
    assert pace.progress_line(1, 2, 0, 1.6) == "1/2 văn bản, 0,62 văn bản/giây, còn 2 giây"


def test_an_unknown_language() -> None:
    with pytest.raises(ValueError, match="there are en, vi"):
        messages.use("fr")
    assert messages.language() == "en"


# --- the command


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    folder = tmp_path / "plans"
    folder.mkdir()
    plan = "KẾ HOẠCH\n\nI. MỤC TIÊU\n\n- Phấn đấu năm 2021 có thêm 04 xã đạt chuẩn nông thôn mới.\n"
    (folder / "plan.txt").write_text(plan, encoding="utf-8")
    (folder / "empty.txt").touch()
    return folder


@pytest.mark.parametrize("before", [True, False])
def test_lang_before_and_behind_the_command(before: bool, tmp_path: Path) -> None:
    lang = ["--lang", "vi"]
    command = ["run", tmp_path / "none", "--out", tmp_path / "out"]
    result = chitieu(*(lang + command if before else command + lang))
    assert (result.exit_code, "none không tồn tại" in result.output) == (2, True)
    assert "does not exist" in chitieu(*command).output  # and not for ever


def test_lang_of_the_environment_and_of_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    command = ("list", "--patterns", "nowhere")
    english, vietnamese = "nowhere is no folder of patterns.", "nowhere không phải là thư mục mẫu."
    assert vietnamese in chitieu("patterns", "--lang", "vi", *command).output
    monkeypatch.setenv("CHITIEU_LANG", "vi")
    assert vietnamese in chitieu("patterns", *command).output
    assert english in chitieu("patterns", *command, "--lang", "en").output
    assert english in chitieu("--lang", "EN", "patterns", *command).output
    monkeypatch.setenv("CHITIEU_LANG", "fr")
    assert (chitieu("doctor").exit_code, "fr" in chitieu("doctor").output) == (2, True)


def test_usage_errors_in_vietnamese() -> None:
    for arguments, said in {
        ("run", "x"): "Thiếu tùy chọn '--out'.",
        ("run",): "Thiếu tham số 'PATH...'.",
        ("nothing",): "Không có lệnh 'nothing'.",
        ("doctor", "--nothing"): "Không có tùy chọn",
        ("doctor", "much"): "Thừa tham số (much)",
        ("run", "x", "--out"): "cần một giá trị",
        ("run", "x", "--out", "y", "--file-timeout", "z"): "Giá trị không hợp lệ cho '--file-timeout'",
        ("run", "x", "--out", "y", "--file-timeout", "0"): "Giá trị không hợp lệ cho '--file-timeout'",
        ("--lang", "fr", "doctor"): "fr",
    }.items():
        result = chitieu("--lang", "vi", *arguments)
        assert result.exit_code == 2
        assert said in " ".join(result.output.replace("│", " ").split())


def test_places_doctor_and_patterns_in_vietnamese(tmp_path: Path) -> None:
    result = chitieu("places", "Cầm Vịnh", "--province", "Hà Tĩnh", "--lang", "vi")
    assert result.exit_code == 1
    assert "chitieu: không có đơn vị nào tên là 'Cầm Vịnh' thuộc Hà Tĩnh." in result.output
    assert "viết gần giống: xã Cẩm Vịnh (18691)" in result.output
    doctor = chitieu("doctor", "--lang", "vi").output
    assert doctor.startswith("Định dạng  .doc")
    assert re.search(r"^có +python-docx +\d.* văn bản Word", doctor, re.M)
    (tmp_path / "bad.yaml").write_text("concern: nothing\nentries: []\n")
    bad = chitieu("patterns", "list", "--patterns", tmp_path, "--lang", "vi")
    assert bad.exit_code == 2 and "bad.yaml:1: cần có 'concern:'" in bad.output


def test_explain_in_vietnamese(plans: Path) -> None:
    result = chitieu("explain", plans / "empty.txt", "--lang", "vi")
    assert result.exit_code == 3
    assert result.output.strip().endswith(
        "empty.txt: là tệp rỗng (0 byte). Kiểm tra xem tệp đã được sao chép đầy đủ chưa."
    )
    beyond = chitieu("explain", f"{plans / 'plan.txt'}:99", "--lang", "vi")
    assert "không có dòng 99: chỉ có dòng 1 đến 6." in beyond.output


def test_help_stays_english_and_loads_no_yaml() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from extractor.cli import app\n"
        "result = CliRunner().invoke(app, ['--lang', 'vi', 'run', '--help'])\n"
        "assert result.exit_code == 0 and 'Extract what is new' in result.output, result.output\n"
        "assert 'yaml' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_run_in_vietnamese(plans: Path, tmp_path: Path) -> None:
    (plans / "none").mkdir()
    result = chitieu("run", plans, plans / "none", "--out", tmp_path / "out", "--format", "csv", "--lang", "vi")
    assert result.exit_code == 3, result.output
    assert f"chitieu: cảnh báo: {plans / 'none'}: không có văn bản nào trong thư mục này" in result.stderr
    assert "] plan.txt: đã đọc (1 chỉ tiêu, " in result.stderr
    assert "\nVăn bản    1 đã đọc, 0 một phần, 1 lỗi\nDòng       2 văn bản, " in "\n" + result.stdout
    assert "\nXem lại    không có\n" in result.stdout
    assert "\nlỗi        empty.txt: là tệp rỗng (0 byte). Kiểm tra" in result.stdout
    assert "\nĐã ghi     7 tệp vào " in result.stdout
    # What is written is data: the same in every language.
    table = (tmp_path / "out" / "documents.csv").read_text(encoding="utf-8")
    assert "empty.txt: is empty (0 bytes). Check that it was copied whole." in table
    chitieu("run", plans, "--out", tmp_path / "en", "--format", "csv")
    for path in (tmp_path / "en").glob("*.csv"):
        assert path.read_bytes() == (tmp_path / "out" / path.name).read_bytes()


def test_run_that_cannot_write_in_vietnamese(plans: Path, tmp_path: Path) -> None:
    result = chitieu("run", plans, "--out", plans / "plan.txt", "--lang", "vi")
    assert result.exit_code == 2
    assert "plan.txt là một tệp, không phải thư mục. Hãy chọn tên khác bằng --out." in result.output
    result = chitieu("run", plans, "--out", plans / "plan.txt" / "out", "--lang", "vi")
    assert "không tạo được thư mục kết quả" in result.output and "không phải là thư mục. Hãy" in result.output
    result = chitieu("run", plans, "--out", tmp_path / "out", "--format", "xml", "--lang", "vi")
    assert "chitieu: --format: không có xml; có các định dạng csv, " in result.output


def test_a_load_that_fails_in_vietnamese(plans: Path, tmp_path: Path) -> None:
    chitieu("run", plans, "--out", tmp_path / "out", "--format", "csv")
    result = chitieu("load", tmp_path / "out", "postgresql://me@127.0.0.1:1/x", "--lang", "vi")
    assert result.exit_code == 2
    assert "không kết nối được me@127.0.0.1:1/x: " in result.output
    assert "Hãy kiểm tra máy chủ đang chạy và tới được từ đây" in result.output
    said = (
        "me@db:5432/x: permission denied. Nothing was changed. The first load needs CREATE on the database (or a schema "
        "s that the user owns), every load TEMPORARY on the database and to own the tables of s."
    )
    assert "Chưa đổi gì. Lần nạp đầu cần quyền CREATE" in messages.in_language(said, "vi")


def test_a_zip_file_in_vietnamese(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "")
        archive.writestr("b.xlsx", b"\x1f\x8b")
        archive.writestr("c.txt", b"\x1f\x8b")
    result = chitieu("run", tmp_path, "--out", tmp_path / "out", "--format", "csv", "--lang", "vi")
    assert "lỗi        a.zip!/a.txt: là tệp rỗng (0 byte)." in result.stdout
    assert "c.txt: định dạng gzip chưa được hỗ trợ. Hãy giải nén" in result.stdout


def test_vietnamese_in_a_terminal_of_a_legacy_encoding(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "extractor", "run", tmp_path / "none", "--out", tmp_path / "out", "--lang", "vi"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert done.returncode == 2
    assert rb"none kh\xf4ng t\u1ed3n t\u1ea1i".replace(rb"\xf4", b"\xf4") in done.stderr
