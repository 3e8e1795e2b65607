"""What holds for every page, in both languages and both brands."""

import pytest

from broker.pages import coding, verifying
from broker.pages.assets import StaticFiles
from broker.pages.brands import Brand
from broker.pages.faces import LANGUAGES, Language
from broker.pages.render import Pages
from tests.pages import samples
from tests.pages.html_tree import Document

EVERY = [
    pytest.param(name, brand, language, id=f"{name}-{brand.id}-{language}")
    for name in samples.pages()
    for brand in samples.BRANDS
    for language in LANGUAGES
]
SELF_SENDING = "form-post"


@pytest.fixture(scope="session")
def parsed() -> dict[tuple[str, str, str], Document]:
    """Pages that have been parsed already; nothing changes them."""
    return {}


@pytest.fixture
def document(
    pages: Pages,
    parsed: dict[tuple[str, str, str], Document],
    name: str,
    brand: Brand,
    language: Language,
) -> Document:
    """The page, parsed."""
    key = (name, brand.id, language)
    if key not in parsed:
        frame = samples.frame_of(name, brand, language)
        parsed[key] = Document(pages.render(samples.pages()[name], frame))
    return parsed[key]


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_says_its_language(document: Document, language: Language) -> None:
    """The document says which language it is in (WCAG 3.1.1)."""
    assert document.one("html").attributes["lang"] == language


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_has_one_heading_that_the_title_repeats(document: Document) -> None:
    """One h1, and the window's title says the same (WCAG 2.4.2, 2.4.6)."""
    heading = document.one("h1").text
    title = next(e for e in document.all("title") if e.inside("head")).text
    assert heading
    assert heading in title


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_has_landmarks_and_a_way_past_the_head(document: Document) -> None:
    """One header, main and footer, and the first link skips to main (WCAG 1.3.1, 2.4.1)."""
    for landmark in ("header", "main", "footer"):
        document.one(landmark)
    first = next(document.all("a"))
    assert first.attributes["href"] == f"#{document.one('main').attributes['id']}"


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_never_skips_a_heading_level(document: Document) -> None:
    """Only h1 and h2, and every h2 has words."""
    assert not list(document.all("h3", "h4", "h5", "h6"))
    assert all(heading.text for heading in document.all("h2"))


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_ids_are_unique_and_every_reference_has_one(document: Document) -> None:
    """No id twice, and labels, descriptions and links into the page lead somewhere."""
    ids = [e.attributes["id"] for e in document.elements if "id" in e.attributes]
    assert sorted(ids) == sorted(set(ids))
    for element in document.elements:
        for attribute in ("for", "aria-describedby", "aria-labelledby"):
            assert set(element.attributes.get(attribute, "").split()) <= set(ids)
        if element.attributes.get("href", "").startswith("#"):
            assert element.attributes["href"][1:] in ids


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_every_field_has_a_label_with_words(document: Document) -> None:
    """Each visible input has its own label (WCAG 1.3.1, 3.3.2)."""
    labels = {e.attributes["for"]: e.text for e in document.all("label")}
    for field in document.all("input"):
        if field.attributes["type"] != "hidden":
            assert labels[field.attributes["id"]]


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_forms_post_their_ticket_to_us_and_have_a_real_button(
    document: Document, name: str
) -> None:
    """Every form of ours posts to a path of ours with the ticket; each has a button."""
    for form in document.all("form"):
        parts = [e for e in document.elements if form in e.ancestors]
        assert form.attributes["method"] == "post"
        assert any(e.tag == "button" and e.text for e in parts)
        if name != SELF_SENDING:
            tickets = [e for e in parts if e.attributes.get("name") == "ticket"]
            assert [ticket.attributes["value"] for ticket in tickets] == ["t1cket"]
            assert form.attributes["action"].startswith(
                ("/flow/", "/account/", "/logout", "?lang=")
            )


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_lets_the_server_judge_what_was_typed(document: Document) -> None:
    """No browser-side check, limit or ban on pasting stands in anybody's way."""
    for field in document.all("input"):
        forbidden = {"required", "maxlength", "minlength", "pattern", "onpaste"}
        assert not forbidden & field.attributes.keys()
        assert field.attributes["type"] in {"text", "hidden", "radio", "checkbox"}


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_holds_no_inline_style_and_no_script_but_the_one(document: Document, name: str) -> None:
    """Nothing that the policy would have to let through, except in the form that sends itself."""
    assert not list(document.all("style"))
    assert len(list(document.all("script"))) == (name == SELF_SENDING)
    for element in document.elements:
        for attribute in element.attributes:
            assert attribute != "style"
            assert not attribute.startswith("on")


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_loads_only_our_own_files(document: Document, static: StaticFiles) -> None:
    """Every style sheet and image is one of our static files; nothing comes from elsewhere."""
    loaded = [e.attributes["href"] for e in document.all("link")]
    loaded += [e.attributes["src"] for e in document.elements if "src" in e.attributes]
    assert loaded
    for address in loaded:
        assert address.removeprefix("/static/") in static.files


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_offers_help_in_the_same_place(
    document: Document, name: str, brand: Brand, language: Language
) -> None:
    """The foot has phone, hours, page number and the same links on every page (WCAG 3.2.6)."""
    foot = document.one("footer")
    company = samples.frame_of(name, brand, language).company
    for shown in (company,) if company else samples.COMPANIES:
        assert shown.phone in foot.text
        assert shown.hours[language] in foot.text
    assert str(samples.pages()[name].number) in foot.text.split()
    links = [e.attributes["href"] for e in document.all("a") if foot in e.ancestors]
    for topic in ("/help?", "/help/privacy?", "/help/cookies?", "/help/accessibility?"):
        assert any(link.startswith(topic) for link in links)


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_names_the_company_behind_it(
    document: Document, name: str, brand: Brand, language: Language
) -> None:
    """The legal person is named where it is known; else all companies are."""
    company = samples.frame_of(name, brand, language).company
    names = [company.full_name] if company else [c.name for c in samples.COMPANIES]
    assert all(named in document.one("footer").text for named in names)


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_links_to_the_other_language_in_that_language(
    document: Document, language: Language
) -> None:
    """The link, or on an answer the button, says its language in words and attributes (3.1.2)."""
    (link,) = [
        each
        for each in document.all("a", "button")
        if "hreflang" in each.attributes or each.attributes.get("class") == "switch"
    ]
    other = "en" if language == "sv" else "sv"
    assert link.attributes["lang"] == link.attributes.get("hreflang", other) == other
    assert link.text == {"sv": "Svenska", "en": "English"}[other]


@pytest.mark.parametrize(("name", "brand", "language"), EVERY)
def test_reads_a_reference_only_where_there_is_one(
    document: Document, name: str, brand: Brand, language: Language
) -> None:
    """The short code to say on the phone is there exactly when the frame has one."""
    reference = samples.frame_of(name, brand, language).reference
    shown = [
        each.text for each in document.all("strong") if "code" in each.attributes.get("class", "")
    ]
    assert shown == ([reference] if reference else [])


def test_page_numbers_and_templates_are_each_pages_own() -> None:
    """Two pages never share a number or a template, so that a number says where somebody is.

    But for the two waits, which are one page to whoever has to explain it.
    """
    kinds = {type(page) for page in samples.pages().values()}
    assert coding.CodeWaitPage.number == verifying.WaitPage.number
    kinds -= {coding.CodeWaitPage}
    assert len({kind.number for kind in kinds}) == len(kinds)
    assert len({kind.template for kind in kinds}) == len(kinds)
