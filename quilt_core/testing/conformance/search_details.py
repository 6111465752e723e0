"""Behaviours of package search in detail (S-20 and on)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import partial

from quilt_core import MetadataPredicate, QuiltOps, SearchFilter
from quilt_core.domain.search import SearchOrderName
from quilt_core.manifest import ManifestHeader
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.conformance.searching import names


class SearchDetails(BehaviourTests):
    """Search in detail: which revision, bounds, predicates, relevance."""

    @behaviour("S-20", "search_packages")
    def test_the_latest_revision_is_found(self, environment: Environment, ops: QuiltOps) -> None:
        """`latest_only` finds only the revision that `latest` names, which need not be the newest
        one. It finds no other revision, not even by its top hash.
        """
        first = environment.given([environment.entry("a")], message="word one")
        second = environment.given([environment.entry("a")], message="word two", latest=False)
        assert [info.top_hash for info in ops.search_packages("word")] == [first]
        assert names(ops.search_packages("two")) == []
        assert ops.search_packages("", filters=SearchFilter(top_hash=second)) == []

    @behaviour("S-21", "search_packages")
    def test_bounds_are_inclusive(self, environment: Environment, ops: QuiltOps) -> None:
        """Bounds of sizes, counts and times are inclusive, and 0 is a bound; a time is compared as
        a moment, whatever its time zone.
        """
        environment.given([environment.entry("a", b"12345")])
        moment = datetime.fromtimestamp(1_600_000_000, UTC)
        east = moment.astimezone(timezone(timedelta(hours=5, minutes=30)))
        second = timedelta(seconds=1)
        for filters, hits in (
            (SearchFilter(size_min=5, size_max=5), 1),
            (SearchFilter(size_min=6), 0),
            (SearchFilter(size_max=0), 0),
            (SearchFilter(entries_max=0), 0),
            (SearchFilter(entries_min=1, entries_max=1), 1),
            (SearchFilter(modified_from=east, modified_to=east), 1),
            (SearchFilter(modified_from=east + second), 0),
            (SearchFilter(modified_to=east - second), 0),
        ):
            assert len(ops.search_packages("", filters=filters)) == hits, filters
        numbers = {"n": 3, "minus": -1, "half": 2.5}
        for predicate, hits in (
            (MetadataPredicate(path="/n", number_min=3, number_max=3), 1),
            (MetadataPredicate(path="/n", number_min=4), 0),
            (MetadataPredicate(path="/n", number_max=0), 0),
            (MetadataPredicate(path="/minus", number_min=0), 0),
            (MetadataPredicate(path="/half", number_max=2.4), 0),
            (MetadataPredicate(path="/half", number_min=2.5), 1),
        ):
            environment.given([environment.entry("a")], user_meta=numbers, message="n")
            assert len(ops.search_packages("", user_meta=[predicate])) == hits, predicate

    @behaviour("S-22", "search_packages")
    def test_predicates_are_exact(self, environment: Environment, ops: QuiltOps) -> None:
        """Every predicate must hold. A keyword is a whole value and case-sensitive; neither a
        boolean nor a string of digits is a number; one matching number of a list is enough; a time
        with a zone is that moment; `~1` and `~0` in a path stand for a slash and a tilde.
        """
        entry = environment.entry("a")
        environment.given([entry], name="a/one", user_meta={"k": "Adelie", "n": 1, "b": True})
        environment.given([entry], name="a/two", user_meta={"k": "Weddell", "n": 2, "x/y~z": "v"})
        environment.given([entry], name="a/three", user_meta={"t": "7", "l": [1, 9]})
        environment.given([entry], name="a/four", user_meta={"when": "2026-01-01T02:00:00+05:00"})
        midnight = datetime(2026, 1, 1, tzinfo=UTC)
        cases: list[tuple[list[MetadataPredicate], list[str]]] = [
            (
                [
                    MetadataPredicate(path="/k", keywords=["Adelie"]),
                    MetadataPredicate(path="/n", number_min=2),
                ],
                [],
            ),
            ([MetadataPredicate(path="/k", keywords=["Adel"])], []),
            ([MetadataPredicate(path="/k", keywords=["adelie"])], []),
            ([MetadataPredicate(path="/b", number_min=0)], []),
            ([MetadataPredicate(path="/t", number_min=0)], []),
            ([MetadataPredicate(path="/l", number_min=5)], ["a/three"]),
            ([MetadataPredicate(path="/l", number_min=10)], []),
            ([MetadataPredicate(path="/when", time_to=midnight)], ["a/four"]),
            ([MetadataPredicate(path="/when", time_from=midnight)], []),
            ([MetadataPredicate(path="/x~1y~0z", keywords=["v"])], ["a/two"]),
        ]
        for predicates, expected in cases:
            found = ops.search_packages("", user_meta=predicates, order="name")
            assert names(found) == expected, predicates

    @behaviour("S-30", "search_packages")
    def test_filters_are_exact(self, environment: Environment, ops: QuiltOps) -> None:
        """A name in a filter is a whole name in its own case, in which only `*` and `?` have a
        meaning: a part of a name, a word of it, and an empty text fit nothing. A top hash is a
        whole one. A revision may have passed any of the workflows.
        """
        entry = environment.entry("a")
        for name in ("ocean/grey_seals", "ocean/greyXseals", "ocean/seals", "deep/ocean"):
            environment.given([entry], name=name, message=name.partition("/")[2])
        top_hash = ops.get_package_info("ocean/seals").top_hash
        cases: list[tuple[SearchFilter, list[str]]] = [
            (SearchFilter(name="ocean/seals"), ["ocean/seals"]),
            (SearchFilter(name="*seals"), ["ocean/greyXseals", "ocean/grey_seals", "ocean/seals"]),
            (SearchFilter(name="ocean/grey_seals"), ["ocean/grey_seals"]),
            (SearchFilter(name="*/ocean"), ["deep/ocean"]),
            *(
                (SearchFilter(name=name), [])
                for name in ("", "seals", "ocean", "ocean/", "ocean/seal", "cean/seals", "OCEAN/*")
            ),
            (SearchFilter(name="ocean/[gs]*"), []),
            (SearchFilter(top_hash=top_hash), ["ocean/seals"]),
            (SearchFilter(top_hash=top_hash[:20]), []),
        ]
        for filters, expected in cases:
            found = ops.search_packages("", filters=filters, order="name")
            assert names(found) == expected, filters

    @behaviour("S-31", "search_packages")
    def test_a_filter_of_workflows_and_of_messages(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Of several workflows in a filter, the revision passed any. A message is filtered by a
        query of whole words, with all that queries have; a name or metadata does not fulfil it.
        """
        entry = environment.entry("a")
        for second, (name, workflow, message) in enumerate(
            (
                ("pond/ducks", "alpha", "Count all the ducks"),
                ("pond/geese", "beta", "Count some geese and no more"),
                ("pond/swans", None, "Look"),
            )
        ):
            environment.publish(
                name,
                ManifestHeader(
                    message=message, workflow={"id": workflow, "config": "s3://b/config.yml"}
                ),
                [entry],
                second=1_600_000_000 + second,
            )
        both = ["pond/ducks", "pond/geese"]
        cases: list[tuple[SearchFilter, list[str]]] = [
            (SearchFilter(workflow=["none", "beta"]), ["pond/geese"]),
            (SearchFilter(workflow=["beta", "alpha"]), both),
            (SearchFilter(workflow=["alph"]), []),
            (SearchFilter(message="geese OR count"), both),
            (SearchFilter(message="geese AND count"), ["pond/geese"]),
            (SearchFilter(message="count -geese"), ["pond/ducks"]),
            (SearchFilter(message='"count all"'), ["pond/ducks"]),
            (SearchFilter(message="duck*"), ["pond/ducks"]),
            (SearchFilter(message="duck"), []),
            (SearchFilter(message="swans"), []),
        ]
        for filters, expected in cases:
            found = ops.search_packages("", filters=filters, order="name")
            assert names(found) == expected, filters

    @behaviour("S-32", "search_packages")
    def test_predicates_of_texts_and_types(self, environment: Environment, ops: QuiltOps) -> None:
        """A wildcard is held against a whole text, in its own case, and `text` is a query of whole
        words. A keyword, a wildcard and a query find texts only, a boolean finds booleans only:
        what is missing, null, 0 or the text `true` is neither true nor false.
        """
        entry = environment.entry("a")
        for name, value in {
            "a/text": "Grey geese, fly north", "a/number": 5, "a/digits": "5", "a/yes": True,
            "a/true": "true", "a/no": False, "a/zero": 0, "a/null": None, "a/empty": "",
            "a/list": ["geese", False],
        }.items():  # fmt: skip
            environment.given([entry], name=name, user_meta={"v": value})
        environment.given([entry], name="a/missing", user_meta={"w": "geese"})
        cases: list[tuple[MetadataPredicate, list[str]]] = [
            (MetadataPredicate(path="/v", text="geese"), ["a/list", "a/text"]),
            (MetadataPredicate(path="/v", text="NORTH AND grey"), ["a/text"]),
            (MetadataPredicate(path="/v", text='"fly north"'), ["a/text"]),
            (MetadataPredicate(path="/v", text="goose"), []),
            (MetadataPredicate(path="/v", text="gees"), []),
            (MetadataPredicate(path="/v", wildcard="Grey*north"), ["a/text"]),
            (MetadataPredicate(path="/v", wildcard="?"), ["a/digits"]),
            (MetadataPredicate(path="/v", wildcard="geese"), ["a/list"]),
            (MetadataPredicate(path="/v", wildcard="grey*"), []),
            (MetadataPredicate(path="/v", wildcard="geese,*"), []),
            (MetadataPredicate(path="/v", keywords=["5"]), ["a/digits"]),
            (MetadataPredicate(path="/v", keywords=["true", "True"]), ["a/true"]),
            (MetadataPredicate(path="/v", boolean=True), ["a/yes"]),
            (MetadataPredicate(path="/v", boolean=False), ["a/list", "a/no"]),
            (MetadataPredicate(path="/v", number_max=5), ["a/number", "a/zero"]),
        ]
        for predicate, expected in cases:
            found = ops.search_packages("", user_meta=[predicate], order="name")
            assert names(found) == expected, predicate

    @behaviour("S-33", "search_packages")
    def test_queries_of_several_parts(self, environment: Environment, ops: QuiltOps) -> None:
        """`NOT` is `-`, and parentheses hold parts together. Words are whole ones, beyond ASCII
        too, in any case, and metadata is searched at any depth: in lists, and numbers as well.
        """
        entry = environment.entry("a")
        for name, message, meta in (
            ("x/one", "Größe of owls", {"l": ["tundra", {"deep": ["fjord"]}], "n": 4711}),
            ("x/two", "Size of owls and elks", {"n": 12}),
            ("x/three", "Size of hares", {"n": {"m": [4711]}}),
        ):
            environment.given([entry], name=name, message=message, user_meta=meta)
        cases = {
            "owls NOT elks": ["x/one"],
            "owls AND NOT elks": ["x/one"],
            "(größe OR elks) AND owls": ["x/one", "x/two"],
            "size AND (elks OR hares)": ["x/three", "x/two"],
            "size AND (elks OR größe)": ["x/two"],
            "GRÖßE": ["x/one"],
            "größe": ["x/one"],
            "gr": [],
            "owl": [],
            "tundra": ["x/one"],
            "fjord": ["x/one"],
            "4711": ["x/one", "x/three"],
            "471": [],
        }
        for query, expected in cases.items():
            assert names(ops.search_packages(query, order="name")) == expected, query

    @behaviour("S-35", "search_packages")
    def test_all_that_is_asked_for_holds(self, environment: Environment, ops: QuiltOps) -> None:
        """The query, the filters and the predicates hold all together, also for revisions that are
        not the latest ones. A path of metadata goes from
        key to key, and a dot is a part of a key. A limit counts revisions, and names are sorted by
        code points, slash and hyphen included.
        """
        entry = environment.entry("a")
        for name, message, meta in (
            ("a/one", "birds", {"n": 1, "k.x": "dot"}),
            ("a/two", "birds", {"n": 2, "k": {"x": "deep"}}),
            ("a-b/x", "fish", {"n": 1}),
            ("a-b/x", "fish again", {"n": 1}),
        ):
            environment.given([entry], name=name, message=message, user_meta=meta)
        one, only = [MetadataPredicate(path="/n", number_max=1)], SearchFilter(name="a/*")
        sorted_names = ["a-b/x", "a/one", "a/two"]
        assert names(ops.search_packages("", order="name")) == sorted_names
        assert names(ops.search_packages("", order="name_descending")) == sorted_names[::-1]
        assert names(ops.search_packages("", filters=only, user_meta=one)) == ["a/one"]
        assert names(ops.search_packages("fish", filters=only)) == []
        assert names(ops.search_packages("fish", user_meta=one)) == ["a-b/x"]
        assert names(ops.search_packages("birds", user_meta=one)) == ["a/one"]
        found = ops.search_packages("", latest_only=False, order="name", limit=2)
        assert names(found) == ["a-b/x", "a-b/x"]
        every = partial(ops.search_packages, latest_only=False, order="name")
        assert names(every("", filters=only)) == ["a/one", "a/two"]
        assert names(every("fish", filters=only)) == []
        assert names(every("fish", user_meta=one)) == ["a-b/x", "a-b/x"]
        assert names(every("", filters=only, user_meta=one)) == ["a/one"]
        for path, word, expected in (
            ("/k.x", "dot", ["a/one"]), ("/k/x", "deep", ["a/two"]),
            ("/k.x", "deep", []), ("/k/x", "dot", []), ("/x", "deep", []),
        ):  # fmt: skip
            predicate = MetadataPredicate(path=path, keywords=[word])
            assert names(ops.search_packages("", user_meta=[predicate])) == expected, predicate

    @behaviour("S-34", "search_packages")
    def test_revisions_that_look_alike(self, environment: Environment, ops: QuiltOps) -> None:
        """Revisions of one package with the same message, size and metadata are different ones, and
        so are packages that hold the same: each is found."""
        alike = [environment.entry("a", b"1"), environment.entry("b", b"2")]
        hashes = [environment.given([entry], message="same") for entry in alike]
        environment.given([alike[0]], name="some/other", message="same")
        found = ops.search_packages("same", latest_only=False, order="oldest")
        assert [info.top_hash for info in found] == [*hashes, hashes[0]]
        assert len(ops.search_packages("same")) == 2

    @behaviour("S-23", "search_packages")
    def test_the_best_hit_comes_first(self, environment: Environment, ops: QuiltOps) -> None:
        """When ordered by relevance, a hit in the name comes before a hit in the message, even if
        the latter is newer.
        """
        entry = environment.entry("a")
        environment.given([entry], name="pond/ducks", message="Count")
        environment.given([entry], name="pond/geese", message="Not of ducks, all of this is more")
        assert names(ops.search_packages("ducks")) == ["pond/ducks", "pond/geese"]

    @behaviour("S-26", "search_packages")
    def test_a_phrase_is_words_in_a_row(self, environment: Environment, ops: QuiltOps) -> None:
        """Words in quotation marks match only in this order and next to each other, within one
        field: a phrase cannot begin in the name and end in the message.
        """
        entry = environment.entry("a")
        environment.given([entry], name="pond/ducks", message="two grey geese")
        environment.given([entry], name="pond/geese", message="geese two and grey")
        assert names(ops.search_packages('"two grey geese"')) == ["pond/ducks"]
        assert names(ops.search_packages('"ducks two"')) == []
        assert names(ops.search_packages("two grey geese", order="name")) == [
            "pond/ducks", "pond/geese",
        ]  # fmt: skip

    @behaviour("S-29", "search_packages", "create_package_revision")
    def test_ties_are_in_a_fixed_order(self, environment: Environment, ops: QuiltOps) -> None:
        """Hits that are equal in the requested order are sorted by registry, name and top hash,
        each ascending, even if the order itself is descending.
        """
        entry, name = environment.entry("a"), environment.name
        hashes = sorted(environment.given([entry], name=name, message=f"m{n}") for n in range(4))
        here, registries = environment.registry, [environment.registry]
        if environment.second_registry:
            uri = environment.put_object("k", b"1")
            ops.create_package_revision(name, {"k": uri}, registry=environment.second_registry)
            registries = sorted([here, environment.second_registry])
        orders: tuple[SearchOrderName, ...] = ("name", "name_descending")
        for order in orders:
            found = ops.search_packages("", registries, latest_only=False, order=order)
            assert [one.top_hash for one in found if one.registry == here] == hashes
            assert list(dict.fromkeys(one.registry for one in found)) == registries

    @behaviour("S-36", "search_packages")
    def test_hits_of_one_second(self, environment: Environment, ops: QuiltOps) -> None:
        """Packages that were published in the same second come by name, ascending, also when the
        newest or the oldest come first.
        """
        entry, wanted = environment.entry("a"), ["a/five", "a/four", "a/one", "a/three", "a/two"]
        for name in ("a/one", "a/two", "a/three", "a/four", "a/five"):
            header = ManifestHeader(message=name)
            environment.publish(name, header, [entry], second=1_600_000_000)
        orders: tuple[SearchOrderName, ...] = ("oldest", "newest")
        for order in orders:
            assert names(ops.search_packages("", order=order)) == wanted

    @behaviour("S-27", "search_packages")
    def test_words_within_a_name(self, environment: Environment, ops: QuiltOps) -> None:
        """A name is found by each of its words, which hyphens and slashes separate."""
        environment.given([environment.entry("a")], name="big-lake/grey-geese", message=None)
        for word in ("big", "lake", "grey", "geese", "GEESE"):
            assert names(ops.search_packages(word)) == ["big-lake/grey-geese"]
