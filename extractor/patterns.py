"""Patterns: what a person who reads Vietnamese edits, read from the YAML files of ``patterns/``.

A file names its ``concern``; its ``entries`` carry phrases or regular expressions, what they mean, why they are there,
and the examples that are their tests. Nothing is matched here: ``Lexicon`` (phrases) and ``RegexSet`` (expressions)
only compile what the entries say, and every hit carries the entry's id.

Every mistake in a file is a ``PatternError`` that names file and line.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ahocorasick_rs
import regex
import yaml

from extractor.expressions import needed, openings, unsafe
from extractor.gate import Gate
from extractor.model import Hit
from extractor.paths import patterns_dir
from extractor.text.keys import fold

# The concerns, the table their examples are checked in, and the keys that ``means`` may have there.
CONCERNS: Mapping[str, tuple[str, frozenset[str]]] = {
    "layout": ("sections", frozenset({"part", "kind", "read", "short"})),
    "mask": ("masks", frozenset({"what"})),
    "document": ("documents", frozenset({"doc_type", "symbol", "role", "level", "force", "field"})),
    "number": ("targets", frozenset({"comparator", "negated", "opens", "value", "place", "role", "side", "where"})),
    "unit": ("targets", frozenset({"class", "base", "factor", "unit", "per", "upto"})),
    "status": ("targets", frozenset({"status", "basis", "level", "plain", "role"})),
    "indicator": (
        "targets",
        frozenset({"code", "name", "units", "basis", "head", "ends", "starts", "force", "tells", "side"}),
    ),
    "time": (
        "deadlines",
        frozenset(
            {
                "kind",
                "bound",
                "part",
                "granularity",
                "recurrence",
                "role",
                "reading",
                "day",
                "needs",
                "reach",
                "governs",
            }
        ),
    ),
    "place": ("places", frozenset({"level", "type", "role", "decoy", "where"})),
    "position": ("assignments", frozenset({"rank", "plain", "head", "part"})),
    "agency": ("assignments", frozenset({"level", "generic", "head", "part"})),
    "honorific": ("assignments", frozenset({"plural", "part", "single"})),
    "duty": ("assignments", frozenset({"role", "part", "force"})),
}
_ENTRY_KEYS = frozenset(
    {
        "id", "phrase", "also", "forms", "regex", "at", "means", "looks", "until",
        "not_inside", "not_before", "not_after", "why", "context", "yes", "no",
    }
)  # fmt: skip
_FILE_KEYS = frozenset({"concern", "about", "define", "entries", "examples"})
_JOBS = ("class", "part", "role", "head", "starts", "ends", "basis", "status")
_LOOKS = frozenset({"forward", "backward", "both"})
_UNTIL = frozenset({"clause", "sentence", "block", "section"})
_MACRO = re.compile(r"<<(\w+)>>")
_BRACKET = re.compile(r"\[([^\[\]|]*)\|([^\[\]]*)\]")


class PatternError(ValueError):
    """A mistake in a pattern file. The message begins with ``file:line``."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.file, self.line = file, line


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one bracket of an example demands: ``[text|table: field=value; field=value]``.

    Attributes:
        start: offset of the bracketed text in the example's text with the brackets taken out.
        table: the table to look in; empty for the concern's own.
        fields: column → value; ``absent`` means that no row may stand there.
    """

    start: int
    end: int
    table: str
    fields: tuple[tuple[str, str], ...]
    absent: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that shows what its pattern finds (``yes``) or must leave alone (``no``)."""

    id: str
    text: str
    expectations: tuple[Expectation, ...]
    positive: bool
    context: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One pattern as it stands in its file."""

    id: str
    concern: str
    file: str
    line: int
    phrases: tuple[str, ...]
    forms: tuple[str, ...]
    expressions: tuple[str, ...]
    at: tuple[str, ...]
    means: Mapping[str, Any]
    looks: str = "forward"
    until: str = "clause"
    not_inside: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    why: str = ""
    examples: tuple[Example, ...] = ()

    @property
    def literals(self) -> tuple[str, ...]:
        return self.phrases + self.forms

    @property
    def yes(self) -> tuple[Example, ...]:
        return tuple(e for e in self.examples if e.positive)

    @property
    def no(self) -> tuple[Example, ...]:
        return tuple(e for e in self.examples if not e.positive)


# libyaml reads the same language ten times as fast; not every build of PyYAML has it
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _LineLoader(_SafeLoader):  # type: ignore[misc]
    """SafeLoader that remembers the line each mapping began at, under the key ``__line__``."""


def _mapping(loader: _LineLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in made:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", key_node.start_mark)
        made[key] = loader.construct_object(value_node, deep=True)
    made["__line__"] = node.start_mark.line + 1
    return made


_LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
# YAML 1.1 reads the keys ``yes`` and ``no`` as booleans; here only ``true`` and ``false`` are.
_LineLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_LineLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


_FIELD_END = re.compile(r";(?!\s*[A-Z]+=)")  # the parts of an RRULE are one value


def parse_example(marked: str, *, name: str, positive: bool, context: Mapping[str, Any] | None = None) -> Example:
    """Read an example with brackets into its plain text and what the brackets demand."""
    text, expectations, last = "", [], 0
    for bracket in _BRACKET.finditer(marked):
        text += marked[last : bracket.start()]
        quote, demand = bracket[1], bracket[2].strip()
        table, colon, rest = demand.partition(":")
        if colon and table.strip().isalpha() and "=" not in table:
            demand = rest.strip()
        else:
            table = ""
        absent = demand == "-"
        fields = []
        for part in filter(None, (p.strip() for p in _FIELD_END.split("" if absent else demand))):
            key, equals, value = part.partition("=")
            if not equals:
                raise ValueError(f"bracket [{quote}|{demand}]: {part!r} is not field=value")
            fields.append((key.strip(), value.strip()))
        expectations.append(Expectation(len(text), len(text) + len(quote), table.strip(), tuple(fields), absent))
        text += quote
        last = bracket.end()
    text += marked[last:]
    items = tuple(sorted((str(k), str(v)) for k, v in (context or {}).items() if k != "__line__"))
    return Example(name, text, tuple(expectations), positive, items)


def _strings(value: Any, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    raise ValueError(f"{where} takes a text or a list of texts")


def _read_entry(raw: Mapping[str, Any], concern: str, file: str, macros: Mapping[str, str]) -> Entry:
    line = int(raw.get("__line__", 0))
    try:
        entry = _entry(raw, concern, file, line, macros)
        _check_entry(entry)
    except ValueError as error:
        raise PatternError(file, line, str(error)) from None
    return entry


def _entry(raw: Mapping[str, Any], concern: str, file: str, line: int, macros: Mapping[str, str]) -> Entry:
    """An entry from its YAML; ``ValueError`` for what cannot be read as one."""
    if unknown := sorted(set(raw) - {"__line__"} - _ENTRY_KEYS):
        raise ValueError(f"unknown key {unknown[0]!r}; legal keys are {', '.join(sorted(_ENTRY_KEYS))}")
    name = raw.get("id")
    if not isinstance(name, str):
        raise ValueError("an entry needs an id")
    try:
        guards = [_strings(raw.get(k), k) for k in ("not_inside", "not_before", "not_after")]
        return Entry(
            id=name, concern=concern, file=file, line=line,
            phrases=_strings(raw.get("phrase"), "phrase") + _strings(raw.get("also"), "also"),
            forms=_strings(raw.get("forms"), "forms"),
            expressions=tuple(_expand(e, macros) for e in _strings(raw.get("regex"), "regex")),
            at=_strings(raw.get("at"), "at"),
            means={k: v for k, v in (raw.get("means") or {}).items() if k != "__line__"},
            looks=raw.get("looks", "forward"), until=raw.get("until", "clause"),
            not_inside=guards[0], not_before=guards[1], not_after=guards[2],
            why=str(raw.get("why", "")), examples=_examples(raw, name),
        )  # fmt: skip
    except (ValueError, KeyError) as error:
        raise ValueError(f"{name}: {error}") from None


def _examples(raw: Mapping[str, Any], name: str) -> tuple[Example, ...]:
    return tuple(
        parse_example(text, name=f"{name}::{side}{n}", positive=side == "yes", context=raw.get("context"))
        for side in ("yes", "no")
        for n, text in enumerate(_strings(raw.get(side), side))
    )


def _check_entry(entry: Entry) -> None:
    """``ValueError`` for an entry that is not whole, not safe, or not shown by its own examples."""
    legal = CONCERNS[entry.concern][1]
    if unknown := sorted(set(entry.means) - legal):
        raise ValueError(
            f"{entry.id}: unknown key {unknown[0]!r} in means; legal in {entry.concern}: {', '.join(sorted(legal))}"
        )
    for key, value, values in (("looks", entry.looks, _LOOKS), ("until", entry.until, _UNTIL)):
        if value not in values:
            raise ValueError(f"{entry.id}: {key} is {value!r}; legal are {', '.join(sorted(values))}")
    if not entry.literals and not entry.expressions:
        raise ValueError(f"{entry.id}: needs a phrase or a regex")
    for expression in entry.expressions:
        try:
            regex.compile(expression)
        except regex.error as error:
            raise ValueError(f"{entry.id}: regex does not compile: {error}") from None
        if why := unsafe(expression):
            raise ValueError(f"{entry.id}: regex can blow up: {why}")
    for example in entry.yes:
        if not example.expectations:
            raise ValueError(f"{example.id}: its bracket is not found: {example.text!r}")
    shown = [fold(e.text) for e in entry.examples]
    for phrase in entry.phrases:
        if not any(fold(phrase) in text for text in shown):
            raise ValueError(f"{entry.id}: none of its examples contains the phrase {phrase!r}")


def _expand(expression: str, macros: Mapping[str, str]) -> str:
    """Put the ``define``d parts in place of ``<<name>>``; a part may use other parts."""
    for _ in range(8):
        if not _MACRO.search(expression):
            return expression
        expression = _MACRO.sub(lambda m: f"(?:{macros[m[1]]})", expression)
    raise ValueError("define: parts that use each other in a circle")


def read_file(path: Path, macros: Mapping[str, str] | None = None) -> tuple[Entry, ...]:
    """Read one pattern file.

    Raises:
        PatternError: unknown key, example without a bracket, phrase without an example, unsafe regex, bad YAML.
    """
    name = path.name
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_LineLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise PatternError(
            name, mark.line + 1 if mark else 1, f"not YAML: {getattr(error, 'problem', error)}"
        ) from None
    except OSError as error:
        raise PatternError(name, 1, f"cannot be read: {error.strerror}") from None
    if not isinstance(raw, dict) or raw.get("concern") not in CONCERNS:
        raise PatternError(name, 1, f"needs 'concern:', one of {', '.join(sorted(CONCERNS))}")
    if unknown := sorted(set(raw) - _FILE_KEYS - {"__line__"}):
        raise PatternError(name, 1, f"unknown key {unknown[0]!r}; legal keys are {', '.join(sorted(_FILE_KEYS))}")
    own = {k: v for k, v in (raw.get("define") or {}).items() if k != "__line__"}
    known = {**(macros or {}), **own}
    return tuple(_read_entry(entry, raw["concern"], name, known) for entry in raw.get("entries") or [])


def _check_set(entries: Sequence[Entry]) -> None:
    ids: dict[str, Entry] = {}
    owners: dict[tuple[str, str, str], Entry] = {}
    for entry in entries:
        if (first := ids.setdefault(entry.id, entry)) is not entry:
            raise PatternError(entry.file, entry.line, f"id {entry.id!r} already stands in {first.file}:{first.line}")
        # a phrase has one owner for each job it can do: "tổ chức" may be a counted noun and a verb that opens a count
        job = next((f"{k}={entry.means[k]}" for k in _JOBS if k in entry.means), "")
        for literal in entry.literals:
            owner = owners.setdefault((entry.concern, job, fold(literal)), entry)
            if owner is not entry:
                where = f"{owner.file}:{owner.line}"
                raise PatternError(entry.file, entry.line, f"{entry.id}: {owner.id} ({where}) already owns {literal!r}")


def _means(value: Any, wanted: Any) -> bool:
    return wanted in value if isinstance(value, list) else bool(value == wanted)


@dataclass(frozen=True)
class PatternSet:
    """All entries of a folder, checked against each other, with compiled matchers made on first use."""

    entries: tuple[Entry, ...]
    folder: Path
    _cache: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def of(self, *concerns: str) -> tuple[Entry, ...]:
        """The entries of some concerns, in file order."""
        made: tuple[Entry, ...] = self.made(
            f"of:{' '.join(concerns)}", lambda: tuple(e for e in self.entries if e.concern in concerns)
        )
        return made

    def meaning(self, concern: str, **means: Any) -> tuple[Entry, ...]:
        """The entries of a concern that mean all this; of a list in ``means`` one item is enough."""
        return tuple(e for e in self.of(concern) if all(_means(e.means.get(k), v) for k, v in means.items()))

    def literals(self, concern: str, **means: Any) -> tuple[str, ...]:
        """The folded phrases and forms of ``meaning``, the longest first."""
        found = {fold(p) for e in self.meaning(concern, **means) for p in e.literals}
        return tuple(sorted(found, key=lambda w: (-len(w), w)))

    def expression(self, concern: str, *, whole: bool = True, **means: Any) -> regex.Pattern[str]:
        """The phrases and regular expressions of ``meaning`` as one expression for a folded text.

        Args:
            concern: the concern.
            whole: a phrase must end where its last word ends.
            means: as for ``meaning``.
        """
        end = r"(?!\w)" if whole else ""
        expressions = [e for entry in self.meaning(concern, **means) for e in entry.expressions]
        return regex.compile("|".join([one_of(self.literals(concern, **means)) + end, *expressions]))

    def sought(self, concern: str, *, whole: bool = True, **means: Any) -> RegexSet:
        """The same, for texts in which it mostly does not stand: that is told in a tenth of the time."""
        end = r"(?!\w)" if whole else ""
        return RegexSet(
            replace(
                e, at=(), expressions=(*(one_of(map(fold, e.literals)) + end for _ in e.literals[:1]), *e.expressions)
            )
            for e in self.meaning(concern, **means)
        )

    def entry(self, entry_id: str) -> Entry:
        """The entry with an id.

        Raises:
            KeyError: there is none.
        """
        if "by_id" not in self._cache:
            self._cache["by_id"] = {e.id: e for e in self.entries}
        found: Entry = self._cache["by_id"][entry_id]
        return found

    def lexicon(self, concern: str) -> Lexicon:
        """The phrases of a concern as one automaton."""
        made: Lexicon = self.made(f"lexicon:{concern}", lambda: Lexicon(self.of(concern)))
        return made

    def regexes(self, concern: str) -> RegexSet:
        """The regular expressions of a concern."""
        made: RegexSet = self.made(f"regexes:{concern}", lambda: RegexSet(self.of(concern)))
        return made

    def made(self, key: str, make: Any) -> Any:
        """Whatever a finder compiles from the entries, compiled once."""
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]


def load(folder: Path | None = None, *, extra: Path | None = None) -> PatternSet:
    """Load a pattern folder, and over it a user's own, whose entries add to or override the built-in ones by id.

    Files are read once, and again when they were edited.

    Raises:
        PatternError: naming file and line, for any mistake.
    """
    folder = (folder or patterns_dir()).absolute()
    extra = extra.absolute() if extra else None
    return _load(folder, extra, *(_state(place) if place else () for place in (folder, extra)))


# One file of a folder of patterns: its name, when it was written (in nanoseconds), and its size.
_FileState = tuple[str, int, int]


def _state(folder: Path) -> tuple[_FileState, ...]:
    """The pattern files of a folder as they are now, by name."""
    try:
        with os.scandir(folder) as places:
            files = [(place.name, place.stat()) for place in places if place.name.endswith(".yaml")]
    except OSError:
        return ()  # reading says what is wrong
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in files))


@functools.lru_cache(maxsize=8)
def _load(folder: Path, extra: Path | None, *_states: tuple[_FileState, ...]) -> PatternSet:
    """The patterns of files in this state: a file that was edited is read again."""
    by_id: dict[str, Entry] = {}
    for place in filter(None, (folder, extra)):
        files = sorted(p for p in place.glob("*.yaml"))
        if not files:
            raise PatternError(str(place), 0, "no pattern files (*.yaml) here")
        entries = [entry for path in files for entry in read_file(path)]
        _check_set(entries)
        by_id.update((e.id, e) for e in entries)
    merged = tuple(by_id.values())
    if extra is not None:
        _check_set(merged)
    return PatternSet(merged, folder)


def is_word(char: str) -> bool:
    """Whether a character belongs to a word: a letter or a digit."""
    return char.isalnum()


def one_of(words: Iterable[str], *, space: str = " ") -> str:
    """A regular expression for any of some folded phrases, the longest first; it never matches where there are none.

    Args:
        words: the phrases, as ``PatternSet.literals`` gives them.
        space: the expression for a space inside a phrase.

    >>> one_of(["tỷ", "nghìn tỷ"])
    '(?:nghìn tỷ|tỷ)'
    """
    longest_first = sorted(set(words), key=lambda w: (-len(w), w))
    return f"(?:{'|'.join(space.join(map(re.escape, w.split())) for w in longest_first) or '(?!)'})"


class Lexicon:
    """The phrases of some entries, matched in one pass over a folded text, whole words only."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._phrases: list[str] = []
        self._owners: list[tuple[Entry, _Guard | None]] = []
        for entry in self.entries:
            guard = _guard(entry)
            for literal in entry.literals:
                self._phrases.append(fold(literal))
                self._owners.append((entry, guard))
        self._automaton = (
            ahocorasick_rs.AhoCorasick(self._phrases, matchkind=ahocorasick_rs.MatchKind.Standard)
            if self._phrases
            else None
        )

    def phrases(self) -> Iterable[tuple[str, Entry, _Guard | None]]:
        """The folded phrases, each with its entry and what keeps it out."""
        return ((phrase, *owner) for phrase, owner in zip(self._phrases, self._owners, strict=True))

    def spans(self, key: str) -> list[tuple[int, int, Entry]]:
        """Where phrases stand in ``key`` (a folded text), leftmost first, of those the longest, with their entries."""
        if self._automaton is None:
            return []
        found = []
        for start, before, index in _whole_words(self._automaton, key):
            end = -before
            owner, guard = self._owners[index]
            if guard is None or not guard.forbids(key, start, end):
                found.append((start, end, owner))
        return found

    def matches(self, key: str, *, overlapping: bool = False) -> list[Hit]:
        """Hits in ``key`` (a folded text), leftmost-longest unless ``overlapping``; ``value`` is the entry."""
        spans = self.spans(key)
        if not overlapping:
            spans = without_overlaps(spans)
        return [Hit(owner.concern, start, end, owner.id, owner) for start, end, owner in spans]


