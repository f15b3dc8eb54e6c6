"""chitieu inside spaCy: the same rows as ``extract()``, wherever a ``Doc`` goes."""

from __future__ import annotations

import copy
import json
import pickle
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy import displacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.tokens.underscore import Underscore
from spacy.training import Example
from spacy.util import filter_spans
from spacy.vocab import Vocab

import extractor.spacy_components as components
from extractor import extract
from extractor.tables.schema import BY_NAME, DOCUMENTS

ROOT = Path(__file__).parent.parent
DOCUMENTS_OF_ALL_SETS = sorted((ROOT / "corpus").rglob("documents/*.txt"))
WITH_TOKENIZER = {"nlp": {"tokenizer": {"@tokenizers": "chitieu_tokenizer"}}}
PLAN = (
    "KẾ HOẠCH\n\nI. MỤC TIÊU\n\n"
    "- Phấn đấu năm 2023 có thêm 04 xã đạt chuẩn nông thôn mới (Long Trị A, Phú Hữu), hoàn thành trước 30/11/2023.\n"
    "- Giao Sở Tài chính chủ trì, phối hợp với Sở Y tế hoàn thành 29/52 thôn trong tháng 6/2023.\n"
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    made = spacy.blank("vi", config=WITH_TOKENIZER)
    made.add_pipe("chitieu")
    return made


def text_of(path: Path) -> str:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return file.read()


def same_rows(doc: Doc, text: str) -> None:
    """Everything that ``extract()`` gives for the text, by all the ways to it."""
    expected = extract(text)
    assert doc.text == text
    assert doc._.chitieu == expected
    for name in DOCUMENTS.names:
        assert getattr(doc._, name) == getattr(expected.document, name)
    for table in components.LABELS:
        spans, rows = list(doc.spans[table]), getattr(expected, table)
        assert [span._.chitieu for span in spans] == list(rows)
        for span, row in zip(spans, rows, strict=True):
            assert span._.quote in span.text
            assert text[span._.start : span._.end] == span._.quote
            assert span.label_ == components.LABELS[table]
            for name in BY_NAME[table].names:
                assert getattr(span._, name) == getattr(row, name)


# --- the same rows


def test_rows_are_those_of_extract_in_every_document(nlp: Language) -> None:
    assert len(DOCUMENTS_OF_ALL_SETS) > 50
    for path in DOCUMENTS_OF_ALL_SETS:
        text = text_of(path)
        doc = nlp(text)
        same_rows(doc, text)
        assert all(span.text == span._.quote for table in components.LABELS for span in doc.spans[table]), path.name


def test_two_processes_give_the_same_rows(nlp: Language) -> None:
    texts = [text_of(path) for path in DOCUMENTS_OF_ALL_SETS[:4]] + ["", PLAN]
    for doc, text in zip(nlp.pipe(texts, n_process=2, batch_size=2), texts, strict=True):
        same_rows(doc, text)


def test_started_processes_give_the_same_rows() -> None:
    """Not forked: what a process needs is sent to it, as on macOS and Windows, and everywhere from Python 3.14 on."""
    code = (
        "import multiprocessing, sys, spacy, extractor.spacy_components\n"
        "if __name__ == '__main__':\n"
        "    multiprocessing.set_start_method('spawn')\n"
        f"    nlp = spacy.blank('vi', config={WITH_TOKENIZER!r})\n"
        "    nlp.add_pipe('chitieu')\n"
        "    texts = [sys.argv[1], '', 'Có 04 xã.']\n"
        "    for doc, text in zip(nlp.pipe(texts, n_process=2, batch_size=1), texts, strict=True):\n"
        "        print(doc._.chitieu == extractor.extract(text), len(doc.spans['targets']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, PLAN], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    expected = [f"True {len(extract(text).targets)}" for text in (PLAN, "", "Có 04 xã.")]
    assert done.stdout.splitlines() == expected, done.stderr


def test_attributes_can_be_sent_to_a_started_process() -> None:
    assert pickle.loads(pickle.dumps(Underscore.get_state()[1:]))
    assert pickle.loads(pickle.dumps(components.ChitieuComponent("mine"))).patterns == "mine"


def test_spans_survive_bytes_and_doc_bins(nlp: Language) -> None:
    doc = nlp(PLAN)
    same_rows(Doc(Vocab()).from_bytes(doc.to_bytes()), PLAN)
    stored = DocBin(store_user_data=True, docs=[doc, nlp("Không có gì.")]).to_bytes()
    first, second = DocBin().from_bytes(stored).get_docs(Vocab())
    same_rows(first, PLAN)
    same_rows(second, "Không có gì.")


def test_joined_docs_keep_their_rows(nlp: Language) -> None:
    texts = [PLAN, "", "Giao Sở Y tế báo cáo trước 15/12/2021.", PLAN]
    docs = [nlp(text) for text in texts]
    joined = Doc.from_docs(docs)
    assert joined is not None
    same_joined = next(
        iter(DocBin().from_bytes(DocBin(store_user_data=True, docs=[joined]).to_bytes()).get_docs(Vocab()))
    )
    for table in components.LABELS:
        rows = [row for text in texts for row in getattr(extract(text), table)]
        for doc in (joined, same_joined):
            assert [span._.chitieu for span in doc.spans[table]] == rows
            assert [span._.quote for span in doc.spans[table]] == [span.text for span in doc.spans[table]]
    assert joined._.chitieu is None and joined._.issuer is None  # it is of several documents


def test_part_of_a_doc_has_no_rows_that_count_in_the_whole(nlp: Language) -> None:
    doc = nlp(PLAN)
    doc.ents = doc.spans["targets"]
    for part in (doc[0:20], doc[5:25], doc[0:0]):
        cut = part.as_doc(copy_user_data=True)
        assert cut._.chitieu is None and cut._.number is None
        assert [(e.text, e._.quote) for e in cut.ents] == [(e.text, e.text) for e in cut.ents]
    assert doc[5:25].as_doc(copy_user_data=True).ents
    same = doc[0 : len(doc)].as_doc(copy_user_data=True)
    assert same._.chitieu == extract(PLAN)


def test_copies_keep_their_rows(nlp: Language) -> None:
    for made in (lambda doc: pickle.loads(pickle.dumps(doc)), lambda doc: doc.copy(), copy.deepcopy):
        same_rows(made(nlp(PLAN)), PLAN)


def test_merged_doc_bins(nlp: Language) -> None:
    first, second = (DocBin(store_user_data=True, docs=[nlp(text)]) for text in (PLAN, "Có 04 xã."))
    first.merge(second)
    for doc, text in zip(DocBin().from_bytes(first.to_bytes()).get_docs(Vocab()), (PLAN, "Có 04 xã."), strict=True):
        same_rows(doc, text)


def test_entities_made_of_the_spans_have_their_cells(nlp: Language) -> None:
    doc = nlp(PLAN)
    doc.ents = filter_spans([span for table in components.LABELS for span in doc.spans[table]])
    assert len(doc.ents) > 5 and all(entity._.quote == entity.text for entity in doc.ents)


def test_doc_can_be_written_as_json(nlp: Language) -> None:
    doc = nlp(PLAN)
    written = json.loads(json.dumps(doc.to_json(underscore=["number", "chars"])))
    assert written["_"] == {"number": doc._.number, "chars": doc._.chars}
    again = Doc(Vocab()).from_json(written)
    assert {name: len(again.spans[name]) for name in again.spans} == {n: len(doc.spans[n]) for n in doc.spans}


def test_doc_without_the_component_has_no_rows() -> None:
    doc = spacy.blank("xx")(PLAN)
    assert doc._.chitieu is None and doc._.issuer is None
    assert doc[0:2]._.chitieu is None and doc[0:2]._.value is None


def test_span_that_is_no_row_has_no_cells(nlp: Language) -> None:
    doc = nlp(PLAN)
    assert doc[0:2]._.chitieu is None and doc[0:2]._.quote is None


def test_columns_of_other_tables_are_none(nlp: Language) -> None:
    doc = nlp(PLAN)
    assert doc.spans["deadlines"][0]._.value is None
    assert doc.spans["targets"][0]._.recurrence is None


def test_ids_of_codes_are_kept_in_kb_id(nlp: Language) -> None:
    doc = nlp(PLAN)
    assert [s.kb_id_ for s in doc.spans["targets"]] == [s._.indicator_code for s in doc.spans["targets"]]
    assert [s.kb_id_ for s in doc.spans["places"]] == [s._.code for s in doc.spans["places"]]


# --- offsets

ODD = {
    "crlf": PLAN.replace("\n", "\r\n"),
    "cr": PLAN.replace("\n", "\r"),
    "nfd": unicodedata.normalize("NFD", PLAN),
    "astral": "😀😀 " + PLAN.replace("04 xã", "04 xã 🏡"),
    "doubled blanks": PLAN.replace(" ", "  "),
    "blanks at both ends": f"  \t\n {PLAN} \n  ",
    "no-break spaces": PLAN.replace(" ", "\u00a0"),
    "control characters": PLAN.replace("năm", "\x00n\u200băm\x1b"),
    "glued": PLAN.replace(", ", ",").replace("năm 2023", "năm2023"),
    "markup": PLAN.replace("04 xã", "04 <script>xã</script> xã"),
    "nothing": "",
    "a blank": " ",
    "line ends": "\n\r\n\n",
    "blanks": "    \t  \u00a0 ",
    "one line": PLAN.replace("\n", " ") * 40,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_text_keeps_its_letters_and_rows(nlp: Language, text: str) -> None:
    doc = nlp(text)
    same_rows(doc, text)
    assert all(span.text == span._.quote for table in components.LABELS for span in doc.spans[table])


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_other_tokenizers_give_spans_that_hold_the_quote(text: str) -> None:
    other = spacy.blank("xx")
    other.add_pipe("chitieu")
    same_rows(other(text), text)


def test_tokens_that_cut_a_row_are_taken_whole() -> None:
    glued = spacy.blank("xx")
    glued.tokenizer = lambda text: Doc(glued.vocab, words=[text], spaces=[False])
    glued.add_pipe("chitieu")
    doc = glued(PLAN)
    same_rows(doc, PLAN)
    span = doc.spans["targets"][0]
    assert (span.start_char, span.end_char) == (0, len(PLAN))
    assert PLAN[span._.start : span._.end] == span._.quote != span.text


PIECES = st.sampled_from(
    [
        *PLAN.split(" "),
        "04 xã",
        "30/6/2023",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "́",
        "ă",
        "😀",
        "\u00a0",
        "\u200b",
        ";",
        "3O/6",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@settings(max_examples=150, deadline=None)
def test_tokenizer_keeps_any_text_and_cuts_no_row(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert doc.text == text
    for table in components.LABELS:
        assert [span.text for span in doc.spans[table]] == [row.quote for row in getattr(extract(text), table)]


# --- the tokenizer


def test_tokens_are_words(nlp: Language) -> None:
    words = [token.text for token in nlp.tokenizer("Ban hành kế hoạch  xây dựng\nnông thôn mới.")]
    assert words == ["Ban hành", "kế hoạch", " ", "xây dựng", "\n", "nông thôn", "mới", "."]


def test_tokenizer_takes_a_sentence_without_end() -> None:
    text = "xây dựng nông thôn mới, " * 1000 + "a" * 12000
    doc = components.ChitieuTokenizer(Vocab())(text)
    assert doc.text == text
    assert [token.text for token in doc[:4]] == ["xây dựng", "nông thôn", "mới", ","]


def test_vietnamese_pipeline_needs_no_pyvi() -> None:
    code = (
        "import sys; sys.modules['pyvi'] = None\n"
        "import spacy, extractor.spacy_components\n"
        f"nlp = spacy.blank('vi', config={WITH_TOKENIZER!r})\n"
        "print([t.text for t in nlp('kế hoạch')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "['kế hoạch']"


# --- pipelines


@Language.component("chitieu_test_reader")
def reader(doc: Doc) -> Doc:
    """A user's own component: it reads the targets and adds a group of its own."""
    doc.spans["reached"] = [span for span in doc.spans["targets"] if span._.status == "target"]
    return doc


@Language.component("chitieu_test_before")
def before(doc: Doc) -> Doc:
    doc.spans["mine"] = [Span(doc, 0, 1, "MINE")]
    doc.user_data["mine"] = 1
    return doc


def test_own_components_read_and_add() -> None:
    own = spacy.blank("vi", config=WITH_TOKENIZER)
    own.add_pipe("chitieu_test_before")
    own.add_pipe("chitieu")
    own.add_pipe("chitieu_test_reader")
    doc = own(PLAN)
    assert [span.label_ for span in doc.spans["mine"]] == ["MINE"] and doc.user_data["mine"] == 1
    assert [span._.indicator for span in doc.spans["reached"]] == [
        t.indicator for t in extract(PLAN).targets if t.status == "target"
    ]
    assert doc.spans["reached"][0]._.chitieu == doc.spans["targets"][0]._.chitieu


def test_attribute_of_the_same_name_is_left_to_its_owner() -> None:
    code = (
        "from spacy.tokens import Span; Span.set_extension('value', default='mine')\n"
        "import spacy, extractor.spacy_components\n"
        "nlp = spacy.blank('xx'); nlp.add_pipe('chitieu')\n"
        "doc = nlp('Phấn đấu có thêm 04 xã đạt chuẩn nông thôn mới.')\n"
        "span = doc.spans['targets'][0]\n"
        "print(span._.value, span._.chitieu.value)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "mine 4"


def test_pipes_can_be_left_out() -> None:
    own = spacy.blank("vi", config=WITH_TOKENIZER)
    own.add_pipe("chitieu")
    with own.select_pipes(disable="chitieu"):
        doc = own(PLAN)
        assert not doc.spans and doc._.chitieu is None
    assert own(PLAN, disable=["chitieu"])._.chitieu is None
    with own.select_pipes(enable="chitieu"):
        same_rows(own(PLAN), PLAN)


def test_component_of_another_pipeline_and_pickled_pipelines(nlp: Language) -> None:
    other = spacy.blank("xx")
    other.add_pipe("chitieu", source=nlp)
    same_rows(other(PLAN), PLAN)
    same_rows(pickle.loads(pickle.dumps(other))(PLAN), PLAN)
    same_rows(other(nlp.make_doc(PLAN)), PLAN)


def test_pipeline_can_be_initialized_and_trained() -> None:
    own = spacy.blank("vi", config=WITH_TOKENIZER)
    own.add_pipe("chitieu")
    examples = [Example(own.make_doc(PLAN), own(PLAN))]
    own.initialize(lambda: examples)
    own.update(examples)
    same_rows(own(PLAN), PLAN)


def test_evaluation_counts_spans(nlp: Language) -> None:
    gold = nlp.make_doc(PLAN)
    targets = extract(PLAN).targets
    gold.spans["targets"] = [gold.char_span(t.start, t.end, "TARGET") for t in targets[:1]]
    gold.spans["deadlines"] = [gold[0:1]]
    scores = nlp.evaluate([Example(nlp.make_doc(PLAN), gold)])
    assert (scores["spans_targets_r"], scores["spans_targets_p"]) == (1.0, 1 / len(targets))
    assert scores["spans_deadlines_f"] == 0.0
    assert scores["spans_places_f"] is None
    whole = nlp.evaluate([Example(nlp.make_doc(PLAN), nlp(PLAN))])
    assert {whole[f"spans_{table}_f"] for table in components.LABELS} == {1.0}


@pytest.fixture
def own_patterns(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "mine.yaml").write_text(
        "concern: unit\nentries:\n- id: unit.mine\n  phrase: chùm đèn\n  means: {class: thing}\n  why: a test\n"
        '  yes: ["Lắp [30|unit=chùm đèn] chùm đèn."]\n',
        encoding="utf-8",
    )
    return folder


def test_pipeline_on_disk_is_whole(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "saved")
    same_rows(spacy.load(tmp_path / "saved")(PLAN), PLAN)


def test_pipeline_as_bytes(nlp: Language) -> None:
    other = spacy.blank("vi", config=WITH_TOKENIZER)
    other.add_pipe("chitieu")
    same_rows(other.from_bytes(nlp.to_bytes())(PLAN), PLAN)


def test_own_patterns_go_with_the_pipeline(own_patterns: Path, tmp_path: Path) -> None:
    config = {"nlp": {"tokenizer": {"@tokenizers": "chitieu_tokenizer", "patterns": str(own_patterns)}}}
    own = spacy.blank("vi", config=config)
    own.add_pipe("chitieu", config={"patterns": str(own_patterns)})
    text = "Phấn đấu năm 2023 lắp 30 chùm đèn."
    before = own(text)._.chitieu
    assert [target.unit for target in before.targets] == ["chùm đèn"]
    assert before != extract(text)
    own.to_disk(tmp_path / "saved")
    shutil.rmtree(own_patterns)
    loaded = spacy.load(tmp_path / "saved")
    assert loaded(text)._.chitieu == before
    component = loaded.get_pipe("chitieu")
    assert Path(component.patterns).is_relative_to(tmp_path / "saved")
    assert Path(loaded.tokenizer.patterns).is_relative_to(tmp_path / "saved")
    loaded.to_disk(tmp_path / "saved")  # over itself
    assert spacy.load(tmp_path / "saved")(text)._.chitieu == before


def test_second_component_with_other_patterns(own_patterns: Path, tmp_path: Path) -> None:
    text = "Phấn đấu năm 2023 lắp 30 chùm đèn."
    both = spacy.blank("xx")
    both.add_pipe("chitieu")
    both.add_pipe("chitieu", name="mine", config={"patterns": str(own_patterns), "prefix": "my_"})
    both.to_disk(tmp_path / "saved")
    for pipeline in (both, spacy.load(tmp_path / "saved")):
        doc = pipeline(text)
        assert list(doc.spans) == [prefix + table for prefix in ("", "my_") for table in components.LABELS]
        theirs, mine = doc.spans["targets"][0], doc.spans["my_targets"][0]
        assert (theirs._.unit, mine._.unit) == (extract(text).targets[0].unit, "chùm đèn")
        assert theirs._.unit != mine._.unit and mine.id_ == "my_" + mine._.target_id
        assert doc._.chitieu == extract(text)
        joined = Doc.from_docs([doc, pipeline("Có 04 xã.")])
        assert joined is not None
        assert [span._.unit for span in joined.spans["my_targets"]] == ["chùm đèn", "xã"]


def test_second_component_of_the_same_groups_replaces_the_rows(own_patterns: Path) -> None:
    text = "Phấn đấu năm 2023 lắp 30 chùm đèn."
    both = spacy.blank("xx")
    both.add_pipe("chitieu")
    both.add_pipe("chitieu", name="mine", config={"patterns": str(own_patterns)})
    doc = both(text)
    assert [span._.unit for span in doc.spans["targets"]] == ["chùm đèn"]
    assert list(doc._.chitieu.targets) == [span._.chitieu for span in doc.spans["targets"]]


def test_missing_patterns_are_an_error_that_names_the_folder(tmp_path: Path) -> None:
    from extractor.patterns import PatternError

    own = spacy.blank("xx")
    own.add_pipe("chitieu", config={"patterns": str(tmp_path / "nothing")})
    with pytest.raises(PatternError, match=r"nothing.*no pattern files"):
        own(PLAN)
    with pytest.raises(PatternError, match=r"nothing.*no pattern files"):
        own.to_disk(tmp_path / "saved")


# --- displaCy


def test_displacy_shows_spans_and_escapes_text(nlp: Language) -> None:
    doc = nlp(ODD["markup"])
    doc.spans["sc"] = [*doc.spans["targets"], *doc.spans["deadlines"]]
    html = displacy.render(doc, style="span", options={"colors": components.COLORS}, jupyter=False)
    assert "TARGET" in html and "DEADLINE" in html and components.COLORS["TARGET"] in html
    assert "<script>" not in html


# --- a leaf


def test_library_does_not_load_spacy() -> None:
    code = "import sys; from extractor import extract; extract('Có 04 xã.'); print('spacy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "False"


def test_pipelines_without_chitieu_do_not_load_its_engine() -> None:
    code = (
        "import sys, extractor.spacy_components\n"
        "print([m for m in ('extractor.pipeline', 'pandas', 'underthesea', 'yaml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"
