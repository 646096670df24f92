"""A figure as the public sees it: what it counts, by which rule, and place by place. Records stay with those they
belong to."""

from typing import Any

from django.http import Http404

from gongjiang.insight import catalogue
from gongjiang.insight.indicators import ADDING
from gongjiang.insight.models import Counted, PublicFigure
from gongjiang.insight.periods import this_year
from gongjiang.kernel.orgs.models import Unit
from gongjiang.web.host import host
from gongjiang.web.views import PUBLIC, View

from . import reach


class PublicFigurePage(View):
    """One of this year's figures on the public home, opened."""

    access = PUBLIC
    face = "public"
    template_name = "insight/public_figure.html"

    def prepare(self) -> None:
        indicator = catalogue.shown().get(self.kwargs["code"])
        here, state = host(), Counted.objects.first()
        if indicator is None or not indicator.public or here is None or state is None:
            raise Http404
        self.indicator, self.here, self.state = indicator, here, state

    def get_heading(self) -> Any:
        return self.indicator.name

    def context(self, **more: Any) -> dict[str, Any]:
        year = this_year(self.state.today)
        counted = PublicFigure.objects.filter(indicator=self.indicator.code, start=year.start)
        values = dict(counted.values_list("unit", "value"))
        places = reach.below(Unit.objects.get(pk=self.here.id))
        hidden = reach.withheld({place.pk: values.get(place.pk, 0) for place in places})
        return super().context(
            indicator=self.indicator,
            value=values.get(self.here.id, 0),
            here=self.here,
            year=year,
            as_of=self.state.as_of,
            adding=ADDING[self.indicator.adds_up],
            places=[
                {"unit": place, "value": None if place.pk in hidden else values.get(place.pk, 0)}
                for place in places
            ],
            withheld=bool(hidden),
            **more,
        )