class Lexicons:
    """Lexicons that are asked for whole documents: those that one document asked for, the next are passed over once.

    Nothing else tells which they are: a finder compiles its own when it first needs it.
    """

    def __init__(self) -> None:
        self._asked: dict[Lexicon, None] = {}
        self._joint = _joint(())  # read and replaced as one, for the sake of threads

    def spans(self, lexicon: Lexicon, key: str) -> dict[Lexicon, list[tuple[int, int, Entry]]]:
        """What ``Lexicon.spans`` gives for a text, and with it that of the lexicons that were asked for before."""
        if lexicon not in self._asked:
            self._asked[lexicon] = None
            return {lexicon: lexicon.spans(key)}
        lexicons, owners, automaton = self._joint
        if len(lexicons) < len(self._asked):
            lexicons, owners, automaton = self._joint = _joint(tuple(self._asked))
        found: list[list[tuple[int, int, Entry]]] = [[] for _ in lexicons]
        for start, before, index in _whole_words(automaton, key):
            end = -before
            for number, owner, guard in owners[index]:
                if guard is None or not guard.forbids(key, start, end):
                    found[number].append((start, end, owner))
        return dict(zip(lexicons, found, strict=True))


# Lexicons; of each of their phrases the numbers of those that have it, with entry and guard; the automaton of all.
_Joint = tuple[tuple[Lexicon, ...], list[list[tuple[int, Entry, "_Guard | None"]]], ahocorasick_rs.AhoCorasick]


