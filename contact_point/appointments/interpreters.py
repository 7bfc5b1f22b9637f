"""Interpreters as a second resource: who could take part, and when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from contact_point.appointments.calendar import CELL, Calendar, Cells
from contact_point.appointments.tables import Interpreter


class FreeInterpreters:
    """The free time of the interpreters of one language."""

    def __init__(
        self,
        interpreters: Iterable[Interpreter],
        language: str,
        claimed: Mapping[str, set[datetime]],
        calendar: Calendar,
        now: datetime,
        days: tuple[date, date],
        at_once: bool = False,
    ) -> None:
        """
        Args:
            claimed: the taken quarters by resource.
            days: the first and the last day to look at.
            at_once: whether no notice counts.
        """
        self._free: dict[date, list[tuple[int, str, Cells]]] = defaultdict(list)
        default = calendar.interpreter_notice.days(language)
        notice: dict[int, datetime] = {}
        for each in interpreters:
            count = default if each.notice_days is None else each.notice_days
            if count not in notice:
                notice[count] = now if at_once else calendar.after_working_days(now, count)
            for day, places in calendar.working_days(each, *days):
                working = frozenset().union(*places.values())
                free = working - claimed.get(each.id, set())
                taken = len(working) - len(free)
                early = {cell for cell in free if cell < notice[count]}
                self._free[day].append((taken, each.id, free - early))
        for ranked in self._free.values():
            ranked.sort(key=lambda entry: entry[:2])
        self._found: dict[tuple[datetime, timedelta], Sequence[str]] = {}

    def at(self, day: date, starts_at: datetime, length: timedelta) -> Sequence[str]:
        """Who is free all that time, the least busy that day first."""
        stretch = starts_at, length  # every caseworker who is free then asks for the same
        if stretch not in self._found:
            wanted = [starts_at + CELL * number for number in range(length // CELL)]
            self._found[stretch] = [
                resource_id
                for _, resource_id, free in self._free.get(day, ())
                if free.issuperset(wanted)
            ]
        return self._found[stretch]
