"""The stand-ins of digits and texts: layout, determinism, and the rules they keep."""

import json
import re
from collections import Counter, defaultdict

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import cross_val_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import KNeighborsClassifier

from originals import content_hash
from standins import mnist, recipes, wines
from standins.grammar import expand, sentences

# A part of the whole will do where every item costs time.
DIGITS = {"train": 1500, "test": 300}
RECIPES = 3000
CONTENT = {  # of that part; the same on each Python
    mnist: "5e1c0f14a08434f9a706952fa382f28c2b464de160c0b249627fb88408600ae8",
    recipes: "b21a8c12dcb970c80700c11bf85b4c1b1a9f41e34f3d9c1c6a661d82426636c7",
    wines: "fb06da54f743faa71516634f8f80d5b02b7b3f4c55e960007f532394afe1ecbd",
}
PERSONS = {"two": 2, "four": 4, "six": 6, "eight": 8}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of each stand-in."""
    folders = {module: tmp_path_factory.mktemp("data") for module in CONTENT}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mnist, "TRAIN_SIZE", DIGITS["train"])
        patch.setattr(mnist, "TEST_SIZE", DIGITS["test"])
        patch.setattr(recipes, "RECIPES", RECIPES)
        for module, folder in folders.items():
            module.make(folder)
    return folders


@pytest.fixture(scope="module")
def cookbook(made):
    return json.loads((made[recipes] / "full_format_recipes.json").read_text())


@pytest.fixture(scope="module")
def reviews(made):
    return json.loads((made[wines] / "winemag-data-130k-v2.json").read_text())


@pytest.fixture(scope="module")
def digits(made):
    with np.load(made[mnist] / "mnist.npz") as arrays:
        return dict(arrays)


@pytest.mark.parametrize("module", CONTENT, ids=lambda module: module.__name__)
def test_content_never_changes(made, module):
    assert content_hash(made[module]) == CONTENT[module]


def test_seed_decides(tmp_path, monkeypatch):
    """The hash above would not notice a make() that ignores its seed."""
    monkeypatch.setattr(wines, "REVIEWS", 5)
    texts = []
    for seed in (1, 1, 2):
        monkeypatch.setattr(wines, "SEED", seed)
        wines.make(tmp_path)
        texts.append((tmp_path / "winemag-data-130k-v2.json").read_text())
    assert texts[0] == texts[1] != texts[2]


# --- digits


def test_digits_look_like_mnist(digits):
    for split, size in DIGITS.items():
        images, labels = digits[f"x_{split}"], digits[f"y_{split}"]
        assert images.shape == (size, 28, 28)
        assert images.dtype == labels.dtype == np.uint8
        assert np.bincount(labels, minlength=10).min() > 0.08 * size
        # Centred, within a margin, and about 20 pixels high.
        weights = images / images.sum(axis=(1, 2), keepdims=True)
        for axis in (1, 2):
            centre = (weights.sum(axis=3 - axis) * np.arange(28)).sum(axis=1)
            assert np.abs(centre - 13.5).max() < 1.2
        rows = (images > 60).any(axis=2)
        assert 17 < rows.sum(axis=1).mean() < 23
        border = images.copy()
        border[:, 1:-1, 1:-1] = 0
        assert (border.max(axis=(1, 2)) > 60).mean() < 0.01


def test_digits_can_be_told_apart_but_not_for_nothing(digits):
    model = KNeighborsClassifier(1)
    model.fit(digits["x_train"].reshape(-1, 784), digits["y_train"])
    images, labels = digits["x_test"].reshape(-1, 784), digits["y_test"]
    assert 0.85 < model.score(images, labels) < 0.99


def test_no_digit_in_both_splits(tmp_path, monkeypatch):
    monkeypatch.setattr(mnist, "draw", lambda digit, rng: np.pad(digit, 10))
    mnist.make(tmp_path)
    with np.load(tmp_path / "mnist.npz") as arrays:
        train, test = (
            {image.tobytes() for image in arrays[f"x_{split}"]}
            for split in ("train", "test")
        )
    assert len(train) + len(test) > 1750  # of 1,797
    assert not train & test


# --- the grammar


def test_grammar_chooses_and_nests():
    rng = np.random.default_rng(0)
    rules = {"pet": "[cat|dog]"}
    said = {expand("a [big <pet>|fish] of #2-6/2#", rules, rng) for _ in range(200)}
    animals = ("big cat", "big dog", "fish")
    assert said == {f"a {animal} of {n}" for animal in animals for n in (2, 4, 6)}
    assert sentences("a old  hat , found. é vero") == "An old hat, found. É vero"


# --- recipes


def words(text):
    return re.findall(r"[^\W\d_][\w'’-]*", text.lower())


def tokens(text):
    return re.findall(r"\w[\w'’-]*|[^\w\s]", text.lower())


NAMES = {tuple(tokens(name)): name for name in recipes.INGREDIENTS}
LINE = re.compile(rf"(\d+) (?:\w+ )??({'|'.join(map(re.escape, recipes.INGREDIENTS))})")


def named(text):
    """The ingredients that a text names: at each word the longest name."""
    found, rest = set(), tokens(text)
    while rest:
        for length in range(5, 0, -1):
            if name := NAMES.get(tuple(rest[:length])):
                found.add(name)
                break
        rest = rest[length:]
    return found


def listed(recipe):
    """The ingredients on a recipe's list with their amounts."""
    amounts = {}
    for line in recipe["ingredients"]:
        amount, name = LINE.fullmatch(line).groups()
        amounts[name] = int(amount)
    return amounts


