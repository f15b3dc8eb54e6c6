"""What OCR misread is read as what it must be, in the key only; the rows say so (DOMAIN §8)."""

from datetime import date

from extractor import extract

TEXT = (
    "III. NHIỆM VỤ\n"
    "- Hoàn thành rà soát đất rừng trước ngày 3O/6/2022.\n"
    "- Trạm Y tế các xã tiêm nhắc cho 1.200 trẻ trước ngày 15/7/2022.\n"
)


def test_a_repaired_row_keeps_its_letters_and_says_so() -> None:
    repaired, plain = extract(TEXT).deadlines
    assert repaired.quote == "trước ngày 3O/6/2022"
    assert repaired.due_date == date(2022, 6, 30)
    (flag,) = repaired.flags
    assert (flag.code, TEXT[flag.start : flag.end]) == ("ocr_repaired", "O")
    assert plain.flags == ()


def test_words_that_are_no_misreading_stay() -> None:
    text = "II. CHỈ TIÊU\n- Trồng 20 ha cây vụ đông; mua 5 máy đo nồng độ O2.\n"
    rows = extract(text)
    assert [(str(t.value), t.unit) for t in rows.targets] == [("20", "ha"), ("5", "máy")]
    assert not any(t.flags for t in rows.targets)