def _joint(lexicons: tuple[Lexicon, ...]) -> _Joint:
    owners: dict[str, list[tuple[int, Entry, _Guard | None]]] = {}
    for number, lexicon in enumerate(lexicons):
        for phrase, entry, guard in lexicon.phrases():
            owners.setdefault(phrase, []).append((number, entry, guard))
    automaton = ahocorasick_rs.AhoCorasick(list(owners), matchkind=ahocorasick_rs.MatchKind.Standard)
    return lexicons, list(owners.values()), automaton


def _whole_words(automaton: Any, key: str) -> list[tuple[int, int, int]]:
    """The phrases that stand as whole words: start, end (negative) and number; so in order, the longest first."""
    size = len(key)
    found = [
        (start, -end, index)
        for index, start, end in automaton.find_matches_as_indexes(key, overlapping=True)
        if not (start and key[start - 1].isalnum() and key[start].isalnum())
        and not (end < size and key[end].isalnum() and key[end - 1].isalnum())
    ]
    found.sort()
    return found


def without_overlaps(spans: Iterable[tuple[int, int, Entry]]) -> list[tuple[int, int, Entry]]:
    """Of spans as ``Lexicon.spans`` gives them those that do not begin inside the one kept before."""
    kept, covered = [], -1
    for span in spans:
        if span[0] >= covered:
            kept.append(span)
            covered = span[1]
    return kept


