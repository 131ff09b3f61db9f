"""What a figure is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`kind` says what the value is:

    - `cases`: how many complaints `condition` holds for; opens them
    - `share`: the figure `part` out of the figure `base`, None where there is none; opens the cases of `opens`
    - `median`, `p90`: of `measure` (hours) over those for which `condition` holds, None where there are none
    - `mean`: of `measure` over those for which `condition` holds, None where there are none

    `by` is the column by which a case belongs to the period, None for what is counted now; of that, `among` is a
    condition that all its cases fulfil and that narrows the rows soonest. `better` says which way is
    good (`more`, `less`), `aim` what is to be reached. `opens` is the figure whose cases are shown.
    """

    code: str
    name: str
    definition: str
    kind: str = "cases"
    by: str | None = None
    condition: str = "true"
    among: str = "c.ended_at is null"
    part: str = ""
    base: str = ""
    measure: str = ""
    better: str | None = None
    aim: float | None = None
    opens: str = ""

    @property
    def unit(self) -> str:
        """`aduan`, `%`, `jam` or `bintang`."""
        return {"cases": "aduan", "share": "%", "median": "jam", "p90": "jam", "mean": "bintang"}[self.kind]

    @property
    def opened(self) -> str:
        """The code of the count whose cases this figure opens."""
        return self.opens or self.part or self.code
