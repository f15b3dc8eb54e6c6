"""Which of many expressions can match at a place of a text: one walk over its characters for all of them.

The expressions become one automaton (Thompson's), and of its states only those are made that texts lead to (a lazy
DFA). It passes over what an automaton cannot tell (looks around inside, anchors, back references), so it lets through
too much and never too little: what it rules out never matches, and what it lets through has to be tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from re import _constants as ops  # type: ignore[attr-defined]
from typing import Any, Generic, TypeVar

from extractor.expressions import EMPTY, ONE_CHARACTER, REPEATS, admits, bodies, tree_of

_DEPTH = 48  # characters looked at
_HEAD = 7  # characters of which it is remembered where they lead
_MOST_HEADS = 20_000
_MOST_COPIES = 12  # of what is repeated; more are read as any number
_MOST_STEPS = 50_000  # a text of many scripts

T = TypeVar("T")


class _State(dict[str, "_State[T]"], Generic[T]):
    """Where a walk has come to: the expressions that may still match, and those that may end here or before.

    As a dictionary it leads on by the next character; where a text leads for the first time is made then. Most
    characters are told apart by other states only: those of which the same nodes are admitted here lead alike.
    """

    __slots__ = ("alive", "asked", "ended", "gate", "leads", "open", "places")

    def __init__(
        self, gate: Gate[T], places: frozenset[int], asked: int, alive: tuple[T, ...], ended: tuple[T, ...]
    ) -> None:
        super().__init__()
        self.gate, self.places, self.asked, self.alive, self.ended = gate, places, asked, alive, ended
        self.leads: dict[int, _State[T]] = {}  # by the nodes, of those asked for here, that admit a character
        self.open = len(alive) > len(ended)

    def __missing__(self, char: str) -> _State[T]:
        return self.gate.step(self, char)


class Gate(Generic[T]):
    r"""Some expressions, to ask which of them can match at a place.

    Args:
        expressions: what stands for each, and the expression, in the order in which ``at`` gives them.
        backward: read texts from their end, to ask with ``ending_at`` what can end at a place.

    >>> gate = Gate([("month", r"(?P<m>\d{1,2}|một) tháng(?!\w)"), ("day", r"\d{1,2}/\d{1,2}"), ("year", r"20\d\d")])
    >>> [gate.at(text, 0, len(text)) for text in ("12 tháng", "12/2021", "2021/", "202", "12 xã", "")]
    [('month',), ('day',), ('year',), (), (), ()]
    >>> gate = Gate([("month", r"(?P<m>\d{1,2}|một) tháng(?!\w)")], backward=True)
    >>> [gate.ending_at(text, 0, len(text)) for text in ("sau 12 tháng", "12 thángs", " tháng")]
    [('month',), (), ()]
    """

    def __init__(self, expressions: Iterable[tuple[T, str]], *, backward: bool = False) -> None:
        self._backward = backward
        self._owners: list[T] = []
        self._ways: list[tuple[int, range]] = []  # the expression of each way, and all ways of it: it matches by all
        self._way: list[int] = []  # of each place of the automaton
        self._char: list[int] = []  # the bit of the node that leads on from it; none: it is passed over, or an end
        self._nodes: dict[str, tuple[int, Any, Any]] = {}  # nodes of one character, with their bits
        self._admitted: dict[str, int] = {}  # the bits of the nodes that admit a character
        self._to: list[list[int]] = []
        self._beyond: dict[int, frozenset[int]] = {}
        self._states: dict[frozenset[int], _State[T]] = {}
        self._heads: dict[str, _State[T]] = {}
        self._steps = 0
        starts: set[int] = set()
        for owner, expression in expressions:
            tree = tree_of(expression)
            trees = [()] if tree is None else [tree, *self._looked_for(tree)]
            ways = range(len(self._ways), len(self._ways) + len(trees))
            for nodes in trees:
                self._ways.append((len(self._owners), ways))
                starts |= self._reach(self._build(nodes, self._place(0, [])))
            self._owners.append(owner)
        self._starts = frozenset(starts)
        self._start = self._state(self._starts)

    def at(self, text: str, start: int, stop: int) -> tuple[T, ...]:
        """Of the expressions those that may match ``text[start:stop]`` at its start."""
        return self._walk(text[start : min(start + _DEPTH, stop)], stop - start > _DEPTH)

    def ending_at(self, text: str, start: int, stop: int) -> tuple[T, ...]:
        """Of the expressions those of which a match in ``text[start:stop]`` may reach to its end."""
        return self._walk(text[max(stop - _DEPTH, start) : stop][::-1], stop - start > _DEPTH)

    def _walk(self, chars: str, goes_on: bool) -> tuple[T, ...]:
        state = self._start
        for char in chars:
            state = state[char]
            if not state.open:
                return state.alive
        return state.alive if goes_on else state.ended

    def over(self, text: str, places: Iterable[int], stop: int | None = None) -> list[tuple[int, tuple[T, ...]]]:
        """Of some places those where any expression may match, and which ones, as ``at`` tells."""
        found, size = [], len(text) if stop is None else stop
        heads = self._heads
        for place in places:
            state = self._start
            if (begin := place + _HEAD) < size:
                head = text[place:begin]
                known = heads.get(head)
                state = self._behind(head) if known is None else known
                if not state.open:
                    if state.alive:
                        found.append((place, state.alive))
                    continue
            else:
                begin = place
            for char in text[begin : min(place + _DEPTH, size)]:
                state = state[char]
                if not state.open:
                    break
            else:
                if size - place <= _DEPTH:
                    if state.ended:
                        found.append((place, state.ended))
                    continue
            if state.alive:
                found.append((place, state.alive))
        return found

    def _behind(self, head: str) -> _State[T]:
        """Where the first characters at a place lead, kept: the same words stand at most places."""
        state = self._start
        for char in head:
            state = state[char]
            if not state.open:
                break
        if len(self._heads) >= _MOST_HEADS:
            self._heads.clear()
        self._heads[head] = state
        return state

    def step(self, state: _State[T], char: str) -> _State[T]:
        """Where a character leads, from where no text had it before."""
        if self._steps >= _MOST_STEPS:
            self._states, self._admitted, self._steps = {}, {}, 0
            self._heads.clear()
            self._start = self._state(self._starts)
        self._steps += 1
        admitted = self._admitted.get(char)
        if admitted is None:
            admitted = sum(bit for bit, op, args in self._nodes.values() if admits(op, args, char))
            self._admitted[char] = admitted
        admitted &= state.asked
        made = state.leads.get(admitted)
        if made is None:
            made = state.leads[admitted] = self._after(state, admitted)
        state[char] = made
        return made

    def _after(self, state: _State[T], admitted: int) -> _State[T]:
        places: set[int] = set()
        for place in state.places:
            bit = self._char[place]
            if not bit:
                places.add(place)
            elif bit & admitted:
                places |= self._reach(self._to[place][0])
        return self._state(places)

    def _state(self, places: Iterable[int]) -> _State[T]:
        """The state of some places; of an expression that may end, where else it may go on does not matter."""
        ended = {self._way[place] for place in places if not self._char[place]}
        open_ways = {self._way[place] for place in places}
        alive = {way for way in open_ways if open_ways.issuperset(self._ways[way][1])}
        kept = frozenset(
            p for p in places if (way := self._way[p]) in alive and (not self._char[p] or way not in ended)
        )
        if (state := self._states.get(kept)) is None:
            owners = sorted({self._ways[way] for way in alive}, key=_first)
            asked = 0
            for place in kept:
                asked |= self._char[place]
            state = _State(
                self,
                kept,
                asked,
                tuple(self._owners[i] for i, _ in owners),
                tuple(self._owners[i] for i, ways in owners if ended.issuperset(ways)),
            )
            self._states[kept] = state
        return state

    def _looked_for(self, nodes: Sequence[Any]) -> list[Any]:
        """What an expression looks for, before it begins, where it is to match: as it must match there too."""
        found = []
        for op, args in reversed(list(nodes)) if self._backward else nodes:
            if op not in EMPTY:
                break
            if op is ops.ASSERT and args[0] == (-1 if self._backward else 1):
                found.append(args[1])
        return found

    # --- the automaton, built from the end to the start

    def _place(self, char: int, to: list[int]) -> int:
        self._way.append(len(self._ways) - 1)
        self._char.append(char)
        self._to.append(to)
        return len(self._to) - 1

    def _build(self, nodes: Sequence[Any], follow: int) -> int:
        """The place from which ``nodes`` lead to ``follow``."""
        for op, args in nodes if self._backward else reversed(list(nodes)):
            if op in EMPTY:
                continue
            if op in ONE_CHARACTER:
                bit, *_ = self._nodes.setdefault(repr((op, args)), (1 << len(self._nodes), op, args))
                follow = self._place(bit, [follow])
                continue
            inner = bodies(op, args)
            if not inner:
                follow = self._place(0, [])  # nothing is known of what follows
            elif op in REPEATS:
                least, most, body = args
                follow = self._repeat(least, most, body, follow)
            else:
                follow = self._place(0, [self._build(body, follow) for body in inner])
        return follow

    def _repeat(self, least: int, most: Any, body: Any, follow: int) -> int:
        start = follow
        if most == ops.MAXREPEAT or most > _MOST_COPIES:
            start = self._place(0, [])
            self._to[start] += [self._build(body, start), follow]
        else:
            for _ in range(most - least):
                start = self._place(0, [self._build(body, start), follow])
        for _ in range(min(least, _MOST_COPIES)):
            start = self._build(body, start)
        return start

    def _reach(self, place: int) -> frozenset[int]:
        """The places at ``place`` that a character leads on from, and ends."""
        found = self._beyond.get(place)
        if found is None:
            seen, todo = {place}, [place]
            while todo:
                for to in () if self._char[at := todo.pop()] else self._to[at]:
                    if to not in seen:
                        seen.add(to)
                        todo.append(to)
            found = self._beyond[place] = frozenset(p for p in seen if self._char[p] or not self._to[p])
        return found


def _first(numbered: tuple[int, range]) -> int:
    return numbered[0]