_MOST_HELD = 1000


class _Guard:
    """The ``not_inside``, ``not_before`` and ``not_after`` texts of an entry."""

    def __init__(self, entry: Entry) -> None:
        self.inside = tuple(fold(p) for p in entry.not_inside)
        self.before = tuple(fold(p) for p in entry.not_before)
        self.after = tuple(fold(p) for p in entry.not_after)
        self._inside: dict[str, list[tuple[int, str]]] = {}  # of a phrase what holds it, and how far in

    def forbids(self, key: str, start: int, end: int) -> bool:
        if self.before:
            rest = key[end : end + 60].lstrip()
            if rest.startswith(self.before):
                for p in self.before:
                    if rest.startswith(p) and not rest[len(p) : len(p) + 1].isalnum():
                        return True
        if self.after:
            left = key[max(0, start - 60) : start].rstrip()
            if left.endswith(self.after):
                for p in self.after:
                    if left.endswith(p) and not left[: -len(p)][-1:].isalnum():
                        return True
        if self.inside:
            for at, outer in self._holding(key[start:end]):
                if at <= start and key.startswith(outer, start - at):
                    return True
        return False

    def _holding(self, phrase: str) -> list[tuple[int, str]]:
        held = self._inside.get(phrase)
        if held is None:
            held = [(at, o) for o in self.inside for at in range(len(o)) if o.startswith(phrase, at)]
            if len(self._inside) < _MOST_HELD:  # an expression matches any number of phrases
                self._inside[phrase] = held
        return held