def test_recipes_have_the_keys_of_the_original(cookbook):
    assert len(cookbook) == RECIPES
    numbers = ("calories", "fat", "protein", "sodium", "rating")
    keys = {"title", "directions", "ingredients", "categories", "desc", "date"}
    for recipe in cookbook:
        assert recipe.keys() == keys | set(numbers)
        assert isinstance(recipe["title"], str)
        for key in ("directions", "ingredients", "categories"):
            assert all(isinstance(text, str) and text for text in recipe[key])
            assert len(recipe[key]) >= 3
        assert all(
            isinstance(recipe[key], int | float | None.__class__) for key in numbers
        )


def test_recipes_leave_nothing_unwritten(cookbook):
    text = json.dumps(cookbook, ensure_ascii=False)
    texts = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    leftovers = [t for t in texts if re.search(r"[{}<>\[\]|#]|\b(X|THEM|THEY)\b", t)]
    assert not leftovers


def test_recipes_are_varied(cookbook):
    texts = [" ".join([r["title"], *r["directions"]]) for r in cookbook]
    assert len(set(texts)) == len(texts)
    assert len({recipe["title"] for recipe in cookbook}) > 0.8 * len(cookbook)
    assert len({word for text in texts for word in words(text)}) >= 2000


def test_steps_use_exactly_the_ingredients_listed(cookbook):
    for recipe in cookbook:
        assert named(" ".join(recipe["directions"])) == set(listed(recipe)), recipe


def test_title_names_an_ingredient(cookbook):
    for recipe in cookbook:
        title = recipe["title"].lower()
        names = [name.lower() for name in listed(recipe)]
        assert any(n in title or recipes.singular(n) in title for n in names), title


def test_portions_add_up(cookbook):
    divided = 0
    for recipe in cookbook:
        text = " ".join(recipe["directions"])
        for rest in re.finditer(r"the remaining (\d+) \w+ of ", text):
            (name,) = (n for n in listed(recipe) if text.startswith(n, rest.end()))
            first = re.search(rf"(\d+) \w+ of the {re.escape(name)}\b", text)
            assert int(first[1]) + int(rest[1]) == listed(recipe)[name], text
            divided += 1
    assert divided > len(cookbook) / 5


def test_everyone_gets_a_fillet(cookbook):
    counted = 0
    for recipe in cookbook:
        text = " ".join(recipe["directions"])
        served = re.search(rf"\b({'|'.join(PERSONS)}) \w+ plates\b", text)
        for name, amount in listed(recipe).items():
            item = recipes.INGREDIENTS[name]
            if (
                served
                and item.category == "fish"
                and (item.amount, item.unit) == (4, "")
            ):
                assert amount == PERSONS[served[1]], text
                counted += 1
    assert counted > 50


def test_onions_meet_the_knife_first(cookbook):
    knife = re.compile(
        r"\b(peel|chop|slice|dice|mince|cut|halve|quarter|trim|tidy|shred|split|pare|"
        r"skin|rinse|scald|cube)\b"
    )
    for recipe in cookbook:
        sentence = re.split(r"[.;] ", " ".join(recipe["directions"]).lower())
        for name in listed(recipe):
            if recipes.INGREDIENTS[name].category == "allium":
                assert knife.search(next(s for s in sentence if name in s)), sentence


METHODS = {  # what happens in a dish, in this order, and in no other dish
    "Stew": r"brown.*onto a plate.*return.*the surface",
    "Stir-fry": r"smokes.*highest flame.*return the.*(bowls|plates)",
    "Risotto": r"bare simmer.*each grain.*a ladle at a time.*cover for two minutes",
    "Gratin": r"oven to.*layer.*portions",
    "Cake": r"tin with paper.*eggs.*into the tin.*slices",
    "Flatbread": r"frothy.*doubled.*dimple.*cool on a rack",
    "Ice": r"syrup.*freeze.*chilled glasses",
}


@pytest.mark.parametrize("dish", METHODS)
def test_dish_has_its_own_method(cookbook, dish):
    order = re.compile(METHODS[dish], re.I)
    follows = {
        recipe["categories"][0]
        for recipe in cookbook
        if order.search(" ".join(recipe["directions"]))
    }
    cooked = [r for r in cookbook if r["categories"][0] == dish]
    assert follows == {dish}
    assert all(order.search(" ".join(recipe["directions"])) for recipe in cooked)


