"""The extractor and other libraries over the same documents, in one process, in turns.

Each library is made ready beforehand and is given the text in the pieces in which it is fastest, which are cut
beforehand; what it finds is counted and dropped.
"""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata

from benchmarks.timing import Runs, in_turns, ratios

CUES = 51  # of the EntityRuler
_WARM = 8  # every so many documents are seen beforehand
_NO_LIMIT = 1 << 30
Texts = Sequence[str]
Find = Callable[[Texts], int]  # how much was found


@dataclass(frozen=True)
class Peer:
    """One library.

    Attributes:
        name: of what it does.
        version: of its package.
        finds: what it makes of the documents: ``rows``, ``tokens``.
        found: how many.
        runs: processor time of each pass; ``None`` where it could not be run.
        slower: run by run, how many times as long as the extractor it took.
        missing: why it was not run.
    """

    name: str
    version: str
    finds: str
    found: int = 0
    runs: Runs | None = None
    slower: Runs | None = None
    missing: str = ""


def _chitieu() -> Find:
    from extractor import extract

    def find(texts: Texts) -> int:
        made = map(extract, texts)
        return sum(len(e.targets) + len(e.places) + len(e.deadlines) + len(e.assignments) for e in made)

    return find


def _spacy() -> Find:
    import spacy
    from spacy.matcher import PhraseMatcher

    from extractor.finding import gazetteer
    from extractor.patterns import load

    nlp = spacy.blank("xx")
    nlp.max_length = _NO_LIMIT
    rules = nlp.add_pipe("entity_ruler")
    kinds = [[p for e in load().of(concern) for p in e.phrases] for concern in ("status", "unit", "duty")]
    cues = [phrase for of_all in zip(*kinds, strict=False) for phrase in of_all][:CUES]
    rules.add_patterns([{"label": "CUE", "pattern": p} for p in cues])  # type: ignore[attr-defined]
    matcher = PhraseMatcher(nlp.vocab)
    names = {name for unit in gazetteer.load().units for name in (unit.name, *unit.aliases) if name[0] != "~"}
    matcher.add("PLACE", [nlp.make_doc(name) for name in sorted(names)])
    return lambda texts: sum(len(doc.ents) + len(matcher(doc)) for doc in map(nlp, texts))


def _word_tokenize() -> Find:
    from underthesea import word_tokenize

    return lambda texts: sum(len(word_tokenize(text)) for text in texts)


def _ner() -> Find:
    from underthesea import ner

    return lambda sentences: sum(tag.startswith("B-") for sentence in sentences for *_, tag in ner(sentence))


def _edsnlp() -> Find:
    import edsnlp

    nlp = edsnlp.blank("eds")
    nlp.max_length = _NO_LIMIT
    for name, options in (("normalizer", {}), ("sentences", {}), ("dates", {}), ("quantities", {"use_tables": False})):
        nlp.add_pipe(f"eds.{name}", config=options)
    return lambda texts: sum(len(doc.spans["dates"]) + len(doc.spans["quantities"]) for doc in map(nlp, texts))


def _dateparser() -> Find:
    from dateparser.search import search_dates

    return lambda lines: sum(len(search_dates(line, languages=["vi"]) or ()) for line in lines)


def _quantulum3() -> Find:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it can do more with a classifier, at more cost
        from quantulum3 import parser

    return lambda lines: sum(len(parser.parse(line)) for line in lines)


def _sentences(texts: Texts) -> Texts:
    from underthesea import sent_tokenize

    return [sentence for text in texts for sentence in sent_tokenize(text)]


def _lines(texts: Texts) -> Texts:
    return [line for text in texts for line in text.splitlines() if line.strip()]


def _whole(texts: Texts) -> Texts:
    return texts


US = "chitieu: text in, all rows out"
SPACY = 'spaCy `blank("xx")` + `EntityRuler` + `PhraseMatcher`'
WORDS = "`underthesea.word_tokenize`"
NER = "`underthesea.ner`, by sentence"
# Name → package, what it finds, what makes it ready, and what the documents are split into for it.
PEERS: dict[str, tuple[str, str, Callable[[], Find], Callable[[Texts], Texts]]] = {
    US: ("chitieu", "rows", _chitieu, _whole),
    SPACY: ("spacy", "spans", _spacy, _whole),
    WORDS: ("underthesea", "tokens", _word_tokenize, _whole),
    NER: ("underthesea", "names", _ner, _sentences),
    "edsnlp `dates` + `quantities` (French)": ("edsnlp", "spans", _edsnlp, _whole),
    "dateparser `search_dates`, `vi`, by line": ("dateparser", "dates", _dateparser, _lines),
    "quantulum3 without its classifier (English), by line": ("quantulum3", "quantities", _quantulum3, _lines),
}


def measured(texts: Texts, runs: int) -> list[Peer]:
    """All of them, the extractor first; one that is not installed or fails is said to be missing.

    Args:
        texts: the documents.
        runs: of each.
    """
    work: dict[str, Callable[[], None]] = {}
    found: dict[str, int] = {}
    missing: dict[str, str] = {}

    def counted(name: str, find: Find, pieces: Texts) -> Callable[[], None]:
        def run() -> None:
            found[name] = find(pieces)

        return run

    for name, (_, _, ready, split) in PEERS.items():
        try:
            find = ready()
            find(split(texts[::_WARM]))  # models loaded, patterns compiled
            work[name] = counted(name, find, split(texts))
        except ImportError as error:
            missing[name] = f"not installed ({error.name})"
        except Exception as error:
            missing[name] = f"{type(error).__name__}: {error}"
    if US in missing:
        raise RuntimeError(missing[US])
    gc.collect()
    gc.freeze()  # nobody's passes over garbage look through what another library holds
    times = in_turns(work, runs)
    gc.unfreeze()
    made = []
    for name, (package, finds, _, _) in PEERS.items():
        if name in missing:
            made.append(Peer(name, "", finds, missing=missing[name]))
            continue
        slower = ratios(times[name], times[US])
        made.append(Peer(name, metadata.version(package), finds, found[name], times[name], slower))
    return made
