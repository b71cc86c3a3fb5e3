"""The macros that the texts of a node may call, found when they are asked for.

dbt makes all thousand of them run in the context of every node, twice a node, and copies the
thousand each time that one of them is called. Most nodes call a few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from lead_funnel.replaced import replaced


class Macros(Mapping[str, Any]):
    """Macros by name, each made to run in its context when it is first asked for.

    Parameters
    ----------
    places : dict of str to Any
        What each name means.
    bound : callable
        Makes of it what runs.
    """

    def __init__(self, places: dict[str, Any], bound: Callable[[Any], Any]) -> None:
        self._places = places
        self._bound = bound
        # What unit tests put in the place of a macro.
        self._instead: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Give what a name means."""
        return self._instead[name] if name in self._instead else self._bound(self._places[name])

    def __setitem__(self, name: str, value: Any) -> None:
        """Have a name mean something else."""
        self._instead[name] = value

    def __contains__(self, name: object) -> bool:
        """Whether a name means anything."""
        return name in self._places or name in self._instead

    def __iter__(self) -> Iterator[str]:
        """Give the names."""
        return iter(self._places | self._instead)

    def __len__(self) -> int:
        """Count the names."""
        return len(self._places | self._instead)


class Variables(dict[str, Any]):
    """What a node's texts may name: dbt's own words, and macros when they are asked for.

    Who walks over it without asking for its keys, items or values meets dbt's own words alone: so
    Jinja copies them without the macros, again and again.
    """

    macros: Mapping[str, Any] = MappingProxyType({})

    def __missing__(self, name: str) -> Any:
        """Give a macro."""
        return self.macros[name]

    def __contains__(self, name: object) -> bool:
        """Whether a name means anything."""
        return super().__contains__(name) or name in self.macros

    def get(self, name: str, default: Any = None) -> Any:
        """Give what a name means."""
        try:
            return self[name]
        except KeyError:
            return default

    def copy(self) -> dict[str, Any]:
        """Give all that there is, macros included."""
        return dict(self.macros) | dict(self)

    def keys(self) -> Any:
        """Give all names, those of macros included."""
        return self.copy().keys()

    def items(self) -> Any:
        """Give all names with what they mean."""
        return self.copy().items()

    def values(self) -> Any:
        """Give all that is meant."""
        return self.copy().values()


@contextmanager
def macros_found_when_asked_for() -> Iterator[None]:
    """Find out once which macro each name means, and make it run when it is asked for.

    Which macro a name means hangs only on the macros and packages; what a node adds is the context
    that they run in.
    """
    from dbt.clients.jinja import MacroGenerator
    from dbt.context.base import BaseContext
    from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
    from dbt.context.manifest import ManifestContext
    from dbt_common.clients.jinja import MacroFuzzEnvironment
    from jinja2.runtime import Context
    from jinja2.utils import missing

    class Found(MacroNamespace):
        """A namespace whose names are found already."""

        def __init__(self, *namespaces: Any, by_name: Macros) -> None:
            super().__init__(*namespaces)
            self._by_name = by_name

        def __iter__(self) -> Iterator[str]:
            return iter(self._by_name)

        def __len__(self) -> int:
            return len(self._by_name)

        def __contains__(self, name: object) -> bool:
            return name in self._by_name

        def __getitem__(self, name: str) -> Any:
            return self._by_name[name]

    def found(build: Any) -> Any:
        kept: dict[Any, Names] = {}

        def build_again(builder: Any, macros_by_package: Any, context: Any) -> Any:
            macros = [one for package in macros_by_package.values() for one in package.values()]
            packages = (builder.root_package, builder.search_package)
            key = (*packages, *builder.internal_package_names_order, *map(id, macros))
            if key not in kept:
                kept[key] = Names(build(builder, macros_by_package, context), macros)
            return kept[key].bound_to(context, builder.node, builder.thread_ctx)

        return build_again

    class Names:
        """Which macro each name means, as places in a list of macros."""

        def __init__(self, namespace: Any, macros: list[Any]) -> None:
            # Kept, so that no other macro comes to the same place in memory.
            self._macros = macros
            place = {id(macro): number for number, macro in enumerate(macros)}
            kept: dict[int, dict[str, Any]] = {}

            def places(part: Any) -> dict[str, Any]:
                if id(part) not in kept:
                    kept[id(part)] = {
                        name: place[id(part[name].macro)]
                        if isinstance(part[name], MacroGenerator)
                        # Whole packages have names, too.
                        else places(part[name])
                        for name in part
                    }
                return kept[id(part)]

            self._parts = [
                places(part)
                for part in (
                    namespace.global_namespace,
                    namespace.local_namespace,
                    namespace.global_project_namespace,
                    namespace.packages,
                )
            ]
            self._by_name = places(namespace)

        def bound_to(self, context: Any, node: Any, stack: Any) -> Found:
            """Make the macros run in a context."""
            made: dict[Any, Any] = {}

            def bound(place: Any) -> Any:
                is_package = isinstance(place, dict)
                key = ("package", id(place)) if is_package else place
                if key not in made:
                    made[key] = (
                        Macros(place, bound)
                        if is_package
                        else MacroGenerator(self._macros[place], context, node, stack)
                    )
                return made[key]

            return Found(*map(bound, self._parts), by_name=bound(self._by_name))

    class InContext(Context):
        """What Jinja looks names up in: macros are not among the variables that it was given."""

        def resolve_or_missing(self, key: str) -> Any:
            value = super().resolve_or_missing(key)
            if value is missing:
                given = self.parent.get("context")
                return given.macros.get(key, missing) if isinstance(given, Variables) else missing
            return value

    def begin(begin_usually: Any) -> Any:
        def begin_without_macros(context: Any, *words: Any, **more: Any) -> None:
            begin_usually(context, *words, **more)
            context._ctx = Variables()

        return begin_without_macros

    def told(tell: Any) -> Any:
        def tell_without_macros(context: Any) -> Any:
            if not isinstance(context.namespace, Found):
                return tell(context)
            variables = super(ManifestContext, context).to_dict()
            variables.macros = context.namespace
            # Macros go before what dbt calls the same.
            for name in [name for name in variables if name in context.namespace]:
                variables[name] = context.namespace[name]
            return variables

        return tell_without_macros

    with (
        replaced(MacroNamespaceBuilder, "build_namespace", found),
        replaced(BaseContext, "__init__", begin),
        replaced(ManifestContext, "to_dict", told),
        replaced(MacroFuzzEnvironment, "context_class", lambda usual: InContext),
    ):
        yield