def test_cuisine_shows_in_the_ingredients(cookbook):
    """The second category is the cuisine: it can be told from the list alone."""
    cuisines = [recipe["categories"][1] for recipe in cookbook]
    counts = CountVectorizer(
        preprocessor=lambda recipe: recipe["ingredients"],
        tokenizer=lambda lines: [re.sub(r"^\d+ ", "", line) for line in lines],
        token_pattern=None,
        lowercase=False,
    ).fit_transform(cookbook)
    accuracy = cross_val_score(MultinomialNB(alpha=0.1), counts, cuisines, cv=2).mean()
    assert accuracy > 5 * Counter(cuisines).most_common(1)[0][1] / len(cuisines)


def perplexity(train, test, order, hint=lambda index, previous: None):
    """Perplexity of an n-gram model with absolute discounting on lists of tokens.

    hint(index, previous word) may return a Counter of the words to expect next in test
    text number index; it then shares the probability evenly with the n-gram model.
    """
    follow = [defaultdict(Counter) for _ in range(order)]
    for text in train:
        padded = [""] * (order - 1) + text
        for position in range(order - 1, len(padded)):
            for n in range(order):
                context = tuple(padded[position - n : position])
                follow[n][context][padded[position]] += 1
    totals = [{c: sum(n.values()) for c, n in table.items()} for table in follow]
    vocabulary = len(follow[0][()]) + 1
    surprise = []
    for index, text in enumerate(test):
        padded = [""] * (order - 1) + text
        for position in range(order - 1, len(padded)):
            word, probability = padded[position], 1 / vocabulary
            for n in range(order):
                context = tuple(padded[position - n : position])
                if (counts := follow[n].get(context)) is None:
                    break
                backed_off = 0.75 * len(counts) * probability
                seen = max(counts[word] - 0.75, 0)
                probability = (seen + backed_off) / totals[n][context]
            if expected := hint(index, padded[position - 1]):
                probability += expected[word] / expected.total()
                probability /= 2
            surprise.append(-np.log(probability))
    return np.exp(np.mean(surprise))


def test_recipes_need_a_memory(cookbook):
    """Counting short runs of words is not enough: the list at hand says more."""
    part = cookbook[:1200]
    texts = [
        tokens(" ".join([recipe["title"], "|", *recipe["directions"]]))
        for recipe in part
    ]
    train, test = texts[:1100], texts[1100:]
    begins = [Counter(tokens(name)[0] for name in listed(r)) for r in part[1100:]]

    def after_the(index, previous):
        return begins[index] if previous == "the" else None

    unigram, bigram, fourgram = (perplexity(train, test, n) for n in (1, 2, 4))
    informed = perplexity(train, test, 4, after_the)
    assert unigram > 200
    assert bigram > 3 * fourgram
    assert fourgram > 1.08 * informed


# --- wines


def test_reviews_have_the_keys_of_the_original(reviews):
    keys = (
        "points title description taster_name taster_twitter_handle price designation"
    )
    keys += " variety region_1 region_2 province country winery"
    assert len(reviews) == wines.REVIEWS
    always = ("points", "title", "description", "variety", "province", "country")
    for review in reviews:
        assert review.keys() == set(keys.split())
        assert all(isinstance(review[key], str) for key in always)
        assert 80 <= int(review["points"]) <= 100
        assert review["price"] is None or review["price"] > 0
        assert not re.search(r"[{}<>\[\]|#]|  ", review["description"])
    for key in ("taster_name", "taster_twitter_handle", "price", "designation"):
        assert any(review[key] is None for review in reviews)


def test_reviews_are_varied(reviews):
    texts = [review["description"] for review in reviews]
    assert len(set(texts)) > 0.99 * len(texts)
    assert len({word for text in texts for word in words(text)}) >= 2000


def test_reviews_keep_to_vintage_place_and_taster(reviews):
    homes = {}
    for review in reviews:
        vintage = int(re.search(r" (20\d\d) ", review["title"])[1])
        years = [int(y) for y in re.findall(r"\b20\d\d\b", review["description"])]
        assert years == sorted(years)
        assert all(vintage < year < vintage + 30 for year in years)
        assert review["winery"] in review["title"]
        assert review["variety"] in review["title"]
        homes.setdefault(review["province"], set()).add(review["country"])
        if review["taster_name"]:
            homes.setdefault(review["taster_name"], set()).add(review["country"])
    assert all(len(homes[province.name]) == 1 for province in wines.PROVINCES)
    assert max(map(len, homes.values())) <= 3


@pytest.mark.parametrize("label", ["country", "province", "variety"])
def test_description_tells_where_a_wine_comes_from(reviews, label):
    """Better than chance by far, yet not for sure."""
    labels = [review[label] for review in reviews]
    counts = CountVectorizer(min_df=2).fit_transform(
        [review["description"] for review in reviews]
    )
    accuracy = cross_val_score(MultinomialNB(alpha=0.3), counts, labels, cv=2).mean()
    majority = Counter(labels).most_common(1)[0][1] / len(labels)
    assert accuracy > 1.9 * majority
    assert accuracy < 0.93


def test_reviews_need_a_memory(reviews):
    texts = [tokens(review["description"]) for review in reviews[:4000]]
    train, test = texts[:3600], texts[3600:]
    unigram, bigram, trigram = (perplexity(train, test, n) for n in (1, 2, 3))
    assert unigram > 200
    assert bigram > 1.5 * trigram
    assert trigram > 5