def _guard(entry: Entry) -> _Guard | None:
    return _Guard(entry) if entry.not_inside or entry.not_before or entry.not_after else None


@dataclass(slots=True)  # not frozen: thousands are made for a document, and never leave their finder
class RegexHit:
    """A match of a regular expression, with its named groups."""

    start: int
    end: int
    entry: Entry
    match: Any

    def group(self, name: str) -> str | None:
        groups = self.match.groupdict()
        value: str | None = groups.get(name)
        return value


class Expression:
    """One expression of an entry, with the order of the entry in its set and the anchors (``at``) it is tried at."""

    __slots__ = ("anchors", "at_codes", "at_figures", "compiled", "entry", "order")

    def __init__(self, order: int, entry: Entry, expression: str) -> None:
        self.order, self.entry, self.compiled = order, entry, regex.compile(expression)
        self.anchors = tuple(fold(anchor) for anchor in entry.at if anchor not in _SIGNS)
        self.at_figures, self.at_codes = _FIGURE in entry.at, _CODE in entry.at


class RegexSet:
    """The regular expressions of some entries, tried in file order over a folded text.

    An entry with ``at`` is tried only where one of those literals (or ``<digit>``, a figure, or ``<code>``, letters
    with a figure behind them) stands and the text goes on as it needs; one whose matches all begin with words, only
    where they stand; any other over a text that holds what it cannot do without. One pass finds the anchors of all
    entries, and one walk from each what can match there (ARCHITECTURE, rule 7).
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(e for e in entries if e.expressions)
        self._free: list[tuple[Expression, frozenset[str]]] = []
        placed: list[Expression] = []
        opening: set[str] = set()
        for order, entry in enumerate(self.entries):
            for expression in entry.expressions:
                item = Expression(order, entry, expression)
                words = openings(expression)
                if entry.at or (words and min(map(len, words)) >= _SHORTEST_OPENING):
                    placed.append(item)
                    opening.update(() if entry.at else words)
                else:
                    self._free.append((item, needed(expression)))
        self._gate = Gate((item, item.compiled.pattern) for item in placed)
        self._at_figures = any(item.at_figures for item in placed)
        self._at_codes = any(item.at_codes for item in placed)
        anchors = {anchor for item in placed for anchor in item.anchors}
        standing = sorted(anchors | opening)
        self._opens = [word in opening for word in standing]
        self._automaton = ahocorasick_rs.AhoCorasick(standing) if standing else None
        self._guards = {e.id: guard for e in self.entries if (guard := _guard(e)) is not None}

    def all_matches(self, key: str, start: int = 0, end: int | None = None) -> list[tuple[int, RegexHit]]:
        """Every match with the order of its entry, in no particular order; of one without ``at`` none overlap."""
        stop = len(key) if end is None else end
        whole = start == 0 and stop == len(key)
        piece = key if whole else key[start:stop]
        hits: list[tuple[int, RegexHit]] = []
        for item, needs in self._free:
            if needs and not any(text in piece for text in needs):
                continue
            for match in item.compiled.finditer(key, start, stop):
                if match.end() > match.start():
                    hits.append((item.order, RegexHit(match.start(), match.end(), item.entry, match)))
        begun, codes, inside = self._places(key, piece, start, stop)
        past: dict[Expression, int] = {}
        for at, expressions in self._gate.over(key, sorted(begun | codes | inside), stop):
            begins, is_code = at in begun, at in codes
            is_figure = begins and key[at].isdecimal()
            for item in expressions:
                if not item.entry.at:
                    if at < past.get(item, start):
                        continue
                elif not (
                    (begins and key.startswith(item.anchors, at, stop))
                    or (is_figure and item.at_figures)
                    or (is_code and item.at_codes)
                ):
                    continue
                if (found := item.compiled.match(key, at, stop)) and (reached := found.end()) > at:
                    hits.append((item.order, RegexHit(at, reached, item.entry, found)))
                    past[item] = reached
        return hits

    def _places(self, key: str, piece: str, start: int, stop: int) -> tuple[set[int], set[int], set[int]]:
        """Where anchors begin a word, where codes stand, and where words that open matches do inside of others."""
        begun = set(_standing(_figures, key, start, stop)) if self._at_figures else set()
        codes = set(_standing(_codes, key, start, stop)) if self._at_codes else set()
        inside = set()
        standing = self._automaton.find_matches_as_indexes(piece, overlapping=True) if self._automaton else ()
        for index, at, _ in standing:
            at += start
            if not (at and key[at - 1].isalnum() and key[at].isalnum()):
                begun.add(at)
            elif self._opens[index]:
                inside.add(at)
        return begun, codes, inside

    def matches(self, key: str, start: int = 0, end: int | None = None) -> list[RegexHit]:
        """Non-overlapping matches: leftmost first, of those the longest, of those the entry that stands first."""
        found = []
        for order, hit in self.all_matches(key, start, end):
            guard = self._guards.get(hit.entry.id)
            if guard is None or not guard.forbids(key, hit.start, hit.end):
                found.append((hit.start, -hit.end, order, hit))
        found.sort(key=lambda f: f[:3])
        hits, covered = [], -1
        for begin, _, _, hit in found:
            if begin >= covered:
                hits.append(hit)
                covered = hit.end
        return hits


_SHORTEST_OPENING = 2  # characters; shorter ones stand everywhere
_FIGURE, _CODE = _SIGNS = ("<digit>", "<code>")
_BARE_FIGURE = re.compile(r"\d(?<![^\W_]\d)\d*")
_FIGURE_OF_CODE = re.compile(r"\d(?<=[^\W\d_]\d)\d*")


def _figures(key: str, start: int, stop: int) -> list[int]:
    """Where figures begin that no letter stands before."""
    return [figure.start() for figure in _BARE_FIGURE.finditer(key, start, stop)]


def _codes(key: str, start: int, stop: int) -> list[int]:
    """Where letters right before a figure begin, from the first of them on."""
    found = []
    for figure in _FIGURE_OF_CODE.finditer(key, start, stop):
        at = figure.start()
        while at > start and key[at - 1].isalpha():
            at -= 1
        if at < figure.start():
            found.append(at)
    return found


_Sign = Callable[[str, int, int], list[int]]


def _standing(sign: _Sign, key: str, start: int, stop: int) -> list[int]:
    return _whole(sign, key) if start == 0 and stop == len(key) else sign(key, start, stop)


@functools.lru_cache(maxsize=2)
def _whole(sign: _Sign, key: str) -> list[int]:
    """Where a sign stands in a whole text: looked for once, all sets of expressions ask it in turn."""
    return sign(key, 0, len(key))
