"""Which formulas of a timestep are of one form, and in which groups of one form they can be computed."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from itertools import count

from rnntui.language.tree import Expression, names


class Forms:
    """The forms of a timestep's formulas, numbered. of: by quantity.

    form: gives the form of a formula, None if it is like no other.
    """

    def __init__(
        self,
        formulas: Mapping[str, Expression],
        form: Callable[[Expression], Hashable | None],
    ) -> None:
        numbered: dict[Hashable, int] = {}
        numbers = count()
        self.of: dict[str, int] = {}
        for key, node in formulas.items():
            kind = form(node)
            number = next(numbers) if kind is None else numbered.get(kind, -1)
            if number < 0:
                number = numbered[kind] = next(numbers)
            self.of[key] = number
        self._formulas = formulas
        self._use = self._uses()

    def groups(self) -> Iterator[list[str]]:
        """All quantities, those of one form together, each group after what it needs.

        Best such a group comes of which none has to wait, that is, all that are left of a form. A
        group is in the order of its quantities' use.
        """
        needs: dict[str, set[str]] = {
            key: {str(n.key) for n in names(node) if n.shift == 0 and n.key in self.of}
            for key, node in self._formulas.items()
        }
        users: dict[str, list[str]] = {key: [] for key in needs}
        for key, needed in needs.items():
            for other in needed:
                users[other].append(key)
        place = {key: n for n, key in enumerate(needs)}
        ready = [key for key, needed in needs.items() if not needed]
        left, of_ready = Counter(self.of.values()), Counter(self.of[key] for key in ready)
        while ready:
            forms = (self.of[key] for key in ready)
            form = next((f for f in forms if left[f] == of_ready[f]), self.of[ready[0]])
            group = [key for key in ready if self.of[key] == form]
            ready = [key for key in ready if self.of[key] != form]
            left[form] -= len(group)
            of_ready[form] = 0
            yield sorted(group, key=self._use.__getitem__)
            for key in group:
                for user in users[key]:
                    needs[user].remove(key)
                    if not needs[user]:
                        insort(ready, user, key=place.__getitem__)
                        of_ready[self.of[user]] += 1

    def _uses(self) -> dict[str, int]:
        """By which form each quantity is used first, so that those of one use can be neighbours."""
        first: dict[int, int] = {}
        used: dict[str, int] = {}
        for number, (key, node) in enumerate(self._formulas.items()):
            form = first.setdefault(self.of[key], number)
            for name in names(node):
                if name.shift == 0:
                    used.setdefault(name.key, form)
        return {key: used.get(key, len(self.of)) for key in self.of}
